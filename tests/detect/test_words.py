"""What the house writes of itself is stored in one language and read in the reader's."""

from __future__ import annotations

import pytest
from django.utils import translation
from tests.detect.conftest import found
from tests.detect.duty_officer import open_inquiry

from samhandla.detect.models import Answer
from samhandla.detect.queries.pupil import pupil_page_for
from samhandla.detect.words import INQUIRY_OPENED, MOVED, in_readers_words
from samhandla.people.queries import today
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("text", [MOVED, INQUIRY_OPENED])
def test_a_sentence_of_the_house_is_translated_when_it_is_read(text):
    assert in_readers_words(text) == text
    with translation.override("en"):
        assert in_readers_words(text) != text


def test_what_people_write_is_never_changed():
    with translation.override("en"):
        assert in_readers_words("Vi pratade om morgnarna.") == "Vi pratade om morgnarna."


def test_it_is_stored_in_swedish_though_the_principal_reads_english(cast, take):
    take(found(cast.child["alma"]))
    with translation.override("en"):
        open_inquiry(cast)
    with acting_as(cast.service()):
        assert Answer.objects.get().reason == INQUIRY_OPENED
    viewer = cast.viewer("principal")
    said = {}
    for language in ("sv", "en"):
        with acting_as(viewer), translation.override(language):
            page = pupil_page_for(viewer, cast.child["alma"], today=today())
            said[language] = {one.words for one in page.history}
    assert INQUIRY_OPENED in said["sv"]
    assert INQUIRY_OPENED not in said["en"]
