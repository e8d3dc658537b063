"""What a session knows of itself: how sure it is, when it was last used and confirmed, what it holds.

Everything lies under one key of the session, on the server. Times are seconds since 1970.
"""

from __future__ import annotations

import base64
import json
import time
from dataclasses import asdict, dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.http import HttpRequest, QueryDict
from django.http.multipartparser import MultiPartParserError

from samhandla.login.rules import Level, is_confirmed, is_idle, level_of_steps
from samhandla.trust import crypto

KEY, HELD, SAID = "login_state", "login_held", "login_said"
TOUCH_SECONDS = 60
HELD_SECONDS = 60 * 60
HELD_BYTES = 200_000


@dataclass(frozen=True)
class State:
    """One session.

    Args:
        level: how sure it is of the person.
        confirmed: when the person last proved who it is.
        seen: when something was last done, to the minute.
        via: the identity provider that let the person in; empty for our own login.
        locked: nothing is shown until the person has confirmed.
    """

    level: int
    confirmed: float
    seen: float
    via: str = ""
    locked: bool = False

    def is_idle(self, now: float) -> bool:
        return is_idle(self.seen, now, settings.SAMHANDLA_IDLE_MINUTES)

    def is_confirmed(self, now: float) -> bool:
        return is_confirmed(self.confirmed, now, settings.SAMHANDLA_CONFIRM_MINUTES)


# A session without state: what was opened before this room existed, or by nobody.
NOTHING = State(level=0, confirmed=0.0, seen=0.0)


def state_of(request: HttpRequest) -> State:
    """Return what the session knows; NOTHING when it knows nothing."""
    session = getattr(request, "session", None)
    kept = session.get(KEY) if session is not None else None
    return State(**kept) if isinstance(kept, dict) else NOTHING


def keep(request: HttpRequest, state: State) -> None:
    request.session[KEY] = asdict(state)


def opened(request: HttpRequest, user: Any) -> State:
    """Write the state of a session that was just opened, from the steps that were taken."""
    now = time.time()
    said = request.session.pop(SAID, None) or {}
    methods = [record.get("method", "") for record in get_authentication_records(request, user)]
    level = level_of_steps(methods, said.get("level"))
    state = State(level=level, confirmed=now, seen=now, via=said.get("provider", ""))
    keep(request, state)
    return state


def confirmed(request: HttpRequest, *, method: str, level: int | None = None) -> None:
    """Write that the person has proved again who it is; the level can rise by it, never fall."""
    now = time.time()
    before = state_of(request)
    reached = max(before.level, level_of_steps([method], level))
    keep(request, replace(before, level=reached, confirmed=now, seen=now, locked=False))


def touch(request: HttpRequest, state: State, now: float) -> None:
    """Write that something was done; at most once a minute, so that most requests write nothing."""
    if now - state.seen > TOUCH_SECONDS:
        keep(request, replace(state, seen=now))


def lock(request: HttpRequest, state: State) -> None:
    """Lock the session: until it is confirmed it neither shows nor does anything."""
    keep(request, replace(state, locked=True, confirmed=0.0))


def stands_at(request: HttpRequest) -> Level:
    """Return the session's level, the lowest when it knows none."""
    return Level(max(state_of(request).level, Level.PASSWORD))


def hold(request: HttpRequest) -> bool:
    """Keep a form that was sent but may not pass yet, sealed in the session, and tell whether it was kept.

    Files are not kept, nor anything larger than what people write.
    """
    if request.method != "POST" or int(request.META.get("CONTENT_LENGTH") or 0) > HELD_BYTES:
        return False
    try:
        sent = [(name, text) for name, texts in _posted(request).lists() for text in texts]
    except MultiPartParserError:
        return False
    if request.FILES:
        return False
    page = urlsplit(request.headers.get("Referer", "")).path
    told = json.dumps({"path": request.get_full_path(), "page": page, "sent": sent})
    sealed = crypto.encrypt(settings.SAMHANDLA_SECRET, told, bound_to=_held_by(request))
    request.session[HELD] = {"at": time.time(), "sealed": base64.b64encode(sealed).decode()}
    return True


def _posted(request: HttpRequest) -> QueryDict:
    posted = request.POST.copy()
    posted.pop("csrfmiddlewaretoken", None)
    return posted


def _held_by(request: HttpRequest) -> str:
    return f"held:{request.user.pk}"


@dataclass(frozen=True)
class Held:
    """A form that waits: where it was going, from which page, and what stood in it."""

    path: str
    page: str
    fields: tuple[tuple[str, str], ...]


def held(request: HttpRequest) -> Held | None:
    """Return the form that is kept; None when there is none any more."""
    kept = request.session.get(HELD)
    if not kept or time.time() - kept["at"] > HELD_SECONDS:
        return None
    try:
        sealed = base64.b64decode(kept["sealed"])
        told = json.loads(crypto.decrypt(settings.SAMHANDLA_SECRET, sealed, bound_to=_held_by(request)))
    except crypto.CryptoError:
        return None
    return Held(told["path"], told["page"], tuple((name, text) for name, text in told["sent"]))


def let_go(request: HttpRequest) -> None:
    """Forget the form that is kept."""
    request.session.pop(HELD, None)
