"""The base of every room: errors, actors, deadlines, failpoints, settings."""
