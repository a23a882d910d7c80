"""Users, workspaces, memberships, sessions and refresh tokens; the tables that every service has."""

from alembic import op

revision = "0001"
down_revision = None
phase = "expand"


def upgrade() -> None:
    """Create the tables and force row-level security on each."""
    _create_messaging_tables()
    for statement in _TABLES.split(";\n")[:-1]:
        op.execute(statement)
    _isolate("workspaces", column="id", system=True)
    # Signing in has an e-mail address or a cookie and no workspace yet: those reads name the system scope.
    _isolate("memberships", system=True)
    _isolate("sessions", system=True)
    _isolate("refresh_tokens", system=True)
    _isolate_users()


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


def _isolate(table: str, *, column: str = "workspace_id", system: bool = False) -> None:
    """A transaction sees and writes the rows of its own workspace alone, or all of them in the system scope."""
    own = f"{column} = nullif(current_setting('app.workspace_id', true), '')::uuid"
    rule = f"({own} OR current_setting('app.scope', true) = 'system')" if system else own
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY workspace ON {table} USING ({rule}) WITH CHECK ({rule})")


def _isolate_users() -> None:
    """A user belongs to no workspace: colleagues may read, signing up may add, only the system scope does the rest."""
    op.execute("ALTER TABLE users ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE users FORCE ROW LEVEL SECURITY")
    system = "current_setting('app.scope', true) = 'system'"
    op.execute(f"CREATE POLICY system ON users USING ({system}) WITH CHECK ({system})")
    op.execute(
        "CREATE POLICY colleagues ON users FOR SELECT "
        "USING (EXISTS (SELECT FROM memberships WHERE memberships.user_id = users.id))"
    )
    op.execute("CREATE POLICY sign_up ON users FOR INSERT WITH CHECK (true)")


_TABLES = """
CREATE TABLE users (
    id uuid PRIMARY KEY,
    email text NOT NULL CONSTRAINT uq_users_email UNIQUE,
    name text NOT NULL,
    password_hash text NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE TABLE workspaces (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    timezone text NOT NULL,
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE TABLE memberships (
    workspace_id uuid NOT NULL REFERENCES workspaces (id),
    user_id uuid NOT NULL REFERENCES users (id),
    role text NOT NULL CHECK (role IN ('owner', 'admin', 'member')),
    created_at timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, user_id)
);
CREATE INDEX ix_memberships_user_id ON memberships (user_id);
CREATE TABLE sessions (
    id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL REFERENCES workspaces (id),
    user_id uuid NOT NULL REFERENCES users (id),
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    revoked_reason text
);
CREATE INDEX ix_sessions_revoked_at ON sessions (revoked_at) WHERE revoked_at IS NOT NULL;
CREATE INDEX ix_sessions_expires_at ON sessions (expires_at);
CREATE TABLE refresh_tokens (
    digest bytea PRIMARY KEY,
    workspace_id uuid NOT NULL REFERENCES workspaces (id),
    session_id uuid NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz
);
CREATE INDEX ix_refresh_tokens_session_id ON refresh_tokens (session_id);
CREATE INDEX ix_refresh_tokens_expires_at ON refresh_tokens (expires_at);
"""

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
        PERFORM keep_partitions('event_log', 'month', greatest(event_log_days, 1) * '1 day'::interval);
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
