"""People and posts: the list with what needs a look, one person's page, slips to print."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from qipan.assessment.text import Text
from qipan.faces.office.access import at_desk, requires
from qipan.faces.office.addresses import qr, reached
from qipan.faces.office.setup.post_approval import approval_context, shown
from qipan.faces.office.setup.register_forms import (
    add_error,
    changed_context,
    choose,
    day_field,
    new_uid,
    options,
    page_number,
    said,
    status_of,
    styled,
)
from qipan.faces.office.setup.unit_pages import workbook
from qipan.ground.units import people, registers
from qipan.ground.units.approvals import asked_for
from qipan.ground.units.errors import FieldChange, RegisterError, Stale
from qipan.ground.units.people import PersonEntry, PostEntry
from qipan.ground.units.permissions import MANAGE_PEOPLE, SET_ABSENCES
from qipan.ground.units.registers import PersonRow, PostRow
from qipan.ground.units.sent import AlreadySent, once
from qipan.overview.standard import folded
from qipan.spine.work.handover import Contents, contents_of

PAGE = 100
ROLES = {
    "office": gettext_lazy("campaign office"), "leader": gettext_lazy("county leader"), "head": gettext_lazy("head of a unit"),
    "liaison": gettext_lazy("liaison officer"), "inspector": gettext_lazy("inspector"),
    "reviewer": gettext_lazy("document reviewer"), "support": gettext_lazy("supporting unit"),
    "system": gettext_lazy("system administrator"), "security": gettext_lazy("security administrator"),
    "audit": gettext_lazy("audit administrator"),
}  # fmt: skip


MEANINGS = {
    "office": gettext_lazy("sees the whole county, directs the work, keeps up the registers"),
    "leader": gettext_lazy("reads everything and instructs"),
    "head": gettext_lazy("handles what the unit leads, consents to extensions"),
    "liaison": gettext_lazy("handles what the unit leads, day by day"),
    "inspector": gettext_lazy("records visits and reviews, opens orders, re-checks"),
    "reviewer": gettext_lazy("reviews documents and figures, opens orders for what is missing"),
    "support": gettext_lazy("sees what the unit supports and adds its part; handles nothing"),
    "system": gettext_lazy(
        "looks after jobs, backups and the technical state of accounts; sees nothing of the campaign"
    ),
    "security": gettext_lazy("gives posts of the office and of the administrators, and lifts locks of sign-in"),
    "audit": gettext_lazy("reads, verifies and hands out the journal; nothing else"),
}
"""What each role may do, in a line."""


def crumbs(*more: tuple[str, str]) -> list[tuple[str, str]]:
    """Return the way to a page of the people."""
    return [(_("People and posts"), reverse("people")), *more]


@require_GET
@requires(MANAGE_PEOPLE)
def people_list(request: HttpRequest) -> HttpResponse:
    """List people with their posts and what needs a look, or hand the list out as a workbook."""
    desk, today, now = at_desk(request), timezone.localdate(), timezone.now()
    if request.GET.get("export") == "xlsx":
        return workbook(registers.sheet_of_people(desk.county, today, get_language() or "en"), _("people and posts"))
    found = registers.people_of(desk.county.pk, today)
    made_up = _made_up(desk.county.is_example)
    words, role, show = folded(request.GET.get("q", "")), request.GET.get("role", ""), request.GET.get("show", "")
    tests = {
        "slip": lambda row: row.is_active and not row.has_password and not made_up(row),
        "first": lambda row: row.is_active and row.has_password and row.must_change,
        "stale": lambda row: row.is_stale(now),
        "closed": lambda row: not row.is_active,
        "idle": lambda row: not any(post.current for post in row.posts),
    }
    rows = [
        row for row in found
        if (not words or any(words in folded(word) for word in _words(row)))
        and (not role or any(post.role == role and post.current for post in row.posts))
        and (show not in tests or tests[show](row))
    ]  # fmt: skip
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    missing = registers.units_without(desk.county.pk, today)
    counts = {key: sum(1 for row in found if test(row)) for key, test in tests.items()}
    context = {
        "page": page, "rows": [_shown(row, now, is_made_up=made_up(row)) for row in page], "count": len(found), "missing": missing,
        "missing_url": reverse("setup_units") + "?show=missing", "counts": counts,
        "crumbs": [(_("Settings"), reverse("setup")), (_("People and posts"), "")],
        "filters": [
            {"name": "q", "label": _("Name, unit or user name"), "kind": "search", "value": request.GET.get("q", "")},
            {"name": "role", "label": _("Role"), "kind": "select", "value": role, "options": [("", _("all")), *((k, str(v)) for k, v in ROLES.items())]},
            {"name": "show", "label": _("Show"), "kind": "select", "value": show, "options": [
                ("", _("all")), ("slip", _("no password yet (%(count)d)") % {"count": counts["slip"]}),
                ("first", _("not signed in yet (%(count)d)") % {"count": counts["first"]}),
                ("stale", _("unused for 90 days (%(count)d)") % {"count": counts["stale"]}),
                ("idle", _("without a post (%(count)d)") % {"count": counts["idle"]}),
                ("closed", _("closed (%(count)d)") % {"count": counts["closed"]}),
            ]},
        ],
    }  # fmt: skip
    context["may_absent"] = SET_ABSENCES.allows(desk.post)
    context |= approval_context(desk, ROLES)
    context["roles"] = [(ROLES[role], MEANINGS[role]) for role in ROLES]
    return render(request, "office/setup/people.html", context)


def _words(row: PersonRow) -> list[str]:
    posts = [
        word for post in row.posts for word in (post.unit_name.zh, post.unit_name.en, post.title.zh, post.title.en)
    ]
    return [row.username, row.name.zh, row.name.en, row.phone or "—", *posts]


def _made_up(is_example: bool) -> Callable[[PersonRow], bool]:
    """Return which people are the example's own: they are entered without a password and need no slip."""
    return lambda row: is_example and row.username.startswith("example-")


