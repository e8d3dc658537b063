"""A sentence that was stored is said again in another language, its dates written as that language writes."""

from __future__ import annotations

import json
from datetime import datetime
from zoneinfo import ZoneInfo

from samhandla.lib.i18n import join, moment, say, storable, worded

WHEN = datetime(2026, 11, 3, 8, 5, tzinfo=ZoneInfo("Europe/Stockholm"))
ENGLISH = {"{n} rader {when}.": "{n} rows {when}.", "Klart.": "Done."}


def translated(text: str) -> str:
    return ENGLISH.get(text, text)


def test_a_date_is_swedish_in_the_swedish_sentence():
    assert say("{n} rader {when}.", n=2, when=moment(WHEN)) == "2 rader 3 november 2026 08:05."


def test_a_stored_date_is_written_by_the_reader():
    stored = json.loads(json.dumps(storable(say("{n} rader {when}.", n=2, when=moment(WHEN)))))
    assert worded(stored, translated) == "2 rows 3 november 2026 08:05."
    assert worded(stored, translated, lambda when: f"{when:%d %B %Y}") == "2 rows 03 November 2026."


def test_a_date_deep_in_joined_sentences_is_written_too():
    stored = storable(join([say("{n} rader {when}.", n=1, when=moment(WHEN)), say("Klart.")]))
    assert worded(stored, translated, lambda when: when.isoformat()) == f"1 rows {WHEN.isoformat()}. Done."


def test_a_plain_sentence_is_stored_as_it_is():
    assert storable("Klart.") == "Klart."
    assert worded("Klart.", translated) == "Done."
