"""Reading and loading in one go: on two cores, parts are loaded while the next ones are read."""

from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager

from gridmap.operations.imports import run, state
from gridmap.operations.imports.request import Counts, Importing, Loading
from gridmap.operations.imports.staging import Staged


def straight(
    importing: Importing, accept: Callable[[Staged], None], *, dry_run: bool = False
) -> Counts:
    """Stages and loads in one transaction of the importer's viewer; changes nothing in a dry run.

    ``accept`` is told what was found once all is read, before anything is kept; where it raises,
    nothing is. Rows that hang together (``Kind.by_rows``) are loaded only after that.
    """
    if not run.KINDS[importing.request.kind].by_rows:
        accept(run.stage(importing))
        return run.dry_run(importing) if dry_run else run.load(importing)
    with run.loading(importing) as connection, _one_worker() as worker:
        parts: list[Future[Counts]] = []
        load = run.KINDS[importing.request.kind].load

        def there(rows: range) -> None:
            parts.append(worker.submit(load, Loading(connection, importing, rows)))

        accept(run.stage(importing, there=there))
        counts = sum((part.result() for part in parts), Counts())
        if dry_run:
            connection.rollback()
        else:
            run.keep(connection, importing, counts)
    if dry_run:
        run.throw_away(importing)
    else:
        state.clear(importing)
    return counts


@contextmanager
def _one_worker() -> Iterator[Executor]:
    """A thread that does one thing after the other, and begins nothing more once we leave."""
    worker = ThreadPoolExecutor(max_workers=1)
    try:
        yield worker
    finally:
        worker.shutdown(cancel_futures=True)
