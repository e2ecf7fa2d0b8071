"""The layers and measures of the map: a file each; adding one is adding a file."""

import pkgutil
from functools import cache
from importlib import import_module

from gridmap.errors import NotFound
from gridmap.layers.base import Layer
from gridmap.layers.measure import Measure

_SHARED = {"base", "measure", "figures", "shapes", "guide"}


@cache
def _modules() -> list[object]:
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return [import_module(f"{__name__}.{name}") for name in names if name not in _SHARED]


@cache
def layers() -> dict[str, Layer]:
    """All layers by id, in the order in which they are drawn, from below."""
    found = [one for module in _modules() if (one := getattr(module, "LAYER", None))]
    return {one.id: one for one in sorted(found, key=lambda one: one.order)}


@cache
def measures() -> dict[str, Measure]:
    """All measures by id, in the order in which they are offered."""
    found = [one for module in _modules() if (one := getattr(module, "MEASURE", None))]
    return {one.id: one for one in sorted(found, key=lambda one: one.order)}


def layer(id: str) -> Layer:
    """The layer with that id; NotFound where there is none."""
    if id not in layers():
        raise NotFound("没有图层“{id}”；图层在 /api/catalog 里。", id=id)
    return layers()[id]


def measure(id: str) -> Measure:
    """The measure with that id; NotFound where there is none."""
    if id not in measures():
        raise NotFound("没有指标“{id}”；指标在 /api/catalog 里。", id=id)
    return measures()[id]
