"""Making batches in a process of its own, so that one core makes what the other stores."""

import multiprocessing
from collections.abc import Callable, Iterable, Iterator
from multiprocessing.queues import Queue

from gridmap.synth.batch import Batch

_BATCHES_AHEAD = 40
"""Two counties: whoever stores one whole county at a time else lets this process wait meanwhile."""

Sent = Batch | Exception | None


def ahead(make: Callable[[], Iterable[Batch]]) -> Iterator[Batch]:
    """The batches that ``make`` (a function that can be pickled) yields, in its order.

    What it raises is raised here, too; the process ends with this iterator.
    """
    # a new process, not a copy of this one with its threads and connections
    context = multiprocessing.get_context("spawn")
    queue: Queue[Sent] = context.Queue(maxsize=_BATCHES_AHEAD)
    worker = context.Process(target=_send, args=(make, queue), daemon=True)
    worker.start()
    try:
        while (sent := queue.get()) is not None:
            if isinstance(sent, Exception):
                raise sent
            yield sent
    finally:
        worker.terminate()
        worker.join()


def _send(make: Callable[[], Iterable[Batch]], queue: "Queue[Sent]") -> None:
    try:
        for batch in make():
            queue.put(batch)
        queue.put(None)
    except Exception as error:
        queue.put(error)
