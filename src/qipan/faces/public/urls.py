"""Addresses that need no account. Each must be named in the rights matrix (tests/faces/office/matrix/public.py)."""

from __future__ import annotations

from django.urls import URLPattern, path, register_converter

from qipan.faces.public import feed, link


class Token:
    """A secret of 27 characters."""

    regex = r"[\w-]{27}"

    def to_python(self, value: str) -> str:
        """Return it as it stands."""
        return value

    def to_url(self, value: str) -> str:
        """Return it as it stands."""
        return value


register_converter(Token, "token")

urlpatterns: list[URLPattern] = [
    path("c/<token:token>.ics", feed.feed, name="feed"),
    path("w/<token:token>/", link.link, name="link"),
    path("w/<token:token>/accept/", link.link_accept, name="link_accept"),
    path("w/<token:token>/report/", link.link_report, name="link_report"),
    path("w/<token:token>/photo/<uuid:uid>/<str:kind>/", link.link_photo, name="link_photo"),
]
