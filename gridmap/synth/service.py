"""Who serves the county: centers, departments, grid workers and their duties."""

from dataclasses import dataclass, field

import numpy as np

from gridmap.synth import people, words
from gridmap.synth.arrays import Ints
from gridmap.synth.batch import Column

_GRIDS_PER_LEAD = 1.45
_BACKUP_SHARE = 0.22


@dataclass
class Roster:
    """Workers and duties as they are drawn up."""

    posts: list[str] = field(default_factory=list)
    staff: list[int] = field(default_factory=list)
    grids: list[int] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)

    def hire(self, kind: str) -> int:
        """A new worker whose post is that of this kind of duty."""
        self.posts.append(words.POSTS[kind])
        return len(self.posts) - 1

    def assign(self, worker: int, grid: int, kind: str) -> None:
        """A duty of that worker."""
        self.staff.append(worker)
        self.grids.append(grid)
        self.kinds.append(kind)


def draw_up(village: Ints, urban: list[bool], rng: np.random.Generator) -> Roster:
    """Every grid gets a lead, who may hold two; streets a full-time worker; some a backup."""
    roster = Roster()
    starts = np.flatnonzero(np.diff(village, prepend=-1))
    for number, own in enumerate(np.split(np.arange(len(village)), starts[1:])):
        leads = [roster.hire("lead") for _ in range(int(np.ceil(len(own) / _GRIDS_PER_LEAD)))]
        for turn, grid in enumerate(own.tolist()):
            roster.assign(leads[turn * len(leads) // len(own)], grid, "lead")
        full_time = roster.hire("full_time") if urban[number] else None
        for grid in own.tolist():
            if full_time is not None:
                roster.assign(full_time, grid, "full_time")
            if rng.random() < _BACKUP_SHARE:
                held = [w for w, g in zip(roster.staff, roster.grids, strict=True) if g == grid]
                others = [w for w in leads if w not in held]
                worker = others[int(rng.integers(len(others)))] if others else roster.hire("backup")
                roster.assign(worker, grid, "backup")
    return roster


def staff_columns(roster: Roster, prefix: str, rng: np.random.Generator) -> dict[str, Column]:
    """Columns of the table staff; names are marked as made up."""
    count = len(roster.posts)
    names = people.invent_names(rng.integers(0, len(words.SURNAMES), count), rng)
    return {
        "code": [f"{prefix}W{n:04d}" for n in range(1, count + 1)],
        "name": [f"{name}（{words.SAMPLE_TAG}）" for name in names],
        "post": roster.posts,
        "phone": [words.SAMPLE_MOBILE.format(number=9_999 - n) for n in range(count)],
    }


def duty_columns(
    roster: Roster, prefix: str, grid_codes: list[str], rng: np.random.Generator
) -> dict[str, Column]:
    """Columns of the table duty; leads have been there since before the first incident."""
    lead = np.array([kind == "lead" for kind in roster.kinds])
    since = np.where(lead, rng.integers(740, 2_200, len(lead)), rng.integers(60, 1_500, len(lead)))
    return {
        "staff_code": [f"{prefix}W{n + 1:04d}" for n in roster.staff],
        "grid_code": [grid_codes[grid] for grid in roster.grids],
        "kind": roster.kinds,
        "from_day": since,
    }
