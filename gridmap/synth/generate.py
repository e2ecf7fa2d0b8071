"""A county, a prefecture or a province, table by table."""

from collections.abc import Iterator
from typing import Literal

import numpy as np

from gridmap.synth.batch import Batch
from gridmap.synth.county import Place, county_batches, level_batch
from gridmap.synth.land import Sizes
from gridmap.synth.plane import Plane

Scale = Literal["county", "prefecture", "province"]
SAMPLE_SEED = 20260611
PROVINCE, PREFECTURE, COUNTY = ("99/", "陇原省"), ("99/01/", "岷阳市"), ("99/01/01/", "青崖县")
MIDDLE = Plane(104.6, 35.4)


def generate(seed: int, *, scale: Scale) -> Iterator[Batch]:
    """All tables of made-up land, the same for the same seed.

    Coordinates are EPSG:4326 on the lattice of 1e-7 degree. A county comes in the order of
    ``TABLES``; larger scales repeat that order county by county, after the regions above.
    """
    yield level_batch()
    path, name = COUNTY
    place = Place(path, name, MIDDLE)
    yield from county_batches(place, Sizes(), np.random.SeedSequence(seed), [PROVINCE, PREFECTURE])
