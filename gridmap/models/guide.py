"""Guide lines of the ground."""

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import Identity, Integer, SmallInteger, Text
from sqlalchemy.orm import Mapped, mapped_column

from gridmap.models.base import Base


class Guide(Base):
    """A river, a road or a building: what makes the ground readable."""

    __tablename__ = "guide"

    id: Mapped[int] = mapped_column(Integer, Identity(always=True), primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    rank: Mapped[int] = mapped_column(SmallInteger)
    name: Mapped[str | None] = mapped_column(Text)
    shape: Mapped[WKBElement] = mapped_column(Geometry("GEOMETRY", srid=4326, spatial_index=False))
