"""The webhook: set by an administrator, called about tickets. At least once, under a name that stays the same.

A call is a row of the transaction it tells of. It goes out afterwards, never inside a transaction; a webhook that
does not answer is left alone for longer and longer, up to a quarter of an hour, and costs other work no more than one
call of ten seconds in that time.
"""

from __future__ import annotations

import base64
import secrets as random
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from gateway import queues, secrets
from gateway.domain.webhook_events import ALL, TEST
from gateway.operations import auditing
from gateway.operations.webhook_wire import SECRET, Answer, Wire, check, headers
from gateway.store import leases, webhooks
from gateway.store.models import CallState, Webhook, WebhookCall
from gateway.store.session import SessionFactory, want_ring
from gateway.tickets import Refused, calling

BATCH: Final = 16
AT_ONCE: Final = 4
"""Calls that are on their way at the same time."""
WAITS: Final = tuple(
    timedelta(seconds=each) for each in (5, 30, 120, 300, 900, 1800, 3600, 7200, 14400, 28800, 28800)
)
"""Between one try of a call and the next; a day in all."""
_FIRST_REST: Final = timedelta(seconds=5)
_LONGEST_REST: Final = timedelta(minutes=15)
_PURPOSE: Final = "webhook"
_UNANSWERED: Final = frozenset({"unresolved", "timeout", "tls", "unreachable", "forbidden-address"})


def new_secret() -> str:
    """A fresh secret, 192 random bits. Source: Standard Webhooks, signature scheme."""
    return SECRET + base64.b64encode(random.token_bytes(24)).decode()


def change(session: Session, *, url: str, events: Collection[str], active: bool, key: str, development: bool,
           actor: str, at: datetime) -> str:  # fmt: skip
    """Set the webhook; the secret where there was none before, else an empty text.

    Errors: BadUrl; Refused where it would hear of nothing.
    """
    check(url, development=development)
    chosen = [each for each in ALL if each in events]
    if active and not chosen:
        raise Refused("choose at least one event")
    row, made = webhooks.hook(session), ""
    if row is None:
        made = new_secret()
        row = Webhook(
            secret=secrets.seal(key, _PURPOSE, made), url="", events=[], active=False, changed_at=at
        )
        session.add(row)
    was = row.active
    row.url, row.events, row.active, row.changed_at = url, chosen, active, at
    row.failures, row.ended_by = 0, ""
    session.flush()
    if was and not active:
        webhooks.drop_waiting(session, row.id, at)
    _noted(session, "webhook.set" if was == active else "webhook.on" if active else "webhook.off", actor, at,
           events=chosen)  # fmt: skip
    return made


def renew_secret(session: Session, *, key: str, actor: str, at: datetime) -> str:
    """A new secret in place of the old one, which counts no more. Errors: Refused without a webhook."""
    made = new_secret()
    _present(session).secret = secrets.seal(key, _PURPOSE, made)
    _noted(session, "webhook.secret", actor, at)
    return made


def try_out(session: Session, *, actor: str, at: datetime) -> None:
    """Send a call that tells of nothing. Errors: Refused where the webhook is switched off."""
    row = _present(session)
    if not row.active:
        raise Refused("the webhook is switched off")
    body = calling.body(TEST, at, {})
    webhooks.put(session, row.id, key=calling.new_key(), event=TEST, ticket_id=None, body=body, at=at)
    _noted(session, "webhook.tested", actor, at)


def retry(session: Session, call_id: int, *, actor: str, at: datetime) -> None:
    """Try a call again that was given up. Errors: Refused."""
    if not _present(session).active:
        raise Refused("the webhook is switched off")
    if not webhooks.again(session, call_id, at):
        raise Refused("this call is not given up")
    webhooks.wake(session)
    _noted(session, "webhook.retried", actor, at, call=call_id)


def _present(session: Session) -> Webhook:
    row = webhooks.hook(session)
    if row is None:
        raise Refused("there is no webhook yet")
    return row


def _noted(session: Session, act: str, actor: str, at: datetime, **data: object) -> None:
    webhooks.wake(session)
    webhooks.forget(session)
    want_ring(session, queues.SLOW)
    auditing.note(session, actor=actor, act=act, about="webhook", data=data, at=at)


