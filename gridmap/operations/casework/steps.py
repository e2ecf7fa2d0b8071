"""Taking a step: checked by the declared life of a report, done under its lock, written once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, text

from gridmap import events
from gridmap.access import Viewer
from gridmap.database import Database
from gridmap.events import IncidentStepped
from gridmap.operations.casework import acts, clock, holding
from gridmap.operations.casework.acts import Done
from gridmap.operations.circumstances import Circumstances
from gridmap.operations.record import record
from gridmap.queries import case, policies
from gridmap.rules import life
from gridmap.rules.life import Step

CASEWORK = Viewer("job", "casework")

EVENT_OF: dict[str, type[IncidentStepped]] = {
    "accept": events.IncidentAccepted,
    "verify": events.IncidentVerified,
    "dispatch": events.IncidentDispatched,
    "begin": events.IncidentBegun,
    "resolve": events.IncidentResolved,
    "file": events.IncidentFiled,
    "reopen": events.IncidentReopened,
    "supervise": events.IncidentSupervised,
    "whistle": events.DepartmentsWhistled,
    "hand_over": events.IncidentHandedOver,
    "pause": events.ClockPaused,
    "resume": events.ClockResumed,
    "recategorize": events.IncidentRecategorized,
    "merge": events.IncidentMerged,
    "rate": events.IncidentRated,
    "call_back": events.ReporterCalledBack,
    "note": events.IncidentNoted,
}
_ACTS: dict[str, Callable[[Connection, Row[Any], Mapping[str, Any], Circumstances], Done]] = {
    "accept": acts.accept,
    "verify": acts.describe,
    "note": acts.describe,
    "dispatch": holding.dispatch,
    "begin": acts.begin,
    "resolve": acts.resolve,
    "file": acts.file,
    "reopen": acts.reopen,
    "whistle": holding.whistle,
    "pause": acts.pause,
    "call_back": acts.call_back,
    "hand_over": holding.hand_over,
    "recategorize": acts.recategorize,
    "merge": holding.merge,
    "rate": acts.rate,
}


@dataclass(frozen=True)
class Taken:
    """What a step led to: the state now, and where the incident lies now."""

    step: str
    state: str
    path: str


def take(
    database: Database,
    *,
    county: int,
    id: UUID,
    step: str,
    given: Mapping[str, Any],
    circumstances: Circumstances,
) -> Taken:
    """Takes a step in the name of the viewer, if it may be taken now.

    The right is asked in the viewer's own transaction. The act itself runs as casework, since a
    hand-over ends outside the viewer's area; it holds the incident's lock and asks once more
    what state it is in: of two at the same moment one wins. Raises NotFound, NotAllowed,
    Conflict or InvalidInput; then nothing was changed.
    """
    with database.transaction(circumstances.actor) as connection:
        seen = case.found(connection, county, id)
        relations = case.relations(connection, seen, circumstances.actor)
    with database.transaction(CASEWORK) as connection:
        row = case.found(connection, county, id, lock=True)
        days = policies.policy(connection, "file_unrated_after_days", at=circumstances.now)
        taken = life.check(
            step,
            case.seen_by(connection, row, circumstances.actor),
            relations,
            given,
            now=circumstances.now,
            unrated_days=days,
        )
        return perform(connection, row, taken, given, circumstances)


def perform(
    connection: Connection,
    row: Row[Any],
    step: Step,
    given: Mapping[str, Any],
    circumstances: Circumstances,
) -> Taken:
    """Does a step that was checked: the act, its event, and the clock that follows from it."""
    act = _ACTS.get(step.id)
    done = act(connection, row, given, circumstances) if act else Done()
    after = done.state or step.to or row.state
    _set_state(connection, row, after)
    path = done.path if done.path is not None else row.path
    happened = EVENT_OF[step.id](
        row.county, path, row.id, row.state, after, str(given.get("words") or ""), done.facts
    )
    for told in {path, row.path}:
        # who lost the incident learns of it too
        _tell(connection, happened, told, circumstances)
    if type(happened).__name__ in clock.MARKS or step.id == "recategorize":
        now = case.found(connection, row.county, row.id)
        shown = clock.read(connection, now, circumstances)
        clock.settle(connection, row.county, row.id, shown, now=circumstances.now)
    if step.id == "call_back" and given.get("satisfied") is False and given.get("reopen"):
        again = case.found(connection, row.county, row.id)
        perform(connection, again, life.STEPS["reopen"], given, circumstances)
    return Taken(step.id, after, path)


def _tell(
    connection: Connection, happened: IncidentStepped, path: str, circumstances: Circumstances
) -> None:
    at_path = type(happened)(
        happened.county,
        path,
        happened.subject,
        happened.before,
        happened.after,
        happened.words,
        happened.facts,
    )
    record(connection, at_path, actor=circumstances.actor, at=circumstances.now)


def _set_state(connection: Connection, row: Row[Any], state: str) -> None:
    if state != row.state:
        connection.execute(
            text("UPDATE incident SET state = :state WHERE county = :county AND id = :id"),
            {"state": state, "county": row.county, "id": row.id},
        )
