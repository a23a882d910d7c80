"""A few tables, enough to show what the chassis does."""

from alembic import op

revision = "0001"
down_revision = None
phase = "expand"


def upgrade() -> None:
    """Create the tables."""
    _create_messaging_tables()
    op.execute("CREATE TABLE notes (id uuid PRIMARY KEY, workspace_id uuid NOT NULL, title text NOT NULL)")
    _isolate("notes")
    op.execute("CREATE TABLE copies (id uuid PRIMARY KEY, workspace_id uuid NOT NULL, name text, sequence int)")
    _isolate("copies")
    for statement in _ORDER:
        op.execute(statement)
    _isolate("event_positions")
    _isolate("held_events")


def _create_messaging_tables() -> None:
    for statement in _MESSAGING:
        op.execute(statement)
    # The relay publishes, and a replay reads, for every workspace: they are the readers that name the system scope.
    _isolate("outbox", system=True)
    _isolate("event_log", system=True)
    _isolate("inbox")
    _isolate("idempotency_keys")
    for statement in _PARTITIONS:
        op.execute(statement)


def _isolate(table: str, *, system: bool = False) -> None:
    """A transaction sees and writes the rows of its own workspace alone, or all of them in the system scope."""
    own = "workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid"
    rule = f"({own} OR current_setting('app.scope', true) = 'system')" if system else own
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY workspace ON {table} USING ({rule}) WITH CHECK ({rule})")


# The tables that every service has, and what cuts them by time (libs/chassis/README.md). One statement each.
_MESSAGING = (
    """
CREATE TABLE outbox (
    id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL,
    type text NOT NULL,
    traceparent text,
    body text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
)
""",
    """
CREATE TABLE event_log (
    id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL,
    type text NOT NULL,
    body text NOT NULL
) PARTITION BY RANGE (id)
""",
    # What was published is never changed: whoever rebuilds from it relies on that.
    "DO $$ BEGIN EXECUTE format('REVOKE UPDATE, DELETE ON event_log FROM %I', current_schema() || '_app'); END $$",
    # A bounded text: it needs no table beside it for what is long, and there are many partitions.
    """
CREATE TABLE inbox (
    event_id uuid NOT NULL,
    handler varchar(200) NOT NULL,
    workspace_id uuid NOT NULL,
    handled_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (event_id, handler)
) PARTITION BY RANGE (event_id)
""",
    """
CREATE TABLE idempotency_keys (
    day date NOT NULL,
    workspace_id uuid NOT NULL,
    auth_id text NOT NULL,
    key text NOT NULL,
    fingerprint text NOT NULL,
    status integer,
    version integer,
    body text,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (day, workspace_id, auth_id, key)
) PARTITION BY RANGE (day)
""",
)

_PARTITIONS = (
    """
CREATE FUNCTION partition_bound(parent text, at timestamptz) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT CASE parent
        WHEN 'idempotency_keys' THEN (at AT TIME ZONE 'UTC')::date::text
        ELSE regexp_replace(lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0'), '^(.{8})', '\\1-')
            || '-0000-0000-000000000000'
    END
$$
""",
    # LIKE and ATTACH let others write meanwhile; CREATE … PARTITION OF would lock the parent against everybody.
    """
CREATE FUNCTION keep_partitions(parent text, period text, kept interval) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    width interval := ('1 ' || period)::interval;
    start timestamptz := date_trunc(period, now());
    name text;
BEGIN
    FOR ahead IN 0..3 LOOP
        name := parent || to_char(start, '"_p"YYYYMMDD');
        IF to_regclass(name) IS NULL THEN
            BEGIN
                EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING ALL)', name, parent);
                EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', name);
                EXECUTE format(
                    'ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
                    parent, name, partition_bound(parent, start), partition_bound(parent, start + width)
                );
            EXCEPTION WHEN check_violation OR lock_not_available THEN
                RAISE WARNING 'partition % is not made: %', name, SQLERRM;
            END;
        END IF;
        start := start + width;
    END LOOP;
    FOR name IN
        SELECT relname FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
        WHERE inhparent = parent::regclass AND relname ~ '_p[0-9]{8}$'
        AND to_timestamp(right(relname, 8), 'YYYYMMDD') + width <= now() - kept
    LOOP
        BEGIN
            EXECUTE format('DROP TABLE %I', name);
        EXCEPTION WHEN lock_not_available THEN
            RAISE WARNING 'partition % is not dropped: %', name, SQLERRM;
        END;
    END LOOP;
END
$$
""",
    # A key is claimed for the day of its first use and for the next: later nobody asks for it.
    """
CREATE FUNCTION maintain_partitions(event_log_days integer) RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    IF pg_try_advisory_xact_lock(hashtext(current_schema() || ' partitions')) THEN
        PERFORM keep_partitions('inbox', 'day', '30 days');
        PERFORM keep_partitions('idempotency_keys', 'day', '1 day');
        PERFORM keep_partitions('event_log', 'month', greatest(event_log_days, 30) * '1 day'::interval);
    END IF;
END
$$
""",
    # Forced and without a policy: rows are reached through the parent and its policy, and in no other way.
    "CREATE TABLE event_log_default PARTITION OF event_log DEFAULT",
    "ALTER TABLE event_log_default ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY",
    "CREATE TABLE inbox_default PARTITION OF inbox DEFAULT",
    "ALTER TABLE inbox_default ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY",
    "CREATE TABLE idempotency_keys_default PARTITION OF idempotency_keys DEFAULT",
    "ALTER TABLE idempotency_keys_default ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY",
    # The search path is fixed, so that nothing that the caller makes can stand in for these tables and functions.
    """
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY[
        'partition_bound(text, timestamptz)', 'keep_partitions(text, text, interval)', 'maintain_partitions(integer)'
    ] LOOP
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', name);
        EXECUTE format('ALTER FUNCTION %s SET search_path = %I, pg_temp', name, current_schema());
    END LOOP;
    ALTER FUNCTION maintain_partitions SET timezone = 'UTC';
    ALTER FUNCTION maintain_partitions SET lock_timeout = '500ms';
    EXECUTE format('GRANT EXECUTE ON FUNCTION maintain_partitions TO %I', current_schema() || '_app');
END
$$
""",
    "SELECT maintain_partitions(36500)",
)

# For smartstack_chassis.events.ordering.InOrder.
_ORDER = (
    """
CREATE TABLE event_positions (
    stream text NOT NULL,
    subject uuid NOT NULL,
    workspace_id uuid NOT NULL,
    sequence integer NOT NULL,
    PRIMARY KEY (stream, subject)
)
""",
    """
CREATE TABLE held_events (
    stream text NOT NULL,
    subject uuid NOT NULL,
    sequence integer NOT NULL,
    workspace_id uuid NOT NULL,
    body text NOT NULL,
    PRIMARY KEY (stream, subject, sequence)
)
""",
)
