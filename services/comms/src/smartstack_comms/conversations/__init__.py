"""Conversations: one per client and channel."""
