"""Read-only engineers on both databases: seen nowhere where somebody must act."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from gateway.cli.importing import run
from gateway.domain.lifecycle import Status
from gateway.operations.yaml_tree import Unreadable
from gateway.store.models import Engineer, Message, Role
from gateway.store.queries import duty, leads, people
from gateway.tickets import Refused, audiences, handling
from tests.builders import an_engineer
from tests.databases import MONDAY, Desk
from tests.inbound.test_engineers_by_mail import Shift

ROTA = """\
engineers:
  - {email: chen@desk.example, name: Chen Wei, role: read-only}
teams:
  - {name: cloud, members: [chen@desk.example]}
rota:
  shifts:
    - {team: cloud, name: day, from: 8:00, to: 20:00, first_on: 2026-01-05, time_zone: UTC,
       engineers: [chen@desk.example]}
"""


@pytest.fixture
def shift(desk: Desk) -> Shift:
    return Shift(desk)


def demote(desk: Desk, engineer: Engineer) -> None:
    with desk.services.transaction() as session:
        session.execute(sa.update(Engineer).where(Engineer.id == engineer.id).values(role=Role.READER))


def test_mail_of_a_reader_commands_nothing_and_is_kept(shift: Shift) -> None:
    demote(shift.desk, shift.chen)
    shift.answer("#resolve\nDone.\n")
    assert shift.desk.letters("reply") == []
    assert shift.desk.tickets()[0].status == Status.NEW
    with shift.desk.services.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).where(Message.text.contains("Done."))) == 1


def test_reader_is_told_of_no_alarm_even_where_the_ticket_is_still_theirs(shift: Shift) -> None:
    demote(shift.desk, shift.chen)
    with shift.desk.services.reading() as session:
        ticket = handling.locked(session, 1001)
        assert [
            each.engineer.id for each in audiences.everybody_above(session, ticket, MONDAY) if each.engineer
        ] == [shift.guo.id]


def test_ticket_is_not_given_to_a_reader(desk: Desk, shift: Shift) -> None:
    reader = an_engineer("Wu Lan", role="read-only")
    desk.add(reader)
    with pytest.raises(Refused), desk.services.transaction() as session:
        handling.assign(session, desk.head, 1001, author=shift.guo, assignee_id=reader.id, at=desk.clock())


def test_reader_stands_in_no_list_of_people_who_act(desk: Desk) -> None:
    desk.add(an_engineer(role="read-only"), an_engineer("Guo Ping"))
    with desk.services.reading() as session:
        assert [each.name for each in people.engineers(session)] == ["Guo Ping"]
        assert [each.name for each in leads.anybody(session)] == ["Guo Ping"]
        assert len(people.everybody(session)) == 2


def test_file_that_puts_a_reader_on_call_is_refused_with_its_line(desk: Desk) -> None:
    with pytest.raises(Unreadable) as fault:
        run(desk.services, ROTA.encode())
    assert [(each.line, each.text) for each in fault.value.faults] == [
        (8, "chen@desk.example is read-only and never on call")
    ]


def test_engineer_who_becomes_a_reader_leaves_the_shifts(desk: Desk) -> None:
    run(desk.services, ROTA.replace("read-only", "engineer").encode())
    with desk.services.transaction() as session:
        session.execute(sa.update(Engineer).values(role=Role.READER))
    with desk.services.reading() as session:
        known = duty.rota_between(session, MONDAY, MONDAY)
        assert len(known.gone) == 1
        assert duty.on_call(session, MONDAY) == []
