"""What a PostgreSQL server must have before gridmap can be set up in it: one sentence for each."""

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import ArgumentError, OperationalError
from sqlalchemy.pool import NullPool

from gridmap.database import psycopg2_url
from gridmap.errors import SetupFailed

OLDEST_VERSION = 15
_ANSWER_WITHIN_S = 10


def check_server(url: str) -> None:
    """Raises SetupFailed where the server does not answer, is too old, or lacks what is needed."""
    try:
        address = psycopg2_url(url)
    except ArgumentError as error:
        raise SetupFailed(
            "DATABASE_URL 不是数据库地址；应如 postgresql://用户:口令@主机/数据库。"
        ) from error
    waiting = {"connect_timeout": _ANSWER_WITHIN_S}
    engine = create_engine(address, poolclass=NullPool, connect_args=waiting)
    try:
        with engine.connect() as connection:
            _check_version(connection)
            _check_rights(connection)
            _check_postgis(connection)
    except OperationalError as error:
        said = str(error.orig).strip().splitlines() or ["?"]
        raise SetupFailed(
            "DATABASE_URL 的数据库没有应答；请核对地址和口令（{said}）。", said=said[0]
        ) from error
    finally:
        engine.dispose()


def _check_version(connection: Connection) -> None:
    version = int(connection.scalar(text("SHOW server_version_num")) or 0) // 10_000
    if version < OLDEST_VERSION:
        raise SetupFailed(
            "数据库是 PostgreSQL {version}，太旧；至少要 {least}。",
            version=version,
            least=OLDEST_VERSION,
        )


_RIGHTS = """
SELECT rolsuper OR (rolcreaterole AND has_database_privilege(current_database(), 'CREATE'))
  FROM pg_roles WHERE rolname = current_user
"""


def _check_rights(connection: Connection) -> None:
    if not connection.scalar(text(_RIGHTS)):
        raise SetupFailed(
            "DATABASE_URL 的登录角色要能建角色（CREATEROLE），并是数据库的拥有者或超级用户。"
        )


_POSTGIS = """
SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'postgis') AS is_there,
       EXISTS (SELECT FROM pg_available_extensions WHERE name = 'postgis') AS is_offered,
       (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) AS may_add
"""


def _check_postgis(connection: Connection) -> None:
    found = connection.execute(text(_POSTGIS)).one()
    if found.is_there:
        return
    if not found.is_offered:
        raise SetupFailed("数据库服务器上没有 PostGIS；请先在那台机器上安装它。")
    if not found.may_add:
        raise SetupFailed("请先由超级用户在这个数据库里执行：CREATE EXTENSION postgis")
