"""Signing in and out, and choosing the post and the year to work in."""

from __future__ import annotations

import math
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import get_user_model, login, logout, update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django.views.i18n import set_language as django_set_language

from qipan.assessment.text import Text
from qipan.faces.office.access import CHOSEN_POST, CHOSEN_YEAR, at_desk, desk_of
from qipan.faces.office.example_gate import is_loopback_host, may_enter_example
from qipan.faces.office.feeds import shown_feed
from qipan.ground.units.absences import concerning
from qipan.ground.units.actions import begin_sign_in, end_sign_in
from qipan.ground.units.people import password_chosen
from qipan.ground.units.permissions import SET_ABSENCES
from qipan.ground.units.queries import example_accounts, example_is_active, example_person
from qipan.ground.units.signing import changing_password, sign_in_failed, signing_in, signing_out, switch_post
from qipan.spine.campaigns.setup import nothing_yet

BACKEND = "django.contrib.auth.backends.ModelBackend"


def client_address(request: HttpRequest) -> str:
    """Return who is at the other end; behind the TLS proxy, what the proxy itself saw."""
    if settings.BEHIND_TLS:
        seen = request.headers.get("X-Forwarded-For", "").split(",")[-1].strip()
        if seen:
            return seen
    return str(request.META.get("REMOTE_ADDR", ""))


class SignInForm(AuthenticationForm):
    """Name and password, with growing waits after wrong ones."""

    def clean(self) -> dict[str, Any]:
        """Look at the password only when this name may try at this address."""
        username = str(self.cleaned_data.get("username") or "")
        if not username or not self.cleaned_data.get("password") or self.request is None:
            return super().clean()
        address = client_address(self.request)
        wait = begin_sign_in(username, address, timezone.now())
        if wait is not None:
            minutes = math.ceil(wait.total_seconds() / 60)
            raise ValidationError(
                ngettext(
                    "Too many wrong passwords. Try again in %(minutes)d minute.",
                    "Too many wrong passwords. Try again in %(minutes)d minutes.",
                    minutes,
                )
                % {"minutes": minutes},
                code="wait",
            )
        try:
            cleaned = super().clean()
        except ValidationError:
            sign_in_failed(username, address)
            raise
        end_sign_in(username, address)
        return cleaned


def _next(request: HttpRequest) -> str:
    """Where to go afterwards, if that is a page of ours; else empty."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    hosts = {request.get_host()}
    return wanted if url_has_allowed_host_and_scheme(wanted, hosts, require_https=request.is_secure()) else ""


def example_is_open(request: HttpRequest) -> bool:
    """Whether this visitor may enter the example's accounts."""
    elsewhere = settings.BEHIND_TLS or any(not is_loopback_host(host) for host in settings.SERVED_HOSTS)
    # The cheap questions first: the database is asked only for someone at this machine.
    return may_enter_example(request.META, example_active=True, served_elsewhere=elsewhere) and example_is_active()


def _enter_example(request: HttpRequest) -> HttpResponseRedirect:
    """Sign in as one of the example's people."""
    person = example_person(request.POST["example"], timezone.localdate()) if example_is_open(request) else None
    if person is None:
        raise PermissionDenied
    with signing_in(person, timezone.localdate()):
        login(request, person, backend=BACKEND)
    return HttpResponseRedirect(_next(request) or resolve_url(settings.LOGIN_REDIRECT_URL))


@sensitive_post_parameters("password")
@never_cache
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for name and password; in the example, offer its accounts."""
    if request.method == "POST" and "example" in request.POST:
        return _enter_example(request)
    if nothing_yet():
        # Nobody could sign in: the installation is still to be set up.
        return redirect("setup_first")
    form = SignInForm(request, data=request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with signing_in(form.get_user(), timezone.localdate()):
            login(request, form.get_user(), backend=BACKEND)
        return HttpResponseRedirect(_next(request) or resolve_url(settings.LOGIN_REDIRECT_URL))
    accounts = example_accounts(timezone.localdate()) if example_is_open(request) else []
    offered = [
        (
            account.username,
            account.title,
            Text(
                " · ".join(filter(None, (account.unit.into("zh"), account.person.into("zh")))),
                " · ".join(filter(None, (account.unit.into("en"), account.person.into("en")))),
            ),
        )
        for account in accounts
    ]
    context = {"form": form, "next": _next(request), "example_accounts": offered}
    return render(request, "office/sign_in.html", context, status=422 if form.is_bound else 200)


@login_not_required
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    user, desk = request.user, desk_of(request)
    if isinstance(user, get_user_model()):
        with signing_out(user, timezone.localdate(), desk.post if desk else None):
            logout(request)
    return redirect(settings.LOGOUT_REDIRECT_URL)


@login_not_required
@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Keep the chosen language in a cookie, and go back."""
    return django_set_language(request)


@require_GET
def account(request: HttpRequest) -> HttpResponse:
    """Show who one is: posts and years to choose from, and the password."""
    person = request.user
    zh, en = getattr(person, "full_name_zh", ""), getattr(person, "full_name_en", "")
    name = Text(zh, en) if zh else Text(person.get_username(), person.get_username())
    desk = desk_of(request)
    context = {"person_name": name, **shown_feed(request)}
    if desk is not None:
        context |= {
            "absences": concerning(desk.post, timezone.localdate()),
            "may_absent": SET_ABSENCES.allows(desk.post),
        }
    return render(request, "office/account.html", context)


@require_POST
def choose_post(request: HttpRequest) -> HttpResponse:
    """Work from another of one's own posts."""
    wanted = request.POST.get("post", "")
    desk = at_desk(request)
    post = next((post for post in desk.posts if str(post.pk) == wanted), None)
    if post is None:
        raise PermissionDenied
    if post.pk != desk.post.pk:
        switch_post(post, desk.post)
    request.session[CHOSEN_POST] = int(wanted)
    # The other post may lie in another county, whose campaign has other years.
    request.session.pop(CHOSEN_YEAR, None)
    return redirect(settings.LOGIN_REDIRECT_URL)


@require_POST
def choose_year(request: HttpRequest) -> HttpResponse:
    """Look at another year of the campaign."""
    wanted = request.POST.get("year", "")
    if wanted not in {str(year.year) for year in at_desk(request).years}:
        raise PermissionDenied
    request.session[CHOSEN_YEAR] = int(wanted)
    return HttpResponseRedirect(_next(request) or resolve_url(settings.LOGIN_REDIRECT_URL))


class OwnPasswordForm(PasswordChangeForm):
    """A new password, which is not the old one: a slip was read by others."""

    def clean_new_password1(self) -> str:
        """Refuse the password that there is."""
        password = str(self.cleaned_data.get("new_password1", ""))
        if password and self.user.check_password(password):
            raise ValidationError(_("Choose another password than the one you have."), code="same")
        return password


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def change_password(request: HttpRequest) -> HttpResponse:
    """Let a person who has a password choose another; the example's people have none."""
    user = request.user
    if not user.is_authenticated or not user.has_usable_password():
        raise PermissionDenied
    must = bool(getattr(user, "must_change_password", False))
    form = OwnPasswordForm(user, data=request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        desk = desk_of(request)
        with changing_password(user, timezone.localdate(), desk.post if desk else None):
            person = form.save()
            password_chosen(person.pk)
        # All other sessions of the person end with the old password; this one goes on.
        update_session_auth_hash(request, person)
        messages.success(request, _("Your password was changed. You were signed out everywhere else."))
        return redirect(settings.LOGIN_REDIRECT_URL if must else "account")
    return render(request, "office/password.html", {"form": form, "must": must}, status=422 if form.is_bound else 200)