@dataclass(frozen=True, slots=True)
class Webhooks:
    """The loop over calls that are due, wired once per process."""

    sessions: SessionFactory
    transaction: Callable[[], AbstractContextManager[Session]]
    wire: Wire
    key: str
    owner: str
    now: Callable[[], datetime]

    def drain(self, until: datetime) -> bool:
        """Call until nothing is left, the time is over or the webhook does not answer; whether work is left."""
        while self.now() < until:
            hook, claimed = self._claim()
            if hook is None or not claimed:
                return False
            with leases.Keeper(self.sessions, WebhookCall, [row.id for row, _ in claimed], self.owner):
                if not self._send_all(hook, claimed, until):
                    return False
        return True

    def _claim(self) -> tuple[Webhook | None, list[tuple[WebhookCall, int]]]:
        """Calls that are due with their fencing numbers; those of a webhook that is switched off are over."""
        with self.transaction() as session:
            hook, at = webhooks.hook(session), self.now()
            if hook is None or webhooks.resting(session):
                return None, []
            webhooks.expire(session, at)
            webhooks.sweep(session, at)
            if not hook.active:
                webhooks.drop_waiting(session, hook.id, at)
                return None, []
            fences = leases.claim(session, webhooks.CLAIM, owner=self.owner, at=at, limit=BATCH)
            rows = webhooks.wanted(session, list(fences))
            session.expunge_all()
        return hook, [(row, fences[row.id]) for row in rows]

    def _send_all(self, hook: Webhook, claimed: Sequence[tuple[WebhookCall, int]], until: datetime) -> bool:
        """Whether the webhook answers. The first call finds out alone; the others go a few at a time."""
        done = 0
        with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="webhook") as threads:
            while done < len(claimed):
                if done and self.now() >= until:
                    break
                turn = claimed[done : done + (AT_ONCE if done else 1)]
                answers = list(threads.map(lambda each: self._send(hook, each[0]), turn))
                done += len(turn)
                heard = [
                    self._settle(hook, *each, answer) for each, answer in zip(turn, answers, strict=True)
                ]
                if not all(heard):
                    self._give_back(claimed[done:])
                    return False
        self._give_back(claimed[done:])
        return True

    def _send(self, hook: Webhook, row: WebhookCall) -> Answer:
        """One call, outside of any transaction."""
        try:
            secret = secrets.unseal(self.key, _PURPOSE, hook.secret)
        except secrets.BadToken:
            return Answer(error="secret")
        body = row.body.encode()
        stamp = int(self.now().timestamp())
        return self.wire.post(hook.url, body, headers(secret, row.call_key, stamp, body))

    def _settle(self, hook: Webhook, row: WebhookCall, fence: int, answer: Answer) -> bool:
        """Enter what came of a call; whether further calls make sense now."""
        at, rest = self.now(), timedelta()
        with self.transaction() as session:
            current = session.get_one(Webhook, hook.id, with_for_update=True)
            unanswered = answer.status is None
            failures = current.failures + 1 if unanswered else 0
            if current.failures != failures:
                current.failures = failures
            if leases.held(session, WebhookCall, row.id, fence):
                self._enter(session, row, answer, at)
            if answer.error == "gone" and current.url == hook.url:
                _switch_off(session, current, at)
            rest = _rest(answer, failures)
        if rest:
            webhooks.rest(self.sessions, self.owner, rest)
        return not rest and answer.error != "gone"

    def _enter(self, session: Session, row: WebhookCall, answer: Answer, at: datetime) -> None:
        if not answer.error:
            webhooks.settle(session, row.id, state=CallState.SENT, status=answer.status, at=at)
            return
        tries = row.attempts
        if tries > len(WAITS) or answer.error == "gone":
            webhooks.settle(
                session, row.id, state=CallState.FAILED, status=answer.status, error=answer.error, at=at
            )
            return
        wait = max(
            WAITS[tries - 1], timedelta(seconds=min(answer.wait_seconds, _LONGEST_REST.total_seconds()))
        )
        webhooks.postpone(session, row.id, at + wait, status=answer.status, error=answer.error)

    def _give_back(self, rest: Sequence[tuple[WebhookCall, int]]) -> None:
        if rest:
            with self.transaction() as session:
                webhooks.give_back(session, [row.id for row, _ in rest])


def _switch_off(session: Session, hook: Webhook, at: datetime) -> None:
    """Its server says that the webhook is gone for good."""
    hook.active, hook.ended_by, hook.changed_at = False, "gone", at
    session.flush()
    webhooks.drop_waiting(session, hook.id, at)
    webhooks.forget(session)
    auditing.note(session, actor="desk", act="webhook.gone", about="webhook", at=at)


def _rest(answer: Answer, failures: int) -> timedelta:
    """How long the webhook is left alone after this answer."""
    if answer.status is None:
        return min(_FIRST_REST * int(2 ** min(failures - 1, 10)), _LONGEST_REST)
    if answer.status in (429, 503):
        return timedelta(seconds=min(max(answer.wait_seconds, 5), _LONGEST_REST.total_seconds()))
    return timedelta()
