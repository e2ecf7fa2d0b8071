"""Tables: columns, keys, constraints; no behavior. One file per entity.

Row security, triggers and checks stand in the migrations; a test holds the two together.
"""

from gridmap.models import (  # noqa: F401 - each declares its tables
    center,
    event,
    grid,
    guide,
    household,
    imports,
    incident,
    installation,
    measure,
    region,
    staff,
    warning,
)
from gridmap.models.base import Base

__all__ = ["Base"]
