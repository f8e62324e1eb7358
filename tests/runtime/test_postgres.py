"""The PostgreSQL the tests run on is real, shared and clean."""

from __future__ import annotations

import psycopg
from sqlalchemy import create_engine, text

from tests.postgres import Postgres


def raw(url: str) -> str:
    return url.replace("+psycopg", "")


def test_database_is_a_real_postgresql(postgres_url: str) -> None:
    with create_engine(postgres_url).connect() as connection:
        assert connection.execute(text("SELECT version()")).scalar_one().startswith("PostgreSQL ")


def test_each_database_starts_empty(postgres: Postgres) -> None:
    with postgres.database() as first, psycopg.connect(raw(first), autocommit=True) as connection:
        connection.execute("CREATE TABLE left_over (id int)")
        with postgres.database() as second, psycopg.connect(raw(second)) as other:
            assert other.execute("SELECT to_regclass('left_over')").fetchone() == (None,)


def test_clone_carries_what_its_template_was_prepared_with(postgres: Postgres) -> None:
    def prepare(url: str) -> None:
        with psycopg.connect(raw(url)) as connection:
            connection.execute("CREATE TABLE ready (id int)")

    template = postgres.template("template_of_the_postgres_test", prepare)
    with postgres.database(template) as url, psycopg.connect(raw(url)) as connection:
        assert connection.execute("SELECT count(*) FROM ready").fetchone() == (0,)


def test_template_is_prepared_once(postgres: Postgres) -> None:
    calls: list[str] = []
    postgres.template("template_prepared_once", calls.append)
    postgres.template("template_prepared_once", calls.append)
    assert len(calls) <= 1


def test_database_is_gone_after_its_test(postgres: Postgres) -> None:
    with postgres.database() as url:
        name = url.rpartition("/")[2].partition("?")[0]
    address = raw(postgres.url("postgres"))
    with psycopg.connect(address) as connection:
        found = connection.execute("SELECT count(*) FROM pg_database WHERE datname = %s", [name]).fetchone()
    assert found == (0,)
