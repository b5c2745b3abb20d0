"""How the robots of chat groups are spoken to: three forms of one POST, and the answers that they give.

A robot answers a refused message with HTTP 200 and a code of its own; only a code of zero is a delivery.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import json
import time
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import quote, urlsplit

from django.conf import settings

from qipan.assessment.text import Text

HOSTS = {
    "wecom": ("qyapi.weixin.qq.com",),
    "dingtalk": ("oapi.dingtalk.com",),
    "feishu": ("open.feishu.cn", "open.larksuite.com"),
}
"""Where robots live; installations with servers of their own name them in QIPAN_ROBOT_HOSTS."""
LONGEST = {"wecom": 2000, "dingtalk": 18_000, "feishu": 18_000}
"""Bytes of a message that each takes, with room for what stands around it."""
SECONDS = 15


class NotSent(Exception):
    """A message was not taken; `lasting`: to try again would not help. The words hold no address."""

    def __init__(self, words: str, *, lasting: bool = False) -> None:
        super().__init__(words)
        self.lasting = lasting


def address_fault(kind: str, address: str) -> Text | None:
    """Return what is wrong with the address of a robot; None where it can be used."""
    allowed = (*HOSTS[kind], *settings.ROBOT_HOSTS)
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    own = parts.hostname in settings.ROBOT_HOSTS
    if parts.scheme not in ({"https", "http"} if own else {"https"}) or parts.username or parts.password:
        return Text("须为 https 开头的机器人地址（Webhook）。", "It has to be the robot's address (webhook), by https.")
    if parts.hostname not in allowed or (port not in {None, 443} and not own):
        names = "、".join(allowed)
        return Text(
            f"机器人地址须在{names}；自建服务器请由系统管理员列入 QIPAN_ROBOT_HOSTS。",
            f"A robot of this kind lives at {', '.join(allowed)}; a server of your own is named in QIPAN_ROBOT_HOSTS.",
        )
    return None


def speak(kind: str, address: str, secret: str, words: str, *, now: float | None = None) -> None:
    """Hand a message to a robot.

    Raises:
        NotSent: it was not taken.
    """
    if address_fault(kind, address) is not None:
        raise NotSent("the address is none of a robot of this kind", lasting=True)
    at = time.time() if now is None else now
    words = cut(words, LONGEST[kind])
    payload: dict[str, Any] = {"msgtype": "text", "text": {"content": words}}
    if kind == "feishu":
        payload = {"msg_type": "text", "content": {"text": words}}
        if secret:
            payload |= {"timestamp": str(int(at)), "sign": _signed(f"{int(at)}\n{secret}", b"")}
    elif kind == "dingtalk" and secret:
        stamp = str(round(at * 1000))
        address += f"&timestamp={stamp}&sign={quote(_signed(f'{stamp}{chr(10)}{secret}', secret.encode()), safe='')}"
    _checked(_post(address, payload))


def _signed(words: str, key: bytes) -> str:
    """Sign as the robots want it: DingTalk signs words with the secret, Feishu an empty text with the words."""
    made = hmac.new(key, words.encode(), hashlib.sha256) if key else hmac.new(words.encode(), b"", hashlib.sha256)
    return base64.b64encode(made.digest()).decode()


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A robot does not move: what leads elsewhere is not followed."""

    def redirect_request(self, *_args: Any, **_more: Any) -> None:
        """Follow nothing."""


def _post(address: str, payload: dict[str, Any]) -> bytes:
    request = urllib.request.Request(  # noqa: S310 - address_fault has looked at scheme and host
        address, json.dumps(payload, ensure_ascii=False).encode(), {"Content-Type": "application/json; charset=utf-8"}
    )
    try:
        with urllib.request.build_opener(_NoRedirect).open(request, timeout=SECONDS) as answer:
            return bytes(answer.read(65_536))
    except urllib.error.HTTPError as error:
        with error:
            raise NotSent(f"HTTP {error.code}", lasting=error.code in {400, 401, 403, 404, 410}) from None
    except (OSError, http.client.HTTPException) as error:
        # The error's own words may hold the address.
        raise NotSent(type(getattr(error, "reason", error)).__name__) from None


def _checked(answer: bytes) -> None:
    try:
        said = json.loads(answer)
    except ValueError:
        raise NotSent("the answer is no JSON") from None
    if not isinstance(said, dict):
        raise NotSent("the answer is none of a robot's")
    code = next((said[name] for name in ("errcode", "code", "StatusCode") if name in said), None)
    if code is None:
        raise NotSent("the answer names no code")
    if code != 0:
        words = str(said.get("errmsg") or said.get("msg") or "")[:120]
        raise NotSent(f"code {code} {words}".strip(), lasting=code in LASTING)


LASTING = frozenset({93000, 300001, 300005, 310000, 19001, 19021, 19024})
"""Codes of wrong keys, signatures and words that the robot's rules forbid; the rest may pass (too many, busy)."""


def cut(words: str, most: int) -> str:
    """Return words that take no more than so many bytes of UTF-8, whole characters, the end marked."""
    encoded = words.encode()
    if len(encoded) <= most:
        return words
    return encoded[: most - 3].decode("utf-8", "ignore") + "…"
