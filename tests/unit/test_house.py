"""The house rules that a machine can keep."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields
from functools import cache
from pathlib import Path
from statistics import median

import click
import pytest

from gridmap import events
from gridmap.cli import commands as command_line
from gridmap.layers import layers, measures
from gridmap.settings import Settings

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "gridmap"
SOURCES = sorted(PACKAGE.rglob("*.py"))

LEVELS = [
    {"web", "cli", "jobs", "supervisor", "children", "held", "__init__"},
    {"operations"},
    {"queries", "layers", "files", "synth"},
    {"heat", "outside"},
    {"models"},
    {"database", "access", "sealing", "secrets", "hardening", "embedded", "cluster_folder"},
    {"settings", "clock", "errors", "events", "area", "ids", "snapshot"},
]
"""Rooms from the top down: each imports from those below and from its own level."""

PURE = {"rules": {"errors", "events", "area"}, "geo": {"errors", "events", "area", "rules"}}
"""Rooms without a database: used from anywhere above, and importing these only."""

LIBRARIES_OF_PURE = {"numpy", "shapely", "pyproj", "scipy"}

MOST_LINES = 60


@cache
def tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text(), str(file))


def room(file: Path) -> str:
    """The room that a source file belongs to."""
    part = file.relative_to(PACKAGE).parts[0]
    return part.removesuffix(".py")


def imported(file: Path) -> Iterator[str]:
    """Full names of the modules that a file imports, wherever in it."""
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            # ``from gridmap import x`` imports the module gridmap.x
            whole = node.module == "gridmap"
            yield from (f"gridmap.{n.name}" for n in node.names) if whole else (node.module,)


def rooms_used(file: Path) -> set[str]:
    parts = (name.split(".") for name in imported(file))
    used = {part[1] for part in parts if part[0] == "gridmap" and len(part) > 1}
    return {one for one in used if not one.startswith("__")}


@pytest.mark.parametrize("file", SOURCES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_imports_flow_down(file: Path) -> None:
    own = room(file)
    if own in PURE:
        assert rooms_used(file) <= {own} | PURE[own]
        outside = {name.split(".")[0] for name in imported(file)} - {"gridmap"}
        assert outside - sys.stdlib_module_names <= LIBRARIES_OF_PURE
        return
    (level,) = (n for n, rooms in enumerate(LEVELS) if own in rooms)
    allowed = set().union(*LEVELS[level:], PURE)
    assert rooms_used(file) <= allowed | {own}


def functions(file: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (function.end_lineno or 0) - function.lineno + 1


def test_functions_are_short() -> None:
    everything = [*SOURCES, *(ROOT / "benchmarks").rglob("*.py")]
    long = [
        f"{file.relative_to(ROOT)}:{one.lineno} {one.name} {lines(one)}"
        for file in everything
        for one in functions(file)
        if lines(one) > MOST_LINES
    ]
    assert not long
    assert median(lines(one) for file in SOURCES for one in functions(file)) <= 15


def public(body: list[ast.stmt]) -> Iterator[ast.FunctionDef | ast.ClassDef]:
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            yield node
            if isinstance(node, ast.ClassDef):
                yield from public(node.body)


def test_everything_public_is_documented() -> None:
    silent = [
        f"{file.relative_to(PACKAGE)} {one.name}"
        for file in SOURCES
        for one in public(tree(file).body)
        if not ast.get_docstring(one)
    ]
    silent += [
        str(file.relative_to(PACKAGE)) for file in SOURCES if not ast.get_docstring(tree(file))
    ]
    assert not silent


CLOCK = re.compile(
    r"\b(now\s*\(\)|current_(timestamp|date|time)|localtime(stamp)?|"
    r"(clock|statement|transaction)_timestamp)",
    re.I,
)


def strings(file: Path) -> Iterator[str]:
    """String literals that are not docstrings."""
    said = {
        ast.get_docstring(node, clean=False)
        for node in ast.walk(tree(file))
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
    }
    for node in ast.walk(tree(file)):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and node.value not in said
        ):
            yield node.value


def test_no_sql_asks_the_machine_for_the_time() -> None:
    asking = [
        f"{file.relative_to(PACKAGE)}: {found[0]}"
        for file in SOURCES
        for string in strings(file)
        if (found := CLOCK.search(string))
        and re.search(r"\b(select|insert|update|where)\b", string, re.I)
    ]
    assert not asking


MAY_ASK_THE_TIME = {"clock.py": "*", "database.py": "sign"}
"""The one clock, and the expiry of a viewer's signature, which is a security time."""


