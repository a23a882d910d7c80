"""What several measurements share: load, the processes under it, and the peers beside ours."""
