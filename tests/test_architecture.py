"""The rules of the house that linters cannot check: sizes, names, faults, clocks, twins of words."""

from __future__ import annotations

import ast
import importlib
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import jinja2
import jinja2.meta
import pytest
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

import gateway
from gateway import i18n, queues
from gateway.mail import letters

ROOT = Path(gateway.__file__).parents[1]
LETTERS = ROOT / "templates" / "mail"
LANGUAGES = ("en", "zh")
BANNED = {"utils", "util", "helpers", "helper", "common", "misc", "base", "manager", "handler", "processor"}
BROAD = {
    "gateway/aws/turns.py",
    "gateway/store/draining.py",
    "gateway/imap.py",
    "gateway/imap_reader.py",
    "gateway/inbound/pipeline.py",
    "gateway/inbound/receive.py",
    "gateway/relay/sending.py",
    "gateway/reporting/posting.py",
    "gateway/runtime/forking.py",
    "gateway/runtime/sandbox.py",
    "gateway/runtime/sandbox_child.py",
    "gateway/smtp_delivery.py",
    "gateway/smtp_wire.py",
    "web/errors.py",
    "workers/jobs.py",
    "workers/ticker.py",
}
"""The doors, the isolation of one mail, alarm, letter or report from the next, jobs, ticker, the limits of a child, the error page."""
WALL_CLOCKS = {
    "datetime.now",
    "datetime.utcnow",
    "datetime.today",
    "date.today",
    "time.time",
    "time.localtime",
}
ENVIRONMENT = {"os.environ", "os.getenv", "os.putenv"}
MOST_LINES, MOST_LINES_OF_A_FUNCTION = 400, 50

SOURCES = sorted(
    path.relative_to(ROOT)
    for folder in ("gateway", "web", "workers")
    for path in (ROOT / folder).rglob("*.py")
    if "versions" not in path.parts
)


def tree(path: Path) -> ast.Module:
    return ast.parse((ROOT / path).read_text())


def names_of(node: ast.AST | None) -> set[str]:
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name)} if node else {"BaseException"}


