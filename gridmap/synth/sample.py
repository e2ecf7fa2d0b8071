"""Builds ``sample_data``: the made-up county, packed, and its relief."""

from pathlib import Path

from gridmap.synth.ground import Sizes
from gridmap.synth.pack import pack
from gridmap.synth.relief import write_relief
from gridmap.synth.scales import SAMPLE_SEED, generate, sample_land

RELIEF_FILE = "relief.pmtiles"


def build_sample(folder: Path) -> None:
    """Writes the sample's packed tables and its relief into ``folder``, the same bytes always."""
    folder.mkdir(parents=True, exist_ok=True)
    pack(generate(SAMPLE_SEED, scale="county"), folder)
    land = sample_land(SAMPLE_SEED, Sizes())
    write_relief(land.terrain, land.plane, folder / RELIEF_FILE)
