"""The pupil's page and the signal's page cost the same with one and with fifty of all that they list."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.detect.conftest import found

from samhandla.detect.actions.answers import answer_signal, note_contact
from samhandla.detect.actions.inquiries import decide_inquiry
from samhandla.detect.models import Answer, ContactNote, Inquiry, Reason
from samhandla.detect.queries.pupil import pupil_page_for
from samhandla.detect.rules.catalogue import RULES
from samhandla.people.queries import domain_of, today
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db
MANY = 49
BUDGET = 24  # as `pupil_page_for` says


@pytest.fixture
def signal(cast, take, signal_of, ladder):
    """Alma's signal with a contact, an answer, a reason and an inquiry."""
    take(found(cast.child["alma"]))
    signal, principal = signal_of("alma"), cast.viewer("principal")
    note_contact(by=principal, signal_id=signal.pk, kind="talk", today=today(), words="x")
    domain = domain_of(cast.authority["board"].pk, "school").pk
    decide_inquiry(
        by=principal, child=cast.child["alma"], domain_id=domain, decision="needless", reason="x",
        today=today(),
    )  # fmt: skip
    if not count_of(cast, Answer):
        answer_signal(by=principal, signal_id=signal.pk, kind="act", reason="x", today=today(), begins=True)
    return signal


def count_of(cast, model):
    with acting_as(cast.service()):
        return model.objects.filter(child=cast.child["alma"]).count()


def copied(cast, signal):
    """Make forty-nine more of each; of reasons as many as there are rules."""
    with acting_as(cast.service()):
        for model in (Answer, ContactNote, Inquiry):
            row = model.objects.filter(child=cast.child["alma"]).first()
            fields = [f for f in model._meta.concrete_fields if not f.primary_key and not f.generated]
            values = {f.attname: getattr(row, f.attname) for f in fields}
            model.objects.bulk_create(model(**values) for _number in range(MANY))
        reason = Reason.objects.get(signal=signal)
        rules = [rule.code for rule in RULES if rule.level == "pupil" and rule.code != reason.rule]
        for rule in rules:
            item = found(cast.child["alma"], rule)
            Reason.objects.create(
                child=signal.child, domain_id=reason.domain_id, unit=signal.unit, signal=signal, rule=rule,
                version=1, since=today(), numbers=item.numbers, first_seen=today(), last_seen=today(),
            )  # fmt: skip


def cost(client, url):
    with CaptureQueriesContext(connection) as asked:
        assert client.get(url).status_code == 200
    return [q["sql"] for q in asked if "SAVEPOINT" not in q["sql"]]


@pytest.mark.parametrize("name", ["pupil", "signal"])
def test_the_page_costs_the_same_with_one_and_fifty_of_all(client, cast, signal, name):
    url = reverse(name, args=[cast.child["alma"].ref if name == "pupil" else signal.pk])
    cast.login(client, "principal")
    client.get(url)
    few = cost(client, url)
    copied(cast, signal)
    assert [count_of(cast, m) for m in (Answer, ContactNote, Inquiry)] == [MANY + 1] * 3
    assert count_of(cast, Reason) > 10
    many = cost(client, url)
    assert len(many) <= len(few), "\n".join(sorted(set(many) - set(few)))


@pytest.mark.parametrize("who", ["principal", "mentor_7b"])
def test_gathering_the_page_asks_at_most_as_often_as_it_says(cast, signal, who):
    viewer = cast.viewer(who)
    costs = []
    for more in (False, True):
        if more:
            copied(cast, signal)
        with acting_as(viewer), CaptureQueriesContext(connection) as asked:
            page = pupil_page_for(viewer, cast.child["alma"], today=today())
        costs.append(len([q for q in asked if "SAVEPOINT" not in q["sql"]]))
        assert len(page.history) >= (2 * MANY if more else 2)
    assert costs[1] <= costs[0] <= BUDGET
