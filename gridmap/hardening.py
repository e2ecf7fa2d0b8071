"""The database's own defense: logins, who owns what, and what a start refuses to run with."""

from dataclasses import dataclass

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from gridmap.errors import Unsafe
from gridmap.secrets import Secrets

HAND_OVER = """
DO $$
DECLARE thing record;
BEGIN
    FOR thing IN
        SELECT format('ALTER %s %I.%I OWNER TO gridmap_owner',
                      CASE c.relkind WHEN 'v' THEN 'VIEW' WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END,
                      n.nspname, c.relname) AS statement
          FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE n.nspname IN ('public', 'guard') AND c.relkind IN ('r', 'v', 'S', 'p')
           AND pg_get_userbyid(c.relowner) = current_user
           AND NOT EXISTS (SELECT FROM pg_depend d
                            WHERE d.objid = c.oid AND d.deptype IN ('e', 'a', 'i'))
    LOOP
        EXECUTE thing.statement;
    END LOOP;
END $$;
"""
"""Every new table goes to an owner that nobody signs in as; extensions keep theirs."""

_ROLES = """
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'gridmap_owner') THEN
        CREATE ROLE gridmap_owner NOLOGIN;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'gridmap_guard') THEN
        CREATE ROLE gridmap_guard NOLOGIN;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'gridmap_app') THEN
        CREATE ROLE gridmap_app LOGIN NOINHERIT;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'gridmap_wall') THEN
        CREATE ROLE gridmap_wall LOGIN NOINHERIT;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'gridmap_job') THEN
        CREATE ROLE gridmap_job LOGIN NOINHERIT;
    END IF;
END $$;
"""

_FOR_THE_OWNER = """
ALTER ROLE gridmap_app SET jit = off;
ALTER ROLE gridmap_wall SET jit = off;
ALTER ROLE gridmap_job SET jit = off;
ALTER ROLE gridmap_app SET max_parallel_workers_per_gather = 0;
ALTER ROLE gridmap_wall SET max_parallel_workers_per_gather = 0;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
"""

_FOR_A_SUPERUSER = {
    "守卫角色越过行级安全（改用只读的策略）": "ALTER ROLE gridmap_guard BYPASSRLS",
    "行级安全之下用空间索引（没有它，地图会慢）": (
        "ALTER FUNCTION geometry_overlaps(geometry, geometry) LEAKPROOF"
    ),
    "不让应用看到别的会话在做什么": """
        REVOKE SELECT ON pg_stat_activity FROM PUBLIC;
        REVOKE EXECUTE ON FUNCTION pg_stat_get_activity(int),
            pg_stat_get_backend_activity(int) FROM PUBLIC
    """,
    "不让应用看到空间统计": """
        DO $$ DECLARE f regprocedure; BEGIN
            FOR f IN SELECT oid FROM pg_proc WHERE proname IN ('st_estimatedextent',
                '_postgis_stats', '_postgis_selectivity',
                '_postgis_join_selectivity', '_postgis_index_extent')
            LOOP EXECUTE 'REVOKE EXECUTE ON FUNCTION ' || f || ' FROM PUBLIC'; END LOOP;
        END $$
    """,
    "不让应用建临时表、写过程": """
        REVOKE USAGE ON LANGUAGE plpgsql FROM PUBLIC;
        DO $$ BEGIN
            EXECUTE format('REVOKE TEMP ON DATABASE %I FROM PUBLIC', current_database());
        END $$
    """,
}


_GUARD_SEES_ALL = """
DO $$
DECLARE guarded regclass;
BEGIN
    IF (SELECT rolbypassrls FROM pg_roles WHERE rolname = 'gridmap_guard') THEN
        RETURN;
    END IF;
    FOR guarded IN
        SELECT c.oid FROM pg_class c
         WHERE c.relrowsecurity AND c.relnamespace = 'public'::regnamespace
           AND NOT EXISTS (SELECT FROM pg_policy p
                            WHERE p.polrelid = c.oid AND p.polname = 'guard')
    LOOP
        EXECUTE format(
            'CREATE POLICY guard ON %s FOR SELECT TO gridmap_guard USING (true)', guarded);
    END LOOP;
END $$;
"""
"""Where no superuser can let the guard pass row security: it only reads, and nobody is it."""


@dataclass(frozen=True)
class Hardened:
    """What could not be done for want of a superuser."""

    missing: tuple[str, ...]


