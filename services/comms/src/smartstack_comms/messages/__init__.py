"""Messages: what a client and a workspace write to each other."""
