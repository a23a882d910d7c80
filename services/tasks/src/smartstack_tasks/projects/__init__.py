"""Projects: work for a client, or for ourselves."""
