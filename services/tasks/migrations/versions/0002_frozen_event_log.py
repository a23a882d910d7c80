"""The event log is kept for 30 days at least: the login role cannot ask for less."""

from alembic import op

revision = "0002"
down_revision = "0001"
phase = "expand"


def upgrade() -> None:
    """Replace the function that the login role calls, which takes its settings away: give them again."""
    op.execute(_FUNCTION)
    op.execute(_SETTINGS)


_FUNCTION = """
CREATE OR REPLACE FUNCTION maintain_partitions(event_log_days integer) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
AS $$
BEGIN
    IF pg_try_advisory_xact_lock(hashtext(current_schema() || ' partitions')) THEN
        PERFORM keep_partitions('inbox', 'day', '30 days');
        PERFORM keep_partitions('idempotency_keys', 'day', '1 day');
        PERFORM keep_partitions('event_log', 'month', greatest(event_log_days, 30) * '1 day'::interval);
    END IF;
END
$$
"""

# The search path is fixed, so that nothing that the caller makes can stand in for these tables and functions.
_SETTINGS = """
DO $$ BEGIN
    EXECUTE format('ALTER FUNCTION maintain_partitions SET search_path = %I, pg_temp', current_schema());
    ALTER FUNCTION maintain_partitions SET timezone = 'UTC';
    ALTER FUNCTION maintain_partitions SET lock_timeout = '500ms';
END $$
"""
