"""The stack on one machine: real PostgreSQL, an AWS emulator and the four services."""
