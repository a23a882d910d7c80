"""The stream of events to open pages."""
