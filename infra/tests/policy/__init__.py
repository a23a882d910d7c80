"""Rules for the cloud, independent of the code: rules over what OpenTofu applied, or over what it plans."""