def _shown(row: PersonRow, now: Any, *, is_made_up: bool = False) -> dict[str, Any]:
    if is_made_up and row.is_active:
        state, pill = "", ""
    elif not row.is_active:
        state, pill = pgettext("account", "closed"), "deferred"
    elif not row.has_password:
        state, pill = _("no password yet"), "not_assessed"
    elif row.must_change:
        state, pill = _("slip printed, not signed in yet"), "due"
    elif row.is_stale(now):
        state, pill = _("unused for 90 days"), "late"
    else:
        state, pill = "", ""
    posts = [(post, ROLES.get(post.role, post.role)) for post in row.posts if post.current]
    return {"row": row, "state": state, "pill": pill, "posts": posts, "url": reverse("person", args=[row.pk])}


class PersonForm(forms.Form):
    """Who somebody is."""

    name_zh = forms.CharField(label=gettext_lazy("Full name"), max_length=40)
    name_en = forms.CharField(label=gettext_lazy("Full name in English"), max_length=80, required=False)
    phone = forms.CharField(
        label=gettext_lazy("Phone"), max_length=30, required=False, help_text=gettext_lazy("Optional. Others see it as 138****1234."),
        widget=forms.TextInput(attrs={"inputmode": "tel"}),
    )  # fmt: skip


class PostForm(forms.Form):
    """Which post somebody holds."""

    unit = forms.ChoiceField(label=gettext_lazy("Unit"))
    role = forms.ChoiceField(label=gettext_lazy("Role"))
    title_zh = forms.CharField(label=gettext_lazy("Title of the post (Chinese)"), max_length=80)
    title_en = forms.CharField(label=gettext_lazy("Title of the post (English)"), max_length=80, required=False)
    valid_from = day_field(gettext_lazy("First day"))
    valid_to = day_field(gettext_lazy("Last day"))

    def entry(self) -> PostEntry:
        """Return what was entered."""
        data = self.cleaned_data
        return PostEntry(
            page_number(data["unit"]) or 0, data["role"], Text(data["title_zh"], data["title_en"]), data["valid_from"],
            data["valid_to"],
        )  # fmt: skip


class NewPersonForm(PersonForm, PostForm):
    """A person with a first post."""

    username = forms.CharField(
        label=gettext_lazy("User name"), max_length=150, required=False,
        help_text=gettext_lazy("Left empty, one is made of the unit's code and the role. Everyone has an account of their own."),
    )  # fmt: skip
    field_order = (
        "name_zh",
        "name_en",
        "phone",
        "unit",
        "role",
        "title_zh",
        "title_en",
        "valid_from",
        "valid_to",
        "username",
    )


