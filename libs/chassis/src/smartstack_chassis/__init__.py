"""The shared base of SmartStack services: database, tenancy, outbox, inbox, auth, errors, health."""
