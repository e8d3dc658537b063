"""Protected identity as references tell it: every reference to a person may carry the marking."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import msgspec

from samhandla.integrations.records import EmailKind, PersonRecord, Protection
from samhandla.integrations.ss12000.values import read_protection

PROTECTED = frozenset({Protection.MARKED, Protection.REGISTERED})
STRICTEST_FIRST = (Protection.REGISTERED, Protection.MARKED, Protection.UNKNOWN, Protection.NONE)
# Most pages have no marking at all, and are not decoded only to be told so.
SAYS_SOMETHING = re.compile(rb'"securityMarking"\s*:\s*(?!\s*(?:"Ingen"|null))')


def strictest(one: Protection | None, other: Protection) -> Protection:
    """Return the stricter of two markings; one that was not sent lies between marked and none."""
    return other if one is None else min(one, other, key=STRICTEST_FIRST.index)


def markings_in(data: bytes) -> dict[str, Protection]:
    """Return the people whom a page says have protected identity, by id, wherever it names them.

    Source: the official OpenAPI description 2.1.0 of SS 12000 (PersonReference.securityMarking).
    """
    found: dict[str, Protection] = {}
    if SAYS_SOMETHING.search(data) is None:
        return found
    left = [msgspec.json.decode(data)]
    while left:
        one = left.pop()
        if isinstance(one, list):
            left += one
        elif isinstance(one, dict):
            left += one.values()
            mark, who = read_protection(one.get("securityMarking")), str(one.get("id") or "").strip()
            if mark in PROTECTED and who:
                found[who] = strictest(found.get(who), mark)
    return found


def with_markings(persons: Iterable[PersonRecord], marks: Mapping[str, Protection]) -> list[PersonRecord]:
    """Lay the strictest marking over each person's own, and drop what may tell where a marked one is."""
    found = []
    for person in persons:
        mark = strictest(marks.get(person.id), person.protection)
        if mark is not person.protection and mark in PROTECTED:
            emails = tuple(mail for mail in person.emails if mail.kind is EmailKind.SCHOOL)
            person = msgspec.structs.replace(person, protection=mark, emails=emails, home_area=None)
        found.append(person)
    return found
