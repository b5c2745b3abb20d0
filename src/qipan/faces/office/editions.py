"""Stored editions of standards and their companions: list, page, difference, upload with a preview, download."""

from __future__ import annotations

import hashlib
import re
import time
from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from qipan.assessment.text import Text
from qipan.faces.office import exports
from qipan.faces.office.access import at_desk, requires
from qipan.faces.office.standard_rows import missing_words
from qipan.ground.documents.problems import FileError, FileProblem
from qipan.ground.units.permissions import READ, STORE_STANDARDS
from qipan.overview.editions import Preview, StoredEdition, Told, comparison, keep, preview, told
from qipan.overview.editions import edition as edition_of
from qipan.overview.editions import editions as editions_of
from qipan.spine.standards.diff import Difference
from qipan.spine.standards.formats import dump
from qipan.spine.standards.office_book.writing import office_workbook
from qipan.spine.standards.queries import pack

MOST = 30 * 1024 * 1024
PROBLEMS_SHOWN = 50
KEPT_FOR = 24 * 3600
SUFFIXES = (".yaml", ".yml", ".json", ".xlsx", ".xlsm")
_WAITING = re.compile(r"[0-9a-f]{64}\.[a-z]{3,4}")
KINDS = {
    "standard": Text("测评标准", "standard"),
    "checklists": Text("检查单", "checklists"),
    "questionnaires": Text("问卷", "questionnaires"),
    "functions": Text("职能表", "functions"),
}
CHANGES = {
    "added": Text("新增", "added"),
    "removed": Text("删除", "removed"),
    "renumbered": Text("改号", "renumbered"),
    "moved": Text("移动", "moved"),
    "reordered": Text("换序", "reordered"),
    "changed": Text("修改", "changed"),
}


@requires(READ)
def editions(request: HttpRequest) -> HttpResponse:
    """Show the stored editions."""
    desk = at_desk(request)
    rows = editions_of(desk.county.pk)
    kind = exports.wanted(request)
    if kind:
        language = get_language() or "en"
        headings = [_("Kind"), _("Id"), _("Title"), _("Edition"), _("Years"), _("Stored"), _("Hash")]
        exported = [
            [
                KINDS[row.kind].into(language), row.name, row.title.into(language), row.edition.into(language),
                ", ".join(map(str, row.years)), f"{row.stored_at:%Y-%m-%d}", row.hash,
            ]
            for row in rows
        ]  # fmt: skip
        return exports.export(kind, _("editions"), headings, exported)
    said = told(row.hash for row in rows)
    context = {
        "crumbs": [(_("Standard"), reverse("standard")), (_("Editions"), "")],
        "groups": [
            {"title": title, "rows": [_row(row, said[row.hash]) for row in rows if row.kind == kind]}
            for kind, title in KINDS.items()
            if any(row.kind == kind for row in rows)
        ],
        "may_store": STORE_STANDARDS.allows(desk.post),
        "exports": exports.links(request),
    }
    return render(request, "office/editions.html", context)


def _row(row: StoredEdition, said: Told) -> dict[str, object]:
    return {
        "row": row,
        "url": reverse("edition", args=[row.hash]),
        "counts": _counts(row.kind, row.nodes, row.checks),
        "source": said.source,
        "complete": said.completeness.status == "complete" if said.completeness else None,
    }


def _counts(kind: str, nodes: int, checks: int) -> str:
    """Say how much a pack holds."""
    match kind:
        case "standard":
            said = [ngettext("%(count)s node", "%(count)s nodes", nodes) % {"count": nodes}]
            said.append(ngettext("%(count)s check", "%(count)s checks", checks) % {"count": checks})
        case "checklists":
            said = [ngettext("%(count)s site type", "%(count)s site types", nodes) % {"count": nodes}]
            said.append(ngettext("%(count)s item", "%(count)s items", checks) % {"count": checks})
        case "questionnaires":
            said = [ngettext("%(count)s question", "%(count)s questions", checks) % {"count": checks}]
        case _:
            said = [ngettext("%(count)s function", "%(count)s functions", nodes) % {"count": nodes}]
    return _(", ").join(said)


