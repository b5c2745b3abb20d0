"""Importing a list into a register: given in, looked at, then recorded; the same for units, people and sites."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from qipan.assessment.text import Text
from qipan.faces.office.setup.register_forms import said
from qipan.faces.office.setup.unit_pages import tree_of
from qipan.ground.documents.lists import Line, ListRead, Plan, read_list_file, read_list_text
from qipan.ground.documents.problems import FileError, Place
from qipan.ground.units.errors import RegisterError

LARGEST = 8 * 1024 * 1024
CARRIED = 1_800_000
"""Characters that the list may have between the preview and its confirmation."""
SHOWN = 200
STATE_PILLS = {"new": "on_plan", "changed": "due", "unchanged": "neutral", "refused": "failed"}


@dataclass(frozen=True, slots=True)
class Register:
    """How one register reads, plans and records a list; `plan` and `record` are given the mapping of unit words."""

    names: Mapping[str, Any]
    order: tuple[str, ...]
    plan: Callable[[HttpRequest, ListRead, Mapping[str, str]], Plan]
    record: Callable[[HttpRequest, ListRead, Mapping[str, str]], Plan]
    page: str
    """Name of the import's own address."""
    back: str
    """Name of the register's address."""
    title: Callable[[], str]
    back_title: Callable[[], str]
    columns: Callable[[], list[tuple[str, str]]]
    """What may be given: heading, and what it means."""
    sample: Callable[[], str]
    units: Callable[[HttpRequest], list[tuple[str, Text]]]
    """Units to choose from for a word that is none: code and name."""


def import_page(request: HttpRequest, register: Register, more: Mapping[str, Any] | None = None) -> HttpResponse:
    """Ask for a list, show what it would do, or record it.

    Args:
        request: asked or sent.
        register: into which register.
        more: what the page is also given.
    """
    context: dict[str, Any] = dict(more or {}) | {
        "register": register, "page_url": reverse(register.page), "crumbs": _crumbs(register),
        "import_title": register.title(), "columns": register.columns(), "sample": register.sample(),
        "largest": LARGEST >> 20,
    }  # fmt: skip
    if request.method != "POST":
        return render(request, "office/setup/list_import.html", context)
    try:
        read = _given(request, register)
    except FileError as error:
        context |= {
            "problems": [_shown_problem(one) for one in error.problems[:20]],
            "text": request.POST.get("text", ""),
        }
        return render(request, "office/setup/list_import.html", context, status=422)
    return preview(request, register, read, context)


def preview(request: HttpRequest, register: Register, read: ListRead, context: dict[str, Any]) -> HttpResponse:
    """Show what a list would do; record it where that has been seen and confirmed."""
    mapped = _mapping(request)
    plan = register.plan(request, read, mapped)
    seen = _digest(plan)
    status = 200
    if request.POST.get("do") == "confirm":
        if request.POST.get("seen") == seen:
            try:
                done = register.record(request, read, mapped)
            except RegisterError as error:
                context["refusal"] = said(error.words)
                status = 422
            else:
                messages.success(request, _result(done))
                return redirect(register.back)
        else:
            context["refusal"] = _("The register has changed since you looked. This is what the list would do now.")
            status = 409
    carried = _carry(read)
    if len(carried) > CARRIED:
        context |= {"problems": [(read.name, _("The list is too long. Import it in parts."), "")]}
        return render(request, "office/setup/list_import.html", context, status=422)
    units = register.units(request)
    context |= {
        "plan": plan, "read": read, "seen": seen, "carried": carried, "counts": _counts(plan),
        "shown": [_shown(one) for one in _in_order(plan)[:SHOWN]], "unshown": max(len(plan.lines) - SHOWN, 0),
        "unknown": [(word, mapped.get(word, "")) for word in plan.unknown_units],
        "mapped": [(word, code) for word, code in mapped.items() if word not in plan.unknown_units],
        "units": units,
    }  # fmt: skip
    return render(request, "office/setup/list_preview.html", context, status=status)


def _crumbs(register: Register) -> list[tuple[str, str]]:
    return [
        (_("Settings"), reverse("setup")), (register.back_title(), reverse(register.back)), (register.title(), ""),
    ]  # fmt: skip


