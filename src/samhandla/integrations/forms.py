"""Shape and wording of what people fill in: sources, uploads, column mappings."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

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
from samhandla.lib.schoolcalendar import school_year_start
from samhandla.people.queries import today
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


KEEP_SECRET = _("Lämna tomt för att behålla den som finns.")


def when_needed(field: forms.Field) -> forms.Field:
    """Mark a field as one that is needed in some cases, so that it is not called voluntary."""
    field.conditional = True  # type: ignore[attr-defined]  # read by the template of fields
    return field


class SourceForm(forms.Form):
    """A source: how it is reached and what is done with protected identity. Asks only what its kind needs."""

    name = forms.CharField(label=_("Namn"), max_length=80)
    base_url = forms.URLField(
        label=_("Adress"),
        assume_scheme="https",
        help_text=_("Början av adressen, till exempel https://…/v2.0."),
        error_messages={"required": _("Skriv källans adress.")},
    )
    login = forms.ChoiceField(
        label=_("Inloggning hos källan"),
        choices=[
            ("token", _("med en färdig behörighet (token)")),
            ("client", _("med klientuppgifter")),
            ("none", _("ingen")),
        ],
        widget=forms.RadioSelect,
        initial="token",
    )
    token = when_needed(
        forms.CharField(
            label=_("Färdig behörighet (token)"),
            required=False,
            widget=forms.PasswordInput(render_value=False, attrs={"autocomplete": "off"}),
        )
    )
    token_url = when_needed(
        forms.URLField(
            label=_("Adress för inloggning"),
            required=False,
            assume_scheme="https",
            help_text=_("Bara med klientuppgifter, som klient-id och klienthemlighet."),
        )
    )
    client_id = when_needed(forms.CharField(label=_("Klient-id"), required=False, max_length=200))
    client_secret = when_needed(
        forms.CharField(
            label=_("Klienthemlighet"),
            required=False,
            widget=forms.PasswordInput(render_value=False, attrs={"autocomplete": "off"}),
        )
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
    register_source = when_needed(
        forms.ChoiceField(
            label=_("Elevernas beteckningar i filen kommer från"),
            required=False,
            choices=[],
            help_text=_("Välj elevregistret när en närvarofil pekar ut eleverna med dess beteckningar."),
        )
    )
    FETCHED = ("base_url", "login", "token", "token_url", "client_id", "client_secret", "huvudman")
    FILES = ("register_source",)
    BY_CLIENT: ClassVar = {
        "token_url": _("Skriv adressen för inloggning."),
        "client_id": _("Skriv klient-id."),
        "client_secret": _("Skriv klienthemligheten."),
    }

    def __init__(
        self, *args: Any, kind: str, kept: str = "", sources: list[tuple[int, str]], **kwargs: Any
    ) -> None:
        """Ask what a kind of source needs.

        Args:
            kept: how it logs in now, with a secret that is stored: `token`, `client` or nothing.
            sources: those whose ids a file may use.
        """
        super().__init__(*args, **kwargs)
        self.kept = kept
        for name in self.FILES if kind == SourceKind.SS12000 else self.FETCHED:
            del self.fields[name]
        if "register_source" in self.fields:
            nothing = ("", _("filen själv"))
            self.fields["register_source"].choices = [nothing, *((str(pk), name) for pk, name in sources)]
        for login, name in (("token", "token"), ("client", "client_secret")):
            if kept == login:
                self.fields[name].help_text = KEEP_SECRET

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        login = data.get("login")
        if login == "token" and not data.get("token") and self.kept != "token":
            self.add_error("token", _("Skriv den färdiga behörigheten, eller välj en annan inloggning."))
        for name, words in self.BY_CLIENT.items() if login == "client" else ():
            stored = name == "client_secret" and self.kept == "client"
            if not data.get(name) and not stored and name not in self.errors:
                self.add_error(name, words)
        return data

    def settings(self) -> dict[str, str]:
        """Return what goes into the source's settings; what is of another login is forgotten."""
        data = self.cleaned_data
        if "login" not in data:
            return {}
        by_client = data["login"] == "client"
        return {
            "base_url": data["base_url"],
            "token_url": data["token_url"] if by_client else "",
            "client_id": data["client_id"] if by_client else "",
            "huvudman": data["huvudman"],
        }

    def credentials(self) -> dict[str, str] | None:
        """Return the secret to store; None keeps what is stored, an empty one forgets it."""
        data = self.cleaned_data
        login = data.get("login")
        if login is None:
            return None
        if login == "none":
            return {}
        name = "token" if login == "token" else "client_secret"
        return {name: data[name]} if data[name] else None


class RolesForm(forms.Form):
    """Which role a duty of the source gives. What is not named here sees no pupils."""

    def __init__(self, *args: Any, words: list[str], roles: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: list[tuple[str, Any]] = [("", _("lärare utan egna elever"))]
        choices += [
            (role.code, gettext(role.name))
            for role in ROLES.values()
            if role.reach in ("unit", "emi", "none")
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

    unit = when_needed(
        forms.ChoiceField(
            label=_("Vad importen gäller"),
            required=False,
            choices=[NO_UNIT],
            help_text=_("Väljer du en skolenhet lämnas alla andras rader som de är."),
        )
    )

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

    PERIOD = ("first_day", "last_day")
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
    first_day = forms.DateField(
        label=_("Summorna gäller från och med"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Bara för summor per period. Säger filen själv vilka dagar den gäller, så räknas de."),
    )
    last_day = forms.DateField(
        label=_("Till och med"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
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
            for name in ("lesson_minutes", "codes", *self.PERIOD):
                del self.fields[name]
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

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = (data.get(name) for name in self.PERIOD)
        if bool(first) != bool(last) and not (self.errors.keys() & set(self.PERIOD)):
            missing = "last_day" if first else "first_day"
            self.add_error(missing, _("Ange båda dagarna, eller ingen om filen själv säger perioden."))
        elif first and last and last < first:
            self.add_error("last_day", _("Sista dagen ligger före den första. Kontrollera datumen."))
        elif first and last and school_year_start(first) != school_year_start(last):
            self.add_error("last_day", _("Perioden måste ligga inom ett läsår (1 juli–30 juni)."))
        elif first and first > today():
            self.add_error("first_day", _("Perioden har inte börjat än. Kontrollera datumet."))
        return data

    def period(self) -> tuple[date, date] | None:
        """Return the days that sums without a period of their own are about, None when none was given."""
        first, last = (self.cleaned_data.get(name) for name in self.PERIOD)
        return (first, last) if first and last else None

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
