"""What the audit of deliveries reads: which handlers there are, and what the role `auditor` may see.

The role may exist before this revision or be made later. So the rights stand in a function, which provisioning calls
as well: see smartstack_chassis.provision.
"""

from alembic import op

revision = "0005"
down_revision = "0004"
phase = "expand"


def upgrade() -> None:
    """Create the table and the function, and call the function."""
    for statement in _STATEMENTS:
        op.execute(statement)


# One statement each: asyncpg prepares what it executes, and a prepared statement is a single one.
_STATEMENTS = (
    # `since` is the smallest UUIDv7 of the moment from which the handler is expected to handle events of this type.
    """
CREATE TABLE registered_handlers (
    type text NOT NULL,
    handler varchar(200) NOT NULL,
    since uuid NOT NULL,
    PRIMARY KEY (type, handler)
)
""",
    "ALTER TABLE registered_handlers ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE registered_handlers FORCE ROW LEVEL SECURITY",
    """
CREATE POLICY system ON registered_handlers
USING (current_setting('app.scope', true) = 'system') WITH CHECK (current_setting('app.scope', true) = 'system')
""",
    """
CREATE FUNCTION admit_auditor() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    name text;
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'auditor') THEN
        RETURN;
    END IF;
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO auditor', current_schema());
    GRANT SELECT (id) ON outbox TO auditor;
    GRANT SELECT (id, type) ON event_log TO auditor;
    GRANT SELECT (event_id, handler) ON inbox TO auditor;
    GRANT SELECT (type, handler, since) ON registered_handlers TO auditor;
    FOREACH name IN ARRAY ARRAY['outbox', 'event_log', 'inbox', 'registered_handlers'] LOOP
        IF NOT EXISTS (SELECT FROM pg_policy WHERE polname = 'auditor' AND polrelid = name::regclass) THEN
            EXECUTE format('CREATE POLICY auditor ON %I FOR SELECT TO auditor USING (true)', name);
        END IF;
    END LOOP;
END
$$
""",
    "REVOKE ALL ON FUNCTION admit_auditor() FROM PUBLIC",
    # The search path is fixed, so that the administrator who calls the function means this schema.
    """
DO $$ BEGIN
    EXECUTE format('ALTER FUNCTION admit_auditor() SET search_path = %I, pg_temp', current_schema());
END $$
""",
    "SELECT admit_auditor()",
)
