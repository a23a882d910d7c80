"""The gateway's own endpoints: HTTP to command or query."""
