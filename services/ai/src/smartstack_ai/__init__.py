"""The ai service: reads messages, proposes work with its evidence, and lets people decide."""
