"""How every process begins: settings that make sense, and one line of log for each event."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import click
import structlog

from gateway import settings as settings_module
from gateway.settings import Settings

if TYPE_CHECKING:
    from gateway.services import Services


def prepare(name: str) -> Settings:
    """The settings of a process, its log set up.

    Errors: click.ClickException where the settings forbid to start.
    """
    try:
        settings = settings_module.load()
    except ValueError as fault:
        raise click.ClickException(f"The settings make no sense: {_first_lines(str(fault))}") from None
    if found := settings_module.faults(settings):
        raise click.ClickException(" ".join(found))
    _keys_are_fit(settings)
    _set_up_log(settings.log_level, name)
    return settings


def _keys_are_fit(settings: Settings) -> None:
    """Mail that receivers could not verify must not leave: a key that is unfit is told at once."""
    if settings.dkim_key_file:
        from gateway.mail.signing import UnfitKey  # 10 MB that most installations do without
        from gateway.relay import opening

        try:
            opening.keys_of(settings)
        except UnfitKey as fault:
            raise click.ClickException(str(fault)) from None


def ready(settings: Settings) -> Services:
    """Services on a database whose schema is right and which flushes its commits.

    Errors: click.ClickException, with what to do.
    """
    from gateway.services import build  # 40 MB that the supervisor and Redis do without
    from gateway.store import migrations
    from gateway.store.session import durability_fault

    services = build(settings)
    current, head = migrations.current(services.engine), migrations.head()
    if current != head:
        raise click.ClickException(
            f"The database stands at {current}, this code needs {head}: helpdesk db upgrade"
        )
    fault = durability_fault(services.sessions)
    if fault and settings.environment == "production":
        raise click.ClickException(fault)
    return services


def in_this_process(settings: Settings) -> Callable[[], Services]:
    """Services built once in the process that calls for them, a fork included."""
    built: list[Services] = []

    def services() -> Services:
        if not built:
            from gateway.services import build

            built.append(build(settings))
        return built[0]

    return services


def _set_up_log(level: str, name: str) -> None:
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    told = structlog.processors.JSONRenderer(ensure_ascii=False)
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, told],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for chatty in ("rq.worker", "mail.log", "asyncio", "botocore", "mailparser", "alembic"):
        logging.getLogger(chatty).setLevel("WARNING")
    structlog.contextvars.bind_contextvars(process=name)


def _first_lines(text: str) -> str:
    return " ".join(line.strip() for line in text.splitlines()[1:4])
