"""The command that works in the background."""

import click

from gridmap import sealing
from gridmap.cli.session import administrative_url, session
from gridmap.clock import system_clock
from gridmap.database import login_url
from gridmap.jobs import worker
from gridmap.jobs.crew import Crew


@click.command()
@click.option("--once", is_flag=True, help="do what is waiting, then end")
def jobs(once: bool) -> None:
    """Does the work that pages ask for in the background, until stopped."""
    with session() as given:
        ring = sealing.sealer(given.secrets, given.settings.instance / "secrets")
        crew = Crew(given.settings, given.database, system_clock, ring)
        login = login_url(
            administrative_url(given.settings, given.secrets),
            "gridmap_job",
            given.secrets.job_password,
        )
        worker.run(worker.build(crew, login), wait=not once)


COMMANDS = (jobs,)
