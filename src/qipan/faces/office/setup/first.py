"""The first page of an empty installation: the place, the campaign office, and the person who begins."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.password_validation import password_validators_help_texts
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from qipan.faces.office.accounts import BACKEND, client_address
from qipan.faces.office.example_gate import is_loopback_host, may_enter_example
from qipan.faces.office.setup import code
from qipan.ground.units.actions import begin_sign_in, end_sign_in
from qipan.ground.units.errors import RegisterError
from qipan.spine.campaigns.setup import First, nothing_yet, open_installation

#: Where the session keeps which code opened the page: a new code shuts it again.
OPENED_BY = "setup_code"
#: The name under which wrong codes are counted, as wrong passwords are.
COUNTED_AS = "\0setup-code"


class FirstForm(forms.Form):
    """Step 1: place, office, person."""

    county_zh = forms.CharField(label=gettext_lazy("Name of the county or city"), max_length=80)
    county_en = forms.CharField(label=gettext_lazy("English name (optional)"), max_length=80, required=False)
    county_code = forms.CharField(
        label=gettext_lazy("Division code (GB/T 2260, optional)"), max_length=6, required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )  # fmt: skip
    office_zh = forms.CharField(label=gettext_lazy("Name of the campaign office"), max_length=80)
    office_en = forms.CharField(label=gettext_lazy("English name (optional)"), max_length=80, required=False)
    full_name_zh = forms.CharField(label=gettext_lazy("Your name"), max_length=40)
    title_zh = forms.CharField(label=gettext_lazy("Your post"), max_length=80)
    username = forms.CharField(
        label=gettext_lazy("User name"), max_length=150, validators=[UnicodeUsernameValidator()],
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )  # fmt: skip
    password = forms.CharField(
        label=gettext_lazy("Password"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )
    again = forms.CharField(
        label=gettext_lazy("Password again"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        """Compare the two passwords."""
        cleaned = super().clean() or {}
        if cleaned.get("password") and cleaned.get("again") and cleaned["password"] != cleaned["again"]:
            self.add_error("again", _("The two passwords differ. Type the same one twice."))
        return cleaned


#: The parts of the form: heading, fields.
PARTS = (
    (gettext_lazy("The place"), ("county_zh", "county_en", "county_code")),
    (gettext_lazy("The campaign office"), ("office_zh", "office_en")),
    (gettext_lazy("Your account"), ("full_name_zh", "title_zh", "username", "password", "again")),
)


def _folder() -> Path:
    return Path(settings.DATA)


def at_this_machine(request: HttpRequest) -> bool:
    """Whether the visitor sits at this machine, by the rule of the example's accounts."""
    elsewhere = settings.BEHIND_TLS or any(not is_loopback_host(host) for host in settings.SERVED_HOSTS)
    return may_enter_example(request.META, example_active=True, served_elsewhere=elsewhere)


@sensitive_post_parameters("password", "again", "code")
@never_cache
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def setup_first(request: HttpRequest) -> HttpResponse:
    """Set the installation up; there is no such page once a county exists."""
    if not nothing_yet():
        raise Http404
    if not at_this_machine(request):
        in_force = code.kept(_folder())
        if not in_force or request.session.get(OPENED_BY) != in_force:
            return _ask_for_code(request, in_force)
    form = FirstForm(request.POST if request.method == "POST" else None, initial={"office_zh": "创城办"})
    if form.is_valid():
        data = {name: value for name, value in form.cleaned_data.items() if name != "again"}
        try:
            post = open_installation(First(**data))
        except RegisterError as error:
            field = error.field if error.field in form.fields else None
            form.add_error(field, error.words.into(get_language() or "en"))
        else:
            code.forget(_folder())
            request.session.pop(OPENED_BY, None)
            login(request, post.person, backend=BACKEND)
            return HttpResponseRedirect(reverse("setup"))
    context = {
        "form": form,
        "parts": [(title, [form[name] for name in names]) for title, names in PARTS],
        "rules": password_validators_help_texts(),
    }
    return render(request, "office/setup/first.html", context, status=422 if form.is_bound else 200)


def _ask_for_code(request: HttpRequest, in_force: str) -> HttpResponse:
    """Ask for the code that the terminal shows; wrong ones wait as wrong passwords do."""
    context: dict[str, object] = {"can_enter": bool(in_force)}
    if request.method != "POST" or "code" not in request.POST or not in_force:
        return render(request, "office/setup/code.html", context, status=200 if request.method != "POST" else 403)
    address = client_address(request)
    wait = begin_sign_in(COUNTED_AS, address, timezone.now())
    if wait is not None:
        minutes = math.ceil(wait.total_seconds() / 60)
        context["error"] = ngettext(
            "Too many wrong codes. Try again in %(minutes)d minute.",
            "Too many wrong codes. Try again in %(minutes)d minutes.",
            minutes,
        ) % {"minutes": minutes}
        return render(request, "office/setup/code.html", context, status=422)
    if not code.fits(_folder(), request.POST["code"]):
        context["error"] = _("This is not the code. It stands in the terminal in which Qipan was started last.")
        return render(request, "office/setup/code.html", context, status=422)
    end_sign_in(COUNTED_AS, address)
    request.session.cycle_key()
    request.session[OPENED_BY] = in_force
    return HttpResponseRedirect(reverse("setup_first"))
