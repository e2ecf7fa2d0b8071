"""Reading: every format comes out in one shape, and bad input is one sentence."""

import csv
import json
import struct
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest
import shapely
import xlsxwriter

from gridmap.errors import FileRefused, InvalidInput
from gridmap.files import csv_table, map_file, single_geometry
from gridmap.files.batch import Batch
from gridmap.files.reading import inspect, read, sample
from gridmap.geo.coordinates import from_wgs84

NAMES = ["附城镇", "莲麓镇", "康丰乡"]
CODES = ["062922100", "062922101", "440402199001011234"]
SQUARES = np.array([shapely.box(103.7 + i, 35.3, 103.8 + i, 35.4) for i in range(3)])


def write_map(path: Path, driver: str, crs: str | None = "EPSG:4326", **options: Any) -> Path:
    shapes = options.pop("shapes", SQUARES)
    pyogrio.raw.write(
        path,
        shapely.to_wkb(shapes),
        [np.array(NAMES, dtype=object), np.array(CODES, dtype=object), np.array([1.0, 2.5, 49.0])],
        ["名称", "code", "面积"],
        driver=driver,
        crs=crs,
        **{"geometry_type": "Polygon", **options},
    )
    return path


def zipped(folder: Path, name: str = "data.zip", prefix: str = "") -> Path:
    target = folder.parent / name
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.iterdir()):
            archive.write(file, prefix + file.name)
    return target


