"""Spans that web pages send."""
