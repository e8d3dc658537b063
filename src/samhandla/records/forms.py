"""The forms of the register, of requests and of retention."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.functional import lazystr
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from samhandla.people.models import Staff
from samhandla.records.models import ReleaseItem, ReleaseRequest, RetentionRule
from samhandla.records.rules.kinds import BY_HAND, KINDS
from samhandla.records.rules.paragraphs import GROUNDS, PARAGRAPHS


def _day(label: Any, *, required: bool = True, help_text: Any = "") -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, widget=widget, help_text=help_text)


def _lines(label: Any, *, required: bool = True, help_text: Any = "", rows: int = 4) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(
        label=label, required=required, widget=widget, help_text=help_text, max_length=20000
    )


def _word(label: Any, *, required: bool = False, help_text: Any = "", most: int = 160) -> forms.CharField:
    return forms.CharField(label=label, required=required, help_text=help_text, max_length=most)


def kind_choices(codes: Any) -> list[tuple[str, str]]:
    return [(code, gettext(KINDS[code].title)) for code in codes]


def paragraph_choices(codes: Any) -> list[tuple[str, str]]:
    """Return provisions with what they protect, for a list to choose from."""
    found = ((code, PARAGRAPHS[code]) for code in codes)
    return [(code, f"{gettext(one.place)} – {gettext(one.protects)}") for code, one in found]


class SearchForm(forms.Form):
    """What the register is searched by."""

    nummer = _word(_("Nummer"), most=20, help_text=lazystr("2026/17"))
    slag = forms.ChoiceField(label=_("Slag"), required=False)
    fran = _day(_("Från och med"), required=False)
    till = _day(_("Till och med"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind = self.fields["slag"]
        assert isinstance(kind, forms.ChoiceField)
        kind.choices = [("", gettext("alla")), *kind_choices(KINDS)]


class LetterForm(forms.Form):
    """A document that is written here by hand."""

    kind = forms.ChoiceField(label=_("Slag av handling"))
    title = _word(
        _("Rubrik"), required=True,
        help_text=_("Syns för den som frågar. Inget namn, ingen adress, inget om någons förhållanden."),
    )  # fmt: skip
    dated = _day(_("Dag då den kom in, upprättades eller skickades"))
    sender = _word(
        _("Avsändare"), help_text=_("Verksamhet eller ”privatperson”, aldrig ett namn på en privatperson.")
    )
    recipient = _word(_("Mottagare"))
    personnummer = _word(
        _("Elevens personnummer"), most=20,
        help_text=_("Bara när handlingen är om en elev. Är den om två: gör två handlingar."),
    )  # fmt: skip
    text = _lines(_("Vad handlingen säger"), rows=10)

    def __init__(self, *args: Any, draft: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind = self.fields["kind"]
        assert isinstance(kind, forms.ChoiceField)
        kind.choices = kind_choices(BY_HAND)
        if draft:  # kind and child stand once it is begun
            del self.fields["kind"], self.fields["personnummer"]


class ParagraphForm(forms.Form):
    """Which provision most likely holds."""

    paragraph = forms.ChoiceField(label=_("Trolig bestämmelse"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "stycke_%s", **kwargs})
        field = self.fields["paragraph"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = paragraph_choices(PARAGRAPHS)


class AskedForm(forms.Form):
    """A request as it came."""

    kind = forms.ChoiceField(label=_("Vem frågar?"), widget=forms.RadioSelect)
    how = forms.ChoiceField(label=_("Hur kom den?"), choices=ReleaseRequest.How)
    asked_on = _day(_("Dag"))
    what = _lines(
        _("Vad begärs?"), help_text=_("Så att handlingarna går att hitta. Fråga inte varför."), rows=3
    )
    answer_to = _word(
        _("Vart ska svaret?"), most=200,
        help_text=_("Behövs bara när svaret ska skickas. Den som begär en allmän handling får vara anonym."),
    )  # fmt: skip
    personnummer = _word(_("Elevens personnummer"), most=20, help_text=_("Bara vid insyn."))
    identity = _word(
        _("Hur har du kontrollerat vem som frågar?"), most=200,
        help_text=_("Bara vid insyn, till exempel legitimation på plats."),
    )  # fmt: skip
    guardian = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, guardians: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind = self.fields["kind"]
        assert isinstance(kind, forms.ChoiceField)
        kind.choices = [
            ("public", gettext("Vem som helst: begäran om allmän handling")),
            ("guardian", gettext("Vårdnadshavare om sitt barn")),
            ("own", gettext("Eleven själv")),
            ("party", gettext("Part i ett ärende om en elev (partsinsyn)")),
        ]
        if guardians:
            names = [
                (str(key), name or gettext("vårdnadshavare med skyddade personuppgifter"))
                for key, name in guardians
            ]
            self.fields["guardian"] = forms.ChoiceField(
                label=_("Vilken vårdnadshavare?"), choices=names, widget=forms.RadioSelect, required=False
            )


class MaskForm(forms.Form):
    """What is masked, and under which provision."""

    paragraph = forms.ChoiceField(label=_("Bestämmelse"))
    words = _word(
        _("Ord som maskeras på alla ställen"), most=200,
        help_text=_("Till exempel ett namn. Frivilligt om du har markerat meningar."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "mask_%s", **kwargs})
        field = self.fields["paragraph"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", gettext("Välj bestämmelse")), *paragraph_choices(GROUNDS)]


class VerdictForm(forms.Form):
    """What the test of one document gave."""

    verdict = forms.ChoiceField(
        label=_("Efter prövningen"), choices=ReleaseItem.Verdict, widget=forms.RadioSelect
    )
    paragraph = forms.ChoiceField(label=_("Bestämmelse, om den inte lämnas ut"), required=False)
    words = _lines(
        _("Skäl"), required=False, rows=3,
        help_text=_("Krävs när handlingen inte lämnas ut: vem kan lida vilket men, i allmänna ord."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "prov_%s", **kwargs})
        field = self.fields["paragraph"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "–"), *paragraph_choices(GROUNDS)]


class ReasonsForm(forms.Form):
    """The reasons of a formal decision."""

    reasons = _lines(
        _("Skäl för beslutet"), rows=6,
        help_text=_("Beslutet är offentligt. Skriv varför uppgifterna skyddas utan att röja dem."),
    )  # fmt: skip


class DelegationForm(forms.Form):
    """To whom the board has delegated, and where it says so."""

    staff = forms.ModelChoiceField(label=_("Vem"), queryset=Staff.objects.none())
    reference = _word(
        _("Var beslutet står"), required=True, help_text=_("Paragraf och punkt i delegationsordningen.")
    )
    decided_on = _day(_("Nämndens beslut"))
    first = _day(_("Gäller från"))

    def __init__(self, *args: Any, choices: QuerySet[Staff], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["staff"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = choices


class RetentionForm(forms.Form):
    """What the board has decided about one kind of document."""

    kind = forms.ChoiceField(label=_("Slag av handling"))
    keep = forms.TypedChoiceField(
        label=_("Nämnden har beslutat att handlingarna"), coerce=lambda said: said == "ja",
        choices=[("ja", _("bevaras")), ("nej", _("gallras"))], widget=forms.RadioSelect,
    )  # fmt: skip
    years = forms.IntegerField(
        label=_("Gallras efter så många år"), required=False, min_value=0, max_value=120
    )
    counted_from = forms.ChoiceField(label=_("Räknat från"), choices=RetentionRule.CountedFrom)
    reference = _word(
        _("Nämndens beslut"),
        required=True,
        help_text=_("Till exempel § 45 eller dokumenthanteringsplan, punkt 3.2."),
    )
    decided_on = _day(_("Beslutsdag"))
    source = _word(_("Stöd"), most=300, help_text=_("Till exempel gallringsråd nr 2."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind = self.fields["kind"]
        assert isinstance(kind, forms.ChoiceField)
        kind.choices = kind_choices(KINDS)


class HoldForm(forms.Form):
    """What must not be removed, and why."""

    number = _word(_("Handlingens nummer"), required=True, most=20)
    whole_child = forms.BooleanField(label=_("Gäller alla handlingar om samma elev"), required=False)
    reason = _lines(_("Skäl"), rows=2, help_text=_("Till exempel ett överklagande eller en tillsyn."))
    ends_on = _day(_("Till och med"), required=False, help_text=_("Lämna tomt om du inte vet."))


class ArchiveForm(forms.Form):
    """Which documents go to the archive."""

    year = forms.IntegerField(label=_("År"), min_value=2000, max_value=2200)
    first = forms.IntegerField(label=_("Från nummer"), min_value=1, initial=1)
    last = forms.IntegerField(label=_("Till nummer"), min_value=1, required=False)
    kind = forms.ChoiceField(label=_("Slag"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind = self.fields["kind"]
        assert isinstance(kind, forms.ChoiceField)
        kind.choices = [("", gettext("alla")), *kind_choices(KINDS)]