def text(path: Path, content: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(content.encode(encoding))
    return path


def only(path: Path, **options: Any) -> Batch:
    batches = list(read(path, **options))
    assert len(batches) == 1
    return batches[0]


@pytest.mark.filterwarnings("ignore:'crs' was not provided")
@pytest.mark.parametrize(
    ("name", "driver", "kind", "doubtful"),
    [
        ("a.gpkg", "GPKG", "gpkg", False),
        ("a.geojson", "GeoJSON", "geojson", True),
        ("a.fgb", "FlatGeobuf", "flatgeobuf", False),
    ],
)
def test_map_formats(tmp_path: Path, name: str, driver: str, kind: str, doubtful: bool) -> None:
    path = write_map(tmp_path / name, driver)
    info = inspect(path)
    assert (info.format, info.rows, info.geometry) == (kind, 3, True)
    assert (info.crs, info.crs_doubtful) == ("EPSG:4326", doubtful)
    assert info.columns == ["名称", "code", "面积"]
    batches = list(read(path, batch=2))
    assert {row for batch in batches for row in batch.columns["code"]} == set(CODES)
    assert {cell for batch in batches for cell in batch.columns["面积"]} == {"1", "2.5", "49"}
    shapes = np.concatenate([batch.geometries for batch in batches if batch.geometries is not None])
    assert shapely.equals(shapely.union_all(shapes), shapely.union_all(SQUARES))
    assert sorted(number for batch in batches for number in batch.numbers) == [1, 2, 3]


@pytest.mark.parametrize("real", ["utf-8", "gb18030"])
@pytest.mark.parametrize("said", [None, "UTF-8", "GBK", "ISO-8859-1"])
def test_a_shapefile_whose_cpg_may_lie(tmp_path: Path, real: str, said: str | None) -> None:
    folder = tmp_path / "shp"
    folder.mkdir()
    write_map(folder / "乡镇.shp", "ESRI Shapefile", encoding=real)
    (folder / "乡镇.cpg").unlink()
    if said:
        (folder / "乡镇.cpg").write_text(said)
    path = zipped(folder, prefix="data/")
    info = inspect(path)
    assert (info.format, info.layers, info.encoding) == ("shapefile", ["乡镇"], real)
    batch = only(path)
    assert batch.columns["名称"] == NAMES
    assert batch.columns["code"] == CODES


def test_a_long_dbf_cell_cut_within_a_character(tmp_path: Path) -> None:
    folder = tmp_path / "shp"
    folder.mkdir()
    write_map(folder / "a.shp", "ESRI Shapefile", encoding="utf-8")
    table = (folder / "a.dbf").read_bytes()
    at, width = 32, 0
    while table[at : at + 4] != b"code":
        width += table[at + 16]
        at += 32
    head, row = struct.unpack("<HH", table[8:12])
    start = head + 1 + width
    cut = ("a" + "镇" * 80).encode()[: table[at + 16]]
    assert row > len(cut)
    (folder / "a.dbf").write_bytes(table[:start] + cut + table[start + len(cut) :])
    (folder / "a.cpg").unlink()
    path = zipped(folder)
    assert inspect(path).encoding == "utf-8"
    assert only(path).columns["code"][0] == "a" + "镇" * 26


def test_gauss_kruger_shapefile_is_converted(tmp_path: Path) -> None:
    folder = tmp_path / "shp"
    folder.mkdir()
    moved = shapely.transform(SQUARES, lambda xy: from_wgs84(xy, "EPSG:4523"))
    write_map(folder / "a.shp", "ESRI Shapefile", crs="EPSG:4523", shapes=moved)
    path = zipped(folder)
    info = inspect(path)
    assert (info.crs, info.crs_doubtful) == ("EPSG:4523", False)
    shapes = only(path).geometries
    assert shapes is not None
    assert shapely.hausdorff_distance(shapes[0], SQUARES[0]) < 1e-8
    assert sample(path)[0, 0] > 35_000_000


def test_kml_and_the_crs_that_one_says(tmp_path: Path) -> None:
    path = text(
        tmp_path / "a.kml",
        '<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2">'
        "<Document><Placemark><name>附城镇</name><Polygon><outerBoundaryIs><LinearRing>"
        "<coordinates>103.7,35.3,0 103.8,35.3,0 103.8,35.4,0 103.7,35.3,0</coordinates>"
        "</LinearRing></outerBoundaryIs></Polygon></Placemark></Document></kml>",
    )
    assert inspect(path).format == "kml"
    plain, shifted = only(path), only(path, crs="gcj02")
    assert plain.columns["Name"] == ["附城镇"]
    assert plain.geometries is not None
    assert shifted.geometries is not None
    assert 1e-4 < shapely.hausdorff_distance(plain.geometries[0], shifted.geometries[0]) < 0.01
    with pytest.raises(InvalidInput, match="nonsense"):
        list(read(path, crs="nonsense"))


def test_a_null_geometry_in_mid_file_does_not_end_the_reading(tmp_path: Path) -> None:
    shapes = SQUARES.copy()
    shapes[1] = None
    for name, driver in (("a.gpkg", "GPKG"), ("a.geojson", "GeoJSON")):
        batch = only(write_map(tmp_path / name, driver, shapes=shapes))
        assert (batch.columns["code"], batch.rejects) == (list(CODES), [])
        assert batch.geometries is not None
        assert [one is None for one in batch.geometries] == [False, True, False]
    folder = tmp_path / "shp"
    folder.mkdir()
    write_map(folder / "a.shp", "ESRI Shapefile", shapes=shapes, encoding="utf-8")
    assert only(zipped(folder)).numbers == [1, 2, 3]


def test_a_point_that_is_missing_is_no_number_and_in_every_system(tmp_path: Path) -> None:
    features = [
        {"type": "Feature", "properties": {"code": "1"}, "geometry": shape}
        for shape in (
            {"type": "Point", "coordinates": [104.6, 35.4]},
            None,
            {"type": "Point", "coordinates": []},
        )
    ]
    content = json.dumps({"type": "FeatureCollection", "features": features})
    batch = only(text(tmp_path / "a.geojson", content), crs="gcj02")
    assert batch.rejects == []
    assert batch.points is not None
    assert np.isnan(batch.points).all(axis=1).tolist() == [False, True, True]


def test_geojson_in_gbk_and_with_unclosed_rings(tmp_path: Path) -> None:
    feature = {
        "type": "Feature",
        "properties": {"名称": "附城镇", "码": 62292210},
        "geometry": {"type": "Polygon", "coordinates": [[[103, 35], [104, 35], [104, 36]]]},
    }
    content = json.dumps({"type": "FeatureCollection", "features": [feature]}, ensure_ascii=False)
    batch = only(text(tmp_path / "a.json", content, "gb18030"))
    assert batch.columns == {"名称": ["附城镇"], "码": ["62292210"]}
    assert batch.geometries is not None
    assert shapely.is_valid(batch.geometries[0])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_csv_encodings_and_delimiters(tmp_path: Path, encoding: str, delimiter: str) -> None:
    lines = [
        ["编码", "名称", "经度", "纬度"],
        ["0062", "䞍家湾,𡒄上", "103.7", "35.4"],
        ["7", "", "", ""],
    ]
    path = tmp_path / "a.csv"
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows(lines)
    info = inspect(path)
    assert (info.format, info.geometry, info.crs, info.crs_doubtful) == ("csv", True, None, True)
    assert info.columns == lines[0]
    batch = only(path)
    assert batch.numbers == [2, 3]
    assert batch.columns["编码"] == ["0062", "7"]
    assert batch.columns["名称"] == ["䞍家湾,𡒄上", None]
    assert batch.geometries is None
    assert batch.points is not None
    assert batch.points[0].tolist() == [103.7, 35.4]
    assert np.isnan(batch.points[1]).all()


def test_rows_that_cannot_be_are_rejects_and_the_rest_stays_in_step(tmp_path: Path) -> None:
    path = text(
        tmp_path / "a.csv",
        "code,lon,lat\na,103.7,35.4\nb,103.7\n\nc,x,35.4\nd,103.8,\ne,35.4,103.7\nf,nan,1\n"
        "g,103.9,35.5,,\nh,103.9,35.5,extra\n",
    )
    batches = list(read(path, batch=3))
    kept = [(n, c) for b in batches for n, c in zip(b.numbers, b.columns["code"], strict=True)]
    assert kept == [(2, "a"), (9, "g")]
    points = np.concatenate([b.points for b in batches if b.points is not None])
    assert points.tolist() == [[103.7, 35.4], [103.9, 35.5]]
    rejects = {r.row: (r.values["code"], r.reason) for b in batches for r in b.rejects}
    assert list(rejects) == [3, 5, 6, 7, 8, 10]
    assert "2 格" in rejects[3][1]
    assert "写反" in rejects[7][1]
    assert rejects[10] == ("h", "这一行有 4 格，表头有 3 格")


def test_wkt_columns_and_chosen_places(tmp_path: Path) -> None:
    path = text(
        tmp_path / "a.csv",
        'id,wkt,px,py\n1,"POLYGON ((0 0, 1 0, 1 1, 0 0))",103,35\n2,POLYGON (,104,36\n3,,105,36\n',
    )
    batch = only(path)
    assert batch.columns["id"] == ["1", "3"]
    assert batch.geometries is not None
    assert [r.row for r in batch.rejects] == [3]
    chosen = only(path, places={"lon": "px", "lat": "py", "name": "id"})
    assert chosen.points is not None
    assert chosen.points.tolist() == [[103, 35], [104, 36], [105, 36]]
    with pytest.raises(FileRefused, match=r"没有列 nope；文件里的列是：id、wkt、px、py"):
        list(read(path, places={"lon": "nope", "lat": "py"}))


def test_a_long_wkt_cell_is_read(tmp_path: Path) -> None:
    ring = shapely.Point(103, 35).buffer(0.1, quad_segs=3000)
    path = text(tmp_path / "a.csv", f'id,wkt\n1,"{ring.wkt}"\n')
    assert len(ring.wkt) > 131_072
    shapes = only(path).geometries
    assert shapes is not None
    assert shapely.equals(shapes[0], ring)


def workbook(path: Path, rows: list[list[Any]]) -> Path:
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("住户")
        for r, row in enumerate(rows):
            for c, cell in enumerate(row):
                if isinstance(cell, str):
                    sheet.write_string(r, c, cell)
                elif cell is not None:
                    sheet.write(r, c, cell)
    return path


def test_xlsx_keeps_identifiers_and_rejects_numbers_that_lost_digits(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "a.xlsx",
        [
            ["编码", "人口", "经度", "纬度", "在住"],
            ["440402199001011234", 49.0, 103.7, 35.4, True],
            [440402199001011234, 2, 103.7, 35.4, False],
            [],
            ["007", 2.5, 103.8, 35.5, None],
        ],
    )
    info = inspect(path)
    assert (info.format, info.layers, info.rows) == ("xlsx", ["住户"], 4)
    batch = only(path)
    assert batch.numbers == [2, 5]
    assert batch.columns["编码"] == ["440402199001011234", "007"]
    assert batch.columns["人口"] == ["49", "2.5"]
    assert batch.columns["在住"] == ["TRUE", None]
    assert batch.points is not None
    assert batch.points[1].tolist() == [103.8, 35.5]
    assert [(r.row, "15 位" in r.reason) for r in batch.rejects] == [(3, True)]
    with pytest.raises(FileRefused, match="没有工作表 x；有：住户"):
        inspect(path, layer="x")


def test_a_sheet_that_begins_further_down_counts_as_the_spreadsheet_does(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [[], [], ["code"], ["a"], ["b"]])
    assert only(path).numbers == [4, 5]


def test_layers_of_a_geopackage_and_of_an_archive(tmp_path: Path) -> None:
    path = write_map(tmp_path / "a.gpkg", "GPKG", layer="村")
    write_map(path, "GPKG", layer="镇", shapes=SQUARES[::-1], append=True)
    assert inspect(path).layers == ["村", "镇"]
    shapes = only(path, layer="镇").geometries
    assert shapes is not None
    assert shapes[0].equals(SQUARES[2])
    folder = tmp_path / "two"
    folder.mkdir()
    write_map(folder / "x.geojson", "GeoJSON")
    write_map(folder / "y.geojson", "GeoJSON", shapes=SQUARES[::-1])
    archive = zipped(folder)
    assert inspect(archive).layers == ["x", "y"]
    shapes = only(archive, layer="y").geometries
    assert shapes is not None
    assert shapes[0].equals(SQUARES[2])
    with pytest.raises(FileRefused, match="没有图层 z；有：x、y"):
        inspect(archive, layer="z")


def archive_of(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.csv", b"", "空的"),
        ("a.csv", b"a,b\n1,\x00\n", "NUL"),
        ("a.csv", b"\xff\xd8\xff\xe0\x81", "文字编码"),
        ("a.csv", b'a,b\n1,"x\n', "引号没有成对"),
        ("a.csv", b",,,\n1,2,3,4\n", "不是表头"),
        ("a.csv", b"code,lon,lat\na,35500000,3900000\nb,35500000,3900000\n", "请用 --crs"),
        ("a.gpkg", b"SQLite format 3\x00" + b"x" * 500, "不是完好的 GeoPackage"),
        ("a.geojson", b"{}", "读不出地图数据"),
        ("a.geojson", b'{"type":"gdal_streamed_alg","command_line":"x"}', "不是 GeoJSON"),
        ("a.kml", b"<html><body>no</body></html>", "不是地图文件"),
        ("a.kml", b"<kml", "读不出地图数据"),
        ("a.fgb", b"fgb\x03fgb\x00" + b"\xff" * 50, "读不出地图数据"),
        ("a.xlsx", b"PK\x03\x04broken", "不是完好的 ZIP"),
        ("a.shp", b"\0\0\x27\x0a" + b"\0" * 96, "缺少 .shx"),
        ("a.png", b"\x89PNG\r\n\x1a\n", "不是地图文件"),
    ],
)
def test_bad_files_get_one_sentence(tmp_path: Path, name: str, content: bytes, words: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(FileRefused, match=words):
        list(read(path))


def test_archives_that_are_refused(tmp_path: Path) -> None:
    bomb = archive_of(tmp_path / "bomb.zip", {"a.geojson": bytes(64 << 20)})
    escape = archive_of(tmp_path / "escape.zip", {"../../a.geojson": b"{}"})
    drive = archive_of(tmp_path / "drive.zip", {"C:\\a.geojson": b"{}"})
    empty = archive_of(tmp_path / "empty.zip", {"readme.txt": b"hello"})
    link = tmp_path / "link.zip"
    with zipfile.ZipFile(link, "w") as archive:
        info = zipfile.ZipInfo("a.geojson")
        info.external_attr = 0o120777 << 16
        archive.writestr(info, "/etc/passwd")
    for path, words in (
        (bomb, "解开后会有 64 MB"),
        (escape, "包外"),
        (drive, "包外"),
        (link, "包外"),
        (empty, "没有地图文件"),
    ):
        with pytest.raises(FileRefused, match=words):
            inspect(path)


def test_an_archive_whose_contents_lie_is_not_unpacked(tmp_path: Path) -> None:
    path = archive_of(tmp_path / "a.zip", {"a.geojson": b"x" * 5000})
    raw = bytearray(path.read_bytes())
    at = raw.rindex(b"PK\x01\x02")
    raw[at + 24 : at + 28] = struct.pack("<I", 10)
    path.write_bytes(raw)
    with pytest.raises(FileRefused, match=r"不符|损坏"):
        inspect(path)


def test_a_file_and_a_geometry_beyond_all_measure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    huge = tmp_path / "a.geojson"
    huge.write_bytes(b"{")
    with huge.open("r+b") as file:
        file.truncate(10 << 30)
    with pytest.raises(FileRefused, match="文件太大"):
        inspect(huge)
    package = write_map(tmp_path / "b.gpkg", "GPKG")
    monkeypatch.setattr(single_geometry, "MAX_GEOMETRY_BYTES", 100)
    with pytest.raises(FileRefused, match="几何图形大到"):
        inspect(package)
    monkeypatch.setattr(map_file, "MAX_GEOMETRY_POINTS", 4)
    rejects = only(write_map(tmp_path / "c.fgb", "FlatGeobuf")).rejects
    assert ["几何图形太大" in reject.reason for reject in rejects] == [True] * 3


def test_a_cell_or_a_line_beyond_all_measure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = text(tmp_path / "a.csv", "a,b\n1," + "x" * 5000 + "\n")
    monkeypatch.setattr(csv_table, "MAX_CELL_CHARS", 4000)
    with pytest.raises(FileRefused, match="有一格超过 4000 个字符"):
        list(read(path))
    line = text(tmp_path / "b.csv", "a,b\n1," + "x" * (5 << 20))
    monkeypatch.setattr(csv_table, "MAX_LINE_CHARS", 2 << 20)
    with pytest.raises(FileRefused, match="有一格超过"):
        inspect(line)


def test_points_of_a_map_file_come_as_numbers_too(tmp_path: Path) -> None:
    points = shapely.points([[103.7, 35.3], [103.8, 35.4], [103.9, 35.5]])
    batch = only(write_map(tmp_path / "a.gpkg", "GPKG", shapes=points, geometry_type="Point"))
    assert batch.points is not None
    assert batch.points.tolist() == [[103.7, 35.3], [103.8, 35.4], [103.9, 35.5]]


def test_a_declared_system_that_cannot_be(tmp_path: Path) -> None:
    meters = shapely.transform(SQUARES, lambda xy: xy * 100_000)
    path = write_map(tmp_path / "a.gpkg", "GPKG", shapes=meters)
    assert inspect(path).crs_doubtful
    with pytest.raises(FileRefused, match=r"坐标系 EPSG:4326 不符"):
        list(read(path))


def test_a_place_in_the_sea_is_doubtful(tmp_path: Path) -> None:
    at_sea = shapely.transform(SQUARES, lambda xy: xy - (250.0, 40.0))
    assert inspect(write_map(tmp_path / "a.gpkg", "GPKG", shapes=at_sea)).crs_doubtful
