"""A form says what to fill in by the field's own label, and no long text is ever cut."""

from __future__ import annotations

import pytest
from django import forms
from django.template import Context, Template


class Sample(forms.Form):
    reason = forms.CharField(label="Skäl", max_length=600, widget=forms.Textarea)
    day = forms.DateField(label="Dag")
    kind = forms.ChoiceField(label="Slag", choices=[("a", "a")], widget=forms.RadioSelect)
    count = forms.IntegerField(label="Antal", min_value=2)
    file = forms.FileField(label="Fil")
    sure = forms.BooleanField(label="Jag är säker")
    own = forms.CharField(label="Eget", error_messages={"required": "Säg det med egna ord."})


def drawn(**data):
    form = Sample(data, {})
    form.is_valid()
    page = Template("{{ form }}").render(Context({"form": form}))
    return page.replace("&quot;", '"')


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({}, "Fyll i ”Skäl”."),
        ({}, "Fyll i en dag under ”Dag”."),
        ({}, "Välj något under ”Slag”."),
        ({}, "Välj en fil under ”Fil”."),
        ({}, "Kryssa för ”Jag är säker” om det stämmer."),
        ({}, "Säg det med egna ord."),
        ({"day": "i går"}, "Skriv ”Dag” som år-månad-dag, till exempel 2026-03-09."),
        ({"kind": "b"}, "Välj något av det som står under ”Slag”."),
        ({"count": "två"}, "Skriv ”Antal” som ett heltal med siffror."),
        ({"count": "1"}, "”Antal” ska vara minst 2."),
        ({"reason": "x" * 612}, "”Skäl” är 12 tecken för lång. Högst 600 tecken får plats."),
    ],
)
def test_each_fault_is_said_by_the_fields_label_in_the_list_and_at_the_field(data, words):
    assert drawn(**data).count(words) == 2


def test_what_is_right_says_nothing():
    page = drawn(reason="Ja", day="2026-03-09", kind="a", count="2", own="ord")
    assert "”Skäl”" not in page
    assert "”Antal”" not in page


def test_a_long_text_is_not_cut_and_says_how_much_it_holds():
    page = drawn(reason="x" * 612)
    assert "x" * 612 in page
    assert "maxlength" not in page.split("</textarea>")[0].rsplit("<textarea", 1)[1]
    assert "Högst 600 tecken." in page
    assert 'data-counts="id_reason"' in page
    assert 'id="id_reason_counter"' in page
    assert page.count("data-counts") == 1  # a short field needs none
