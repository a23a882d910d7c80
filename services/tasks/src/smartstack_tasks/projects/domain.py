"""The rules about projects: no I/O."""

MAX_PROJECT_NAME = 200
