"""Numbers at rest: sealed to their row, found by a blind index that differs between authorities."""

from __future__ import annotations

import pytest
from django.conf import settings

from samhandla.people import actions, queries
from samhandla.people.errors import NotAllowed, NotYours
from samhandla.people.models import ChildIdentity
from samhandla.trust import crypto
from samhandla.trust.events import EventKind
from samhandla.trust.models import Event
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db


def store(cast, name, number, authority="board"):
    by = cast.service(authority)
    with acting_as(by):
        return actions.store_personnummer(by=by, child=cast.child[name], number=number)


def find(viewer, number):
    with acting_as(viewer):
        return actions.find_by_personnummer(by=viewer, number=number)


def test_the_number_is_sealed_and_bound_to_its_row(cast, numbers):
    row, other = store(cast, "alma", numbers[0]), cast.child["omar"]
    sealed = bytes(row.sealed)
    assert numbers[0].encode() not in sealed
    assert numbers[0] not in row.blind_index
    secret = settings.SAMHANDLA_SECRET
    assert crypto.decrypt(secret, sealed, bound_to=f"child {cast.child['alma'].pk}") == numbers[0]
    for wrong in (
        lambda: crypto.decrypt(secret, sealed, bound_to=f"child {other.pk}"),
        lambda: crypto.decrypt("another key", sealed, bound_to=f"child {cast.child['alma'].pk}"),
        lambda: crypto.decrypt(
            secret, sealed[:-1] + bytes([sealed[-1] ^ 1]), bound_to=f"child {cast.child['alma'].pk}"
        ),
        lambda: crypto.decrypt(secret, b"\x02" + sealed[1:], bound_to=f"child {cast.child['alma'].pk}"),
    ):
        with pytest.raises(crypto.CryptoError):
            wrong()


def test_the_same_number_is_sealed_anew_each_time(cast, numbers):
    first = bytes(store(cast, "alma", numbers[0]).sealed)
    assert bytes(store(cast, "alma", numbers[0]).sealed) != first
    with acting_as(cast.service()):
        assert ChildIdentity.objects.filter(child=cast.child["alma"]).count() == 1


def test_the_blind_index_differs_between_authorities_and_keys(cast, numbers):
    here, there = store(cast, "alma", numbers[0]), store(cast, "elin", numbers[0], "independent")
    assert here.blind_index != there.blind_index
    within = str(cast.authority["board"].pk)
    assert here.blind_index == crypto.blind_index(settings.SAMHANDLA_SECRET, numbers[0], within=within)
    assert here.blind_index != crypto.blind_index("another key", numbers[0], within=within)


def test_a_number_elsewhere_is_no_oracle(cast, numbers):
    """Nobody has it, another principal has it, another school has it: the answers are alike."""
    store(cast, "elin", numbers[0], "independent")
    store(cast, "nora", numbers[1])
    administrator = cast.viewer("administrator")
    assert [find(administrator, n) for n in (numbers[2], numbers[0], numbers[1])] == [None, None, None]
    stored = store(cast, "alma", numbers[0])
    assert stored.kind == store(cast, "omar", numbers[3]).kind
    assert find(administrator, numbers[0]) == cast.child["alma"]


def test_a_protected_child_is_not_found_by_number_and_its_number_not_shown(cast, numbers):
    store(cast, "alma", numbers[0])
    by, administrator = cast.service(), cast.viewer("administrator")
    with acting_as(by):
        child = actions.update_child(by=by, child=cast.child["alma"], protection="marked")
    assert find(administrator, numbers[0]) is None
    with pytest.raises(NotAllowed):
        actions.read_personnummer(by=administrator, child=child)


def test_each_showing_of_a_number_is_recorded(cast, numbers):
    store(cast, "alma", numbers[0])
    by = cast.viewer("administrator")
    for _ in range(2):
        assert actions.read_personnummer(by=by, child=cast.child["alma"]) == numbers[0]
    with acting_as(by):
        rows = Event.objects.filter(event=EventKind.PERSONNUMMER_READ, actor_id=by.actor_id)
        assert rows.count() == 2
        assert all(numbers[0] not in str((r.details, r.reason, r.about_id)) for r in rows)


@pytest.mark.parametrize("who", ["mentor_7b", "principal", "counsellor"])
def test_without_the_right_no_number(cast, numbers, who):
    store(cast, "alma", numbers[0])
    with pytest.raises(NotAllowed):
        actions.read_personnummer(by=cast.viewer(who), child=cast.child["alma"])
    with pytest.raises(NotAllowed):
        find(cast.viewer(who), numbers[0])


def test_no_stored_number_and_an_invisible_child_are_the_same(cast, numbers):
    store(cast, "nora", numbers[0])
    by = cast.viewer("administrator")
    for name in ("alma", "nora"):
        with pytest.raises(NotYours):
            actions.read_personnummer(by=by, child=cast.child[name])


def test_duplicates_are_shown_to_whoever_sees_both(cast, numbers):
    store(cast, "alma", numbers[0])
    store(cast, "hugo", numbers[0])
    store(cast, "nora", numbers[0])
    for who, expected in (("administrator", [["Alma", "Hugo"]]), ("principal_lunda", [])):
        viewer = cast.viewer(who)
        with acting_as(viewer):
            assert [[c.given_name for c in g] for g in queries.duplicates_for(viewer)] == expected
