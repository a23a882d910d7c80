"""The gateway: who somebody is, where a request goes, what one screen needs from several services, what happens now."""
