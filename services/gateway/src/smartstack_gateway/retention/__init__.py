"""Removal of rows that have no effect any more."""
