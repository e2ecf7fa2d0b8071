"""Commands that bring files in, take them back, and declare what a territory is made of."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

import click
from sqlalchemy import text

from gridmap.access import LOCAL_ADMINISTRATOR
from gridmap.cli.session import Session, session
from gridmap.errors import FileRefused, InvalidInput
from gridmap.files import reading
from gridmap.files.rejects import write_rejects
from gridmap.geo.fits import candidate_fits
from gridmap.operations import levels as declaring
from gridmap.operations.imports import run
from gridmap.operations.imports.request import Counts, Importing, ImportRequest
from gridmap.operations.imports.staging import Staged
from gridmap.operations.imports.straight import straight
from gridmap.queries.extent import what_is_there

_SHOWN = 20


@click.command(name="import")
@click.argument("kind", type=click.Choice(sorted(run.KINDS)))
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--crs", help="EPSG:4490, gcj02, bd09 …; EPSG:4326 if the file is in WGS 84")
@click.option("--encoding", help="of a CSV or DBF; guessed if not given")
@click.option("--layer", help="layer of a file that has several")
@click.option("--map", "mapping", multiple=True, help="field=COLUMN, repeatable")
@click.option("--parent", help="code of the region in which the file's regions or grids lie")
@click.option("--level", type=int, help="level of the file's regions, 1 is the highest")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="day from which boundaries hold")
@click.option("--snap", type=float, default=0.0, help="close slivers up to that many meters")
@click.option("--as-is", is_flag=True, help="load grids that overlap or leave gaps, and mark them")
@click.option("--keep-good", is_flag=True, help="load the good rows though others are rejected")
@click.option("--dry-run", is_flag=True, help="show what would change; change nothing")
def import_file(**options: object) -> None:
    """Imports a FILE of regions, centers, grids, workers, households or incidents."""
    dry_run = bool(options.pop("dry_run"))
    with session() as given:
        request = _request(given, options)
        _choose_crs(given, request)
        with ExitStack() as reading_bar:
            progress = reading_bar.enter_context(_progress(request))
            importing = run.start(given.database, request, given.circumstances(), progress)

            def accept(staged: Staged) -> None:
                reading_bar.close()
                _tell(staged)
                _write_rejects(request, staged)
                if reason := run.blocked(staged, request):
                    run.throw_away(importing)
                    raise InvalidInput(reason, n=len(staged.rejects) or len(staged.problems))

            _tell_counts(importing, straight(importing, accept, dry_run=dry_run), dry_run=dry_run)


def _request(given: Session, options: dict[str, object]) -> ImportRequest:
    since = options.pop("since")
    if isinstance(since, datetime):
        since = since.replace(tzinfo=ZoneInfo(given.settings.zone))
    return ImportRequest(
        since=since,  # type: ignore[arg-type]
        snap_m=options.pop("snap"),  # type: ignore[arg-type]
        **options,  # type: ignore[arg-type]
    )


def _choose_crs(given: Session, request: ImportRequest) -> None:
    """Where the file leaves doubt, the candidates are shown as figures and the user chooses."""
    info = reading.inspect(request.file, encoding=request.encoding, layer=request.layer)
    if request.crs or not info.crs_doubtful:
        return
    positions = reading.sample(request.file, encoding=request.encoding, layer=request.layer)
    if not len(positions):
        return
    with given.database.transaction(LOCAL_ADMINISTRATOR) as connection:
        there = what_is_there(connection)
    if there is not None:
        click.echo("坐标系          在已有区域内   到最近边界（中位数）   落在已有界线上的点")
        for fit in candidate_fits(positions, there)[:6]:
            click.echo(
                f"{fit.crs:<14} {fit.share_inside:>10.1%} {fit.median_offset_m:>18.1f} m"
                f" {fit.share_on_lines:>18.1%}"
            )
    raise FileRefused(
        "{file} 没有可靠地说明坐标系；请看清后用 --crs 指定（如 EPSG:4326、EPSG:4490、gcj02）。",
        file=request.file.name,
    )


@contextmanager
def _progress(request: ImportRequest) -> Iterator[Callable[[int], None]]:
    size = reading.inspect(request.file, encoding=request.encoding, layer=request.layer).rows
    with click.progressbar(length=size or 1, label="读取") as bar:
        yield bar.update


def _tell(staged: Staged) -> None:
    info = staged.info
    click.echo(f"格式 {info.format}，编码 {info.encoding or '—'}，坐标系 {info.crs or '—'}")
    click.echo("列：" + "，".join(f"{field}={column}" for field, column in staged.mapping.items()))
    click.echo(f"可载入 {staged.rows} 行，不能用 {len(staged.rejects)} 行")
    for reject in staged.rejects[:_SHOWN]:
        click.echo(f"  第 {reject.row} 行：{reject.reason}")
    for problem in staged.problems[:_SHOWN]:
        click.echo(f"  {problem.text}")
    if len(staged.problems) > _SHOWN:
        click.echo(f"  … 共 {len(staged.problems)} 处")


def _write_rejects(request: ImportRequest, staged: Staged) -> None:
    if staged.rejects:
        # where the file lies may be a stick or a share that cannot be written to
        file = Path(f"{request.file.stem}-rejects.csv").absolute()
        write_rejects(file, staged.info.columns, staged.rejects)
        click.echo(f"不能用的行写在 {file}，改好后可单独导入")


def _tell_counts(importing: Importing, counts: Counts, *, dry_run: bool) -> None:
    told = asdict(counts)
    verb = "将" if dry_run else "已"
    click.echo(
        f"{verb}新增 {told['added']}，改动 {told['changed']}，未变 {told['unchanged']}；"
        f"导入编号 {importing.id}"
    )


@click.command(name="take-back")
@click.argument("number", type=click.UUID)
def take_back(number: UUID) -> None:
    """Takes an import's rows out again, while nothing refers to them."""
    with session() as given:
        removed = run.take_back(given.database, number, given.circumstances())
    click.echo(f"已收回 {removed} 行。")


@click.command()
@click.argument("declared", nargs=-1)
def levels(declared: tuple[str, ...]) -> None:
    """Declares the levels of regions from the top: ZH/EN, with :county and :answers marked.

    Example: 省/Province 市/Prefecture 县/County:county 乡镇/Township:answers 村/Village.
    Without arguments it lists what is declared.
    """
    with session() as given, given.database.transaction(LOCAL_ADMINISTRATOR) as connection:
        if declared:
            declaring.declare(connection, [declaring.parse(one) for one in declared])
        for row in connection.execute(text("SELECT * FROM level ORDER BY depth")):
            marks = [m for m, on in (("county", row.is_county), ("answers", row.answers)) if on]
            click.echo(f"{row.depth} {row.zh} {row.en} {' '.join(marks)}".rstrip())


COMMANDS = (import_file, take_back, levels)
