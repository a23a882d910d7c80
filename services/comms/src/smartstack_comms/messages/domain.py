"""The rules about messages: no I/O."""

MAX_BODY = 20_000

# The author that a client reads until this service knows the workspace's name, moments after sign-up.
UNNAMED_TEAM = "Team"
