"""Keep the translations in step with the sources. English is the source language; Chinese is a catalogue.

    python tools/messages.py              update every catalogue: add what is new, drop what is gone, compile
    python tools/messages.py --check      fail on what is missing, fuzzy, left over, or has other placeholders
    python tools/messages.py --compile    compile only

Babel does the work, so that no gettext programs are needed. Scripts get their words from the page (data attributes),
so there is no catalogue for JavaScript.
"""

import io
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src/qipan"
LOCALES = PACKAGE / "locale"

#: Which argument of a call is the context (None where it has none), and which are the forms of the message.
KEYWORDS: dict[str, tuple[int | None, tuple[int, ...]]] = {
    name + lazy: arguments
    for name, arguments in {
        "gettext": (None, (0,)),
        "ngettext": (None, (0, 1)),
        "pgettext": (0, (1,)),
        "npgettext": (0, (1, 2)),
    }.items()
    for lazy in ("", "_lazy")
} | {"_": (None, (0,)), "gettext_noop": (None, (0,))}
NOTE = ["Translators:"]
#: A fixed time, since a catalogue that differs on every run could not be checked.
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
HEADER = "# Qipan. Translations are kept; `make messages` adds what is new and drops what is gone.\n#"
PLACEHOLDER = re.compile(r"%%|%\(\w+\)[#0\- +]*\d*(?:\.\d+)?[a-z]|%[sdf]|\{\w*(?:[.:!][^{}]*)?\}")

Found = tuple[str | tuple[str, ...], str | None, list[str]]


def _calls(source: str) -> Iterator[Found]:
    """Message, context and notes to the translator of every gettext call in Python text."""
    calls = extract_python(io.BytesIO(source.encode()), dict.fromkeys(KEYWORDS), NOTE, {"encoding": "utf-8"})
    for _line, name, given, notes in calls:
        words = [given] if isinstance(given, str) else list(given or ())
        context, forms = KEYWORDS[str(name)]
        parts = [words[at] for at in forms if at < len(words) and words[at]]
        if len(parts) == len(forms):
            yield (
                (parts[0] if len(parts) == 1 else tuple(parts)),
                (None if context is None else words[context]),
                list(notes or ()),
            )


def _template_calls(source: str, origin: str) -> Iterator[Found]:
    """The same for a Django template."""
    from django.utils.translation.template import templatize

    # What templatize returns is meant for xgettext; without its indentation it is also Python enough for Babel.
    text = templatize(source, origin=origin)
    yield from _calls("\n".join(line.strip() for line in text.splitlines()) + "\n")


def extract(package: Path = PACKAGE) -> Catalog:
    """Every message of the package's Python files and templates."""
    catalog = Catalog(fuzzy=False)
    for path in sorted(package.rglob("*")):
        inside = path.relative_to(package).parts
        if not path.is_file() or "static" in inside or "migrations" in inside or "locale" in inside:
            continue
        where = path.relative_to(package.parent.parent).as_posix()
        if path.suffix == ".py":
            found = _calls(path.read_text(encoding="utf-8"))
        elif "templates" in inside:
            found = _template_calls(path.read_text(encoding="utf-8"), where)
        else:
            continue
        for message, context, notes in found:
            catalog.add(message, locations=[(where, 0)], context=context, auto_comments=notes)
    return catalog


def _read(path: Path) -> Catalog:
    """The catalogue of one language; an empty one where there is no file yet."""
    locale = path.parent.parent.name
    if not path.exists():
        return Catalog(locale=locale, domain="django")
    with open(path, "rb") as file:
        return read_po(file, locale=locale, domain="django")


def _key(message: Message) -> tuple[str, str | None]:
    """What identifies a message: its singular and its context."""
    return (message.id if isinstance(message.id, str) else message.id[0]), message.context


