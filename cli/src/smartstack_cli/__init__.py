"""The smartstack command: bootstrap, local stack, checks, test fixtures."""

__version__ = "0.1.0"
