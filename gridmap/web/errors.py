"""Errors as one JSON shape: {"error": {"code", "message", "facts"}}."""

import traceback

from flask import Flask, Response, jsonify, request
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from gridmap.errors import Busy, GridmapError, NotAllowed, NotFound, TooOften, http_status
from gridmap.web.http_words import words_of
from gridmap.web.language import translated

TRY_AGAIN_S = 15

_NO_RIGHT = "42501"
"""The database's own refusal, by grants or policies (SQLSTATE insufficient_privilege)."""


def install(app: Flask) -> None:
    """Registers the handlers; nothing that fails shows its inside."""

    @app.errorhandler(GridmapError)
    def _refused(error: GridmapError) -> tuple[Response, int]:
        response = as_json(error)
        if isinstance(error, TooOften):
            response.headers["Retry-After"] = str(60 * int(str(error.facts.get("minutes", 1))))
        if isinstance(error, Busy):
            response.headers["Retry-After"] = str(error.facts["seconds"])
        return response, http_status(error)

    @app.errorhandler(HTTPException)
    def _http(error: HTTPException) -> tuple[Response, int]:
        if error.code == 404:
            missing = NotFound("没有这个地址：{path}", path=request.path)
            return as_json(missing), 404
        status = error.code or 500
        refused = GridmapError(words_of(status), method=request.method, status=status)
        response = as_json(refused)
        if isinstance(error, MethodNotAllowed) and error.valid_methods:
            response.headers["Allow"] = ", ".join(error.valid_methods)
        return response, status

    @app.errorhandler(DBAPIError)
    def _kept_out(error: DBAPIError) -> tuple[Response, int]:
        if getattr(error.orig, "pgcode", None) != _NO_RIGHT:
            return _broken(error)
        return as_json(NotAllowed("你没有这个权限。")), 403

    @app.errorhandler(OperationalError)
    @app.errorhandler(InterfaceError)
    @app.errorhandler(NoConnection)
    def _database_away(_error: Exception) -> tuple[Response, int]:
        response = as_json(GridmapError("系统暂时连不上数据库，没有收下；请稍后再送。"))
        response.headers["Retry-After"] = str(TRY_AGAIN_S)
        return response, 503

    @app.errorhandler(Exception)
    def _broken(error: Exception) -> tuple[Response, int]:
        app.logger.error("%s failed: %s", request.endpoint, without_values(error))
        return as_json(GridmapError("程序出错了，已记入日志；请稍后再试。")), 500


def without_values(error: Exception) -> str:
    """What broke and where: kind, SQLSTATE and lines of code.

    Never its own words: those of the database and of conversions repeat what was sent, which
    may be a name or a phone.
    """
    state = getattr(getattr(error, "orig", None), "pgcode", None) or ""
    lines = "".join(traceback.format_tb(error.__traceback__))
    return f"{type(error).__name__} {state}\n{lines}"


def said(error: GridmapError) -> str:
    """The error's sentence in the request's language."""
    message = translated(error.message)
    return message.format(**error.facts) if error.facts else message


def as_json(error: GridmapError) -> Response:
    """The error as every answer shows it, in the request's language."""
    facts = {key: str(value) for key, value in error.facts.items()}
    return jsonify(error={"code": error.code, "message": said(error), "facts": facts})
