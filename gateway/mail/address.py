"""Addresses compared: their comparable form, their domain, their subaddress.

Light on purpose: nearly every process imports it, and none of them needs the libraries that read mail.

Source: RFC 5321 §2.4, RFC 6532, RFC 5233 (subaddress).
"""

from __future__ import annotations


def normalise(address: str) -> str:
    """An address in the form in which addresses are compared.

    >>> normalise("Ops@例子.Example")
    'ops@xn--fsqu00a.example'
    """
    local, at, domain = address.strip().rpartition("@")
    return f"{local.lower()}{at}{_ascii_domain(domain)}"


def domain_of(address: str) -> str:
    """The domain of an address in comparable form, or an empty text.

    >>> domain_of("ops@Desk.Example.")
    'desk.example'
    """
    return normalise(address).rpartition("@")[2] if "@" in address else ""


def split_subaddress(address: str) -> tuple[str, str]:
    """The address without its subaddress, and the subaddress as written.

    >>> split_subaddress("support+Ab1.x@desk.example")
    ('support@desk.example', 'Ab1.x')
    """
    local, at, domain = address.strip().rpartition("@")
    user, plus, detail = local.partition("+")
    if not plus or not user or local.startswith('"'):
        return address.strip(), ""
    return f"{user}{at}{domain}", detail


def _ascii_domain(domain: str) -> str:
    domain = domain.strip().rstrip(".").lower()
    if domain.isascii() or len(domain) > 255:
        return domain
    import idna  # its tables are large, and hardly any domain needs them

    try:
        return idna.encode(domain, uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        return domain