def _with_choices(request: HttpRequest, form: forms.Form, post: PostRow | None = None) -> None:
    units = registers.unit_choices(at_desk(request).county.pk, timezone.localdate())
    if post is not None and post.unit not in dict(units):
        units.append((post.unit, post.unit_name))
    choose(form, "unit", options(((str(pk), name) for pk, name in units), _("choose")))
    choose(form, "role", [("", _("choose")), *ROLES.items()])
    styled(form)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(MANAGE_PEOPLE)
def person_new(request: HttpRequest) -> HttpResponse:
    """Add a person with a first post."""
    initial = {"unit": request.GET.get("unit", ""), "role": request.GET.get("role", "")}
    form = NewPersonForm(request.POST if request.method == "POST" else None, initial=initial)
    _with_choices(request, form)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        entry = PersonEntry(Text(data["name_zh"], data["name_en"]), data["phone"], data["username"])
        try:
            with once(request.POST.get("uid", "")):
                made = people.add_person(entry, form.entry(), by=at_desk(request).post)
        except AlreadySent:
            return redirect("people")
        except RegisterError as error:
            add_error(form, error)
        else:
            messages.success(
                request, _("%(name)s was added as %(username)s. Print a slip, so that they can sign in.")
                % {"name": made.full_name_zh, "username": made.username},
            )  # fmt: skip
            if asked_for(at_desk(request).county.pk, made.pk):
                messages.warning(request, _waits())
            return redirect("person_new" if request.POST.get("do") == "another" else "people")
    context = {"form": form, "crumbs": crumbs((_("Add a person"), "")), "uid": new_uid()}
    return render(request, "office/setup/person_new.html", context, status=status_of(form, context))


def _person(request: HttpRequest, pk: int) -> PersonRow:
    row = registers.person_of(at_desk(request).county.pk, pk, timezone.localdate())
    if row is None:
        raise Http404
    return row


@require_http_methods(["GET", "HEAD", "POST"])
@requires(MANAGE_PEOPLE)
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a person: name and phone to change, posts, access; `do` says which form was sent."""
    row, desk = _person(request, pk), at_desk(request)
    do = request.POST.get("do", "") if request.method == "POST" else ""
    initial = {"name_zh": row.name.zh, "name_en": row.name.en, "phone": row.phone}
    form = PersonForm(request.POST if do == "change" else None, initial=initial)
    styled(form)
    post_form = PostForm(
        request.POST if do == "post" else None, prefix="post", initial={"valid_from": timezone.localdate()}
    )
    _with_choices(request, post_form)
    bound, changed = form if do == "change" else post_form, dict[str, Any]()
    try:
        if do == "change" and form.is_valid():
            data = form.cleaned_data
            entry = PersonEntry(Text(data["name_zh"], data["name_en"]), data["phone"])
            people.change_person(pk, entry, version=page_number(request.POST.get("version", "")) or 0, by=desk.post)
            messages.success(request, _("Changed."))
            return redirect("person", pk)
        if do == "post" and post_form.is_valid():
            with once(request.POST.get("uid", "")):
                added = people.add_post(pk, post_form.entry(), by=desk.post)
            messages.success(request, _("The post was added.") if added else _waits())
            return redirect("person", pk)
        if do in {"close", "open"}:
            (people.deactivate if do == "close" else people.reactivate)(pk, by=desk.post)
            messages.success(
                request,
                _("The account is closed; its sessions have ended.")
                if do == "close"
                else _("The account is open again. Print a new slip."),
            )
            return redirect("person", pk)
    except AlreadySent:
        return redirect("person", pk)
    except RegisterError as error:
        if do in {"close", "open"}:
            messages.error(request, said(error.words))
            return redirect("person", pk)
        add_error(bound, error)
        changed = _changed(error, row)
    context = {
        "row": row, "kept_version": row.version, "form": form, "post_form": post_form, "posts": [(post, ROLES.get(post.role, post.role)) for post in row.posts],
        "shown": _shown(row, timezone.now(), is_made_up=_made_up(desk.county.is_example)(row)), "uid": new_uid(), "is_self": row.pk == desk.post.person_id,
        "own_post": desk.post.pk, "crumbs": crumbs((said(row.name), "")), "today": timezone.localdate(),
        "may_absent": SET_ABSENCES.allows(desk.post),
    }  # fmt: skip
    context["asked"] = shown(asked_for(desk.county.pk, pk), desk, ROLES)
    context |= changed
    return render(request, "office/setup/person.html", context, status=status_of(bound, changed) if do else 200)


def _changed(error: RegisterError, row: PersonRow) -> dict[str, Any]:
    """Return what a stale form of a person shows: the journal keeps no names and phones, so what is there now is shown."""
    if isinstance(error, Stale):
        now = {"full_name_zh": row.name.zh, "full_name_en": row.name.en, "phone": row.phone}
        error.changes = tuple(
            replace(one, fields=tuple(FieldChange(each.field, "", now.get(each.field, "")) for each in one.fields))
            for one in error.changes
        )
    return changed_context(error)


def _waits() -> str:
    return _("The security administrator was asked to approve this post. Until then it gives no rights.")


@require_http_methods(["GET", "HEAD", "POST"])
@requires(MANAGE_PEOPLE)
def post_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a post."""
    desk = at_desk(request)
    found = registers.post_of(desk.county.pk, pk, timezone.localdate())
    if found is None:
        raise Http404
    post, holder = found
    row = _person(request, holder)
    initial = {
        "unit": post.unit, "role": post.role, "title_zh": post.title.zh, "title_en": post.title.en,
        "valid_from": post.valid_from, "valid_to": post.valid_to,
    }  # fmt: skip
    form = PostForm(request.POST if request.method == "POST" else None, initial=initial)
    _with_choices(request, form, post)
    context: dict[str, Any] = {
        "form": form, "post_row": post, "row": row, "kept_version": post.version,
        "crumbs": crumbs((said(row.name), reverse("person", args=[row.pk])), (said(post.title), "")),
    }  # fmt: skip
    if request.method == "POST" and form.is_valid():
        version = page_number(request.POST.get("version", "")) or 0
        try:
            put = people.change_post(pk, form.entry(), version=version, by=desk.post)
        except RegisterError as error:
            context |= changed_context(error)
            add_error(form, error)
        else:
            messages.success(request, _("Changed.") if put else _change_waits())
            return redirect("person", row.pk)
    return render(request, "office/setup/post_form.html", context, status=status_of(form, context))


