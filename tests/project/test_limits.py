"""How much anyone may send: a stranger little, someone with a session as much as the largest form."""

from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory

from qipan.project.limits import RequestSizeMiddleware

MEGA = 1024 * 1024


def answer(size: str, *, session: bool, path: str = "/accounts/sign-in/") -> HttpResponse:
    request = RequestFactory().post(path, data=b"", content_type="text/plain")
    request.META["CONTENT_LENGTH"] = size
    if session:
        request.COOKIES["qipan_session"] = "anything"
    found = RequestSizeMiddleware(lambda _: HttpResponse("in"))(request)
    assert isinstance(found, HttpResponse)
    return found


@pytest.mark.parametrize(
    ("size", "session", "status"),
    [
        (str(4 * MEGA), False, 200), (str(4 * MEGA + 1), False, 413), (str(320 * MEGA), True, 200),
        (str(320 * MEGA + 1), True, 413), ("", False, 200), ("-1", False, 413), ("many", True, 413), ("1e3", True, 413),
    ],
)  # fmt: skip
def test_what_is_too_large_is_refused_unread(size: str, session: bool, status: int) -> None:
    response = answer(size, session=session)
    assert response.status_code == status
    if status == 413:
        assert "MB" in response.content.decode() and "未接收" in response.content.decode()


@pytest.mark.parametrize(
    ("path", "size", "status"),
    [
        (f"/p/w/{'A' * 27}/report/", 48 * MEGA, 200), (f"/p/w/{'A' * 27}/report/", 48 * MEGA + 1, 413),
        (f"/p/w/{'A' * 27}/accept/", 5 * MEGA, 413), (f"/p/w/{'A' * 27}/report/../../x/", 5 * MEGA, 413),
        ("/p/w/short/report/", 5 * MEGA, 413),
    ],
)  # fmt: skip
def test_a_link_takes_the_photos_of_a_report_without_a_session(path: str, size: int, status: int) -> None:
    assert answer(str(size), session=False, path=path).status_code == status


@pytest.mark.django_db
def test_a_link_that_is_none_reads_nothing_of_what_is_sent(client: Client) -> None:
    class Unread:
        def read(self, *_size: int) -> bytes:
            raise AssertionError("it was read")

        readline = read

    address = f"/p/w/{'A' * 27}/report/"
    request: dict[str, Any] = {
        "wsgi.input": Unread(),
        "CONTENT_LENGTH": str(9 * MEGA),
        "CONTENT_TYPE": "multipart/form-data; boundary=x",
    }
    assert client.generic("POST", address, **request).status_code == 404


def test_it_stands_before_everything_that_reads_a_form(settings: Any) -> None:
    order = settings.MIDDLEWARE
    mine = order.index("qipan.project.limits.RequestSizeMiddleware")
    assert mine < order.index("django.contrib.sessions.middleware.SessionMiddleware")
    assert mine < order.index("django.middleware.csrf.CsrfViewMiddleware")
    # The refusal itself carries the headers of every answer.
    assert order.index("qipan.project.headers.ContentPolicyMiddleware") < mine


def test_the_refusal_carries_the_policy(client: Client) -> None:
    response = client.post("/accounts/sign-in/", data=b"x", content_type="text/plain", CONTENT_LENGTH=str(9 * MEGA))
    assert response.status_code == 413
    assert "default-src 'self'" in response.headers["Content-Security-Policy"]
