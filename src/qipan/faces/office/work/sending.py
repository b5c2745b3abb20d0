"""Sending a form of work: read it, act, and answer what went wrong with everything that was written still in the form."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from qipan.assessment.text import Text
from qipan.faces.office.photos import PhotosNotTaken, taken
from qipan.faces.office.work.asked import shown_requests
from qipan.faces.office.work.chain import name_of, word
from qipan.faces.office.work.fields import Field, Words, Wrong, whole
from qipan.faces.office.work.item import sides
from qipan.faces.office.work.lights import light
from qipan.ground.files.photos import waiting
from qipan.ground.units.drafts import draft_of, drop_draft
from qipan.ground.units.sent import AlreadySent, once
from qipan.overview.desk import Desk
from qipan.overview.work import free_eyes
from qipan.spine.work.errors import STAGES, EvidenceMissing, NotIndependent, StageMissing, Stale, WorkError
from qipan.spine.work.queries import item_page

if TYPE_CHECKING:
    from qipan.spine.work.queries import ItemPage

PHOTOS = "photos"


@dataclass(frozen=True, slots=True)
class Given:
    """What someone entered: words by the names of fields, and photos."""

    words: Mapping[str, str]
    photos: Sequence[Any] = ()
    at_hand: bool = True
    """Whether a person has entered it; else it is what a form starts with."""

    def __getitem__(self, name: str) -> str:
        return self.words.get(name, "")


@dataclass(frozen=True, slots=True)
class Form:
    """A form of one act: its words, its fields, and what it does.

    `fields` is asked for the fields with what stands in them; `do` acts and returns what the person is told.
    """

    action: str
    heading: str
    send: str
    fields: Callable[[Desk, ItemPage, Given], list[Field]]
    do: Callable[[Desk, ItemPage, int, Given], str]
    words: Words = ""
    grave: bool = False
    with_photos: bool = False
    with_sides: bool = False
    with_request: bool = False
    refused: Callable[[Desk, ItemPage], WorkError | None] = field(default=lambda _desk, _found: None)


def form_key(action: str, pk: int) -> str:
    """Return under which key the draft of a form is kept."""
    return f"work.{action}:{pk}"


def answer(request: HttpRequest, desk: Desk, found: ItemPage, form: Form) -> HttpResponse:
    """Show a form, or act on it."""
    key = form_key(form.action, found.pk)
    if request.method != "POST":
        kept = draft_of(desk.post, key)
        given = _from_draft(kept, desk) if kept else Given({}, at_hand=False)
        refused = form.refused(desk, found)
        note = _("You began to write this earlier; your draft stands below.") if kept else ""
        return _page(request, desk, found, form, given, refused=refused, draft_note=note)
    photos: Sequence[Any] = ()
    problem: Wrong | None = None
    if form.with_photos:
        try:
            photos = taken(request, PHOTOS, desk.post)
        except PhotosNotTaken as error:
            photos = error.taken
            problem = Wrong(PHOTOS, Text(*(_said(error, language) for language in ("zh", "en"))))
    given = Given({name: ",".join(request.POST.getlist(name)) for name in request.POST}, photos)
    if problem is not None:
        return _page(request, desk, found, form, given, wrong=problem, status=422)
    version = whole(request.POST.get("version", ""))
    try:
        with once(request.POST.get("uid", "")):
            said = form.do(desk, found, version, given)
    except AlreadySent:
        return redirect("work_item", found.number)
    except Wrong as error:
        return _page(request, desk, found, form, given, wrong=error, status=422)
    except Stale as error:
        return _page(request, desk, found, form, given, stale=error, status=409)
    except WorkError as error:
        if error.field:
            return _page(request, desk, found, form, given, wrong=Wrong(error.field, error.words), status=422)
        return _page(request, desk, found, form, given, refused=error, status=409)
    drop_draft(desk.post, key)
    messages.success(request, said)
    return redirect("work_item", found.number)


def _said(error: PhotosNotTaken, language: str) -> str:
    return " ".join(
        f"{problem.file}: {problem.message.into(language)}; {problem.remedy.into(language)}."
        if language == "en"
        else f"{problem.file}：{problem.message.into(language)}；{problem.remedy.into(language)}。"
        for problem in error.problems
    )


def _from_draft(kept: Mapping[str, Any], desk: Desk) -> Given:
    words = {name: ",".join(value) if isinstance(value, list) else value for name, value in kept.items()}
    uids = kept.get(f"{PHOTOS}_kept") or []
    return Given(words, waiting(uids if isinstance(uids, list) else [uids], desk.post))


def _page(
    request: HttpRequest, desk: Desk, found: ItemPage, form: Form, given: Given, *, wrong: Wrong | None = None,
    stale: Stale | None = None, refused: WorkError | None = None, draft_note: str = "", status: int = 200,
) -> HttpResponse:  # fmt: skip
    now = item_page(desk.post, found.number) if stale else None
    row = now.row if now is not None else found.row
    fields = form.fields(desk, found, given)
    if wrong is not None:
        if not any(each.name == wrong.field for each in fields):
            messages.error(
                request, wrong.words.into(get_language() or "en") if isinstance(wrong.words, Text) else wrong.words
            )
        fields = [each.wrong(wrong.words) if each.name == wrong.field else each for each in fields]
    changed = {each.pk for each in stale.changes} if stale else set()
    changes = [
        {"word": word(each.step), "at": each.at, "unit": name_of(each.unit), "person": each.person, "text": each.text}
        for each in (now.log if now is not None else ())
        if each.pk in changed
    ]
    if stale and refused is None and now is not None:
        refused = form.refused(desk, now)
    lasting = refused is not None and not given.at_hand
    eyes = free_eyes(row.pk, timezone.localdate()) if isinstance(refused, NotIndependent) else ()
    context = {
        "heading": form.heading,
        "row": row,
        "light": light(row, timezone.now()),
        "item_url": reverse("work_item", args=[row.number]),
        "action_url": reverse(f"work_{form.action}", args=[row.number]),
        "crumbs": [
            (_("Work"), reverse("work_list")), (row.number, reverse("work_item", args=[row.number])), (form.heading, ""),
        ],
        "stale": changes or ([{"word": stale.words, "at": timezone.now()}] if stale else None),
        "refused": refused.words if refused else None,
        "missing": STAGES[refused.missing]
        if isinstance(refused, StageMissing) and not isinstance(refused, EvidenceMissing)
        else None,
        "eyes": _named_eyes(eyes),
        "asked": next((each for each in shown_requests(found) if each.open), None) if form.with_request else None,
        "fields": None if lasting else fields,
        "words": form.words,
        "send": form.send,
        "grave": form.grave,
        "draft": form_key(form.action, row.pk),
        "draft_note": draft_note,
        **(sides(found) if form.with_sides else {}),
        "uid": uuid.uuid4(),
    }  # fmt: skip
    return render(request, "office/work/act.html", context, status=status)


def _named_eyes(eyes: Sequence[Any]) -> str:
    """Return some of those who could re-check, by unit and post."""
    language = get_language() or "en"
    return _(", ").join(
        f"{post.unit.name.into(language)} {post.title.into(language)}" if post.unit.name.into(language) not in
        post.title.into(language) else post.title.into(language)
        for post in eyes[:6]
    )  # fmt: skip
