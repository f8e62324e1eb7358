"""What goes wrong and when: rules that take an answer away before or after the state changed."""

from __future__ import annotations

from dataclasses import dataclass

from tests.aws.wire import Call, Refused

KINDS = {
    "500": Refused("InternalServerError", "An internal server error occurred.", 500),
    "503": Refused("ServiceUnavailableException", "Service is unavailable, try again.", 503),
    "throttle": Refused("ThrottlingException", "Rate exceeded", 400),
    "expired": Refused("ExpiredTokenException", "The security token included in the request is expired", 400),
    "denied": Refused("AccessDeniedException", "User is not authorized to perform this operation", 400),
}
SILENT = ("drop", "hang", "garbage")


@dataclass
class Fault:
    """One rule; it fires `times` times after letting `skip` matching calls through."""

    kind: str
    when: str = "before"
    account: str | None = None
    operation: str | None = None
    service: str | None = None
    times: int | None = 1
    skip: int = 0
    fired: int = 0

    def __post_init__(self) -> None:
        """A rule that can never fire is an error in the test."""
        if self.when not in ("before", "after") or self.kind not in (*KINDS, *SILENT):
            raise ValueError(f"{self.when} {self.kind}")

    def fits(self, call: Call) -> bool:
        """Whether this call is one it speaks of."""
        return (
            self.account in (None, call.account)
            and self.operation in (None, call.operation)
            and self.service in (None, call.service)
            and (self.times is None or self.fired < self.times)
        )


class Silence(Exception):
    """No answer, or none that can be read: `drop`, `hang` or `garbage`."""

    def __init__(self, kind: str) -> None:
        """The way in which nothing comes back."""
        super().__init__(kind)
        self.kind = kind


class Faults:
    """The rules that stand."""

    def __init__(self) -> None:
        """Nothing goes wrong yet."""
        self.rules: list[Fault] = []

    def pick(self, call: Call) -> Fault | None:
        """The rule that takes this call, counted as fired."""
        for rule in self.rules:
            if rule.fits(call):
                if rule.skip > 0:
                    rule.skip -= 1
                    continue
                rule.fired += 1
                return rule
        return None


def strike(rule: Fault) -> None:
    """Never returns: the error or the silence of a rule."""
    if rule.kind in KINDS:
        error = KINDS[rule.kind]
        raise Refused(error.code, error.message, error.status)
    raise Silence(rule.kind)
