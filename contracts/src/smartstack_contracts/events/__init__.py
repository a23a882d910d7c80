"""The events of each service, version 1: once published a field is never changed or removed."""
