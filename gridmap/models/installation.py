"""What holds for the whole installation, and the levels of its regions."""

from sqlalchemy import Boolean, ForeignKey, Integer, SmallInteger, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from gridmap.models.base import Base


class Installation(Base):
    """The one row of the whole installation: its time zone, and whether the sample is in it."""

    __tablename__ = "installation"

    single: Mapped[bool] = mapped_column(Boolean, primary_key=True, server_default=text("true"))
    zone: Mapped[str] = mapped_column(Text)
    sample: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    sample_people: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))


class Level(Base):
    """A level of regions: its depth from the top, its names, and what it is marked as."""

    __tablename__ = "level"

    depth: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    zh: Mapped[str] = mapped_column(Text)
    en: Mapped[str] = mapped_column(Text)
    answers: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    is_county: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))


class County(Base):
    """The number of a county, given out once; 0 with the empty path means none."""

    __tablename__ = "county"

    no: Mapped[int] = mapped_column(Integer, primary_key=True)
    path: Mapped[str] = mapped_column(Text(collation="C"))


class LayerVersion(Base):
    """The version of a boundary layer in a county, raised when a boundary changes."""

    __tablename__ = "layer_version"

    layer: Mapped[str] = mapped_column(Text, primary_key=True)
    county: Mapped[int] = mapped_column(Integer, ForeignKey("county.no"), primary_key=True)
    version: Mapped[int] = mapped_column(Integer)
