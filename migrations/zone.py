"""The zone in which an installation's local days lie."""

from alembic import context, op
from sqlalchemy import text


def zone_literal() -> str:
    """The installation's zone, which is fixed, to stand between quotes in SQL."""
    kept = op.get_bind().scalar(text("SELECT zone FROM installation"))
    zone = str(kept or context.config.attributes.get("zone", "Asia/Shanghai"))
    return zone.replace("'", "''").replace(":", "\\:")
