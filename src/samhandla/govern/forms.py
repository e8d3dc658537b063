"""Goals, forecasts and analyses: shape and wording."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from samhandla.analytics.disclosure import THRESHOLD
from samhandla.govern.models import ANALYSIS_LENGTH, BoardAssessment, BoardGoal, BoardMeasure
from samhandla.govern.rules import NoTerm, Term
from samhandla.people.models import SchoolForm
from samhandla.people.queries import today

COUNTED_FORMS = [
    choice
    for choice in SchoolForm.choices
    if choice[0] not in (SchoolForm.PRESCHOOL, SchoolForm.AFTER_SCHOOL)
]


class GoalForm(forms.Form):
    """A goal of the board."""

    name = forms.CharField(label=_("Nämndmål"), max_length=200)
    form = forms.ChoiceField(label=_("Skolform"), choices=COUNTED_FORMS, initial=SchoolForm.COMPULSORY)
    kind = forms.ChoiceField(
        label=_("Hur målet räknas"), choices=BoardGoal.Kind, widget=forms.RadioSelect, initial="at_most"
    )
    target = forms.DecimalField(
        label=_("Målvärde"), max_digits=4, decimal_places=1, min_value=0.1, max_value=99.9, localize=True
    )
    base_term = forms.CharField(
        label=_("Utgångsläge, termin"),
        required=False,
        max_length=6,
        help_text=_("Till exempel VT2023. Behövs när andelen ska minska."),
    )
    base_percent = forms.DecimalField(
        label=_("Utgångsläge, procent"),
        required=False,
        max_digits=4,
        decimal_places=1,
        min_value=0.1,
        max_value=100,
        localize=True,
        help_text=_("Om siffran fanns innan systemet togs i bruk. Annars räknas terminens siffra."),
    )

    def clean_base_term(self) -> str:
        code = str(self.cleaned_data["base_term"]).strip().upper()
        if code:
            try:
                Term.parse(code)
            except NoTerm:
                raise ValidationError(_("Skriv terminen som VT2023 eller HT2023.")) from None
        return code

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("kind") in ("fall_points", "fall_percent") and not (
            data.get("base_term") or data.get("base_percent")
        ):
            raise ValidationError(_("En minskning behöver ett utgångsläge: en termin eller en siffra."))
        return data


class MeasureForm(forms.Form):
    """What the board calls high absence, from a day on. Filled in with what holds now."""

    limit = forms.DecimalField(
        label=_("Gräns för hög frånvaro, procent"),
        max_digits=3,
        decimal_places=1,
        min_value=1,
        max_value=99,
        localize=True,
        help_text=_("Elever vars frånvaro är över gränsen räknas. Lagen anger ingen procentsats."),
    )
    absence = forms.ChoiceField(
        label=_("Frånvaro som räknas"), choices=BoardMeasure.Absence, widget=forms.RadioSelect
    )
    group_limit = forms.IntegerField(
        label=_("Minsta grupp som visas"),
        min_value=THRESHOLD,
        max_value=100,
        help_text=_("Antal elever. Grupper med färre än 10 visas aldrig."),
    )
    valid_from = forms.DateField(label=_("Gäller från"), widget=forms.DateInput(attrs={"type": "date"}))
    reason = forms.CharField(
        label=_("Skäl"),
        max_length=300,
        help_text=_("Till exempel vilket nämndbeslut som ligger bakom. Skälet är offentligt."),
    )

    def clean_valid_from(self) -> date:
        day: date = self.cleaned_data["valid_from"]
        if day < today():
            raise ValidationError(_("En definition kan börja gälla tidigast i dag. Välj en senare dag."))
        return day

    @property
    def values(self) -> dict[str, Any]:
        """Return what was chosen by the names of the definition; the limit as a share."""
        said = dict(self.cleaned_data)
        return {"threshold": said.pop("limit") / 100, **said}


class AssessmentForm(forms.Form):
    """A forecast, an analysis and what the figure is not comparable with. Nothing is filled in beforehand."""

    forecast = forms.ChoiceField(
        label=_("Prognos"),
        choices=[("", _("ingen prognos")), *BoardAssessment.Forecast.choices],
        required=False,
        widget=forms.RadioSelect,
        help_text=_("Du väljer. Systemet räknar inte ut någon prognos."),
    )
    analysis = forms.CharField(
        label=_("Analys"),
        required=False,
        max_length=ANALYSIS_LENGTH,
        help_text=_("Högst 600 tecken."),
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    not_comparable_with = forms.CharField(label=_("Inte jämförbart med"), required=False, max_length=60)
    because = forms.CharField(label=_("eftersom"), required=False, max_length=300)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if bool(data.get("not_comparable_with")) != bool(data.get("because")):
            raise ValidationError(
                _("Fyll i både vad siffran inte är jämförbar med och varför, eller inget av dem.")
            )
        return data


class LinkageForm(forms.Form):
    """Why a statistical linkage run is needed, and about which days."""

    school: Any = forms.ModelChoiceField(queryset=None, label=_("Skolans nämnd eller huvudman"))
    purpose = forms.CharField(
        label=_("Ändamål"),
        max_length=1000,
        widget=forms.Textarea,
        help_text=_("Vad summorna ska användas till. Båda nämndernas jurister läser det."),
    )
    ground = forms.CharField(
        label=_("Rättslig grund"),
        max_length=300,
        help_text=_("Lagrum för att skolan lämnar ut och för att socialnämnden behandlar uppgifterna."),
    )
    first = forms.DateField(label=_("Från och med"), widget=forms.DateInput(attrs={"type": "date"}))
    last = forms.DateField(label=_("Till och med"), widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, schools: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["school"].queryset = schools


class LinkageFileForm(forms.Form):
    """The file of one run; it is read in memory and never kept."""

    file = forms.FileField(
        label=_("Fil med personnummer och slag"),
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
        help_text=_("CSV med kolumnerna personnummer och slag (placering eller insats). Filen sparas inte."),
    )
