"""Shape and wording of what is asked for in the register."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from samhandla.people.models import Area, Break, Conflict, LogReview, Organisation, SchoolForm, Staff
from samhandla.people.queries.duties import DutyChoices, StandInChoices
from samhandla.people.rules import LAST_SCHOOL_YEAR

# Codes of the register's rules, in words that say what to do.
PROBLEMS = {
    "account_above": _("Kontot sköts av systemförvaltaren, eftersom personen har en roll utanför dina."),
    "account_elsewhere": _(
        "Länken kan bara göras av den som driver Samhandla. Personen kan själv byta lösenord på sin sida."
    ),
    "already_ended": _("Det var redan avslutat. Ingenting ändrades."),
    "already_set": _("Det finns redan för några av de dagarna. Avsluta det först eller välj andra dagar."),
    "already_open": _("Någon av dem har redan ett konto. Ladda om sidan och välj igen."),
    "begins_in_the_past": _("Ett uppdrag kan inte börja före i dag. Välj i dag eller en senare dag."),
    "eppn_taken": _("Någon annan har redan det inloggningsnamnet. Kontrollera stavningen."),
    "in_the_past": _("Dagarna har redan varit. Välj i dag eller en senare dag."),
    "known_already": _("En kollega har redan den e-postadressen. Sök efter personen i stället."),
    "label_or_source_missing": _("Skriv både namnet och källan."),
    "last_before_first": _("Sista dagen ligger före första dagen. Byt plats på dem."),
    "marked_already": _("Eleven har redan den markeringen. Ingenting ändrades."),
    "needs_school": _("En rektor leder en skolenhet. Välj skolan eller skolenheten."),
    "no_account": _("Personen har inget öppet konto. Ladda om sidan."),
    "no_eppn": _("Skriv skolkontots namn så som namn@domän."),
    "no_right": _(
        "Registret ger den vuxna ingen rätt till insyn i dag. Ändra registret först om det är fel."
    ),
    "no_labels": _("Inga namn från den dagen väntar på godkännande. Ladda om sidan."),
    "no_such_year": _("Skolformen har inget sådant år. Välj ett år från 0 till 10."),
    "overlaps": _("Dagarna ligger i en annan termin. Ändra någon av terminerna så att de inte möts."),
    "other_branch": _(
        "Elevhälsans medicinska insats har sekretess mot skolan. Den som arbetar på båda sidor läggs upp som"
        " två personer med samma inloggningsnamn, och väljer själv var hen arbetar."
    ),
    "outcome": _("Välj ett av svaren."),
    "own_account": _("Ditt eget konto sköts av någon annan. Lösenordet byter du själv under ditt namn."),
    "principal_only": _("Bara rektor tar bort en markering. Säg till rektor."),
    "same_person": _("Ersättaren kan inte vara samma person. Välj en kollega."),
    "signed": _("Någon har redan signerat. Ladda om sidan."),
    "stand_in_needed": _("Välj vem som tar över för eleven. Ersättaren ska svara på signaler på enheten."),
    "too_far": _("Dagarna ligger mer än tio år bort. Kontrollera årtalen."),
    "too_long": _("Terminen är längre än ett år. Kontrollera årtalen."),
    "too_young": _("Eleven får eget konto från 16 år. Är födelsedatumet okänt: rätta registret först."),
    "works_elsewhere": _("Personens uppdrag når inte eleven. Ladda om sidan och välj någon i listan."),
    "words": _("Skriv vad som ska utredas och hur."),
    "yourself": _("Ett uppdrag kan inte ges till en själv. Be någon annan som har rätt till det."),
}


def _day(label: Any, **more: Any) -> forms.DateField:
    return forms.DateField(
        label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **more
    )


class PeriodForm(forms.Form):
    """A first and a last day, both included."""

    first = _day(_("Första dagen"))
    last = _day(_("Sista dagen"))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("first") and data.get("last") and data["last"] < data["first"]:
            self.add_error("last", PROBLEMS["last_before_first"])
        return data


class StandInForm(PeriodForm):
    """Who is away, who stands in, which days."""

    absent = forms.TypedChoiceField(label=_("Vem är borta?"), coerce=int)
    stand_in = forms.TypedChoiceField(
        label=_("Vem är ersättare?"),
        coerce=int,
        help_text=_("Ersättaren får samma behörighet och samma signaler under dagarna, och inte längre."),
    )
    field_order = ("absent", "stand_in", "first", "last")

    def __init__(self, *args: Any, choices: StandInChoices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {one.pk: one for one in [*choices.absent, *choices.stand_in]}
        self.fields["absent"].choices = _named(choices.absent)
        self.fields["stand_in"].choices = [("", _("Välj en kollega")), *_named(choices.stand_in)]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("absent") and data.get("absent") == data.get("stand_in"):
            self.add_error("stand_in", PROBLEMS["same_person"])
        return data

    @property
    def absent_staff(self) -> Staff:
        return self.people[self.cleaned_data["absent"]]

    @property
    def stand_in_staff(self) -> Staff:
        return self.people[self.cleaned_data["stand_in"]]


def _named(people: list[Staff]) -> list[tuple[int, str]]:
    return [(one.pk, f"{one.family_name}, {one.given_name}") for one in people]


class GiveForm(PeriodForm):
    """A role at a unit, from a day and perhaps to a day."""

    role = forms.ChoiceField(label=_("Roll"))
    unit = forms.TypedChoiceField(label=_("Enhet"), coerce=int)
    last = _day(_("Sista dagen"), required=False, help_text=_("Lämna tomt om uppdraget gäller tills vidare."))
    field_order = ("role", "unit", "first", "last")

    def __init__(self, *args: Any, choices: DutyChoices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.units = {unit.pk: unit for unit in choices.units}
        self.fields["role"].choices = [("", _("Välj en roll")), *choices.roles]
        self.fields["unit"].choices = organisation_choices(choices.units)


class GiveGroupForm(PeriodForm):
    """A task in a group, from a day and perhaps to a day."""

    role = forms.ChoiceField(label=_("Roll"))
    group = forms.TypedChoiceField(label=_("Grupp"), coerce=int)
    last = _day(_("Sista dagen"), required=False, help_text=_("Lämna tomt om uppdraget gäller tills vidare."))
    field_order = ("role", "group", "first", "last")

    def __init__(self, *args: Any, choices: DutyChoices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.groups = {group.pk: group for group in choices.groups}
        several = len({group.unit_id for group in choices.groups}) > 1
        self.fields["role"].choices = choices.tasks
        self.fields["group"].choices = [
            ("", _("Välj en grupp")),
            *((g.pk, f"{g.name}, {g.unit.name}" if several else g.name) for g in choices.groups),
        ]


class PersonForm(forms.Form):
    """Somebody who works here but is in no school system."""

    given_name = forms.CharField(label=_("Förnamn"), max_length=100)
    family_name = forms.CharField(label=_("Efternamn"), max_length=100)
    email = forms.EmailField(
        label=_("E-post"), help_text=_("Blir användarnamnet om personen får ett konto med lösenord.")
    )


class LabelForm(forms.Form):
    """What one school year is called from a day on."""

    form = forms.ChoiceField(label=_("Skolform"), choices=SchoolForm.choices)
    school_year = forms.IntegerField(
        label=_("År i skolformen"), min_value=0, max_value=LAST_SCHOOL_YEAR,
        help_text=_("0 är förskoleklass, 1 är det första året i skolformen."),
    )  # fmt: skip
    label = forms.CharField(label=_("Heter"), max_length=20)
    valid_from = _day(_("Från och med"))
    source = forms.CharField(
        label=_("Källa"), max_length=200, help_text=_("Lagen eller propositionen, med nummer.")
    )


class TermForm(PeriodForm):
    """A term's days."""

    name = forms.CharField(
        label=_("Termin"),
        max_length=8,
        help_text=_("Till exempel HT26. Finns terminen redan ändras dess dagar."),
    )
    field_order = ("name", "first", "last")