def dotted(path: Path) -> Iterator[str]:
    """Every dotted name a module says, without the package it was imported from."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Attribute):
            said = ast.unparse(node)
            yield said.removeprefix("datetime.") if said.startswith("datetime.date") else said


def test_there_is_something_to_look_at() -> None:
    assert len(SOURCES) > 100


# Sizes and names.


def test_no_module_is_longer_than_400_lines() -> None:
    lengths = {str(path): len((ROOT / path).read_text().splitlines()) for path in SOURCES}
    assert {name: lines for name, lines in lengths.items() if lines > MOST_LINES} == {}


def test_no_function_is_longer_than_50_lines() -> None:
    found = {
        f"{path}:{node.name}": lines
        for path in SOURCES
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (lines := (node.end_lineno or 0) - node.lineno + 1) > MOST_LINES_OF_A_FUNCTION
    }
    assert found == {}


def test_no_function_takes_more_than_four_positional_parameters() -> None:
    found = {
        f"{path}:{node.name}": len(taken)
        for path in SOURCES
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and len(
            taken := [
                each for each in [*node.args.posonlyargs, *node.args.args] if each.arg not in ("self", "cls")
            ]
        )
        > 4
    }
    assert found == {}


def test_no_module_has_a_name_that_says_nothing() -> None:
    assert [str(path) for path in SOURCES if BANNED & {part.removesuffix(".py") for part in path.parts}] == []


def test_every_module_says_what_it_is() -> None:
    assert [str(path) for path in SOURCES if not ast.get_docstring(tree(path))] == []


# Faults.


def test_everything_is_caught_only_where_one_failure_must_not_stop_the_rest() -> None:
    found = {
        str(path)
        for path in SOURCES
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ExceptHandler) and names_of(node.type) & {"Exception", "BaseException"}
    }
    assert found == BROAD


# Clock and environment.


def test_only_the_clock_reads_the_wall_clock() -> None:
    assert {str(path) for path in SOURCES if WALL_CLOCKS & set(dotted(path))} == {"gateway/clock.py"}


def test_only_the_settings_read_the_environment() -> None:
    assert {str(path) for path in SOURCES if ENVIRONMENT & set(dotted(path))} == set()


# The pure part.


def test_domain_imports_only_the_standard_library_and_itself() -> None:
    allowed = set(sys.stdlib_module_names) - {"logging", "os", "socket", "subprocess", "time", "threading"}
    found = set()
    for path in SOURCES:
        if path.parts[:2] != ("gateway", "domain"):
            continue
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Import):
                found |= {
                    (str(path), each.name)
                    for each in node.names
                    if each.name.partition(".")[0] not in allowed
                }
            elif isinstance(node, ast.ImportFrom):
                name = node.module or ""
                ours = name == "gateway.domain" or name.startswith("gateway.domain.")
                if node.level or not (ours or name.partition(".")[0] in allowed):
                    found.add((str(path), name))
    assert found == set()


# Jobs.


@pytest.mark.parametrize(("queue", "name"), sorted(queues.JOBS.items()))
def test_job_of_every_queue_exists_and_takes_nothing(queue: str, name: str) -> None:
    module, _, function = name.rpartition(".")
    found = getattr(importlib.import_module(module), function)
    assert callable(found) and found.__code__.co_argcount == 0
    assert queue in queues.TIMEOUT_SECONDS


# Letters.


def source(language: str, name: str) -> str:
    return (LETTERS / language / name).read_text()


def letter_names() -> set[str]:
    return {path.name for path in (LETTERS / "en").glob("*.txt")}


def variables(text: str) -> set[str]:
    """The words a letter uses, apart from what it sets itself."""
    return jinja2.meta.find_undeclared_variables(letters.environment().parse(text))


def said(text: str) -> list[str]:
    """What the head of a letter says it takes: `Words:` and `Optional:`."""
    head = text.partition("#}")[0]
    lists = re.findall(r"(?:Words|Optional):([^:]*?)(?=\n\s*[A-Z][a-z]+:|$)", head, re.DOTALL)
    return [" ".join(sorted(each.split())) for each in lists]


def test_every_letter_has_its_twin() -> None:
    assert letter_names() == {path.name for path in (LETTERS / "zh").glob("*.txt")}
    assert len(letter_names()) >= 7


@pytest.mark.parametrize("name", sorted(letter_names()))
def test_twins_of_a_letter_use_the_same_words(name: str) -> None:
    english, chinese = (source(language, name) for language in LANGUAGES)
    assert variables(english) == variables(chinese)
    assert said(english) == said(chinese) != []


@pytest.mark.parametrize("name", sorted(letter_names()))
def test_head_of_a_letter_names_every_word_it_uses(name: str) -> None:
    for language in LANGUAGES:
        text = source(language, name)
        told = set(" ".join(said(text)).split())
        assert variables(text) - told - {"language"} == set()


# Words of the pages.


def catalogue(language: str, kind: str) -> dict[str, str]:
    path = i18n.CATALOGUES / language / "LC_MESSAGES" / f"messages.{kind}"
    with path.open("rb") as file:
        read = read_po(file) if kind == "po" else read_mo(file)
        return {str(entry.id): str(entry.string) for entry in read if entry.id}


def placeholders(words: str) -> list[str]:
    return sorted(re.findall(r"%\([a-z_]+\)[sd]|%%|\{[a-z_]*\}", words))


def test_both_catalogues_hold_the_same_messages() -> None:
    assert catalogue("en", "po").keys() == catalogue("zh", "po").keys()


def test_no_message_lacks_its_chinese_words() -> None:
    assert [word for word, told in catalogue("zh", "po").items() if not told] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_hold_the_placeholders_of_their_message(language: str) -> None:
    english = catalogue("en", "po")
    wrong = {
        word: told
        for word, told in catalogue(language, "po").items()
        if told and placeholders(told) != placeholders(english[word] or word)
    }
    assert wrong == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_compiled_catalogue_is_the_written_one(language: str) -> None:
    written = {word: told for word, told in catalogue(language, "po").items() if told}
    assert catalogue(language, "mo") == written
