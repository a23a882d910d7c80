"""Copies of the clients that comms owns."""
