"""The web application for any WSGI server: `gunicorn wsgi:app`."""

from gateway import services, settings
from web import create_app

app = create_app(services.build(settings.load()))