def _change_waits() -> str:
    return _("The security administrator was asked to approve this change. Until then the post stays as it was.")


@require_POST
@requires(MANAGE_PEOPLE)
def post_end(request: HttpRequest, pk: int) -> HttpResponse:
    """End a post today, or take its end back."""
    desk, today = at_desk(request), timezone.localdate()
    found = registers.post_of(desk.county.pk, pk, today)
    if found is None:
        raise Http404
    version = page_number(request.POST.get("version", "")) or 0
    try:
        if request.POST.get("do") == "reopen":
            people.reopen_post(pk, version=version, by=desk.post)
            messages.success(request, _("The post is held again."))
        else:
            ended = people.end_post(pk, today, version=version, by=desk.post)
            messages.success(request, _("The post ends today."))
            left = contents_of(ended)
            if not left.is_empty:
                messages.warning(request, _left(left))
    except RegisterError as error:
        messages.error(request, said(error.words))
    return redirect("person", found[1])


def _left(left: Contents) -> str:
    """Return what stays at a post that ended without a hand-over."""
    return _(
        "Nobody has taken over what stays there: open items of the unit: %(items)d, drafts: %(drafts)d, unread messages: "
        "%(unread)d, sponsored places: %(places)d. Take the end back to hand the post over."
    ) % {"items": len(left.items), "drafts": len(left.drafts), "unread": left.unread, "places": left.places}


@never_cache
@require_POST
@requires(MANAGE_PEOPLE)
def people_slips(request: HttpRequest) -> HttpResponse:
    """Give people new one-time passwords and show the slips, this once."""
    desk = at_desk(request)
    wanted = {pk for value in request.POST.getlist("person") if (pk := page_number(value))}
    if request.POST.get("all") == "slip":
        found = registers.people_of(desk.county.pk, timezone.localdate())
        made_up = _made_up(desk.county.is_example)
        wanted |= {row.pk for row in found if row.is_active and not row.has_password and not made_up(row)}
    try:
        slips = people.make_slips(wanted, by=desk.post) if wanted else []
    except RegisterError as error:
        messages.error(request, said(error.words))
        return redirect("people")
    if not slips:
        messages.warning(request, _("Choose the people whose slips are to be printed."))
        return redirect("people")
    address = reached(request, reverse("sign_in"))
    context = {
        "slips": slips, "address": address, "qr": qr(address), "printed_on": timezone.localdate(),
        "crumbs": crumbs((_("Slips"), "")),
    }  # fmt: skip
    return render(request, "office/setup/slips.html", context)
