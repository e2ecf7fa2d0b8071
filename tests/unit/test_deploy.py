"""The files of deploy/ are what the programs that read them take, and name what there is."""

import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import yaml
from gunicorn.config import Config

from gridmap.cli import commands
from gridmap.settings import Settings
from tests import nginx_site

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
PROGRAMS = "/opt/gridmap/.venv/bin/"
SERVICE_KEYS = {
    *("build", "image", "network_mode", "environment", "volumes", "command", "healthcheck"),
    *("stop_signal", "restart", "depends_on"),
}
"""Keys of the Compose specification that the file uses; another is a slip until looked up."""


def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    return found


def started(unit: Path) -> list[list[str]]:
    """The command lines that a unit runs."""
    text = unit.read_text().replace("\\\n", " ")
    return [shlex.split(line) for line in re.findall(r"^ExecStart=(.+)$", text, re.MULTILINE)]


def command_lines() -> Iterator[tuple[str, list[str]]]:
    """Every command line of the project's own programs, and the file that it stands in."""
    for unit in UNITS:
        yield from ((unit.name, line) for line in started(unit) if line[0].startswith(PROGRAMS))
    for name, service in compose()["services"].items():
        if "build" in service and "command" in service:
            yield f"compose {name}", service["command"]
    container = (DEPLOY / "Containerfile").read_text().replace("\\\n", " ")
    [command] = re.findall(r"^CMD (\[.+\])$", container, re.MULTILINE)
    yield "Containerfile", yaml.safe_load(command)


LINES = list(command_lines())


@pytest.mark.parametrize(("file", "line"), LINES, ids=[file for file, _ in LINES])
def test_units_and_containers_run_commands_that_exist(file: str, line: list[str]) -> None:
    program, *arguments = line
    name = program.removeprefix(PROGRAMS)
    if name == "gridmap":
        assert arguments[0] in commands.commands
        commands.commands[arguments[0]].make_context(arguments[0], arguments[1:])
    else:
        assert name == "gunicorn"
        asked = Config().parser().parse_args(arguments)
        assert len(asked.args) == 1
        # whoever comes from this machine is the administrator: nobody else may come straight
        assert [one.startswith(("127.0.0.1:", "unix:")) for one in asked.bind] == [True]


def test_every_part_of_the_product_is_started() -> None:
    said = {" ".join(line).removeprefix(PROGRAMS).split(" --")[0] for _, line in LINES}
    stream = "gunicorn gridmap:create_app('stream')"
    assert said >= {"gridmap migrate", "gridmap jobs", "gunicorn wsgi:app", stream}


def test_the_compose_file_holds_together() -> None:
    found = compose()
    assert set(found) == {"name", "x-gridmap", "services", "volumes"}
    services = found["services"]
    for name, service in services.items():
        assert set(service) <= SERVICE_KEYS, name
        assert {"image", "network_mode"} <= set(service)
        for other, condition in service.get("depends_on", {}).items():
            assert other in services
            ends = "command" in services[other] and "restart" not in services[other]
            wanted = "service_completed_successfully" if ends else "service_healthy"
            assert condition == {"condition": wanted}
            assert ends or "healthcheck" in services[other]
        for volume in service["volumes"]:
            source, target = volume.split(":")
            assert source in found["volumes"]
            assert target.startswith("/")
        build = service.get("build")
        assert build is None or (DEPLOY / build["context"] / build["dockerfile"]).exists()


def test_settings_in_deployment_files_are_settings() -> None:
    known = {one.metadata["name"] for one in fields(Settings)}
    written = re.findall(r"^#?([A-Z_]+)=", (DEPLOY / "gridmap.env").read_text(), re.MULTILINE)
    composed = [
        name
        for service in compose()["services"].values()
        if "build" in service
        for name in service["environment"]
    ]
    assert len(written) > 3
    assert set(written) | set(composed) <= known


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: str(unit.name))
def test_systemd_takes_the_units(unit: Path, tmp_path: Path) -> None:
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("systemd-analyze is not installed")
    for one in UNITS:
        # what they run and as whom is made by install-system, which a test does not run
        text = re.sub(r"^(Exec\w+)=\S+", r"\1=/bin/true", one.read_text(), flags=re.MULTILINE)
        text = re.sub(r"^(User|EnvironmentFile|WorkingDirectory)=.*\n", "", text, flags=re.M)
        (tmp_path / one.name).write_text(text)
    done = subprocess.run(
        [program, "verify", "--man=no", str(tmp_path / unit.name)],
        capture_output=True,
        text=True,
        check=False,
    )
    complaints = [line for line in done.stderr.splitlines() if unit.name in line]
    assert (done.returncode, complaints) == (0, [])


def test_nginx_takes_the_site(tmp_path: Path) -> None:
    found = nginx_site.programs()
    if found is None:
        pytest.skip("nginx or openssl is not installed")
    nginx, openssl = found
    # it opens its ports when it looks at itself, and the usual ones may be taken
    configuration = nginx_site.written(tmp_path, openssl, ports={80: 3080, 443: 3443})
    done = subprocess.run(
        [nginx, "-t", "-q", "-p", tmp_path, "-c", configuration],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