@requires(READ)
def edition(request: HttpRequest, digest: str) -> HttpResponse:
    """Show one edition, or send it as a file."""
    desk = at_desk(request)
    wanted = request.GET.get("download", "")
    found = edition_of(desk.county.pk, digest)
    if found is None:
        raise Http404(digest)
    if wanted in {"yaml", "xlsx", "office"}:
        return _download(request, digest, wanted)
    row = found.row
    downloads = [("YAML", f"{request.path}?download=yaml")]
    if row.kind == "standard":
        downloads.append(("XLSX", f"{request.path}?download=xlsx"))
        downloads.append((_("seven columns"), f"{request.path}?download=office"))
    complete = found.completeness
    said = told(other.hash for other in found.others)
    context = {
        "crumbs": [
            (_("Standard"), reverse("standard")),
            (_("Editions"), reverse("editions")),
            (row.title, ""),
        ],
        "row": row,
        "kind": KINDS[row.kind],
        "counts": _counts(row.kind, row.nodes, row.checks),
        "source": found.source,
        "complete": complete.status == "complete" if complete else None,
        "note": complete.note if complete else Text(),
        "missing": missing_words(complete.missing) if complete and complete.missing else Text(),
        "downloads": downloads,
        "others": [
            {
                **_row(other, said[other.hash]),
                "diff_url": reverse("edition_diff", args=[other.hash, row.hash])
                if other.stored_at <= row.stored_at
                else reverse("edition_diff", args=[row.hash, other.hash]),
            }
            for other in found.others
        ],
        "comparable": row.kind == "standard",
    }
    return render(request, "office/edition.html", context)


def _download(request: HttpRequest, digest: str, suffix: str) -> HttpResponse:
    found = pack(digest)
    try:
        if suffix == "office":
            content, suffix = office_workbook(found.data), "xlsx"
            name = f"{found.name}-{digest[:8]}-{_('seven columns')}.xlsx"
        else:
            content = dump(found, f".{suffix}", "zh" if (get_language() or "en").startswith("zh") else "en")
            name = f"{found.name}-{digest[:8]}.{suffix}"
    except FileError as error:
        messages.error(request, error.problems[0].words(get_language() or "en"))
        return HttpResponseRedirect(reverse("edition", args=[digest]))
    kind = exports.XLSX if suffix == "xlsx" else "application/yaml; charset=utf-8"
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response


@requires(READ)
def edition_diff(request: HttpRequest, old: str, new: str) -> HttpResponse:
    """Show how two editions of a standard differ, in sentences."""
    found = comparison(at_desk(request).county.pk, old, new)
    if found is None:
        raise Http404(new)
    context = {
        "crumbs": [
            (_("Standard"), reverse("standard")),
            (_("Editions"), reverse("editions")),
            (found.new.title, reverse("edition", args=[new])),
            (_("Differences"), ""),
        ],
        "old": found.old,
        "new": found.new,
        "groups": grouped(found.differences),
        "count": len(found.differences),
    }
    return render(request, "office/edition_diff.html", context)


AREAS = {
    "nodes": Text("节点", "Nodes"),
    "checks": Text("测评点", "Checks"),
    "head": Text("标准本身", "The standard itself"),
}


def grouped(differences: tuple[Difference, ...]) -> list[dict[str, object]]:
    """Return differences by area, as the partial of differences shows them."""
    found: dict[str, list[tuple[Text, Text]]] = {}
    for difference in differences:
        area = difference.area if difference.area in AREAS else "head"
        found.setdefault(area, []).append((CHANGES[difference.change], difference.sentence()))
    return [{"title": AREAS[area], "rows": found[area]} for area in AREAS if area in found]


