"""The generator behind ``sample_data`` and ``gridmap synth``: counties that do not exist."""

from collections.abc import Iterator
from typing import Literal

from gridmap.synth.batch import TABLES, Batch
from gridmap.synth.pack import pack, unpack

__all__ = ["TABLES", "Batch", "generate", "pack", "unpack"]


def generate(seed: int, *, scale: Literal["county", "prefecture", "province"]) -> Iterator[Batch]:
    """``scales.generate``, whose libraries are loaded only here: reading the sample needs none."""
    from gridmap.synth import scales

    return scales.generate(seed, scale=scale)
