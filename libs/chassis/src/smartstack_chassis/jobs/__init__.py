"""Work in time: a row in the service's schema, run as a command when it is due."""
