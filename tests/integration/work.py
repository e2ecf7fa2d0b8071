"""Doing the jobs that are waiting on a database, as the jobs' process does."""

from pathlib import Path
from threading import Thread

from gridmap import sealing
from gridmap.clock import fixed_clock
from gridmap.database import Database, login_url
from gridmap.jobs import worker
from gridmap.jobs.crew import Crew
from gridmap.settings import Settings
from tests.conftest import NOW, Server


def crew_of(server: Server, database: Database, url: str, instance: Path) -> Crew:
    """The jobs' collaborators on a database, the clock standing still."""
    settings = Settings(database_url=url, instance=instance)
    return Crew(settings, database, fixed_clock(NOW), sealing.sealer(server.secrets))


def work(server: Server, crew: Crew) -> None:
    """Does everything that is waiting; in a thread, since a browser's test has its own loop."""
    login = login_url(crew.settings.database_url, "gridmap_job", server.secrets.job_password)
    thread = Thread(target=lambda: worker.run(worker.build(crew, login), wait=False))
    thread.start()
    thread.join()
