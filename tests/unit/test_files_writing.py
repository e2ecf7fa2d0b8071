"""Writing, and reading back what was written: identifiers, formulas, places, rejects."""

import csv
import zipfile
from datetime import date
from pathlib import Path
from uuid import UUID

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gridmap.errors import InvalidInput
from gridmap.files import writing
from gridmap.files.batch import Batch, Reject
from gridmap.files.reading import inspect, read
from gridmap.files.rejects import reject_row, write_rejects
from gridmap.files.shielding import shielded, unshielded
from gridmap.files.writing import write_table

COLUMNS = ["编码", "名称", "人口", "面积", "place"]
POINT, SQUARE = shapely.Point(103.7012345, 35.4012345), shapely.box(103.7, 35.4, 103.8, 35.5)
ROWS: list[tuple[object, ...]] = [
    ("440402199001011234", "附城镇", 12, -3.25, POINT),
    ("007", '=HYPERLINK("x")', None, None, None),
    ("-5", "+86 138", 0, 2.0, POINT),
]


def only(path: Path, **options: str) -> Batch:
    (batch,) = read(path, crs=options.get("crs"))
    return batch


@pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".geojson", ".gpkg"])
def test_identifiers_and_dangerous_text_survive_both_ways(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"out{suffix}"
    assert write_table(path, COLUMNS, iter(ROWS), 4) == 3
    batch = only(path)
    everything = {n: [*c, *(r.values[n] for r in batch.rejects)] for n, c in batch.columns.items()}
    assert sorted(map(str, everything["编码"])) == ["-5", "007", "440402199001011234"]
    assert set(everything["名称"]) == {"附城镇", '=HYPERLINK("x")', "+86 138"}
    assert set(everything["人口"]) == {"12", "0", None}
    assert "-3.25" in everything["面积"]
    assert batch.points is not None
    assert batch.points[0].tolist() == [POINT.x, POINT.y]


def test_a_workbook_does_not_say_when_it_was_written(tmp_path: Path) -> None:
    """The same rows are the same bytes, whatever the clock says."""
    write_table(tmp_path / "a.xlsx", COLUMNS, ROWS, 4)
    with zipfile.ZipFile(tmp_path / "a.xlsx") as book:
        said = book.read("docProps/core.xml").decode()
        assert {one.date_time[0] for one in book.infolist()} == {1980}
    assert said.count("2000-01-01T00:00:00Z") == 2


def test_the_bytes_of_a_table_hold_no_formula(tmp_path: Path) -> None:
    write_table(tmp_path / "a.csv", COLUMNS, ROWS, 4)
    with (tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.reader(file))
    assert lines[0] == ["编码", "名称", "人口", "面积", "lon", "lat"]
    assert lines[1][3] == "-3.25"
    assert lines[2][1] == '\'=HYPERLINK("x")'
    assert lines[3][:2] == ["-5", "'+86 138"]
    write_table(tmp_path / "a.xlsx", COLUMNS, ROWS, 4)
    with zipfile.ZipFile(tmp_path / "a.xlsx") as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "<v>-3.25</v>" in sheet
    assert "440402199001011234" in sheet
    assert "<v>440402199001011234</v>" not in sheet


def test_long_integers_are_text_in_a_workbook(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    write_table(path, ["id"], [(440402199001011234,), (999_999_999_999_999,)])
    assert only(path).columns["id"] == ["440402199001011234", "999999999999999"]


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cell=st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20))
def test_any_text_survives_a_csv(tmp_path: Path, cell: str) -> None:
    path = tmp_path / "a.csv"
    write_table(path, ["a", "b"], [(cell, "x")])
    assert only(path).columns["a"] == [cell]


@given(st.text(min_size=1))
def test_what_is_shielded_comes_back(cell: str) -> None:
    if not (cell[0] == "'" and cell[1:2] in tuple("=+-@\t\r")):
        assert unshielded(shielded(cell)) == cell
    assert shielded(cell)[0] not in "=+@\t\r"


