"""Chinese and English: message ids are Chinese, the catalog holds the English."""

from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po
from flask import Blueprint, Flask, Response, g, has_request_context, jsonify, request

LANGUAGES = ("zh", "en")
_CATALOG = Path(__file__).parents[2] / "translations" / "en.po"
_COOKIE_AGE_S = 400 * 86_400

language = Blueprint("language", __name__)


def install(app: Flask) -> None:
    """Decides the language of each request; ``?lang=`` is remembered in a cookie."""
    app.register_blueprint(language)

    @app.before_request
    def _decide() -> None:
        g.lang = chosen()

    @app.after_request
    def _remember(response: Response) -> Response:
        if request.args.get("lang") in LANGUAGES:
            response.set_cookie("lang", g.lang, max_age=_COOKIE_AGE_S, samesite="Lax")
        return response


def chosen() -> str:
    """The language asked for, remembered, or preferred by the browser; Chinese if none."""
    for wanted in (request.args.get("lang"), request.cookies.get("lang")):
        if wanted in LANGUAGES:
            return wanted
    return request.accept_languages.best_match(LANGUAGES) or "zh"


def translated(message: str) -> str:
    """A message in the request's language; the Chinese where no translation is known."""
    if has_request_context() and g.get("lang") == "en":
        return english().get(message, message)
    return message


@cache
def english() -> dict[str, str]:
    """All translated messages by their Chinese id."""
    with _CATALOG.open("rb") as file:
        catalog = read_po(file)
    return {
        message.id: message.string
        for message in catalog
        if isinstance(message.id, str) and isinstance(message.string, str)
        if message.id and message.string
    }


@language.get("/i18n/en.json")
def messages() -> Response:
    """The English of every message, for the browser."""
    return jsonify(english())
