"""What every page shows around its own: who is signed in, and a band for what must be known."""

from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from flask import Flask, g

from gridmap.queries import accounts
from gridmap.web.context import reading, services
from gridmap.web.who import Who


class Band(NamedTuple):
    """One line under the bar: its kind, and the names that it tells."""

    kind: str
    name: str = ""
    keepers: tuple[str, ...] = ()


def install(app: Flask) -> None:
    """Gives templates the words, the times and the person of the request."""
    app.add_template_filter(local, "local")
    app.add_template_global(in_words, "w")

    @app.context_processor
    def _frame() -> dict[str, Any]:
        known: Who | None = g.get("who")
        return {"who": known, "band": band_of(known) if known else None}


def in_words(zh: str, en: str) -> str:
    """The Chinese or the English, by the request's language."""
    return zh if g.lang == "zh" else en


def local(moment: datetime | None) -> str:
    """A moment in the installation's zone, to the minute."""
    if moment is None:
        return ""
    return f"{moment.astimezone(ZoneInfo(services().settings.zone)):%Y-%m-%d %H:%M}"


def band_of(known: Who) -> Band | None:
    """What this person must know on every page; None for most."""
    session = known.session
    if session is None:
        return None
    if session.viewing_as:
        return Band("viewing", session.viewing_name or "")
    with reading() as connection:
        if accounts.holds_no_role(connection, session.account):
            return Band("no-area", session.name, tuple(accounts.keepers(connection)))
    if session.how == "link" and not session.has_password:
        return Band("no-password")
    return None
