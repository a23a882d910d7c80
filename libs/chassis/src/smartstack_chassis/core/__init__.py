"""What every room builds on: errors, actors, deadlines, failpoints, settings."""
