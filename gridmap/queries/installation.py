"""What holds for the whole installation: its zone, and the versions of its boundaries."""

from sqlalchemy import Connection, text


def zone(connection: Connection) -> str:
    """The time zone that was fixed when the installation was set up."""
    found: str = connection.execute(text("SELECT zone FROM installation")).scalar_one()
    return found


def boundary_versions(connection: Connection, layer: str) -> str:
    """The county versions of a layer of boundaries as one text; empty where there is none."""
    found: str | None = connection.scalar(
        text(
            "SELECT string_agg(county || '.' || version, ' ' ORDER BY county)"
            " FROM layer_version WHERE layer = :layer"
        ),
        {"layer": layer},
    )
    return found or ""
