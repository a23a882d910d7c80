"""Links that let a client in, and the portal that they open."""
