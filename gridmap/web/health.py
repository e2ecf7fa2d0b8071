"""Whether the program lives, whether it can serve, and figures for a monitor on this machine."""

from flask import Blueprint, Response, jsonify
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy.exc import DBAPIError

from gridmap.errors import SetupFailed
from gridmap.queries import installation
from gridmap.web.context import reading

health = Blueprint("health", __name__)


@health.get("/healthz")
def alive() -> Response:
    """The process answers."""
    return jsonify(status="ok")


@health.get("/readyz")
def ready() -> Response:
    """The database answers with the program's schema; 503 with the reason otherwise."""
    try:
        with reading() as connection:
            installation.zone(connection)
    except DBAPIError as error:
        raise SetupFailed("数据库没有应答，请看 gridmap status。") from error
    return jsonify(status="ready")


@health.get("/metrics")
def metrics() -> Response:
    """Prometheus metrics, on loopback alone."""
    return Response(generate_latest(), content_type=CONTENT_TYPE_LATEST)
