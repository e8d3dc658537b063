"""The lawyer changes an opening, or adds one of their own; nothing is used before it is approved."""

from __future__ import annotations

import pytest
from django.urls import reverse

from samhandla.people.queries import today
from samhandla.secrecy.actions.law import add_opening, approve_opening, change_opening
from samhandla.secrecy.errors import NoGround, NotAllowed, NotYours, Refused
from samhandla.secrecy.models import LegalOpening
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db
OWN = {
    "paragraph": "10 kap. 27 § OSL", "title": "Vår egen rutin", "test": "Väg i varje fall.",
    "decides": "principal", "starts": ["school"], "ends": ["social"], "below": None, "source": "OSL 10:27",
}  # fmt: skip


def posted(**changes):
    values = {**OWN, "mark": "V", "needs": "weighing", **changes}
    return {key: value for key, value in values.items() if value is not None}


def test_a_changed_opening_replaces_the_old_and_waits_for_approval(town, client):
    old = town.opening("general_clause")
    address = reverse("law-change", args=[old.pk])
    town.cast.login(client, "lawyer")
    page = client.get(address).text
    assert old.test in page
    assert "hos samma huvudman: " in page
    assert client.post(address, posted(test="Vår prövning.", ends=["social"], below="18")).status_code == 303
    with acting_as(town.counsellor):
        new = LegalOpening.objects.get(code="general_clause", valid_to=None)
    assert (new.test, new.ends, new.below, new.needs) == ("Vår prövning.", ["social"], 18, old.needs)
    with pytest.raises(NoGround, match="ground"):
        town.send("general_clause", weighing="vägt")
    client.post(reverse("law-approve", args=[new.pk]))
    assert town.send("general_clause", weighing="vägt").opening_id == new.pk
    assert client.get(address).status_code == 404  # the old version is history


@pytest.mark.parametrize(
    "changes",
    [{"source": "  "}, {"test": ""}, {"starts": []}, {"ends": ["overallt"]}, {"below": "99"}, {"mark": "X"}],
)
def test_without_a_source_a_test_or_a_direction_it_is_refused_and_nothing_is_lost(town, client, changes):
    old = town.opening("general_clause")
    town.cast.login(client, "lawyer")
    answer = client.post(reverse("law-change", args=[old.pk]), posted(**changes))
    assert answer.status_code == 422
    assert "Vår egen rutin" in answer.text
    with acting_as(town.counsellor):
        assert LegalOpening.objects.get(pk=old.pk).valid_to is None


def test_one_of_their_own_is_used_only_when_approved(town, client):
    town.cast.login(client, "lawyer")
    assert client.post(reverse("law-add"), posted()).status_code == 303
    with acting_as(town.counsellor):
        row = LegalOpening.objects.get(title="Vår egen rutin")
    with pytest.raises(NoGround, match="ground"):
        town.send("general_clause", opening=row, weighing="vägt")
    approve_opening(by=town.cast.viewer("lawyer"), opening_id=row.pk, on=today())
    assert town.send("general_clause", opening=row, weighing="vägt").ground == "10 kap. 27 § OSL"


def test_a_question_is_kept_and_cannot_be_approved(town):
    lawyer = town.cast.viewer("lawyer")
    row = add_opening(by=lawyer, on=today(), mark="NV", needs="weighing", **OWN)
    with pytest.raises(Refused, match="question"):
        approve_opening(by=lawyer, opening_id=row.pk, on=today())


@pytest.mark.parametrize("needs", ["waiver", "", "vad som helst"])
def test_the_families_yes_has_one_paragraph_and_no_second(town, needs):
    with pytest.raises(Refused, match="needs"):
        add_opening(by=town.cast.viewer("lawyer"), on=today(), mark="V", needs=needs, **OWN)


def test_others_and_lawyers_of_others_change_nothing(town):
    row = town.opening("general_clause")
    with pytest.raises(NotAllowed):
        add_opening(by=town.counsellor, on=today(), mark="V", needs="weighing", **OWN)
    town.cast._duty("independent", "lawyer_fria", "lawyer", "fria")
    with pytest.raises(NotYours):
        change_opening(by=town.cast.viewer("lawyer_fria"), opening_id=row.pk, on=today(), mark="V", **OWN)
