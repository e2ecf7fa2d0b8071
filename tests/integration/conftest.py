"""Installations of their own for what drives the real commands."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.runs import Home, free_port


@pytest.fixture
def bare() -> Iterator[Home]:
    """A machine on which gridmap has never run."""
    folder = Path(tempfile.mkdtemp(prefix="gmb-"))
    folder.chmod(0o755)
    yield Home(folder, free_port())
    shutil.rmtree(folder)