def _given(request: HttpRequest, register: Register) -> ListRead:
    """Return the list that was sent: as carried from the preview, as a file, or as text."""
    if request.POST.get("carried"):
        return _carried(request.POST["carried"])
    given = request.FILES.get("file")
    if given is None:
        return read_list_text(request.POST.get("text", ""), register.names, register.order, name=_("pasted text"))
    name = given.name or "file"
    if given.size is None or given.size > LARGEST:
        raise FileError.one(name, Text(f"文件超过 {LARGEST >> 20} MB", f"the file is larger than {LARGEST >> 20} MB"))
    with tempfile.TemporaryDirectory(prefix="qipan-list-") as folder:
        # The ending decides how it is read; nothing else of the name reaches the disk.
        path = Path(folder) / f"list{'.xlsx' if name.lower().endswith(('.xlsx', '.xlsm')) else '.csv'}"
        with path.open("wb") as out:
            for chunk in given.chunks():
                out.write(chunk)
        try:
            return read_list_file(path, register.names, name=name)
        except FileError as error:
            raise FileError([_renamed(one, path, name) for one in error.problems]) from None


def _renamed(one: Any, path: Path, name: str) -> Any:
    return type(one)(name if one.file == str(path) else one.file, one.place, one.message, one.remedy)


def _carry(read: ListRead) -> str:
    """Return a list as text that the preview's form carries to its confirmation."""
    columns = sorted(read.columns)
    lines = [
        [_put(line.place), line.indent, {k: v for k, v in line.cells.items() if v}, {k: _put(p) for k, p in line.places.items()}]
        for line in read.lines
    ]  # fmt: skip
    return json.dumps([read.name, columns, list(read.unknown), lines], ensure_ascii=False, separators=(",", ":"))


def _put(place: Place) -> list[Any]:
    return [place.line, place.column, place.sheet, place.cell]


def _carried(text: str) -> ListRead:
    """Return a list that came back from the preview.

    Raises:
        FileError: somebody has changed it on the way.
    """
    try:
        name, columns, unknown, lines = json.loads(text)
        return ListRead(
            str(name),
            tuple(
                Line(Place(*place), {str(k): str(v) for k, v in cells.items()}, int(indent), {str(k): Place(*p) for k, p in places.items()})
                for place, indent, cells, places in lines
            ),
            frozenset(map(str, columns)),
            tuple(map(str, unknown)),
        )  # fmt: skip
    except (ValueError, TypeError, AttributeError):
        raise FileError.one(
            "", Text("预览内容已损坏", "the preview was damaged"), Text("请重新导入", "import the list again")
        ) from None


def _mapping(request: HttpRequest) -> dict[str, str]:
    pairs = zip(request.POST.getlist("word"), request.POST.getlist("means"), strict=False)
    return {word: code for word, code in pairs if code}


def _digest(plan: Plan) -> str:
    told = [(one.state, one.label, [(change.was, change.will) for change in one.changes]) for one in plan.lines]
    return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()[:24]


def _counts(plan: Plan) -> list[tuple[str, str, int]]:
    words = {"new": _("new"), "changed": _("changed"), "unchanged": _("unchanged"), "refused": _("refused")}
    return [(state, word, plan.count(state)) for state, word in words.items()]


def _in_order(plan: Plan) -> list[Any]:
    """Return the lines, those that need a look before those that do not."""
    place = {"refused": 0, "changed": 1, "new": 2, "unchanged": 3}
    return sorted(plan.lines, key=lambda one: place[one.state])


def _shown(one: Any) -> dict[str, Any]:
    words = {"new": _("new"), "changed": _("changed"), "unchanged": _("unchanged"), "refused": _("refused")}
    return {
        "label": one.label or "—", "word": words[one.state], "pill": STATE_PILLS[one.state],
        "place": said(one.line.place.words()), "changes": [(said(c.field), c.was, c.will) for c in one.changes],
        "problems": [_shown_problem(problem) for problem in one.problems], "note": said(one.note),
        "cells": [value for value in one.line.cells.values() if value][1:6] if one.state == "new" else [],
    }  # fmt: skip


def _shown_problem(problem: Any) -> tuple[str, str, str]:
    return said(problem.place.words()), said(problem.message), said(problem.remedy)


def _result(plan: Plan) -> str:
    new, changed, refused = (plan.count(state) for state in ("new", "changed", "refused"))
    if not new and not changed:
        words = _("0 changes: the register says all of this already.")
    else:
        words = _("Recorded: %(new)d new, %(changed)d changed.") % {"new": new, "changed": changed}
    if refused:
        words += " " + ngettext(
            "%(count)d line was left out.", "%(count)d lines were left out.", refused
        ) % {"count": refused}  # fmt: skip
    return words


def unit_codes(request: HttpRequest) -> list[tuple[str, Text]]:
    """Return the units of the county by code, for words that are none."""
    return [(row.code, row.name) for row in tree_of(request) if row.current and not row.merged_into]
