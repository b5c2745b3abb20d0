"""A person at the served product without a browser: cookies, forms as they stand on the page, one connection kept."""

from __future__ import annotations

import http.client
import re
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urljoin, urlsplit


@dataclass(slots=True)
class Form:
    """A form of a page: where it is sent, its fields with what stands in them, and the choices that it offers."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)
    choices: dict[str, list[str]] = field(default_factory=dict)


@dataclass(slots=True)
class Answer:
    """What came back."""

    status: int
    address: str
    text: str
    seconds: float

    def forms(self) -> list[Form]:
        """Return the forms of the page that are sent by POST."""
        reader = _Forms(self.address)
        reader.feed(self.text)
        return reader.found

    def form(self, part: str) -> Form:
        """Return the form whose address holds a word."""
        return next(form for form in self.forms() if part in form.action)


class _Forms(HTMLParser):
    """Collects forms with their fields."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address
        self.found: list[Form] = []
        self._form: Form | None = None
        self._select = self._area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {key: value or "" for key, value in attrs}
        if tag == "form":
            self._form = Form(urljoin(self.address, said.get("action") or self.address))
            if said.get("method", "").lower() == "post":
                self.found.append(self._form)
        form = self._form
        if form is None:
            return
        name = said.get("name", "")
        if tag == "input" and name:
            kind = said.get("type", "text")
            if kind == "radio":
                form.choices.setdefault(name, []).append(said.get("value", ""))
            if kind in {"file", "submit", "button"} or (kind in {"radio", "checkbox"} and "checked" not in said):
                return
            form.fields[name] = said.get("value", "on" if kind == "checkbox" else "")
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select:
            value = said.get("value", "")
            form.choices.setdefault(self._select, []).append(value)
            if "selected" in said or self._select not in form.fields:
                form.fields[self._select] = value
        elif tag == "textarea" and name:
            self._area = name
            form.fields[name] = ""

    def handle_data(self, data: str) -> None:
        if self._form is not None and self._area:
            self._form.fields[self._area] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._area = ""


class Client:
    """One person's browser."""

    def __init__(self, server: str, *, language: str = "zh-CN", timeout: float = 30) -> None:
        parts = urlsplit(server)
        self.server = server.rstrip("/")
        self._host, self._port = parts.hostname or "127.0.0.1", parts.port or 80
        self._timeout, self._language = timeout, language
        self._cookies: SimpleCookie = SimpleCookie()
        self._line: http.client.HTTPConnection | None = None

    def another(self) -> Client:
        """Return a browser of its own for the same account, signed in as this one is."""
        other = Client(self.server, language=self._language, timeout=self._timeout)
        other._cookies.load(self._cookies.output(header="", sep=";"))
        return other

    def get(self, address: str) -> Answer:
        """Ask for a page, following where it leads."""
        answer = self._ask("GET", address)
        for _ in range(4):
            if answer.status not in {301, 302, 303}:
                break
            answer = self._ask("GET", answer.address)
        return answer

    def post(self, form: Form, **more: str) -> Answer:
        """Send a form; a redirect is not followed, its address is the answer's."""
        return self._ask("POST", form.action, urlencode({**form.fields, **more}))

    def upload(self, form: Form, files: dict[str, tuple[str, bytes]], **more: str) -> Answer:
        """Send a form with files: {field: (name, content)}."""
        mark = uuid.uuid4().hex
        parts: list[bytes] = []
        for name, value in {**form.fields, **more}.items():
            parts.append(f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode())
        for name, (called, content) in files.items():
            head = f'--{mark}\r\nContent-Disposition: form-data; name="{name}"; filename="{called}"\r\n'
            parts.append(head.encode() + b"Content-Type: image/jpeg\r\n\r\n" + content + b"\r\n")
        body = b"".join(parts) + f"--{mark}--\r\n".encode()
        return self._ask("POST", form.action, body, f"multipart/form-data; boundary={mark}")

    def close(self) -> None:
        """Hang up."""
        if self._line is not None:
            self._line.close()
            self._line = None

    def _ask(self, method: str, address: str, body: str | bytes | None = None, kind: str = "") -> Answer:
        where = urlsplit(urljoin(self.server + "/", address))
        path = where.path + (f"?{where.query}" if where.query else "")
        headers = {"Accept-Language": self._language, "Referer": self.server + "/", "Origin": self.server}
        if self._cookies:
            headers["Cookie"] = "; ".join(f"{name}={each.value}" for name, each in self._cookies.items())
        if body is not None:
            headers["Content-Type"] = kind or "application/x-www-form-urlencoded"
        began = time.perf_counter()
        if self._line is None:
            self._line = http.client.HTTPConnection(self._host, self._port, timeout=self._timeout)
        try:
            self._line.request(method, path, body=body, headers=headers)
            answer = self._line.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException):
            self.close()
            raise
        seconds = time.perf_counter() - began
        for value in answer.headers.get_all("Set-Cookie") or ():
            self._cookies.load(value)
        leads = answer.headers.get("Location")
        return Answer(
            answer.status, urljoin(where.geturl(), leads) if leads else where.geturl(),
            content.decode("utf-8", "replace"), seconds,
        )  # fmt: skip


def enter(server: str, account: str, *, language: str = "zh-CN", timeout: float = 30) -> Client:
    """Return the browser of one of the example's people, signed in with one click."""
    client = Client(server, language=language, timeout=timeout)
    form = next(form for form in client.get("/accounts/sign-in/").forms() if "sign-in" in form.action)
    answer = client.post(
        Form(form.action, {"csrfmiddlewaretoken": form.fields["csrfmiddlewaretoken"]}), example=account
    )
    if answer.status != 302:
        raise RuntimeError(f"{account} was not let in: {answer.status}")
    return client


def links(text: str, pattern: str) -> Iterator[str]:
    """Yield the addresses of a page that match a pattern, each once."""
    yield from dict.fromkeys(re.findall(rf'href="({pattern})"', text))
