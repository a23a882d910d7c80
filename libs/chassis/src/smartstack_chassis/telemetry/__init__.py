"""Traces, metrics and logs: their set-up, and what travels along with a request or an event."""
