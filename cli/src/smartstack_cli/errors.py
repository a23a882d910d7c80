"""Errors that the command reports to a person."""


class StackError(Exception):
    """Something that the user can act on. The message is one clear line, printed without a traceback."""
