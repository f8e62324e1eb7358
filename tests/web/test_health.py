import pytest

from gateway.store import migrations
from tests.web import desk as desks
from tests.web.desk import Desk
from tests.web.test_review import add_delivery, add_letter
from web import health


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    health._last.clear()


def test_process_that_answers_is_alive(desk: Desk) -> None:
    assert desk.client().get("/healthz").status_code == 200


def test_ready_at_the_newest_migration_even_without_redis(desk: Desk) -> None:
    answer = desk.client().get("/readyz")
    assert answer.status_code == 200
    assert answer.get_json() == {"status": "ready", "database": "ok", "redis": "degraded"}


def test_not_ready_before_the_newest_migration(desk: Desk) -> None:
    migrations.downgrade(desk.services.engine, "base")
    answer = desk.client().get("/readyz")
    assert (answer.status_code, answer.get_json()["database"]) == (503, "migrations pending")


def test_metrics_count_by_state(desk: Desk) -> None:
    desks.open_ticket(desk)
    add_delivery(desk, "quarantined")
    add_letter(desk, "pending")
    text = desk.client().get("/metrics").text
    assert 'helpdesk_tickets{status="new"} 1.0' in text
    assert 'helpdesk_deliveries{state="quarantined"} 1.0' in text
    assert 'helpdesk_outbox{state="pending"} 2.0' in text  # the ticket's acknowledgement, and the letter
    assert "helpdesk_outbox_oldest_pending_seconds" in text


def test_metrics_name_nobody(desk: Desk) -> None:
    desks.open_ticket(desk)
    assert "example" not in desk.client().get("/metrics").text


def test_metrics_without_a_database_are_503(desk: Desk) -> None:
    migrations.downgrade(desk.services.engine, "base")
    assert desk.client().get("/metrics").status_code == 503