class BreakForm(PeriodForm):
    """Days without school."""

    kind = forms.ChoiceField(label=_("Slag"), choices=Break.Kind.choices)
    name = forms.CharField(label=_("Namn"), max_length=60, help_text=_("Till exempel höstlov."))
    field_order = ("name", "kind", "first", "last")


class AreaForm(forms.Form):
    """In which area a unit lies."""

    area = forms.TypedChoiceField(label=_("Område"), coerce=int, empty_value=None, required=False)

    def __init__(self, *args: Any, areas: list[Area], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.areas = {one.pk: one for one in areas}
        self.fields["area"].choices = [("", _("okänt")), *((one.pk, one.name) for one in areas)]

    @property
    def chosen(self) -> Area | None:
        number = self.cleaned_data["area"]
        return None if number is None else self.areas[number]


class PersonnummerForm(forms.Form):
    """A whole number to look somebody up by."""

    number = forms.CharField(
        label=_("Personnummer"),
        max_length=16,
        help_text=_("ÅÅÅÅMMDD-NNNN. Sökningen antecknas."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "text"}),
    )


def organisation_choices(organisations: list[Organisation]) -> list[tuple[int, str]]:
    """Return units by name, with what kind the others are."""
    unit = Organisation.Kind.SCHOOL_UNIT
    return [(o.pk, o.name if o.kind == unit else f"{o.name} ({o.get_kind_display()})") for o in organisations]


class ColleagueForm(forms.Form):
    """One colleague out of a few."""

    staff = forms.TypedChoiceField(label=_("Vem?"), coerce=int)

    def __init__(self, *args: Any, people: list[Staff], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["staff"].choices = [("", _("Välj en kollega")), *_named(people)]


class ConflictForm(forms.Form):
    """How close somebody is to a child, and who takes over."""

    kind = forms.ChoiceField(
        label=_("På vilket sätt står du eleven nära?"),
        choices=Conflict.Kind.choices,
        widget=forms.RadioSelect,
    )
    stand_in = forms.TypedChoiceField(
        label=_("Vem tar över för eleven?"),
        coerce=int,
        required=False,
        empty_value=None,
        help_text=_("Får samma signaler om just den eleven. Utan ersättare tar rektor över."),
    )

    def __init__(self, *args: Any, people: list[Staff], must: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["stand_in"].required = must
        self.fields["stand_in"].choices = [
            ("", _("Välj en kollega") if must else _("Rektor tar över")),
            *_named(people),
        ]


class SignForm(forms.Form):
    """The end of a check of the log."""

    outcome = forms.ChoiceField(
        label=_("Vad kom du fram till?"), choices=LogReview.Outcome.choices, widget=forms.RadioSelect
    )
    words = forms.CharField(
        label=_("Vad har du gjort, eller vad ska göras?"),
        help_text=_("Behövs när något utreds vidare. Skriv inga uppgifter om elever."),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


def tell_problem(form: forms.BaseForm, problem: str) -> None:
    """Say in a form why the register refused, at the field of the same name when there is one."""
    form.add_error(problem if problem in form.fields else None, PROBLEMS[problem])
