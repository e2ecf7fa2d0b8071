"""The web application for gunicorn: ``gunicorn wsgi:app``."""

from gridmap import create_app

app = create_app("web")