def make_roles(connection: Connection, secrets: Secrets) -> None:
    """Creates the logins and owners where missing, and sets the logins' passwords."""
    connection.execute(text(_ROLES))
    for login, password in (
        ("app", secrets.app_password),
        ("wall", secrets.wall_password),
        ("job", secrets.job_password),
    ):
        # passwords are hexadecimal, made by gridmap: safe inside the literal
        connection.execute(text(f"ALTER ROLE gridmap_{login} PASSWORD '{password}'"))
    connection.execute(text("GRANT gridmap_owner, gridmap_guard TO CURRENT_USER"))
    connection.execute(text("GRANT CREATE, USAGE ON SCHEMA public TO gridmap_owner, gridmap_guard"))


def harden(connection: Connection, secrets: Secrets) -> Hardened:
    """Sets the viewers' key and closes what a default installation leaves open."""
    connection.execute(text("DELETE FROM guard.viewer_key"))
    connection.execute(
        text("INSERT INTO guard.viewer_key VALUES (:key)"),
        {"key": bytes.fromhex(secrets.viewer_key)},
    )
    connection.execute(text(_FOR_THE_OWNER))
    for statement in _FOR_A_SUPERUSER.values():
        _try(connection, statement)
    connection.execute(text(_GUARD_SEES_ALL))
    # asked and not believed: a REVOKE that may not revoke says so in a warning alone
    return Hardened(not_hardened(connection))


def _try(connection: Connection, statement: str) -> None:
    """Runs a statement that only a superuser may; nothing happens where it is not allowed."""
    try:
        with connection.begin_nested():
            connection.execute(text(statement))
    except DBAPIError as error:
        if getattr(error.orig, "pgcode", None) != "42501":
            raise


_UNGUARDED = """
SELECT c.relname FROM pg_class c
 WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'm')
   AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0
                  AND NOT a.attisdropped
                  AND (a.attname = 'path' OR a.atttypid = 'geometry'::regtype))
   AND (has_any_column_privilege('gridmap_app', c.oid, 'SELECT')
        OR has_any_column_privilege('gridmap_wall', c.oid, 'SELECT'))
   AND NOT (c.relrowsecurity AND c.relforcerowsecurity
            AND EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid))
   AND c.relname NOT IN ('county', 'guide')
"""
_OWNING = """
SELECT c.relname FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner
 WHERE r.rolname IN ('gridmap_app', 'gridmap_wall', 'gridmap_job')
"""
_POWERFUL = """
SELECT rolname FROM pg_roles WHERE rolname IN ('gridmap_app', 'gridmap_wall', 'gridmap_job')
   AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb)
"""


def assert_guarded(connection: Connection) -> None:
    """Raises Unsafe for whatever could show a row to someone who may not see it.

    Tables with places or paths that the application reads must force row security and have a
    policy; the county numbers and the guide lines of the ground carry nothing to hide.
    """
    for question, message in (
        (_UNGUARDED, "表 {names} 没有行级安全，拒绝启动；请运行 gridmap migrate。"),
        (_OWNING, "应用的登录角色拥有表 {names}，拒绝启动；请运行 gridmap migrate。"),
        (_POWERFUL, "登录角色 {names} 权力过大，拒绝启动；请收回其超级权限。"),
    ):
        names = sorted(connection.scalars(text(question)))
        if names:
            raise Unsafe(message, names=", ".join(names))


_DONE = {
    "守卫角色越过行级安全（改用只读的策略）": (
        "SELECT rolbypassrls FROM pg_roles WHERE rolname = 'gridmap_guard'"
    ),
    "行级安全之下用空间索引（没有它，地图会慢）": (
        "SELECT bool_and(proleakproof) FROM pg_proc WHERE proname = 'geometry_overlaps'"
        " AND proargtypes[1] = 'geometry'::regtype AND proargtypes[0] = 'geometry'::regtype"
    ),
    "不让应用看到别的会话在做什么": (
        "SELECT NOT has_table_privilege('gridmap_app', 'pg_stat_activity', 'SELECT')"
    ),
    "不让应用看到空间统计": (
        "SELECT NOT bool_or(has_function_privilege('gridmap_app', oid, 'EXECUTE'))"
        " FROM pg_proc WHERE proname IN ('st_estimatedextent', '_postgis_stats')"
    ),
    "不让应用建临时表、写过程": (
        "SELECT NOT has_database_privilege('gridmap_app', current_database(), 'TEMP')"
        " AND NOT has_language_privilege('gridmap_app', 'plpgsql', 'USAGE')"
    ),
}


def not_hardened(connection: Connection) -> tuple[str, ...]:
    """What of ``harden`` is not in force in this database: for want of a superuser, or lost."""
    return tuple(what for what, question in _DONE.items() if not connection.scalar(text(question)))
