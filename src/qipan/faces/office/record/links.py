"""Addresses of forms, for the pages that lead to them."""

from __future__ import annotations

from urllib.parse import urlencode

from django.urls import reverse

OF_METHOD = {
    "document_review": "document", "web_monitor": "document", "declared_figure": "figure", "authority_opinion": "opinion",
}  # fmt: skip
"""By which kind of form a check of a method is judged."""


def review_url(check: str, method: str) -> str:
    """Return the form on which a check is judged; an empty string for one that is not judged at a desk."""
    kind = OF_METHOD.get(method)
    return f"{reverse('review_new', args=[kind])}?{urlencode({'check': check})}" if kind else ""


def visit_url(site: str) -> str:
    """Return the form for a visit to a site."""
    return f"{reverse('visit_new')}?{urlencode({'site': site})}"
