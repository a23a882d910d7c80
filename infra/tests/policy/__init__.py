"""What must be true of the cloud, whatever the code says: rules over what OpenTofu applied, or over what it plans."""
