from datetime import timedelta

import pytest

from gateway import clock
from gateway.store import migrations
from gateway.store.models import Delivery, Outbox
from gateway.store.outbox import LIFETIME
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
    nothing = {"oldest_delivery_seconds": 0.0, "oldest_letter_seconds": 0.0}
    assert answer.get_json() == {
        "status": "ready",
        "database": "ok",
        "redis": "degraded",
        "backlog": nothing,
    }


def test_readiness_tells_how_long_the_oldest_mail_and_letter_have_waited(desk: Desk) -> None:
    add_delivery(desk, "received")
    add_letter(desk, "pending")
    with desk.changing() as rows:
        rows.query(Delivery).update({"accepted_at": clock.now() - timedelta(minutes=5)})
        since = clock.now() - timedelta(minutes=3)
        rows.query(Outbox).update({"next_attempt_at": since, "expires_at": since + LIFETIME})
    told = desk.client().get("/readyz").get_json()["backlog"]
    assert 300 <= told["oldest_delivery_seconds"] < 330
    assert 180 <= told["oldest_letter_seconds"] < 210


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
