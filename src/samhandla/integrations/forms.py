"""Shape and wording of what people fill in: sources, uploads, column mappings."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from samhandla.integrations.files import Kind, preset_names
from samhandla.integrations.files.mapping import FIELDS, Mark
from samhandla.integrations.files.values import DateStyle, Unit
from samhandla.integrations.files.wording import ATTENDANCE_WORDS, PERSON_WORDS
from samhandla.integrations.models import ProtectionPolicy, SourceKind
from samhandla.integrations.rules.people import SUGGESTED_ROLES
from samhandla.integrations.words import PRESETS
from samhandla.trust.roles import ROLES

GUESS = "guess"
UNIT_WORDS = {
    "minutes": _("minuter"),
    "hours": _("timmar"),
    "clock": _("tim:min"),
    "percent": _("procent"),
    "share": _("andel 0–1"),
    "fraction": _("minuter/minuter"),
    "lessons": _("lektioner"),
    "days": _("dagar"),
}
MARK_WORDS = {
    "present": _("närvaro"),
    "valid": _("giltig frånvaro"),
    "invalid": _("ogiltig frånvaro"),
    "other": _("annan skolverksamhet"),
    "late": _("sen ankomst"),
    "unreported": _("inte registrerad"),
    "cancelled": _("inställd"),
}
KIND_WORDS = {
    "lessons": _("en lektion per rad"),
    "days": _("en dag per rad"),
    "totals": _("en period per rad"),
}
PERSON_KIND_WORDS = {
    "pupils": _("en elev per rad"),
    "staff": _("en ur personalen per rad"),
    "guardians": _("en vårdnadshavare per rad"),
}
DATE_WORDS = {"iso": "2026-03-09", "swedish": "2026-03-09, 9/3 2026", "mdy": "3/9/2026"}
NO_UNIT = ("", _("hela huvudmannen"))


class SourceForm(forms.Form):
    """A source: what it is, how it is reached, what is done with protected identity."""

    name = forms.CharField(label=_("Namn"), max_length=80)
    kind = forms.ChoiceField(label=_("Slag"), choices=SourceKind.choices, widget=forms.RadioSelect)
    base_url = forms.URLField(
        label=_("Adress"),
        required=False,
        assume_scheme="https",
        help_text=_("Början av adressen, till exempel https://…/v2.0. Gäller SS 12000."),
    )
    token = forms.CharField(
        label=_("Färdig behörighet (token)"),
        required=False,
        widget=forms.PasswordInput(render_value=False, attrs={"autocomplete": "off"}),
        help_text=_("Lämna tomt för att behålla den som finns."),
    )
    token_url = forms.URLField(label=_("Adress för inloggning"), required=False, assume_scheme="https")
    client_id = forms.CharField(label=_("Klient-id"), required=False, max_length=200)
    client_secret = forms.CharField(
        label=_("Klienthemlighet"),
        required=False,
        widget=forms.PasswordInput(render_value=False, attrs={"autocomplete": "off"}),
        help_text=_("Lämna tomt för att behålla den som finns."),
    )
    huvudman = forms.CharField(
        label=_("Er huvudmans id i källan"),
        required=False,
        max_length=64,
        help_text=_("Behövs bara när källan har flera huvudmän."),
    )
    protection = forms.ChoiceField(
        label=_("Elever och vårdnadshavare med skyddade personuppgifter"),
        choices=ProtectionPolicy.choices,
        initial=ProtectionPolicy.SKIP,
    )
    register_source = forms.ChoiceField(
        label=_("Elevernas beteckningar i filen kommer från"), required=False, choices=[]
    )

    def __init__(self, *args: Any, sources: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        nothing = ("", _("filen själv"))
        self.fields["register_source"].choices = [nothing, *((str(pk), name) for pk, name in sources)]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("kind") == SourceKind.SS12000 and not data.get("base_url"):
            self.add_error("base_url", _("Skriv källans adress."))
        if data.get("token") and data.get("client_secret"):
            self.add_error("token", _("Ange antingen en färdig behörighet eller en klienthemlighet."))
        return data


class RolesForm(forms.Form):
    """Which role a duty of the source gives. What is not named here sees no pupils."""

    def __init__(self, *args: Any, words: list[str], roles: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: list[tuple[str, Any]] = [("", _("lärare utan egna elever"))]
        choices += [
            (role.code, gettext(role.name)) for role in ROLES.values() if role.reach in ("unit", "none")
        ]
        self.words = list(dict.fromkeys([*SUGGESTED_ROLES, *words]))
        for place, word in enumerate(self.words):
            self.fields[f"role_{place}"] = forms.ChoiceField(
                label=word, choices=choices, required=False, initial=roles.get(word, "")
            )

    def roles(self) -> dict[str, str]:
        """Return the source's word → our role, for the words that were given one."""
        chosen = {word: self.cleaned_data[f"role_{place}"] for place, word in enumerate(self.words)}
        return {word: role for word, role in chosen.items() if role}


