"""Signing up, in and out, and the tokens that keep a browser signed in."""
