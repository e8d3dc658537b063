"""What is told of a change: nothing at all where two terms are not comparable."""

from __future__ import annotations

import io
from datetime import timedelta
from decimal import Decimal

import pytest
from docx import Document
from tests.govern.conftest import SPRING_BEFORE
from tests.govern.test_counting import content

from samhandla.govern import actions, exports

pytestmark = pytest.mark.django_db


def less_reported_before(town):
    """Half of the lessons of the spring before were never registered: the terms are not comparable."""
    town.attend(SPRING_BEFORE + timedelta(days=14), {}, reported=False)
    town.count()


def test_no_change_is_told_where_terms_are_not_comparable(town, client):
    by = town.cast.viewer("controller")
    actions.set_goal(
        by=by, name="Minska", form="GR", kind="fall_points", target=Decimal("2"), base_term="VT2024"
    )
    less_reported_before(town)
    (line,) = content(town)["trend"]
    assert line["change"] == ""
    assert line["obstacles"]
    assert content(town)["goals"][0]["standing"].startswith("Inte jämförbart med vårterminen 2024 eftersom")
    client = town.cast.login(client, "controller")
    page = town.freeze("VT2025")
    for address in ("/namnd/", f"/namnd/last/{page.pk}/"):
        text = client.get(address).content.decode()
        assert "Inte jämförbart med vårterminen 2024" in text
        assert "procentenheter jämfört med" not in text
    document = Document(io.BytesIO(exports.board_as_word(page.content, page)))
    said = "\n".join(p.text for p in document.paragraphs)
    assert "Inte jämförbart med vårterminen 2024" in said
    assert "procentenheter jämfört med" not in said
    assert "jämfört med" not in exports.board_as_csv(page.content, page).decode()


def test_the_fall_is_told_from_a_comparable_term_and_a_level_needs_none(town):
    by = town.cast.viewer("controller")
    actions.set_goal(
        by=by, name="Fall", form="GR", kind="fall_points", target=Decimal("2"), base_term="VT2024"
    )
    town.count()
    assert content(town)["goals"][0]["standing"] == "Minskningen är 6,7 procentenheter: målet är nått."
    actions.set_goal(by=by, name="Nivå", form="GR", kind="at_most", target=Decimal("15"))
    less_reported_before(town)
    assert "över målvärdet" in content(town)["goals"][1]["standing"]


def test_the_words_of_the_definition_are_those_of_the_table(town, client):
    town.count()
    text = town.cast.login(client, "controller").get("/namnd/").content.decode()
    assert "I Antal elever räknas de som är inskrivna" in text
    assert "I Saknas räknas elever utan någon registrerad" in text
    assert "bortfall" not in text.lower()
