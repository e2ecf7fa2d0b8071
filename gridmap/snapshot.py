"""A snapshot of transactions: the place up to which a follower has read.

New is what the last snapshot had not seen: transactions from its ``xmax`` on, and those that were
still open in it. Never "a number greater than the last", which loses what commits late.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Snapshot:
    """Which transactions had ended: all under ``xmax`` but those that were ``open``."""

    xmax: int
    open: tuple[int, ...] = ()

    @staticmethod
    def parse(written: str) -> "Snapshot":
        """From PostgreSQL's form ``xmin:xmax:xip,xip…``."""
        _, xmax, xip = written.split(":")
        return Snapshot(int(xmax), tuple(int(one) for one in xip.split(",") if one))

    @property
    def parameters(self) -> dict[str, object]:
        """``next`` and ``open`` of a statement: ``xid >= :next OR xid = ANY(:open)`` is new."""
        return {"next": str(self.xmax), "open": [str(one) for one in self.open]}


NOTHING_SEEN = Snapshot(0)
