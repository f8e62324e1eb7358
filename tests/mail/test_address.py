import subprocess
import sys

import pytest

from gateway.mail import address


def test_comparable_form_lowers_case_and_encodes_the_domain() -> None:
    assert address.normalise("Li@BÜCHER.Example.") == "li@xn--bcher-kva.example"


def test_domain_that_idna_refuses_is_only_lowered() -> None:
    assert address.domain_of("a@_\u2260X.example") == "_\u2260x.example"


@pytest.mark.parametrize(
    ("given_address", "expected"),
    [
        ("support+abc@desk.example", ("support@desk.example", "abc")),
        ("support+a+b@desk.example", ("support@desk.example", "a+b")),
        ("support@desk.example", ("support@desk.example", "")),
        ("+abc@desk.example", ("+abc@desk.example", "")),
        ("nobody", ("nobody", "")),
    ],
)
def test_subaddress_is_split_off(given_address: str, expected: tuple[str, str]) -> None:
    assert address.split_subaddress(given_address) == expected


def test_comparing_addresses_loads_no_library_that_reads_mail() -> None:
    heavy = "('mailparser', 'chardet', 'selectolax', 'nh3', 'flufl', 'idna')"
    code = f"import sys, gateway.mail.address; print([name for name in {heavy} if name in sys.modules])"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert shown.strip() == "[]"
