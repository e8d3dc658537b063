"""Rules and limits: read by those who work with them, set within range, kept in history."""

from __future__ import annotations

import pytest
from django.urls import reverse

from samhandla.detect.actions.settings import set_rule
from samhandla.detect.errors import AnswerRefused, NotYours
from samhandla.detect.models import RuleSetting
from samhandla.detect.queries.rules import list_rules_for, sentence_with_gaps
from samhandla.detect.queries.settings import loop_limits_for, rule_set_for
from samhandla.detect.rules.catalogue import BY_CODE, RULES
from samhandla.people.queries import today

pytestmark = pytest.mark.django_db
REFUSED = (403, 404)
LOOP = {
    "new_per_mentor_week": 3, "answer_days": 5, "known_days": 15, "follow_days": 40, "error_days": 10,
    "notice_days": 5,
    "reason": "Fler mentorer.",
}  # fmt: skip


def limit(cast, code="level_year", form="GR", unit="berga", grade=7):
    viewer = cast.viewer("principal")
    setting = rule_set_for(viewer, on=today()).for_subject(BY_CODE[code], form, cast.unit[unit].pk, grade)
    return setting.values if setting else None


def test_every_rule_stands_on_the_page_with_its_sentence_and_limits(client, cast):
    text = cast.login(client, "process_leader").get(reverse("rules")).text
    for rule in RULES:
        assert rule.title in text
    assert "gränsen är …" in text
    assert "15\xa0%" in text


def test_the_sentence_shows_gaps_where_the_numbers_stand():
    assert sentence_with_gaps(BY_CODE["long"]) == "Borta minst halva dagen … skoldagar i rad."


@pytest.mark.parametrize("code", BY_CODE)
def test_every_rule_has_a_page_whose_own_values_are_accepted(client, cast, code):
    url = reverse("rule", args=[code])
    form = cast.login(client, "process_leader").get(url).context["form"]
    values = {name: form[name].value() for name in form.fields if form[name].value() not in (None, "", False)}
    answer = client.post(url, {**values, "active": "on", "reason": "Vi behåller."})
    assert answer.status_code == 303, answer.context["form"].errors
    kept = RuleSetting.objects.get()
    assert kept.parameters == BY_CODE[code].defaults()


def test_a_limit_is_set_in_per_cent_for_a_unit_and_a_grade(client, cast):
    url = reverse("rule", args=["level_year"])
    berga = cast.unit["berga"].pk
    data = {
        "unit_id": berga, "form": "GR", "school_year": 7, "active": "on", "threshold": "12,5", "from_day": 20,
        "reason": "Övergång till högstadiet.",
    }  # fmt: skip
    answer = cast.login(client, "principal").post(url, data)
    assert answer.status_code == 303
    assert limit(cast)["threshold"] == 0.125
    assert limit(cast, grade=8)["threshold"] == limit(cast, unit="lunda")["threshold"] == 0.15
    page = client.get(url).text
    assert "Övergång till högstadiet." in page
    assert "Bergaskolan, grundskola, årskurs 7" in page
    assert "Frånvaro över denna andel: 12,5\xa0%" in page


@pytest.mark.parametrize("value", ["0", "95", "många", ""])
def test_a_value_outside_the_range_is_refused_and_kept_in_the_form(client, cast, value):
    url = reverse("rule", args=["level_year"])
    data = {"active": "on", "threshold": value, "from_day": 20, "reason": "Mitt skäl."}
    answer = cast.login(client, "process_leader").post(url, data)
    assert answer.status_code == 422
    assert "Mitt skäl." in answer.text
    assert RuleSetting.objects.count() == 0


def test_a_rule_can_be_left_out(client, cast):
    url = reverse("rule", args=["weekday"])
    form = cast.login(client, "process_leader").get(url).context["form"]
    values = {name: form[name].value() for name in ("least", "days", "rate")}
    assert client.post(url, {**values, "reason": "Prövas senare."}).status_code == 303
    assert limit(cast, "weekday") is None
    rows = [row for _title, part in list_rules_for(cast.viewer("principal"), on=today()) for row in part]
    assert [row.code for row in rows if not row.used] == ["weekday"]


def test_a_principal_sets_limits_of_the_own_unit_only(client, cast):
    url = reverse("rule", args=["long"])
    cast.login(client, "principal")
    for unit in ("", cast.unit["lunda"].pk):
        answer = client.post(url, {"unit_id": unit, "active": "on", "days": 10, "reason": "x"})
        assert answer.status_code == 422
    for unit in (None, cast.unit["lunda"].pk):
        with pytest.raises(NotYours):
            set_rule(
                by=cast.viewer("principal"), rule="long", parameters={"days": 10}, today=today(), unit_id=unit
            )
    assert RuleSetting.objects.count() == 0


def test_unknown_rules_and_limits_are_refused(client, cast):
    assert cast.login(client, "process_leader").get(reverse("rule", args=["okand"])).status_code == 404
    for rule, parameters in (("okand", {}), ("long", {"timmar": 3}), ("loop", {"known_days": 21})):
        with pytest.raises(AnswerRefused):
            set_rule(by=cast.viewer("process_leader"), rule=rule, parameters=parameters, today=today())


def test_the_loops_limits_are_the_process_leaders(client, cast):
    url = reverse("rule-loop")
    assert cast.login(client, "process_leader").post(url, {**LOOP, "known_days": 30}).status_code == 422
    assert client.post(url, LOOP).status_code == 303
    assert loop_limits_for(cast.viewer("principal"), on=today()).new_per_mentor_week == 3
    page = cast.login(client, "principal").get(url)
    assert "Fler mentorer." in page.text
    assert "Spara gränsvärdena" not in page.text
    assert client.post(url, LOOP).status_code in REFUSED


@pytest.mark.parametrize("name", ["mentor_7b", "counsellor", "controller", "officer"])
@pytest.mark.parametrize("route", ["rules", "rule-loop"])
def test_others_do_not_reach_the_rules(client, cast, name, route):
    assert cast.login(client, name).get(reverse(route)).status_code in REFUSED


def test_another_authoritys_settings_are_not_shown(client, cast):
    set_rule(
        by=cast.viewer("process_leader"),
        rule="long",
        parameters={"days": 9},
        today=today(),
        reason="Nämndens.",
    )
    page = cast.login(client, "principal_fria").get(reverse("rule", args=["long"])).text
    assert "Nämndens." not in page
