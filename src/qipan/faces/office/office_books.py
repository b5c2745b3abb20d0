"""A standard from an office's seven columns: read, completed by what is asked for, looked at, stored as an edition."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from qipan.assessment.standard import METHODS
from qipan.assessment.text import Text
from qipan.faces.office.access import at_desk, requires
from qipan.faces.office.editions import previewed, problems_said
from qipan.ground.documents.problems import FileError
from qipan.ground.units.errors import RegisterError, Stale
from qipan.ground.units.permissions import STORE_STANDARDS
from qipan.overview.editions import preview_of
from qipan.spine.standards.office_book import actions
from qipan.spine.standards.office_book.asking import BANDS, BY_METHOD, RULES, SECTIONS, SHARES, AboutContent, Value
from qipan.spine.standards.office_book.queries import BookPage, book_page, books, pack_from, site_types, with_answers
from qipan.spine.standards.office_book.reading import place_of
from qipan.spine.standards.office_book.words import method_words

BASES: dict[str, tuple[Text, str]] = {
    "read": (Text("原表写明", "stated in the table"), "full"),
    "sure": (Text("创城办确认", "confirmed"), "full"),
    "assumed": (Text("创城办假定", "assumed by the office"), "partly"),
    "missing": (Text("待填", "missing"), "failed"),
}
_SUFFIXES = ".xlsx,.xls,.et,.docx,.csv"


def _crumbs(*more: tuple[str, str]) -> list[tuple[str, str]]:
    above = [(_("Standard"), reverse("standard")), (_("Editions"), reverse("editions"))]
    return [*above, (_("Table of seven columns"), reverse("office_books") if more else ""), *more]


@require_http_methods(["GET", "HEAD", "POST"])
@requires(STORE_STANDARDS)
def office_books(request: HttpRequest) -> HttpResponse:
    """Take a workbook, and list those that are under way."""
    desk = at_desk(request)
    context: dict[str, Any] = {"crumbs": _crumbs(), "accept": _SUFFIXES}
    status = 200
    if request.method == "POST":
        file = request.FILES.get("file")
        if file is None:
            context["refused"], status = _("Nothing was sent: choose a file first."), 422
        else:
            try:
                pk = actions.begin(file.name or "file", file.chunks(), by=desk.post)
            except FileError as error:
                context |= {"problems": problems_said(error.problems), "problem_count": len(error.problems)}
                status = 422
            else:
                messages.success(request, _("The table was read. What it does not say is asked for below."))
                return redirect("office_book", pk)
    context["rows"] = books(desk.county.pk)
    return render(request, "office/office_books.html", context, status=status)


def _page(request: HttpRequest, pk: int) -> BookPage:
    found = book_page(at_desk(request).county.pk, pk)
    if found is None:
        raise Http404
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@requires(STORE_STANDARDS)
def office_book(request: HttpRequest, pk: int) -> HttpResponse:
    """Show how far a workbook is, and ask for what concerns the whole standard."""
    found = _page(request, pk)
    context: dict[str, Any] = {}
    status = 200
    if request.method == "POST":
        answers = _head_answers(found, request.POST)
        try:
            actions.answer(pk, actions.HEAD, answers, seen=request.POST.get("seen", ""), by=at_desk(request).post)
        except Stale:
            context |= {"stale": True, "posted": answers, "saved_by": found.saved_by, "saved_at": found.saved_at}
            status = 409
        except RegisterError as error:
            context["refused"], status = error.words.into(get_language() or "en"), 422
        else:
            messages.success(request, _("Saved. You can leave this at any time and go on later."))
            return redirect("office_book", pk)
    about = found.about
    context |= {
        "found": found, "crumbs": _crumbs((found.name, "")), "contents": len(about.contents()),
        "missing": about.count("missing"), "assumed": about.count("assumed"), "seen": found.seen["head"],
        "named": [_figure(name, value, context) for name, value in about.head.items() if name in _NAMED],
        "figures": [_figure(name, value, context) for name, value in about.head.items() if name not in _NAMED],
        "spreads": [(SECTIONS, _("Points by section")), (BY_METHOD, _("Points by method"))],
        "spread": BY_METHOD if about.by_method else SECTIONS,
        "notes": [Text(zh, en) for zh, en in found.book.notes],
        "parts": [
            {
                "title": f"{one.section.code} {one.section.title}", "contents": len(one.contents),
                "missing": one.count("missing"), "assumed": one.count("assumed"), "points": one.points,
                "url": reverse("office_book_part", args=[pk, place]) if one.contents else "",
            }
            for place, one in enumerate(about.sections, 1)
        ],
    }  # fmt: skip
    return render(request, "office/office_book.html", context, status=status)


_NAMED = ("title", "id", "edition")


def _head_label(name: str) -> str:
    kind, _dot, which = name.partition(".")
    match kind:
        case "title":
            return _("Title")
        case "id":
            return _("Id")
        case "edition":
            return _("Edition")
        case "total":
            return _("Points in all")
        case "points":
            return _("Points of: %(method)s") % {"method": SHARES[which][0].into(get_language() or "en")}
    return _("Value of grade %(grade)s") % {"grade": which}


def _figure(name: str, value: Value, context: Mapping[str, Any]) -> dict[str, Any]:
    posted = context.get("posted", {})
    return {
        "name": name, "label": _head_label(name), "value": posted.get(name, value.value), "wrong": value.wrong,
        "sure": name in posted["sure"] if posted else value.basis == "sure", "basis": BASES[value.basis], "proposal": value.proposal,
    }  # fmt: skip


def _head_answers(found: BookPage, sent: QueryDict) -> dict[str, Any]:
    answers: dict[str, Any] = {"spread": BY_METHOD if sent.get("spread") == BY_METHOD else SECTIONS}
    for name, known in found.about.head.items():
        value = sent.get(name, "").strip()[:200]
        if value and (value != known.proposal or name in sent.getlist("sure")):
            answers[name] = value
    answers["sure"] = sorted(set(sent.getlist("sure")) & set(found.about.head))
    return answers


@require_http_methods(["GET", "HEAD", "POST"])
@requires(STORE_STANDARDS)
def office_book_part(request: HttpRequest, pk: int, place: int) -> HttpResponse:
    """Ask for what the contents of one section lack."""
    found = _page(request, pk)
    if not 1 <= place <= len(found.about.sections) or not found.about.sections[place - 1].contents:
        raise Http404
    about = found.about.sections[place - 1]
    following = next(
        (n for n, one in enumerate(found.about.sections, 1) if n > place and one.count("missing", "assumed")), 0
    )
    context: dict[str, Any] = {}
    status = 200
    if request.method == "POST":
        answers = _part_answers(found, place, request.POST)
        try:
            actions.answer(pk, about.section.code, answers, seen=request.POST.get("seen", ""), by=at_desk(request).post)
        except Stale:
            context |= {"stale": True, "theirs": _theirs(found, place, answers)}
            status = 409
        except RegisterError as error:
            context["refused"], status = error.words.into(get_language() or "en"), 422
        else:
            return _after_part(request, pk, place, following)
        found = _with_answers(found, place, answers)
    context |= {
        "found": found, "part": about, "place": place, "of": len(found.about.sections), "seen": found.seen[about.section.code],
        "crumbs": _crumbs((found.name, reverse("office_book", args=[pk])), (about.section.title, "")),
        "points": found.about.sections[place - 1].points, "bases": BASES, "by_method": found.about.by_method,
        "points_basis": BASES[points.basis] if (points := found.about.sections[place - 1].points) else None,
        "rows": [_row(one, n) for n, one in enumerate(found.about.sections[place - 1].contents)],
        "missing": about.count("missing"), "assumed": about.count("assumed"), "following": following,
    }  # fmt: skip
    return render(request, "office/office_book_part.html", context, status=status)


def _after_part(request: HttpRequest, pk: int, place: int, following: int) -> HttpResponse:
    after = _page(request, pk).about
    missing, assumed = after.count("missing"), after.count("assumed")
    words = ngettext("Saved. %(count)s answer is missing", "Saved. %(count)s answers are missing", missing) % {"count": missing}  # fmt: skip
    more = ngettext("%(count)s is still assumed.", "%(count)s are still assumed.", assumed) % {"count": assumed}
    messages.success(request, f"{words}{_(', ')}{more}")
    on = "next" in request.POST.getlist("do") or "sure" in request.POST.getlist("do")
    if after.sections[place - 1].count("missing") and on:
        messages.warning(request, _("This section still lacks answers; they are marked below."))
        return redirect("office_book_part", pk, place)
    return redirect("office_book_part", pk, following) if on and following else redirect("office_book", pk)


def _part_answers(found: BookPage, place: int, sent: QueryDict) -> dict[str, Any]:
    """Return what was sent for a section; “confirm everything” confirms what stands in the form."""
    about = found.about.sections[place - 1]
    everything = "sure" in sent.getlist("do")
    types = site_types()
    contents = {}
    for n, one in enumerate(about.contents):
        sure = set(sent.getlist(f"sure-{n}"))
        methods = [method for method in sent.getlist(f"m-{n}") if method in METHODS]
        given: dict[str, Any] = {"methods": methods or list(one.methods.chosen)}
        given["types"] = [code for code in sent.getlist(f"t-{n}") if code in types]
        rule = sent.get(f"r-{n}", "")
        given["rule"] = rule if rule in RULES else one.rule.value
        given["points"] = sent.get(f"p-{n}", "").strip()[:20]
        given["sure"] = ["methods", "rule", "types"] if everything else sorted(sure & {"methods", "types", "rule"})
        contents[one.content.code] = given
    typed = sent.get("points", "").strip()[:20]
    sure_points = everything or bool(sent.get("points_sure"))
    # A proposal that nobody confirms stays one: it moves with what the other sections are given.
    kept = typed if sure_points or (about.points and typed != about.points.proposal) else ""
    return {"section": {"points": kept, "sure": sure_points}, "contents": contents}


def _with_answers(found: BookPage, place: int, answers: Mapping[str, Any]) -> BookPage:
    """Return a page with what was sent in the place of what is kept, for a form that comes back."""
    return with_answers(found, found.about.sections[place - 1].section.code, answers)


def _theirs(found: BookPage, place: int, answers: Mapping[str, Any]) -> list[tuple[str, Text]]:
    """Return what others have answered meanwhile, where it is another answer than ours."""
    ours = _with_answers(found, place, answers).about.sections[place - 1].contents
    out = []
    for mine, one in zip(ours, found.about.sections[place - 1].contents, strict=True):
        if (mine.methods, mine.types, mine.rule, mine.points) != (one.methods, one.types, one.rule, one.points):
            said = [method_words(one.methods.chosen), RULES[one.rule.value]]
            if one.types:
                types = site_types()
                titles = [types[code] for code in one.types.chosen]
                said.append(Text("、".join(each.zh for each in titles), ", ".join(each.en for each in titles)))
            if one.points.value:
                said.append(Text(f"{one.points.value}分", f"{one.points.value} points"))
            parts = [each for each in said if each]
            out.append((one.content.code, Text("；".join(each.zh for each in parts), "; ".join(each.en or each.zh for each in parts))))  # fmt: skip
    return out


def _row(one: AboutContent, place: int) -> dict[str, Any]:
    content = one.content
    rules = [(key, words) for key, words in RULES.items() if key != BANDS or one.rule.proposal == BANDS]
    types = site_types()
    return {
        "n": place, "content": content, "place": place_of(content.cell).cell or content.cell,
        "about": one, "methods": [(key, words, key in one.methods.chosen) for key, words in METHODS.items()],
        "method_words": method_words(one.methods.chosen), "method_basis": BASES[one.methods.basis],
        "ask_methods": one.methods.basis != "read",
        "types": [(code, title, code in one.types.chosen) for code, title in types.items()] if one.types else [],
        "type_words": [types[code] for code in one.types.chosen] if one.types else [],
        "type_basis": BASES[one.types.basis] if one.types else None,
        "rules": rules, "rule_basis": BASES[one.rule.basis], "points_wrong": one.points.wrong,
    }  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@requires(STORE_STANDARDS)
def office_book_look(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the edition that a workbook and its answers make, or what is wrong with it by cell; store it."""
    desk = at_desk(request)
    found = _page(request, pk)
    if found.edition:
        return redirect("edition", found.edition)
    context: dict[str, Any] = {
        "book": found, "file": found.name, "missing": found.about.count("missing"), "assumed": found.about.count("assumed"),
        "crumbs": _crumbs((found.name, reverse("office_book", args=[pk])), (_("The edition"), "")),
    }  # fmt: skip
    try:
        pack = pack_from(found)
    except FileError as error:
        context |= {"problems": problems_said(error.problems), "problem_count": len(error.problems)}
        return render(request, "office/office_book_look.html", context, status=422)
    if request.method == "POST":
        try:
            digest = actions.store(pk, pack, by=desk.post)
        except RegisterError as error:
            messages.error(request, error.words.into(get_language() or "en"))
            return redirect("office_book", pk)
        messages.success(request, _("The edition is stored. Nothing that a year is judged by has changed."))
        return HttpResponseRedirect(reverse("edition", args=[digest]))
    context |= previewed(preview_of(desk.county.pk, pack)) | {"source": Text(**pack.data["source"])}
    return render(request, "office/office_book_look.html", context)


@require_POST
@requires(STORE_STANDARDS)
def office_book_drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a workbook aside, with its answers."""
    found = _page(request, pk)
    actions.put_aside(pk, by=at_desk(request).post)
    messages.success(request, _("%(name)s and its answers were put aside. Editions made of it stay.") % {"name": found.name})  # fmt: skip
    return redirect("office_books")
