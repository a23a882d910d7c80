"""Shared parts of the services' tests: a harness on a real database, conformance tests, forged tokens."""
