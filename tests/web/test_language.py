"""Every refusal is said in Chinese and in English, also where HTTP itself refuses."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException, default_exceptions

import gridmap
from gridmap.errors import HTTP_STATUS
from gridmap.web.http_words import words_of
from gridmap.web.language import english
from tests.web.requests import PROGRAM

PACKAGE = Path(gridmap.__file__).parent
REFUSALS = {kind.__name__ for kind in HTTP_STATUS}
CHINESE = re.compile("[\u3400-\u9fff]")


def refusals(file: Path) -> Iterator[str]:
    """The messages of every refusal that a module raises; where one raises what was handed to
    it or chosen before, all sentences of that module."""
    tree = ast.parse(file.read_text())
    composed = False
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and node.args and called(node) in REFUSALS):
            continue
        if isinstance(node.args[0], ast.Constant):
            yield str(node.args[0].value)
        else:
            composed = True
    yield from sentences(tree) if composed else ()


def called(node: ast.Call) -> str:
    """The last name of what is called."""
    return str(getattr(node.func, "id", None) or getattr(node.func, "attr", ""))


def sentences(tree: ast.AST) -> Iterator[str]:
    """The Chinese strings of a module that end as a sentence or have something to fill in."""
    pieces = {
        id(part)
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr)
        for part in node.values
    }
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in pieces
        ):
            said = node.value
            if CHINESE.search(said) and "\n" not in said and re.search(r"。$|\{\w+\}", said):
                yield said


MODULES = sorted(PACKAGE.rglob("*.py"))


@pytest.mark.parametrize("file", MODULES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_every_refusal_has_its_english_with_the_same_facts(file: Path) -> None:
    for message in refusals(file):
        said = english().get(message)
        assert said, message
        assert set(re.findall(r"{\w+}", said)) == set(re.findall(r"{\w+}", message))
        words = re.sub("县/County:county|=列名", "", said)
        assert not CHINESE.search(words), said


def test_the_search_for_refusals_finds_what_it_looks_for() -> None:
    found = {file.name: list(refusals(file)) for file in MODULES}
    assert sum(map(len, found.values())) > 150
    assert "{name} 里有一格超过 {limit} 个字符，读不下去" in found["csv_table.py"]
    assert any("权力过大" in message for message in found["hardening.py"])


def test_no_message_is_translated_twice() -> None:
    catalog = (PACKAGE.parent / "translations" / "en.po").read_text()
    messages = Counter(re.findall(r'^msgid "(.+)"$', catalog, re.MULTILINE))
    assert [message for message, times in messages.items() if times > 1] == []


@pytest.fixture(scope="module")
def refusing(sample_app: Flask) -> Flask:
    """The handlers of the real application on one that only refuses."""
    from gridmap.web import errors as handlers
    from gridmap.web import language

    app = Flask("refusing")
    language.install(app)
    handlers.install(app)

    @app.get("/<int:status>")
    def refuse(status: int) -> str:
        raise default_exceptions[status]

    return app


@pytest.mark.parametrize("status", sorted(set(default_exceptions) - {404}))
def test_what_http_refuses_is_said_in_both_languages(refusing: Flask, status: int) -> None:
    client = refusing.test_client()
    chinese, english_words = (
        client.get(f"/{status}?lang={lang}").get_json()["error"]["message"] for lang in ("zh", "en")
    )
    name = str(default_exceptions[status].name)
    assert CHINESE.search(chinese)
    assert name not in chinese
    assert not CHINESE.search(english_words)
    assert "{" not in chinese + english_words
    assert english()[words_of(status)]
    assert issubclass(default_exceptions[status], HTTPException)


@pytest.mark.parametrize(
    ("method", "path", "options", "status", "chinese", "english_words"),
    [
        ("DELETE", "/api/catalog", {}, 405, "这个地址不接受 DELETE 请求。", "takes no DELETE"),
        (
            "POST",
            "/api/incidents",
            {"json": {"words": "x" * 100}, "limit": 10},
            413,
            "太大",
            "too large",
        ),
    ],
)
def test_the_map_is_refused_in_its_own_language(
    client: FlaskClient,
    sample_app: Flask,
    monkeypatch: pytest.MonkeyPatch,
    method: str,
    path: str,
    options: dict[str, object],
    status: int,
    chinese: str,
    english_words: str,
) -> None:
    if limit := options.pop("limit", None):
        monkeypatch.setitem(sample_app.config, "MAX_CONTENT_LENGTH", limit)
    for lang, words in (("zh", chinese), ("en", english_words)):
        response = client.open(
            f"{path}?lang={lang}",
            method=method,
            headers=PROGRAM,
            **options,  # type: ignore[arg-type]
        )
        assert response.status_code == status, response.get_data(as_text=True)
        assert words in response.get_json()["error"]["message"]
        if status == 405:
            assert "GET" in response.headers["Allow"]
