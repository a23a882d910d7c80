"""Tasks: what is to be done, and when it is due."""