class LimitsForm(forms.Form):
    """How far a delivery may differ before it stops."""

    missing = forms.IntegerField(label=_("Så många procent får saknas"), min_value=0, max_value=100)
    changed = forms.IntegerField(label=_("Så många procent får ha ändrats"), min_value=0, max_value=100)
    refused = forms.IntegerField(label=_("Så många procent får vara felaktiga"), min_value=0, max_value=100)

    def limits(self) -> dict[str, Any]:
        """Return the limits as shares 0–1."""
        data = self.cleaned_data
        return {
            "min_share": 1 - data["missing"] / 100,
            "max_missing_share": data["missing"] / 100,
            "max_changed_share": data["changed"] / 100,
            "max_refused_share": data["refused"] / 100,
        }


class RunForm(forms.Form):
    """A run: for everything, or for one unit."""

    unit = forms.ChoiceField(label=_("Gäller"), required=False, choices=[NO_UNIT])

    def __init__(self, *args: Any, units: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].choices = [NO_UNIT, *((str(pk), name) for pk, name in units)]


class UploadForm(RunForm):
    """A file and how its columns are to be read."""

    file = forms.FileField(label=_("Fil"), help_text=_("CSV, Excel (.xlsx) eller Edlevos XML."))
    preset = forms.ChoiceField(label=_("Kolumnmall"), choices=[])
    field_order = ("file", "preset", "unit")

    def __init__(self, *args: Any, own: list[str], units: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, units=units, **kwargs)
        guess = (GUESS, _("föreslå utifrån filen"))
        self.fields["preset"].choices = [guess, *preset_choices(own)]


def preset_choices(own: list[str]) -> list[tuple[str, Any]]:
    """Return the column mappings to choose between: the authority's own by name, the shipped by title."""
    shipped = sorted(((name, gettext(PRESETS[name])) for name in preset_names()), key=lambda row: row[1])
    return [(f"own:{name}", name) for name in own] + [("edlevo", "Edlevo (XML)"), *shipped]


class MappingForm(forms.Form):
    """What each column of a file means; attendance and people have columns of their own."""

    kind = forms.ChoiceField(label=_("Filen har"), choices=[])
    date_style = forms.ChoiceField(label=_("Datum skrivs"), choices=[])
    person_key = forms.ChoiceField(
        label=_("Eleven pekas ut med"),
        choices=[("external", _("källans beteckning")), ("personnummer", _("personnummer"))],
    )
    lesson_minutes = forms.IntegerField(
        label=_("Lektionens längd när filen inte säger den (minuter)"),
        required=False,
        min_value=1,
        max_value=240,
    )
    codes = forms.CharField(
        label=_("Koder"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("En per rad, till exempel: F = ogiltig frånvaro"),
    )
    save_as = forms.CharField(label=_("Spara som kolumnmall med namnet"), required=False, max_length=80)

    def __init__(self, *args: Any, headers: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.headers = headers
        of_people = (self["kind"].value() or "") in PERSON_KIND_WORDS
        kinds = PERSON_KIND_WORDS if of_people else KIND_WORDS
        words = PERSON_WORDS if of_people else ATTENDANCE_WORDS
        if of_people:
            self.fields["person_key"].label = _("Personen pekas ut med")
            del self.fields["lesson_minutes"], self.fields["codes"]
        self.fields["kind"].choices = list(kinds.items())
        self.fields["date_style"].choices = [(s.value, DATE_WORDS[s.value]) for s in DateStyle]
        known = FIELDS[Kind.PUPILS] if of_people else FIELDS[Kind.LESSONS] | FIELDS[Kind.DAYS]
        fields = [
            ("", _("används inte")),
            *((name, gettext(word)) for name, word in words.items() if name in known),
        ]
        for place, header in enumerate(headers):
            self.fields[f"field_{place}"] = forms.ChoiceField(label=header, choices=fields, required=False)
            self.fields[f"unit_{place}"] = forms.ChoiceField(
                label=_("{header}: skrivs i").format(header=header),
                choices=[(unit.value, UNIT_WORDS[unit.value]) for unit in Unit],
                required=False,
            )

    def columns(self) -> list[tuple[Any, Any]]:
        """Return the two fields of each column, for the table of columns."""
        return [(self[f"field_{place}"], self[f"unit_{place}"]) for place in range(len(self.headers))]

    def clean_codes(self) -> dict[str, str]:
        words = {str(word): mark for mark, word in MARK_WORDS.items()}
        found = {}
        for line in self.cleaned_data["codes"].splitlines():
            code, sign, meaning = line.partition("=")
            mark = words.get(meaning.strip().lower())
            if line.strip() and (not sign or mark is None):
                allowed = ", ".join(words)
                raise forms.ValidationError(_("Skriv koden, ett likhetstecken och en av: %s.") % allowed)
            if mark:
                found[code.strip()] = Mark(mark).value
        return found
