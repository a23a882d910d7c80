"""Measurements, each a module with a `main`: `./smartstack bench NAME`. See README.md."""
