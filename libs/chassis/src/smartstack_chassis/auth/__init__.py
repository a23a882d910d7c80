"""Access tokens: who a caller is, and who was revoked since."""
