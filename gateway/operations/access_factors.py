"""The second factor: one-time codes, recovery codes, and the half login between password and code.

The only writer of second_factor, recovery_code and half_login. Source: RFC 6238 §5.2: a code counts once, and one
step before and after the present one is allowed for clocks that differ.
"""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta
from enum import StrEnum, unique
from typing import Final

import pyotp
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from gateway import secrets
from gateway.store.models import HalfLogin, RecoveryCode, SecondFactor, WebSession, table

PERIOD: Final = timedelta(minutes=10)
MOST_TRIES: Final = 5
RECOVERY_CODES: Final = 10

_PURPOSE: Final = "second-factor"
_STEP_SECONDS: Final = 30
_DIGITS: Final = 6
_RECOVERY_BYTES: Final = 15  # 120 bits: enough to be stored under a plain hash
_GROUP: Final = 6
_SET_UP_PERIOD: Final = timedelta(hours=1)


@unique
class Shown(StrEnum):
    """What somebody proved a second factor with."""

    CODE = "code"
    RECOVERY = "recovery"


def half_login(session: Session, *, engineer_id: int, method: str, at: datetime) -> str:
    """The token of a login that waits for its code; it opens nothing by itself."""
    session.execute(delete(HalfLogin).where(HalfLogin.ends_at <= at))
    token = secrets.random_token(32)
    session.add(
        HalfLogin(
            token_digest=secrets.digest(token), engineer_id=engineer_id, method=method, ends_at=at + PERIOD
        )
    )
    return token


def pending(session: Session, token: str, at: datetime) -> HalfLogin | None:
    """The half login of a token that may still be tried."""
    found = session.get(HalfLogin, secrets.digest(token))
    return found if found and found.ends_at > at and found.tries < MOST_TRIES else None


def spend_try(session: Session, token: str, at: datetime) -> HalfLogin | None:
    """The half login of a token with one more try spent; None where it has none left, or has ended."""
    spent = session.execute(
        update(HalfLogin)
        .where(HalfLogin.token_digest == secrets.digest(token), HalfLogin.ends_at > at)
        .where(HalfLogin.tries < MOST_TRIES)
        .values(tries=HalfLogin.tries + 1)
        .returning(HalfLogin.token_digest)
    ).first()
    return session.get(HalfLogin, spent[0]) if spent else None


def end_half_logins(session: Session, engineer_id: int) -> None:
    """End every half login of an engineer, one of which came to its end."""
    session.execute(delete(HalfLogin).where(HalfLogin.engineer_id == engineer_id))


def has_factor(session: Session, engineer_id: int) -> bool:
    """Whether an engineer has a confirmed second factor."""
    found = session.get(SecondFactor, engineer_id)
    return found is not None and found.confirmed_at is not None


def begin(session: Session, key: str, engineer_id: int, at: datetime) -> bool:
    """Make the secret of a factor that is to be confirmed; whether there is one to confirm now."""
    found = session.get(SecondFactor, engineer_id)
    if found is not None and found.confirmed_at is not None:
        return False
    if found is not None and found.made_at > at - _SET_UP_PERIOD:
        return True
    if found is None:
        found = SecondFactor(engineer_id=engineer_id, last_step=0)
        session.add(found)
    found.secret, found.made_at = secrets.seal(key, _PURPOSE, pyotp.random_base32()), at
    return True


def secret_to_confirm(session: Session, key: str, engineer_id: int, at: datetime) -> str:
    """The secret an engineer is to enter in an app now; empty where none waits."""
    found = session.get(SecondFactor, engineer_id)
    if found is None or found.confirmed_at is not None or found.made_at <= at - _SET_UP_PERIOD:
        return ""
    return secrets.unseal(key, _PURPOSE, found.secret)


def confirm(session: Session, key: str, engineer_id: int, *, code: str, at: datetime) -> list[str]:
    """Take the factor into use by a first right code: its recovery codes, shown this once; none where it is wrong."""
    found = session.get(SecondFactor, engineer_id)
    secret = secret_to_confirm(session, key, engineer_id, at)
    step = _step(secret, _plain(code), at) if secret else None
    if found is None or step is None:
        return []
    found.confirmed_at, found.last_step = at, step
    session.flush()
    return new_recovery_codes(session, engineer_id)


def prove(session: Session, key: str, engineer_id: int, *, code: str, at: datetime) -> Shown | None:
    """What a code is, used up by this: a code of the present minute, a recovery code, or nothing."""
    plain = _plain(code)
    if len(plain) == _DIGITS:
        return Shown.CODE if _use_step(session, key, engineer_id, code=plain, at=at) else None
    used = session.execute(
        delete(RecoveryCode)
        .where(RecoveryCode.code_digest == secrets.digest(plain), RecoveryCode.engineer_id == engineer_id)
        .returning(RecoveryCode.code_digest)
    ).first()
    return Shown.RECOVERY if used else None


def new_recovery_codes(session: Session, engineer_id: int) -> list[str]:
    """Fresh recovery codes in place of all earlier ones, in clear this once."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.engineer_id == engineer_id))
    plain = [secrets.random_token(_RECOVERY_BYTES) for _ in range(RECOVERY_CODES)]
    session.add_all(RecoveryCode(code_digest=secrets.digest(each), engineer_id=engineer_id) for each in plain)
    return ["-".join(each[at : at + _GROUP] for at in range(0, len(each), _GROUP)) for each in plain]


def codes_left(session: Session, engineer_id: int) -> int:
    """How many recovery codes an engineer has not used."""
    wanted = select(func.count()).select_from(RecoveryCode).where(RecoveryCode.engineer_id == engineer_id)
    return session.scalar(wanted) or 0


def remove(session: Session, engineer_id: int) -> bool:
    """Take an engineer's second factor and recovery codes away; no login of theirs counts as proved any more."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.engineer_id == engineer_id))
    session.execute(
        update(table(WebSession)).where(WebSession.engineer_id == engineer_id).values(proved=False)
    )
    gone = session.execute(
        delete(SecondFactor)
        .where(SecondFactor.engineer_id == engineer_id)
        .returning(SecondFactor.engineer_id)
    )
    return gone.first() is not None


def address(secret: str, *, email: str, issuer: str) -> str:
    """The address that an app reads from the picture."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=issuer.replace(":", " "))


def _use_step(session: Session, key: str, engineer_id: int, *, code: str, at: datetime) -> bool:
    found = session.get(SecondFactor, engineer_id)
    if found is None or found.confirmed_at is None:
        return False
    step = _step(secrets.unseal(key, _PURPOSE, found.secret), code, at)
    if step is None:
        return False
    used = session.execute(
        update(table(SecondFactor))
        .where(SecondFactor.engineer_id == engineer_id, SecondFactor.last_step < step)
        .values(last_step=step)
        .returning(SecondFactor.engineer_id)
    )
    return used.first() is not None


def _step(secret: str, code: str, at: datetime) -> int | None:
    """The step whose code this is, of the present one and its neighbours."""
    now, otp = int(at.timestamp()) // _STEP_SECONDS, pyotp.TOTP(secret)
    right = [each for each in (now - 1, now, now + 1) if hmac.compare_digest(otp.generate_otp(each), code)]
    return right[-1] if right else None


def _plain(code: str) -> str:
    """A code as it was made, of what people type."""
    kept = code[:100].lower().replace("-", "")
    return "".join(kept.split()) if kept.isascii() else ""
