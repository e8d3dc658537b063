"""Garbage to every form of the house, as somebody who may send it: an answer, never an error of the server.

There is no programming interface to generate requests for (docs/adr/0013); the forms are what there is.
The names of the fields are those of the house's own forms, so that the garbage gets past the first look.
"""

from __future__ import annotations

import re
from pathlib import Path
from random import Random

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.sweeps.test_children import _path, objects, town  # noqa: F401 - fixtures
from tests.sweeps.test_urls import CLOSED

from samhandla.trust.roles import ROLES

pytestmark = pytest.mark.django_db
SOURCE = Path(__file__).resolve().parents[2] / "src/samhandla"
ROUNDS = 2
WHO = (
    "principal", "counsellor", "school_administrator", "data_administrator", "process_leader", "lawyer",
    "controller", "data_protection_officer", "social_worker", "compulsory_school_officer",
    "attendance_officer",
)  # fmt: skip
GARBAGE = (
    "", " ", "\x00", "\x00å", "-1", "0", "9" * 400, "1e309", "NaN", "2026-02-30", "0001-01-01", "9999-12-31",
    "' or 1=1 --", "{{ 7*7 }}", "{% include 'x' %}", "<script>x</script>", "=cmd|' /C calc'!A0", "å" * 5000,
    "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"), "../../etc/passwd", "https://ont.example/",
    "[]", "{}", "null", "on", "true", "yes", "1", "2", "\r\nSet-Cookie: x=1", "\u202e",
)  # fmt: skip


def _names() -> list[str]:
    """Return the names of fields in forms and templates, and what views read of a request."""
    found: set[str] = set()
    for path in [
        *SOURCE.rglob("*.html"),
        *SOURCE.glob("**/form*/*.py"),
        *SOURCE.glob("**/forms.py"),
        *SOURCE.glob("**/views/*.py"),
    ]:
        text = path.read_text()
        found |= set(re.findall(r'name="(\w+)"', text)) | set(re.findall(r"^    (\w+) = forms\.", text, re.M))
        found |= set(re.findall(r'POST(?:\.get(?:list)?\(|\[)"(\w+)"', text))
    return sorted(found - {"csrfmiddlewaretoken"})


NAMES = _names()


def _form(rng: Random) -> dict[str, object]:
    chosen = rng.sample(NAMES, rng.randint(len(NAMES) // 2, len(NAMES)))
    form: dict[str, object] = {name: rng.choice(GARBAGE) for name in chosen}
    for name in rng.sample(chosen, 5):
        form[name] = [rng.choice(GARBAGE) for _ in range(3)]
    form["file"] = SimpleUploadedFile(
        rng.choice(("x.csv", "x.xlsx", "\u202e.exe")), bytes(rng.randbytes(200))
    )
    return form


def _clients(cast) -> dict[str, Client]:
    found = {}
    for code in WHO:
        cast._duty("board", f"fuzz_{code}", code, "berga")
        found[code] = cast.login(Client(raise_request_exception=False), f"fuzz_{code}")
    found["mentor"] = cast.login(Client(raise_request_exception=False), "mentor_7b")
    return found


@pytest.mark.parametrize("method", ["post", "get"])
def test_garbage_is_answered(cast, objects, method):  # noqa: F811 - fixtures
    rng, clients, tried = Random(20), _clients(cast), 0
    for route, pattern in CLOSED:
        holders = [code for code in clients if pattern.callback.permission in ROLES[code].permissions]
        for _ in range(ROUNDS if holders else 0):
            code, form = rng.choice(holders), _form(rng)
            if method == "get":
                form.pop("file")
            headers = rng.choice(
                (
                    {},
                    {
                        "HX-Request": "true",
                        "HX-Target": rng.choice(GARBAGE[:20]).strip("\x00\r\n")[:50] or "x",
                    },
                )
            )
            headers = {name: value.encode("ascii", "ignore").decode() for name, value in headers.items()}
            answer = getattr(clients[code], method)(_path(pattern, "own", objects), form, headers=headers)
            assert answer.status_code < 500, f"{method} {route} som {code}: {answer.status_code} {form}"
            tried += 1
    assert tried > 100
    assert len(NAMES) > 60
