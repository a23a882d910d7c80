"""Postgres: engine, migrations, roles and rights, the frozen catalog."""
