"""The check page of a source: settings, connection, credentials, one record of each, deviations."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from typing import Any

import httpx
import msgspec

from samhandla.integrations.ss12000.client import Client, Page
from samhandla.integrations.ss12000.deviations import DEVIATIONS
from samhandla.integrations.ss12000.errors import (
    ConnectionFailed,
    CredentialsRefused,
    NotJson,
    RedirectRefused,
    Ss12000Error,
    TimedOut,
)
from samhandla.integrations.ss12000.parse import parse_deleted, parse_rows
from samhandla.integrations.ss12000.resources import NEEDED, RESOURCES, period_params
from samhandla.integrations.ss12000.rows import Findings
from samhandla.integrations.ss12000.settings import Settings
from samhandla.lib.i18n import N_, say

TRIES = 2
SAMPLE = 5  # rows asked for of each resource
DAYS = 7


@dataclass(frozen=True)
class Step:
    """One thing that was checked; `text` is Swedish and says what to do when it is not well."""

    name: str
    ok: bool
    text: str


@dataclass(frozen=True)
class Sample:
    """What a resource gave: how many rows of a small page, and how many of them could be used."""

    resource: str
    ok: bool
    rows: int
    used: int
    text: str


@dataclass(frozen=True)
class CheckReport:
    """The outcome. `as_json` gives plain values; nothing in it is about a person."""

    steps: tuple[Step, ...]
    samples: tuple[Sample, ...]
    deviations: tuple[str, ...]

    @property
    def ok(self) -> bool:
        return all(step.ok for step in self.steps)

    def as_json(self) -> dict[str, Any]:
        return {"ok": self.ok} | asdict(self)


def check(
    settings: Settings,
    *,
    today: date | None = None,
    transport: httpx.BaseTransport | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> CheckReport:
    """Try a source without importing anything; stops at the first step that makes the next useless.

    Args:
        today: the end of the week that is asked for where a period is required.
    """
    quick = replace(settings, tries=TRIES, limit=SAMPLE if settings.limit else None, longest_wait=5.0)
    steps: list[Step] = []
    try:
        client = Client(quick, transport=transport, sleep=sleep)
    except Ss12000Error as error:
        return CheckReport((Step(N_("Inställningar"), ok=False, text=str(error)),), (), ())
    steps.append(Step(N_("Inställningar"), ok=True, text=N_("Inställningarna går att använda.")))
    last = today or date.today()  # noqa: DTZ011 - any recent week will do
    with client:
        steps += _reach(client)
        if not all(step.ok for step in steps):
            return CheckReport(tuple(steps), (), ())
        deviations: Counter[str] = Counter()
        samples = tuple(_sample(client, name, last, deviations) for name in NEEDED)
        deviations.update(client.deviations)
    return CheckReport(tuple(steps), samples, tuple(DEVIATIONS[code] for code in sorted(deviations)))


def _reach(client: Client) -> list[Step]:
    """Ask for organisations: any answer shows the connection, any but 401 the credentials."""
    connected = Step(N_("Anslutning"), ok=True, text=N_("Servern svarar."))
    logged_in = Step(N_("Inloggning"), ok=True, text=N_("Inloggningen godtas."))
    try:
        client.page(RESOURCES["organisations"], {}, None)
    except CredentialsRefused as error:
        return [connected, Step(N_("Inloggning"), ok=False, text=str(error))]
    except (ConnectionFailed, TimedOut, RedirectRefused, NotJson) as error:
        return [Step(N_("Anslutning"), ok=False, text=str(error))]
    except Ss12000Error:
        return [connected, logged_in]  # what is wrong with the resource itself stands in its sample
    return [connected, logged_in]


def _sample(client: Client, name: str, last: date, deviations: Counter[str]) -> Sample:
    resource, findings = RESOURCES[name], Findings()
    try:
        envelope = client.page(resource, period_params(resource, last - timedelta(days=DAYS), last), None)
        if name == "deletedEntities":
            rows = used = len(parse_deleted(msgspec.json.decode(envelope.data), findings))
        else:
            found = Page(name, 1, envelope.data).rows()
            rows, used = len(found), len(parse_rows(name, found, findings))
    except (Ss12000Error, msgspec.DecodeError) as error:
        return Sample(name, ok=False, rows=0, used=0, text=str(error))
    deviations.update(findings.deviations)
    return Sample(
        name, ok=used == rows, rows=rows, used=used, text=_words(resource.swedish, rows, used, findings)
    )


def _words(swedish: str, rows: int, used: int, findings: Findings) -> str:
    if not rows:
        return say(N_("Källan svarar, men har inga rader för {swedish} att visa."), swedish=swedish)
    if not findings.refused:
        empty = "" if used == rows else say(N_(" {empty_rows} rader är tomma."), empty_rows=rows - used)
        return say(N_("Det går att läsa {swedish}.{empty}"), swedish=swedish, empty=empty)
    commonest, times = findings.reasons.most_common(1)[0]
    return say(
        N_("Det går att läsa {swedish}, men allt kunde inte användas. Vanligast ({times}): {commonest}."),
        swedish=swedish,
        times=times,
        commonest=commonest.rstrip("."),
    )
