"""Fixtures for every test: the real servers."""

from __future__ import annotations

from tests.aws.shared import aws, aws_process, moto_server, queues
from tests.databases import database_settings, desk, sqlite_template
from tests.postgres import postgres, postgres_url
from tests.redis_server import own_redis_server, redis, redis_server

__all__ = [
    "aws",
    "aws_process",
    "database_settings",
    "desk",
    "moto_server",
    "own_redis_server",
    "postgres",
    "postgres_url",
    "queues",
    "redis",
    "redis_server",
    "sqlite_template",
]
