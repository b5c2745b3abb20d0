"""The glossary names what the product names, and the product calls things by the glossary's words."""

import csv
import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from qipan.assessment.standard_parts import METHODS

ROOT = Path(__file__).parents[1]
SOURCES = ROOT / "src/qipan"
#: Titles of pages that say nothing of the field.
EVERYDAY = {
    "Absences and deputies", "Add a person", "Begin", "Change my password", "Close the round", "Days of the rungs", "Differences", "Draw more",
    "For a chat group", "From pasted text", "Name a deputy", "Own targets",
    "Functions and units", "Give a task", "Groups of units", "Leads to choose", "Make a group", "Log what your unit found", "Import a file", "My account", "New edition", "Not allowed", "Not found", "Open a round",
    "People and posts", "Proposals", "Qipan", "Record a visit", "Settings", "Sign in", "Something went wrong",
    "This link leads nowhere", "Types of units", "Visits and reviews", "What the lights mean", "What was sent",
}  # fmt: skip


def terms() -> list[dict[str, str]]:
    with open(ROOT / "docs/glossary.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def chinese() -> dict[str, str]:
    """Every message without a context and its translation, as on the pages."""
    with open(SOURCES / "locale/zh_Hans/LC_MESSAGES/django.po", "rb") as file:
        pairs = [(message.id, message.string) for message in read_po(file) if message.id and not message.context]
    return {one(source): one(translated) for source, translated in pairs}


def one(words: str | tuple[str, ...] | list[str] | None) -> str:
    return words if isinstance(words, str) else words[0] if words else ""


def names(english: str) -> set[str]:
    """A term in the singular and the plural, in lower case."""
    term = english.lower()
    plural = term.removesuffix("on") + "a" if term == "criterion" else f"{term}s"
    return {term, plural, "strata" if term == "stratum" else term}


TERMS = terms()
SAID = "\n".join(path.read_text("utf-8") for path in SOURCES.rglob("*") if path.suffix in {".py", ".po", ".yaml"})
WORDS = {name: {row["zh"], *filter(None, row["also"].split("、"))} for row in TERMS for name in names(row["en"])}


def test_each_term_is_told_once_and_whole():
    english = [row["en"] for row in TERMS]
    assert len(set(english)) == len(english)
    for row in TERMS:
        assert row["zh"] and row["definition"], row["en"]
        assert not row["definition"].endswith("."), row["en"]


@pytest.mark.parametrize("row", TERMS, ids=[row["en"] for row in TERMS])
def test_a_term_is_in_use(row):
    assert row["zh"] in SAID
    assert row["en"] in SAID.lower()


def test_the_pages_call_things_by_these_words():
    other = {
        english: translated
        for english, translated in chinese().items()
        if english.lower() in WORDS and translated not in WORDS[english.lower()]
    }
    assert other == {}


def test_methods_and_the_titles_of_pages_are_in_it():
    for title in METHODS.values():
        assert title.zh in WORDS.get(title.en, ()), title
    templates = "\n".join(path.read_text("utf-8") for path in SOURCES.rglob("templates/**/*.html"))
    titles = set(re.findall(r'block title %\}[^\n]*?translate "([^"]+)"', templates))
    assert titles >= {"Board", "Ledger", "Sites", "Standard"}
    assert {title for title in titles - EVERYDAY if title.lower() not in WORDS} == set()
