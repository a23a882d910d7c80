"""People, their workspaces and their passwords."""
