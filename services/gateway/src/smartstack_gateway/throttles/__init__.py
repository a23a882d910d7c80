"""Counters that slow down repeated failures."""
