"""Labels: words of the workspace's own that tasks carry."""
