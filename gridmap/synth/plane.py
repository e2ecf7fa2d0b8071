"""The flat drawing board of a made-up county, and its place on the globe.

No projection: nothing here is surveyed. Meters become degrees by one factor each way, which
is exact enough over 80 km for land that does not exist.
"""

from dataclasses import dataclass

import numpy as np

from gridmap.synth.arrays import Floats, Ints

METERS_PER_DEGREE = 111_250.0


@dataclass(frozen=True)
class Plane:
    """Meters east and north of (longitude, latitude); -1 turns a direction around."""

    longitude: float
    latitude: float
    east: int = 1
    north: int = 1

    @property
    def scale(self) -> Floats:
        """Degrees of longitude and latitude in a meter; negative where turned around."""
        degree = 1 / METERS_PER_DEGREE
        return np.array(
            [self.east * degree / np.cos(np.radians(self.latitude)), self.north * degree]
        )

    def lattice(self, places: Floats) -> Ints:
        """Meters (n, 2) to EPSG:4326 in whole units of 1e-7 degree (n, 2)."""
        degrees = np.array([self.longitude, self.latitude]) + places * self.scale
        return np.rint(degrees * 1e7).astype(np.int64)

    def degrees(self, places: Floats) -> Floats:
        """Meters (n, 2) to EPSG:4326 on the lattice (n, 2)."""
        return self.lattice(places) / 1e7

    def meters(self, degrees: Floats) -> Floats:
        """EPSG:4326 (n, 2) back to meters (n, 2)."""
        return np.asarray((degrees - np.array([self.longitude, self.latitude])) / self.scale)
