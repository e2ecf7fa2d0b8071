"""Relief is asked for in ranges, as a map library does."""

from flask.testing import FlaskClient

ADDRESS = "/basemap/relief.pmtiles"


def test_a_range_comes_as_a_part(client: FlaskClient) -> None:
    whole = client.get(ADDRESS)
    part = client.get(ADDRESS, headers={"Range": "bytes=0-126"})
    assert part.status_code == 206
    assert part.data == whole.data[:127]
    assert part.headers["Content-Range"] == f"bytes 0-126/{len(whole.data)}"
    assert part.data.startswith(b"PMTiles")


def test_an_unchanged_file_is_not_sent_again(client: FlaskClient) -> None:
    tag = client.get(ADDRESS).headers["ETag"]
    assert client.get(ADDRESS, headers={"If-None-Match": tag}).status_code == 304
