"""The pages of accounts and of given duties: what they show, what they refuse, what they cost."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from samhandla.people import actions
from samhandla.people.models import Assignment, Duty, Staff
from samhandla.people.queries import today
from samhandla.trust.models import Account

pytestmark = pytest.mark.django_db


def text(answer):
    return answer.content.decode()


@pytest.fixture
def administrator(client, cast):
    return cast.login(client, "administrator")


@pytest.fixture
def keeper(client, cast):
    return cast.login(client, "data_administrator")


def test_links_are_shown_in_the_answer_and_never_again(administrator, cast):
    chosen = [cast.staff["mentor_7b"].pk, cast.staff["nurse"].pk]
    sent = {"person": chosen, "enhet": cast.unit["berga"].pk}
    answer = administrator.post(reverse("accounts-open"), sent)
    assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store")
    assert text(answer).count("/valj-losenord/") == 2
    assert "/valj-losenord/" not in text(administrator.get(reverse("accounts")))
    again = administrator.post(reverse("accounts-open"), sent, follow=True)
    assert "har redan ett konto" in text(again)


def test_all_of_a_unit_at_once_as_a_file(administrator, cast):
    """All are asked about by name first; whoever is ticked off gets none."""
    here = {"enhet": cast.unit["berga"].pk, "fil": "1"}
    asked = administrator.post(reverse("accounts-open"), {**here, "alla": "1"})
    assert text(asked).count("checked") == 5
    assert "Prov, Mentor 7B" in text(asked)
    assert not Account.objects.filter(invited_at__isnull=False).exists()
    chosen = [row.staff.pk for row in asked.context["rows"] if row.staff != cast.staff["nurse"]]
    answer = administrator.post(reverse("accounts-open"), {**here, "person": chosen})
    assert answer["Content-Type"].startswith("text/csv")
    rows = text(answer).lstrip("\ufeff").splitlines()
    assert rows[0].startswith("Efternamn;Förnamn;E-post;Användarnamn;Engångslänk")
    opened = set(
        Staff.objects.filter(actor__account__invited_at__isnull=False).values_list("given_name", flat=True)
    )
    assert opened == {"Mentor 7A", "Mentor 7B", "Counsellor", "Officer"}
    assert len(rows) == 1 + len(opened)


def test_a_link_is_renewed_and_an_account_closed_from_the_list(administrator, cast):
    staff = cast.staff["mentor_7b"].pk
    administrator.post(reverse("accounts-open"), {"person": staff})
    assert text(administrator.post(reverse("account-renew", args=[staff]))).count("/valj-losenord/") == 1
    assert administrator.post(reverse("account-close", args=[staff])).status_code == 303
    page = text(administrator.get(reverse("accounts")))
    assert "Kontot för Mentor 7B Prov är stängt" in page
    assert "inget öppet konto" in text(
        administrator.post(reverse("account-close", args=[staff]), follow=True)
    )


@pytest.mark.parametrize("name", ["accounts-open", "account-renew", "account-close"])
def test_somebody_out_of_reach_is_not_there(administrator, cast, name):
    for other in (cast.staff["mentor_8c"].pk, cast.staff["mentor_7f"].pk, 0):
        address = reverse(name) if name == "accounts-open" else reverse(name, args=[other])
        assert administrator.post(address, {"person": other}).status_code == 404


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({}, "Välj minst en"),
        ({"person": ["x", "²", "9" * 40]}, "Välj minst en"),
        ({"alla": "1", "enhet": "x"}, "Ingen där saknar konto"),
    ],
)
def test_nothing_chosen_is_told(administrator, sent, words):
    assert words in text(administrator.post(reverse("accounts-open"), sent, follow=True))
    assert Account.objects.filter(invited_at__isnull=False).count() == 0


def test_what_is_not_ones_own_says_why(administrator):
    page = text(administrator.get(reverse("accounts")))
    assert "sköts av systemförvaltaren" in page
    assert "Ditt eget konto sköts av någon annan" in page
    assert page.count('name="person"') == 5


def _queries(client, address):
    client.get(address)
    with CaptureQueriesContext(connection) as caught:
        assert client.get(address).status_code == 200
    return len(caught)


@pytest.mark.slow
def test_the_lists_stay_flat(keeper, cast):
    names = [reverse(n) for n in ("accounts", "duties", "duty-people")]
    place = f"?enhet={cast.unit['berga'].pk}"
    before = [_queries(keeper, name + place) for name in names]
    by, staff = cast.service(), []
    for number in range(40):
        staff.append(actions.register_staff(by=by, given_name=f"N{number}", family_name="Prov"))
        Duty.objects.create(staff=staff[-1], unit=cast.unit["berga"], role="coach", valid_from=today())
        Assignment.objects.create(staff=staff[-1], group=cast.group["7B"], role="teacher", valid_from=today())
    actions.open_accounts(by=by, staff_ids=[one.pk for one in staff[:20]])
    assert [_queries(keeper, name + place) for name in names] == before


def give(client, cast, name="process_leader", **more):
    sent = {"role": "coach", "unit": cast.unit["berga"].pk, "first": today().isoformat(), "last": ""} | more
    address = reverse("duty-give", args=[cast.staff[name].pk])
    return client.post(address, {f"uppdrag-{key}": value for key, value in sent.items()})


def test_a_duty_is_given_and_stands_in_the_history(client, cast):
    cast.login(client, "principal")
    page = text(client.get(reverse("duty-give", args=[cast.staff["process_leader"].pk])))
    assert "elevcoach" in page
    assert "systemförvaltare" not in page
    assert give(client, cast).status_code == 303
    page = text(client.get(reverse("register-staff-member", args=[cast.staff["process_leader"].pk])))
    assert "Process Leader Prov har fått uppdraget" in page
    assert "elevcoach" in page


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"role": "principal"}, "Välj något av det som står under"),
        ({"unit": 0}, "Välj något av det som står under"),
        ({"last": "2020-01-01"}, "Sista dagen ligger före"),
        ({"first": "2020-01-01"}, "kan inte börja före i dag"),
        ({"first": "i går"}, "som år-månad-dag, till exempel"),
    ],
)
def test_a_wrong_duty_says_what_to_do(client, cast, change, told):
    cast.login(client, "principal")
    answer = give(client, cast, **change)
    assert answer.status_code == 422
    assert told in text(answer)
    assert not Duty.objects.filter(staff=cast.staff["process_leader"], role="coach").exists()


def test_oneself_and_the_same_twice_are_told(client, cast):
    cast.login(client, "principal")
    assert "inte ges till en själv" in text(give(client, cast, name="principal"))
    give(client, cast)
    assert "finns redan" in text(give(client, cast))


def test_a_group_is_given(client, cast):
    cast.login(client, "principal")
    address = reverse("task-give", args=[cast.staff["process_leader"].pk])
    sent = {"grupp-role": "mentor", "grupp-group": cast.group["7B"].pk, "grupp-first": today().isoformat()}
    assert client.post(address, sent).status_code == 303
    assert Assignment.objects.filter(staff=cast.staff["process_leader"], group=cast.group["7B"]).exists()
    wrong = client.post(address, sent | {"grupp-group": cast.group["8C"].pk})
    assert wrong.status_code == 422


def test_somebody_who_is_in_no_school_system_is_added(keeper, cast):
    sent = {"given_name": "Jur", "family_name": "Ist", "email": "jur@kommunen.se"}
    answer = keeper.post(reverse("duty-people"), sent)
    staff = Staff.objects.get(email="jur@kommunen.se")
    assert answer["Location"] == reverse("duty-give", args=[staff.pk])
    assert "har redan den e-postadressen" in text(keeper.post(reverse("duty-people"), sent))
    assert give(keeper, cast, name="process_leader", role="lawyer").status_code == 303


def test_people_are_found_by_name_in_the_own_authority_only(keeper):
    assert "Mentor 8C Prov" in text(keeper.get(reverse("duty-people"), {"namn": "mentor 8"}))
    assert "Mentor 7F" not in text(keeper.get(reverse("duty-people"), {"namn": "mentor 7f"}))
    assert "Ingen i registret" in text(keeper.get(reverse("duty-people"), {"namn": "xyz"}))


def test_another_authoritys_person_is_not_there(keeper, cast):
    for name in ("duty-give", "register-staff-member"):
        assert keeper.get(reverse(name, args=[cast.staff["mentor_7f"].pk])).status_code == 404
    assert keeper.post(reverse("task-give", args=[cast.staff["mentor_7f"].pk])).status_code == 404


def test_who_had_which_role_on_a_day(client, cast):
    """The page answers for any day, and then nothing can be ended on it."""
    cast.login(client, "principal")
    duty = Duty.objects.get(staff=cast.staff["counsellor"])
    Duty.objects.filter(pk=duty.pk).update(valid_to=today() - timedelta(days=1))
    assert "Counsellor Prov" not in text(client.get(reverse("duties")))
    then = text(client.get(reverse("duties"), {"dag": (today() - timedelta(days=1)).isoformat()}))
    assert "Counsellor Prov" in then
    assert "Du ser registret som det var" in then
    assert "Avsluta nu" not in then


def test_only_what_one_may_end_has_a_button(client, cast):
    cast.login(client, "principal")
    page = text(client.get(reverse("duties")))
    assert reverse("duty-end", args=[Duty.objects.get(staff=cast.staff["counsellor"]).pk]) in page
    for name in ("controller", "principal", "data_administrator"):
        assert reverse("duty-end", args=[Duty.objects.get(staff=cast.staff[name]).pk]) not in page
