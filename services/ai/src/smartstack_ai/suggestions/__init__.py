"""Suggestions: made from messages, listed, accepted, dismissed and restored."""
