"""Fixtures for every test: the real servers."""

from __future__ import annotations

from tests.databases import database_settings, desk, sqlite_template
from tests.postgres import postgres, postgres_url
from tests.redis_server import own_redis_server, redis, redis_server

__all__ = [
    "database_settings",
    "desk",
    "own_redis_server",
    "postgres",
    "postgres_url",
    "redis",
    "redis_server",
    "sqlite_template",
]