@require_http_methods(["GET", "HEAD", "POST"])
@requires(STORE_STANDARDS)
def edition_new(request: HttpRequest) -> HttpResponse:
    """Take a file, show what is wrong with it or what it would change, and store it when that is confirmed."""
    desk = at_desk(request)
    context: dict[str, object] = {
        "crumbs": [
            (_("Standard"), reverse("standard")),
            (_("Editions"), reverse("editions")),
            (_("New edition"), ""),
        ],
        "accept": ",".join(SUFFIXES),
    }
    if request.method != "POST":
        return render(request, "office/edition_new.html", context)
    try:
        if request.POST.get("waiting"):
            path = _waiting(desk.post.pk, request.POST["waiting"])
            if path is None:
                context["refused"] = _("The file was kept for a day and is gone. Nothing was stored; choose it again.")
                return render(request, "office/edition_new.html", context, status=422)
            digest = keep(path, by=desk.post)
            path.unlink(missing_ok=True)
            messages.success(request, _("The edition is stored. Nothing that a year is judged by has changed."))
            return HttpResponseRedirect(reverse("edition", args=[digest]))
        file = request.FILES.get("file")
        refused = _refused(file)
        if refused or file is None:
            context["refused"] = refused
            return render(request, "office/edition_new.html", context, status=422)
        path = _kept(desk.post.pk, file)
        context |= {"file": file.name, "waiting": path.name.partition("-")[2]}
        context |= previewed(preview(desk.county.pk, path))
        return render(request, "office/edition_new.html", context)
    except FileError as error:
        context |= {"problems": problems_said(error.problems), "problem_count": len(error.problems)}
        return render(request, "office/edition_new.html", context, status=422)


def _refused(file: UploadedFile | None) -> str:
    """Say why an upload cannot be looked at; empty if it can."""
    if file is None:
        return _("Nothing was sent: choose a file first.")
    if Path(file.name or "").suffix.lower() not in SUFFIXES:
        return _("This kind of file cannot be read. Choose a .yaml file or a workbook (.xlsx).")
    if (file.size or 0) > MOST:
        return _("The file is larger than 30 MB. Leave out pictures and sheets that are not needed.")
    return ""


def _place() -> Path:
    """The folder where files wait for a person's word; what is older than a day is thrown away."""
    place = Path(settings.DATA) / "waiting"
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    for old in place.iterdir():
        if old.is_file() and old.stat().st_mtime < time.time() - KEPT_FOR:
            old.unlink(missing_ok=True)
    return place


def _kept(post: int, file: UploadedFile) -> Path:
    """Put an upload where the post that sent it, and no other, finds it again by its content's hash."""
    content = file.read()
    suffix = Path(file.name or "").suffix.lower()
    path = _place() / f"{post}-{hashlib.sha256(content).hexdigest()}{suffix}"
    path.write_bytes(content)
    return path


def _waiting(post: int, name: str) -> Path | None:
    path = _place() / f"{post}-{name}"
    return path if _WAITING.fullmatch(name) and path.is_file() else None


def previewed(found: Preview) -> dict[str, object]:
    """Return what storing a pack would bring, as `_edition_preview.html` shows it."""
    return {
        "found": found,
        "kind": KINDS[found.pack.kind],
        "counts": _counts(found.pack.kind, found.nodes, found.checks) if found.pack.kind == "standard" else "",
        "groups": grouped(found.differences),
        "count": len(found.differences),
        "stored_url": reverse("edition", args=[found.pack.hash]) if found.stored else "",
    }


def problems_said(problems: list[FileProblem]) -> list[dict[str, object]]:
    """Return problems of a file as pages list them, no more than are read."""
    return [
        {"place": problem.place.words(), "message": problem.message, "remedy": problem.remedy}
        for problem in problems[:PROBLEMS_SHOWN]
    ]