def asks_the_time(node: ast.AST) -> bool:
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
        return False
    of = (
        node.func.value.attr
        if isinstance(node.func.value, ast.Attribute)
        else getattr(node.func.value, "id", "")
    )
    return (of, node.func.attr) in {
        ("datetime", "now"),
        ("datetime", "utcnow"),
        ("datetime", "today"),
        ("date", "today"),
        ("time", "time"),
        ("time", "localtime"),
        ("time", "gmtime"),
    }


def test_nothing_asks_the_machine_what_time_it_is() -> None:
    asking = []
    for file in SOURCES:
        where = MAY_ASK_THE_TIME.get(str(file.relative_to(PACKAGE)))
        if where == "*":
            continue
        allowed = {n for f in functions(file) if f.name == where for n in ast.walk(f)}
        asking += [
            f"{file.relative_to(PACKAGE)}:{node.lineno}"
            for node in ast.walk(tree(file))
            if asks_the_time(node) and node not in allowed and isinstance(node, ast.Call)
        ]
    assert not asking


def test_every_setting_has_its_help_and_its_line_in_the_documents() -> None:
    documents = "\n".join(
        file.read_text() for file in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    )
    names = [one.metadata["name"] for one in fields(Settings)]
    assert len(names) == len(set(names))
    for one in fields(Settings):
        assert one.metadata["help"], one.name
        assert one.metadata["name"] in documents, f"{one.metadata['name']} is in no document"


def test_every_layer_and_measure_says_what_it_is() -> None:
    for layer in layers().values():
        assert all(layer.title), layer.id
        assert all(layer.about), layer.id
    for measure in measures().values():
        assert all(measure.title), measure.id
        assert all(measure.unit), measure.id


def commands(group: click.Command, name: str) -> Iterator[tuple[str, click.Command]]:
    yield name, group
    if isinstance(group, click.Group):
        for part, command in group.commands.items():
            yield from commands(command, f"{name} {part}")


def test_every_command_and_option_has_its_help() -> None:
    silent = []
    for name, command in commands(command_line, "gridmap"):
        silent += [] if command.help else [name]
        silent += [
            f"{name} {option.opts[0]}"
            for option in command.params
            if isinstance(option, click.Option) and not option.help
        ]
    assert not silent


def test_every_event_is_in_the_past_tense_and_documented() -> None:
    kinds = events.Event.__subclasses__()
    assert len(kinds) > 4
    for kind in kinds:
        assert kind.__doc__
        assert not kind.__doc__.startswith(kind.__name__), f"{kind.__name__} says nothing of itself"
        assert re.search(r"(ed|en|Back|Sent|Met)$", kind.__name__), kind.__name__
        assert kind.subject_kind


def tracked() -> list[Path]:
    """The project's own text files."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\0")
    return [ROOT / name for name in listed if name and (ROOT / name).is_file()]


FORBIDDEN = re.compile(rb"(?<![\w.])/" + rb"work/|\.\./" + rb"shared|/" + rb"work/shared")


def test_no_file_knows_where_the_project_was_made() -> None:
    naming = [
        str(file.relative_to(ROOT))
        for file in tracked()
        if file.relative_to(ROOT) != Path(".ci/run") and FORBIDDEN.search(file.read_bytes())
    ]
    assert not naming


def test_lock_files_name_no_address() -> None:
    locks = [file for file in tracked() if "lock" in file.name]
    assert locks
    for file in locks:
        assert not re.search(r"https?://", file.read_text()), file.name
