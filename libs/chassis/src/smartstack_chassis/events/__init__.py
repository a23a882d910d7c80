"""Events in and out: the unit of work, outbox, inbox, handlers, the bus, and the audit of deliveries."""
