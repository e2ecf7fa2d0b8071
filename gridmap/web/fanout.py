"""One listener for a process, which tells each open stream what is its own."""

import logging
import time
from threading import Event, Lock, Thread

import psycopg
from sqlalchemy.exc import SQLAlchemyError

from gridmap.clock import Clock
from gridmap.database import Database
from gridmap.errors import Busy
from gridmap.operations import keys, sessions
from gridmap.operations.telling import TELLER
from gridmap.outside import doorbell
from gridmap.queries import live
from gridmap.queries.live import Key, News
from gridmap.web.open_stream import GONE, Ranges, Stream, message, told_of

logger = logging.getLogger(__name__)

MOST_STREAMS = 5_000
MOST_STREAMS_OF_WEB = 20
"""Of one process; each holds a thread of the web, which has more to do."""

ASK_EVERY_S = 0.5
"""Asked even if nothing rings: a lost ring costs this much."""

CHECK_KEYS_EVERY_S = 5.0
_START_WAIT_S = 5
_AGAIN_S = 10
_TOO_MANY = "实时连接太多了（最多 {n} 个），请过 {seconds} 秒再试。"
_NO_ANSWER = "数据库没有应答，请过 {seconds} 秒再试。"
_CLOSING = "服务正在停止，请过 {seconds} 秒再试。"
_RETRY_S = 1
_WELL_S = 3


class Hub:
    """The listener and its streams; it runs while there are any."""

    def __init__(self, database: Database, clock: Clock, *, most: int) -> None:
        self._database = database
        self._clock = clock
        self._most = most
        self._streams: set[Stream] = set()
        self._wanted: set[Stream] = set()
        self._thread: Thread | None = None
        self._lock = Lock()
        self._ready = Event()
        self._snapshot = ""
        self._system = ""
        self._heard = 0.0
        self._closed = False

    @property
    def is_listening(self) -> bool:
        """Whether the listener runs."""
        return self._thread is not None

    @property
    def is_well(self) -> bool:
        """Whether the database answered lately: only then a page may think that it is live."""
        return time.monotonic() - self._heard < _WELL_S

    def join(self, stream: Stream) -> tuple[str, str]:
        """The system and the snapshot after which the stream is told everything.

        Raises Busy where there are too many, the database does not answer, or all is closing.
        """
        with self._lock:
            if self._closed:
                raise Busy(_CLOSING, seconds=_AGAIN_S)
            if len(self._wanted) >= self._most:
                raise Busy(_TOO_MANY, n=self._most, seconds=_AGAIN_S)
            self._wanted.add(stream)
            if self._thread is None:
                self._thread = Thread(target=self._run, name="events", daemon=True)
                self._thread.start()
        if not self._ready.wait(_START_WAIT_S):
            self.leave(stream)
            raise Busy(_NO_ANSWER, seconds=_AGAIN_S)
        with self._lock:
            self._streams.add(stream)
            if self._closed:
                stream.cut()
            return self._system, self._snapshot

    def leave(self, stream: Stream) -> None:
        """Tells the stream nothing more; to leave again changes nothing."""
        with self._lock:
            self._streams.discard(stream)
            self._wanted.discard(stream)

    def close(self) -> None:
        """Ends all streams, and with them the listener; no other is let in."""
        with self._lock:
            self._closed = True
            for stream in self._streams:
                stream.cut()

    def ended(self, seconds: float) -> bool:
        """Whether nobody listens any more, at the latest after that time."""
        thread = self._thread
        if thread is not None:
            thread.join(seconds)
        return thread is None or not thread.is_alive()

    def alive(self, stream: Stream) -> bytes:
        """That the server lives, its time, and up to where this stream was told."""
        with self._lock:
            done = stream.waiting.empty() and not stream.rest
            id = f"{self._system}:{self._snapshot}" if done else ""
        return message("alive", {"at": self._clock().isoformat()}, id)

    def _is_wanted(self) -> bool:
        with self._lock:
            if self._wanted:
                return True
            self._thread = None
            self._ready.clear()
            return False

    def _run(self) -> None:
        address = self._database.engines["job"].url.set(drivername="postgresql")
        while self._is_wanted():
            try:
                with doorbell.listening(address.render_as_string(hide_password=False)) as bell:
                    self._begin()
                    if self._follow(bell):
                        return
            except (psycopg.Error, SQLAlchemyError) as error:
                # its own words may hold an address with a password
                logger.warning("events: %s, trying again", type(error).__name__)
                time.sleep(_RETRY_S)

    def _begin(self) -> None:
        """Learns the server; after a loss of the database the place in its events is kept."""
        with self._database.transaction(TELLER) as connection:
            system, now = live.system(connection), live.snapshot_now(connection)
        if self._ready.is_set() and system == self._system:
            return
        with self._lock:
            self._system, self._snapshot = system, now
        self._heard = time.monotonic()
        self._ready.set()

    def _follow(self, bell: doorbell.Bell) -> bool:
        """Asks at each ring and every half second; True where nobody listens any more."""
        wait, check_at = ASK_EVERY_S, 0.0
        while self._is_wanted():
            self._ask()
            if time.monotonic() >= check_at:
                self._check_keys()
                check_at = time.monotonic() + CHECK_KEYS_EVERY_S
            wait = doorbell.MOST_OFTEN_S if bell.wait(wait) else ASK_EVERY_S
        return True

    def _ask(self) -> None:
        with self._database.transaction(TELLER) as connection:
            found = live.news(connection, self._snapshot)
        self._heard = time.monotonic()
        self._tell(found)

    def _tell(self, found: News) -> None:
        """Leaves with each stream what it may see; the same words for all of the same ranges."""
        id = f"{self._system}:{found.snapshot}"
        told: dict[Ranges, bytes] = {}
        with self._lock:
            self._snapshot = found.snapshot
            if not found.events:
                return
            for stream in self._streams:
                ranges = stream.ranges
                if ranges not in told:
                    told[ranges] = told_of(found.events, ranges, id, too_many=found.too_many)
                if told[ranges]:
                    stream.put(told[ranges])

    def _check_keys(self) -> None:
        """Ends the streams of whoever may not look any more, or looks through other eyes."""
        with self._lock:
            streams = list(self._streams)
        known = {one.key for one in streams}
        now = self._clock()
        with self._database.transaction(sessions.DOOR) as connection:
            idle_since = now - sessions.IDLE
            good = live.good_keys(connection, known, now=now, idle_since=idle_since)
            if LOCAL in known and not keys.someone_signed_in(connection):
                good[LOCAL] = LOCAL.kind
        for stream in streams:
            stands_for = good.get(stream.key)
            if stands_for is None:
                stream.put(GONE)
                stream.put(None)
            elif stream.stands_for not in {"", stands_for}:
                stream.put(None)
            stream.stands_for = stands_for or ""


LOCAL = Key("local", "")
"""Being at this machine, as long as nobody ever signed in."""
