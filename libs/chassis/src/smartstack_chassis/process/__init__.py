"""What a service is made of, and how its process starts, runs and stops."""
