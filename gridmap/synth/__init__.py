"""The generator behind ``sample_data`` and ``gridmap synth``: counties that do not exist."""

from gridmap.synth.batch import TABLES, Batch
from gridmap.synth.generate import generate
from gridmap.synth.pack import pack, unpack

__all__ = ["TABLES", "Batch", "generate", "pack", "unpack"]
