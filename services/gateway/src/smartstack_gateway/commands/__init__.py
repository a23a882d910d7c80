"""The use cases: one async function each, the only writers."""