def update(path: Path, template: Catalog) -> None:
    """Bring a catalogue into step: translations are kept, what is gone is dropped, what is new waits empty."""
    old = _read(path)
    new = Catalog(
        locale=old.locale,
        domain="django",
        project="Qipan",
        version="0.1",
        copyright_holder="The Qipan authors",
        msgid_bugs_address="the issues of the repository",
        creation_date=EPOCH,
        revision_date=EPOCH,
        last_translator="The Qipan authors",
        language_team="The Qipan authors",
        header_comment=HEADER,
        fuzzy=False,
    )
    held = {_key(message): message for message in old if message.id}
    for message in template:
        if not message.id:
            continue
        kept = held.get(_key(message))
        string = kept.string if kept is not None and isinstance(kept.id, str) == isinstance(message.id, str) else None
        flags = set(message.flags) | (kept.flags & {"fuzzy"} if kept is not None else set())
        new.add(
            message.id,
            string,
            locations=message.locations,
            flags=flags,
            auto_comments=message.auto_comments,
            user_comments=kept.user_comments if kept is not None else (),
            context=message.context,
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "wb") as file:
        write_po(file, new, width=110, sort_output=True, include_lineno=False)


def _placeholders(text: str) -> list[str]:
    """The placeholders of a text, in order of the alphabet."""
    return sorted(found for found in PLACEHOLDER.findall(text) if found != "%%")


def message_faults(message: Message) -> Iterator[str]:
    """What is wrong with one translation."""
    source = message.id if isinstance(message.id, str) else message.id[-1]
    strings = [message.string] if isinstance(message.string, str) else list(message.string or [""])
    for string in strings:
        if not string:
            yield "is not translated"
        elif _placeholders(string) != _placeholders(source):
            yield f"has other placeholders: {', '.join(_placeholders(string)) or 'none'}"
        elif string.startswith("\n") != source.startswith("\n") or string.endswith("\n") != source.endswith("\n"):
            yield "begins or ends with another line end"
    if "fuzzy" in message.flags:
        yield "is fuzzy"


def faults(path: Path, template: Catalog) -> Iterator[str]:
    """What is wrong with a catalogue, compared with the sources."""
    catalog = _read(path)
    if catalog.fuzzy:
        yield "the header is marked fuzzy"
    if catalog.obsolete:
        yield f"{len(catalog.obsolete)} obsolete entries"
    wanted = {_key(message): message for message in template if message.id}
    held = {_key(message): message for message in catalog if message.id}
    for key, message in wanted.items():
        if key not in held:
            yield f"{message.id!r} is missing"
        elif isinstance(message.id, str) != isinstance(held[key].id, str):
            yield f"{message.id!r} has changed between one form and two"
    for key, message in held.items():
        if key not in wanted:
            yield f"{message.id!r} is not in the sources any more"
        yield from (f"{message.id!r} {fault}" for fault in message_faults(message))


def compile_catalogues(locales: Path) -> None:
    """Write the .mo beside every .po."""
    for path in sorted(locales.rglob("*.po")):
        with open(path, "rb") as file:
            catalog = read_po(file, locale=path.parent.parent.name)
        with open(path.with_suffix(".mo"), "wb") as file:
            write_mo(file, catalog)


def main(arguments: list[str]) -> int:
    """Do what the arguments say and return an exit code."""
    catalogues = sorted(LOCALES.rglob("*.po")) or [LOCALES / "zh_Hans/LC_MESSAGES/django.po"]
    if arguments == ["--compile"]:
        compile_catalogues(LOCALES)
        return 0
    template = extract()
    if arguments == ["--check"]:
        found = [f"{path.parent.parent.name}: {fault}" for path in catalogues for fault in faults(path, template)]
        for fault in found:
            print(f"messages: {fault}", file=sys.stderr)
        if found:
            print("messages: `make messages` brings the catalogues into step; then translate", file=sys.stderr)
        return 1 if found else 0
    if arguments:
        print(__doc__, file=sys.stderr)
        return 2
    for path in catalogues:
        update(path, template)
        waiting = sum(1 for message in _read(path) if message.id and any(message_faults(message)))
        print(f"{path.relative_to(ROOT)}: {len(template)} messages, {waiting} to translate or correct")
    compile_catalogues(LOCALES)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
