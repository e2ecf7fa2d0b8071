"""Builds ``sample_data``: the made-up county, packed."""

from pathlib import Path

from gridmap.synth.generate import SAMPLE_SEED, generate
from gridmap.synth.pack import pack


def build_sample(folder: Path) -> None:
    """Writes the sample's packed tables into ``folder``, equal to the byte every time."""
    folder.mkdir(parents=True, exist_ok=True)
    pack(generate(SAMPLE_SEED, scale="county"), folder)
