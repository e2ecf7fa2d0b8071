"""Headers that keep other pages out, and what the browser may load."""

import base64
import json
import re
from hashlib import sha256

import pytest
from flask.testing import FlaskClient

from gridmap.settings import Settings
from gridmap.web.headers import content_security_policy


def directives(policy: str) -> dict[str, list[str]]:
    """The sources of each directive."""
    parts = (part.split() for part in policy.split("; "))
    return {name: sources for name, *sources in parts}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_import_map_is_the_only_inline_script_and_has_the_hash(
    client: FlaskClient, language: str
) -> None:
    response = client.get(f"/?lang={language}")
    page = response.get_data(as_text=True)
    inline = [
        (kind, content)
        for kind, content in re.findall(r"<script([^>]*)>(.*?)</script>", page, re.S)
        if "src=" not in kind
    ]
    assert len(inline) == 1
    kind, content = inline[0]
    assert 'type="importmap"' in kind
    assert set(json.loads(content)) == {"imports"}
    digest = base64.b64encode(sha256(content.encode()).digest()).decode()
    allowed = directives(response.headers["Content-Security-Policy"])["script-src"]
    assert allowed == ["'self'", f"'sha256-{digest}'"]


def test_nothing_inline_besides(client: FlaskClient) -> None:
    page = client.get("/").get_data(as_text=True)
    assert not re.search(r"\son\w+=", page)
    assert not re.search(r"\sstyle=", page)
    assert "<style" not in page


def test_the_page_names_no_other_host(client: FlaskClient) -> None:
    page = client.get("/").get_data(as_text=True)
    assert not re.search(r"""(?:src|href)=["'](?:https?:)?//""", page)


@pytest.mark.parametrize("path", ["/", "/api/catalog", "/static/icon.svg", "/nowhere", "/healthz"])
def test_every_answer_has_the_headers(client: FlaskClient, path: str) -> None:
    headers = client.get(path, buffered=True).headers
    policy = directives(headers["Content-Security-Policy"])
    assert policy["default-src"] == ["'none'"]
    assert policy["frame-ancestors"] == ["'none'"]
    assert policy["base-uri"] == ["'none'"]
    assert policy["connect-src"] == ["'self'"]
    assert "'unsafe-inline'" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"


def policy_with(**changes: str) -> dict[str, list[str]]:
    return directives(content_security_policy("{}", Settings(**changes)))  # type: ignore[arg-type]


def test_the_base_maps_host_enters_by_its_setting_alone() -> None:
    url = "https://t{s}.tiles.example/{z}/{x}/{y}.png?key=1"
    policy = policy_with(basemap_kind="xyz", basemap_url=url)
    host = "https://t*.tiles.example"
    assert policy["img-src"] == ["'self'", "data:", "blob:", host]
    assert policy["connect-src"] == ["'self'", host]
    assert policy["script-src"][0] == "'self'"
    assert not any("example" in source for source in policy["script-src"])
    for kind in ("none", "pmtiles"):
        without = policy_with(basemap_kind=kind, basemap_url=url)
        assert not any("example" in source for sources in without.values() for source in sources)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_language_is_remembered(client: FlaskClient, language: str) -> None:
    client.get(f"/?lang={language}")
    page = client.get("/").get_data(as_text=True)
    assert f'lang="{"zh-Hans" if language == "zh" else "en"}"' in page


def test_a_language_nobody_knows_is_not_remembered(client: FlaskClient) -> None:
    response = client.get("/?lang=<script>")
    assert response.status_code == 200
    assert "lang" not in response.headers.get("Set-Cookie", "")


def test_health(client: FlaskClient) -> None:
    assert client.get("/healthz").get_json() == {"status": "ok"}
    assert client.get("/readyz").status_code == 200
    assert client.get("/metrics").status_code == 200


def test_relief_answers_ranges(client: FlaskClient) -> None:
    response = client.get("/basemap/relief.pmtiles", headers={"Range": "bytes=0-6"}, buffered=True)
    assert (response.status_code, response.data) == (206, b"PMTiles")
    assert "Content-Encoding" not in response.headers
