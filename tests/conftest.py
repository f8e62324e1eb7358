"""Fixtures for every test: the real servers."""

from __future__ import annotations

from tests.postgres import postgres, postgres_url
from tests.redis_server import own_redis_server, redis, redis_server

__all__ = ["own_redis_server", "postgres", "postgres_url", "redis", "redis_server"]
