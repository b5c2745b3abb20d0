"""A post's calendar as iCalendar, by its secret address. Moments are in UTC, days are days; no person is named."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe
from icalendar import Calendar
from icalendar import Event as Entry

from qipan.faces.office.addresses import reached
from qipan.faces.public.open import by_address
from qipan.ground.notify.feeds import post_of_feed
from qipan.overview.agenda import Event, agenda

AGAIN = timedelta(hours=1)
"""How often a calendar is to ask."""


@by_address
@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """Send the calendar of a post; 404 where the address was ended, or the post has."""
    now = timezone.now()
    post = post_of_feed(token, timezone.localdate(now))
    if post is None:
        return HttpResponse(b"", status=404, content_type="text/plain; charset=utf-8")
    language = get_language() or "en"
    calendar = Calendar()
    calendar.add("prodid", "-//Qipan//Qipan//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", f"{post.unit.name.into(language)} · {post.title.into(language)}")
    calendar.add("refresh-interval", AGAIN, parameters={"value": "DURATION"})
    calendar.add("x-published-ttl", AGAIN)
    for each in agenda(post, now):
        calendar.add_component(_entry(request, each, now, language, post.unit.county.code))
    response = HttpResponse(calendar.to_ical(), content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = 'inline; filename="qipan.ics"'
    return response


def _entry(request: HttpRequest, event: Event, now: datetime, language: str, county: str) -> Entry:
    entry = Entry()
    entry.add("uid", f"{event.key}@{county}.qipan")
    entry.add("dtstamp", now.astimezone(UTC))
    entry.add("sequence", event.version)
    entry.add("summary", event.title.into(language))
    entry.add("url", reached(request, event.path))
    if isinstance(event.at, datetime):
        # A deadline is a moment: without an end the entry ends when it begins.
        entry.add("dtstart", event.at.astimezone(UTC))
    else:
        entry.add("dtstart", event.at)
        entry.add("dtend", event.at + timedelta(days=1))
        entry.add("transp", "TRANSPARENT")
    return entry
