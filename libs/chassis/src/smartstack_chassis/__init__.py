"""What every SmartStack service needs and none owns: database, tenancy, outbox, inbox, auth, errors, health."""
