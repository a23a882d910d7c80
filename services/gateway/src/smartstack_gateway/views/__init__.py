"""What a screen needs from several services together."""