@pytest.mark.parametrize("crs", ["EPSG:4490", "EPSG:4523", "gcj02", "bd09"])
@pytest.mark.parametrize("suffix", [".csv", ".geojson", ".gpkg"])
def test_shapes_in_another_system_come_back(tmp_path: Path, suffix: str, crs: str) -> None:
    path = tmp_path / f"a{suffix}"
    write_table(path, ["code", "shape"], [("a", SQUARE)], 1, crs)
    shapes = only(path, crs=crs).geometries
    assert shapes is not None
    assert shapely.hausdorff_distance(shapes[0], SQUARE) < 1e-8
    if suffix == ".gpkg":
        assert inspect(path).crs == (crs if crs.startswith("EPSG") else None)
        assert inspect(path).crs_doubtful == (not crs.startswith("EPSG"))


def test_many_rows_go_in_several_steps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "WRITE_ROWS", 2)
    rows = [(str(i), i, date(2026, 5, 20), UUID(int=i), float("nan"), SQUARE) for i in range(5)]
    for suffix in (".gpkg", ".geojson", ".csv"):
        path = tmp_path / f"a{suffix}"
        assert write_table(path, ["id", "n", "day", "uuid", "x", "shape"], rows, 5, "gcj02") == 5
        batch = only(path, crs="gcj02")
        assert batch.columns["n"] == ["0", "1", "2", "3", "4"]
        assert batch.columns["day"][4] == "2026-05-20"
        assert batch.columns["uuid"][4] == str(UUID(int=4))
        assert batch.columns["x"] == [None] * 5
        assert batch.geometries is not None
        assert shapely.hausdorff_distance(batch.geometries[4], SQUARE) < 1e-8


@pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".geojson", ".gpkg"])
def test_no_rows_and_no_geometry(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    assert write_table(path, ["id", "name"], []) == 0
    assert path.exists()
    assert sum(len(batch.numbers) for batch in read(path)) == 0


def test_what_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"\.doc"):
        write_table(tmp_path / "a.doc", ["a"], [])
    with pytest.raises(InvalidInput, match="不认识的坐标系"):
        write_table(tmp_path / "a.csv", ["a"], [], crs="nonsense")
    with pytest.raises(InvalidInput, match="第 2 行"):
        write_table(tmp_path / "a.xlsx", ["a"], [("x" * 40_000,)])
    with pytest.raises(InvalidInput, match="混有"):
        write_table(tmp_path / "a.gpkg", ["a"], [(i,) for i in range(20_000)] + [(1.5,)])


def test_rejects_can_be_mended_and_loaded_alone(tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_text("code,name,lon,lat\na,=1,103.7,35.4\nb,,x,35.4\nc,z,103.8,35.5\n", "utf-8")
    batch = only(source)
    rejects = [*batch.rejects, reject_row(batch, 0, "没有这个网格")]
    path = tmp_path / "rejects.csv"
    assert write_rejects(path, inspect(source).columns, rejects) == 2
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    text = path.read_text("utf-8-sig").splitlines()
    assert text[0] == "_row,_reason,code,name,lon,lat"
    assert text[1] == "2,没有这个网格,a,'=1,103.7,35.4"
    assert text[2].startswith('3,"坐标不是数字')
    path.write_text("\n".join(text).replace("b,,x,", "b,,103.9,"), "utf-8-sig")
    again = only(path)
    assert again.columns["code"] == ["a", "b"]
    assert again.columns["name"] == ["=1", None]
    assert again.points is not None
    assert again.points.tolist() == [[103.7, 35.4], [103.9, 35.4]]
    twice = tmp_path / "twice.csv"
    write_rejects(twice, inspect(path).columns, [reject_row(again, 0, "仍没有")])
    assert twice.read_text("utf-8-sig").splitlines()[0] == text[0]


def test_a_rejected_shape_goes_along_in_the_files_own_system(tmp_path: Path) -> None:
    source = tmp_path / "in.geojson"
    write_table(source, ["code", "shape"], [("a", SQUARE)], 1, "gcj02")
    batch = only(source, crs="gcj02")
    path = tmp_path / "rejects.csv"
    write_rejects(path, ["code"], [reject_row(batch, 0, "重叠", crs="gcj02"), Reject(9, "空", {})])
    again = only(path, crs="gcj02")
    assert again.columns["code"] == ["a", None]
    assert again.geometries is not None
    assert shapely.hausdorff_distance(again.geometries[0], SQUARE) < 1e-8
    assert again.geometries[1] is None
    assert np.isfinite(shapely.get_coordinates(again.geometries)).all()
