"""Files of imports go when their time is over; the row stays and says so."""

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from gridmap.clock import fixed_clock
from gridmap.ids import uuid7
from gridmap.jobs import clear_imports, worker
from gridmap.jobs.crew import Crew
from gridmap.operations.circumstances import Circumstances
from gridmap.outside import uploads
from tests.conftest import NOW
from tests.integration.test_jobs import (
    Bring,
    _world,
    bring,
    confirm,
    count,
    crew,
    given,
    read,
    seen,
    work,
)

__all__ = ["_world", "bring", "crew", "given", "work"]

BAD = "户编号,地址,lon,lat\n0001,松岭村1号,104.605,35.405\n,没有编号,104.615,35.405\n"


def after(crew: Crew, **passed: float) -> Crew:
    """The same crew, some time later."""
    return replace(crew, clock=fixed_clock(NOW + timedelta(**passed)))


def kept(crew: Crew) -> set[UUID]:
    return set(uploads.folders(crew.settings.instance))


def written(crew: Crew, id: UUID, at: datetime) -> None:
    """Lets a folder have been written at a moment."""
    os.utime(uploads.folder_of(crew.settings.instance, id), (at.timestamp(), at.timestamp()))


def test_files_go_after_the_days_of_the_setting_and_the_row_says_so(
    crew: Crew, given: Circumstances, bring: Bring, work: Callable[[], None]
) -> None:
    loaded, staged, waiting = bring(BAD), bring(), bring()
    for id in (loaded, staged):
        read(crew, given, id)
    work()
    confirm(crew, given, loaded, keep_good=True)
    work()
    clear_imports.clear(after(crew, days=30))
    assert kept(crew) == {loaded, staged, waiting}
    clear_imports.clear(after(crew, days=30, seconds=1))
    assert kept(crew) == set()
    states = {id: seen(crew.database, id) for id in (loaded, staged, waiting)}
    assert [one["state"] for one in states.values()] == ["loaded", "thrown_away", "thrown_away"]
    assert all(one["cleared"] for one in states.values())
    # what was loaded stays, and what was said of it
    assert count(crew.database, "household") == 1
    assert (states[loaded]["rejects"], states[loaded]["added"]) == (1, 1)


def test_what_is_under_way_stays(crew: Crew, given: Circumstances, bring: Bring) -> None:
    id = bring()
    read(crew, given, id)
    clear_imports.clear(after(crew, days=400))
    assert kept(crew) == {id}
    assert seen(crew.database, id)["state"] == "staging"


def test_zero_days_keep_the_files_for_good(crew: Crew, bring: Bring) -> None:
    id = bring()
    for_good = replace(crew, settings=replace(crew.settings, import_files_days=0))
    clear_imports.clear(after(for_good, days=4000))
    assert kept(crew) == {id}
    assert not seen(crew.database, id)["cleared"]


def test_an_upload_that_never_became_an_import_goes_after_a_day(crew: Crew) -> None:
    young, old = uuid7(NOW), uuid7(NOW)
    for id, hours in ((young, 23), (old, 25)):
        uploads.receive(crew.settings.instance, id, "h.csv", [b"x"])
        written(crew, id, NOW - timedelta(hours=hours))
    beside = crew.settings.instance / "imports" / "somebody-elses"
    beside.mkdir()
    clear_imports.clear(crew)
    assert kept(crew) == {young}
    assert beside.exists()


def test_it_is_done_every_night(crew: Crew) -> None:
    from sqlalchemy import make_url

    app = worker.build(crew, make_url("postgresql://gridmap_job@localhost/none"))
    periodic = {task.task.name: task.cron for task in app.periodic_registry.periodic_tasks.values()}
    assert periodic["jobs.clear_imports"] == clear_imports.CRON
