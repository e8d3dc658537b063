"""What was said in a talk is shown to whoever works with the pupil, on no page to who keeps the register."""

from __future__ import annotations

import pytest
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse
from tests.detect.test_changes import acted  # noqa: F401  # a fixture

from samhandla.detect.actions import answers
from samhandla.detect.models import Inquiry
from samhandla.people.queries import today
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db
SAID = "Svårt hemma nu."


def names(resolver: URLResolver | None = None) -> set[str]:
    found: set[str] = set()
    for item in (resolver or get_resolver()).url_patterns:
        if isinstance(item, URLPattern):
            found |= {item.name} if item.name else set()
        else:
            found |= names(item)
    return found


def addresses(about: list[dict[str, object]]) -> set[str]:
    """Return every page's address that takes nothing, or one of some arguments about a pupil."""
    found = set()
    for name in names():
        for arguments in ({}, *about):
            try:
                found.add(reverse(name, kwargs=arguments))
            except NoReverseMatch:
                continue
    return found


def read(client, about) -> dict[str, int]:
    """Return the addresses whose answer holds what was said."""
    shown = {}
    for url in sorted(addresses(about)):
        answer = client.get(url)
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        if SAID in content.decode(errors="replace"):
            shown[url] = answer.status_code
    return shown


def test_no_page_at_all_shows_a_note_to_who_keeps_the_register(client, cast, acted):  # noqa: F811
    answers.note_contact(
        by=cast.viewer("mentor_7b"), signal_id=acted.pk, kind="talk", chips=["home"], words=SAID,
        today=today(),
    )  # fmt: skip
    with acting_as(cast.service()):
        inquiries = list(Inquiry.objects.values_list("pk", flat=True))
    about = [{"ref": cast.child["alma"].ref}, {"signal_id": acted.pk}]
    about += [{"inquiry_id": one} for one in inquiries]
    assert len(addresses(about)) > 60
    cast.login(client, "mentor_7b")
    assert {reverse("pupil", args=[cast.child["alma"].ref])} <= read(client, about).keys()
    cast._duty("board", "keeper", "school_administrator", "berga")
    cast.login(client, "keeper")
    assert read(client, about) == {}
    assert client.get(reverse("pupil", args=[cast.child["alma"].ref])).status_code == 200, "still logged in"
