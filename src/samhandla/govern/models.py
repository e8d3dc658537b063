"""The board page: what is counted, what was found, what people say about it, what was frozen.

Nouns: board measure, board count, board figure, board goal, board assessment, board page.
"""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from django.core.validators import MaxLengthValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from samhandla.analytics.disclosure import ALL_SEXES, BOYS, BOYS_OR_UNKNOWN, GIRLS
from samhandla.people.models import Organisation, SchoolForm
from samhandla.trust.classify import Classified

ANALYSIS_LENGTH = 600  # what the municipal planning systems take


class BoardMeasure(models.Model):
    """One version of the definition of high absence. Never changed: a new version takes over.

    Boards of the same municipality share it (`scope`), so that they show the same figure.
    """

    class Absence(models.TextChoices):
        ALL = "all", _("giltig och ogiltig frånvaro")
        INVALID = "invalid", _("bara ogiltig frånvaro")

    scope = models.CharField(max_length=40)
    version = models.PositiveIntegerField()
    threshold = models.DecimalField(_("gräns"), max_digits=4, decimal_places=3)
    absence = models.CharField(_("frånvaro som räknas"), max_length=8, choices=Absence, default=Absence.ALL)
    forms = models.JSONField(_("skolformer"))
    group_limit = models.PositiveSmallIntegerField(_("minsta grupp som visas"))
    count_limit = models.PositiveSmallIntegerField(_("minsta antal elever över gränsen som visas"))
    low_reporting = models.DecimalField(_("låg andel registrerade lektioner"), max_digits=3, decimal_places=2)
    high_mean = models.DecimalField(_("hög nivå på en hel enhet"), max_digits=3, decimal_places=2)
    valid_from = models.DateField()
    set_by = models.ForeignKey("trust.Actor", models.PROTECT, null=True, related_name="+")
    reason = models.CharField(_("skäl"), max_length=300, blank=True)

    class Fields(Classified):
        retention = "published"
        open = (
            "id",
            "scope",
            "version",
            "threshold",
            "absence",
            "forms",
            "group_limit",
            "count_limit",
            "low_reporting",
            "high_mean",
            "valid_from",
            "reason",
        )
        internal = ("set_by",)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["scope", "version"], name="boardmeasure_version"),
            models.CheckConstraint(
                condition=models.Q(threshold__gt=0) & models.Q(threshold__lt=1), name="boardmeasure_threshold"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scope} {self.version}"

    @property
    def kinds(self) -> tuple[str, ...]:
        """Return the absence that counts, as the day rows name it."""
        return ("invalid",) if self.absence == self.Absence.INVALID else ("valid", "invalid")


class BoardCount(models.Model):
    """One count of all figures of an authority, and exactly which data it was made from."""

    row_security = "authority"

    authority = models.ForeignKey("trust.Authority", models.PROTECT, related_name="+")
    measure = models.ForeignKey(BoardMeasure, models.PROTECT, related_name="+")
    counted_at = models.DateTimeField()
    data_up_to = models.DateField(null=True)
    data_version = models.CharField(max_length=64)
    # Which pages were frozen when it was made: what they show limits what may be shown beside them.
    pages_before = models.PositiveIntegerField(default=0)
    # Term → pupils with a sum over days of that term and of another, which is counted in none; null when few.
    across_terms = models.JSONField(default=dict)

    class Fields(Classified):
        retention = "published"
        open = (
            "id",
            "authority",
            "measure",
            "counted_at",
            "data_up_to",
            "data_version",
            "pages_before",
            "across_terms",
        )

    def __str__(self) -> str:
        return f"{self.counted_at}"


class BoardFigure(models.Model):
    """One group in one term, after disclosure control. No child and no small group is in this table.

    Empty unit, grade or sex means all. Numbers that may not be shown are empty and `hidden` says why.
    """

    row_security = "authority"

    class Hidden(models.TextChoices):
        NO = "", _("visas")
        SMALL = "small", _("för få för att visas")
        BESIDE = "beside", _("döljs så att en annan grupp inte kan räknas ut")

    class Sex(models.TextChoices):
        ALL = ALL_SEXES, _("alla")
        GIRLS = GIRLS, _("flickor")
        BOYS = BOYS, _("pojkar")
        BOYS_OR_UNKNOWN = BOYS_OR_UNKNOWN, _("pojkar och okänt kön")

    count = models.ForeignKey(BoardCount, models.CASCADE, related_name="figures")
    authority = models.ForeignKey("trust.Authority", models.PROTECT, related_name="+")
    term = models.CharField(max_length=6)
    form = models.CharField(_("skolform"), max_length=8, choices=SchoolForm, blank=True)
    unit = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    grade = models.SmallIntegerField(_("årskurs"), null=True)
    sex = models.CharField(_("kön"), max_length=1, choices=Sex, blank=True)
    pupils = models.IntegerField(null=True)
    above = models.IntegerField(null=True)
    missing = models.IntegerField(null=True)
    # Of `pupils`: counted wholly or partly by sums of a source without lessons.
    by_sums = models.IntegerField(null=True)
    absence_share = models.DecimalField(max_digits=6, decimal_places=5, null=True)
    reporting_share = models.DecimalField(max_digits=6, decimal_places=5, null=True)
    # `hidden` is about the whole group, `share_hidden` about its pupils above the limit alone.
    hidden = models.CharField(max_length=8, choices=Hidden, blank=True)
    share_hidden = models.CharField(max_length=8, choices=Hidden, blank=True)
    as_published = models.BooleanField(default=False)

    class Fields(Classified):
        retention = "published"
        internal = (
            "id",
            "count",
            "authority",
            "term",
            "form",
            "unit",
            "grade",
            "sex",
            "pupils",
            "above",
            "missing",
            "by_sums",
            "absence_share",
            "reporting_share",
            "hidden",
            "share_hidden",
            "as_published",
        )

    def __str__(self) -> str:
        return f"{self.term} {self.form} {self.unit_id} {self.sex}"


class BoardGoal(models.Model):
    """A goal of the board for the share with high absence in one school form."""

    row_security = "authority"

    class Kind(models.TextChoices):
        AT_MOST = "at_most", _("andelen ska vara högst (procent)")
        FALL_POINTS = "fall_points", _("andelen ska minska med (procentenheter)")
        FALL_PERCENT = "fall_percent", _("andelen ska minska med (procent av utgångsläget)")

    authority = models.ForeignKey("trust.Authority", models.PROTECT, related_name="+")
    name = models.CharField(_("nämndmål"), max_length=200)
    form = models.CharField(_("skolform"), max_length=8, choices=SchoolForm)
    kind = models.CharField(_("hur målet räknas"), max_length=12, choices=Kind)
    target = models.DecimalField(_("målvärde"), max_digits=4, decimal_places=1)
    base_term = models.CharField(_("utgångsläge (termin)"), max_length=6, blank=True)
    base_percent = models.DecimalField(
        _("utgångsläge (procent)"), max_digits=4, decimal_places=1, null=True, blank=True
    )
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Fields(Classified):
        retention = "published"
        open = (
            "id",
            "authority",
            "name",
            "form",
            "kind",
            "target",
            "base_term",
            "base_percent",
            "valid_from",
            "valid_to",
        )

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(kind="at_most")
                | ~models.Q(base_term="")
                | models.Q(base_percent__isnull=False),
                name="boardgoal_base",
            ),
            models.CheckConstraint(
                condition=models.Q(target__gt=Decimal(0)) & models.Q(target__lt=Decimal(100)),
                name="boardgoal_target",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class BoardAssessment(models.Model):
    """What somebody says about a goal (or, without goal, the page) in a term: their words, their choice."""

    row_security = "authority"

    class Forecast(models.TextChoices):
        MET = "met", _("uppfylls")
        PARTLY = "partly", _("uppfylls delvis")
        NOT_MET = "not_met", _("uppfylls inte")

    authority = models.ForeignKey("trust.Authority", models.PROTECT, related_name="+")
    term = models.CharField(max_length=6)
    goal = models.ForeignKey(BoardGoal, models.PROTECT, null=True, related_name="assessments")
    forecast = models.CharField(_("prognos"), max_length=8, choices=Forecast, blank=True)
    analysis = models.TextField(_("analys"), blank=True, validators=[MaxLengthValidator(ANALYSIS_LENGTH)])
    not_comparable_with = models.CharField(_("inte jämförbart med"), max_length=60, blank=True)
    because = models.CharField(_("eftersom"), max_length=300, blank=True)
    written_by = models.ForeignKey("trust.Actor", models.PROTECT, related_name="+")
    written_at = models.DateTimeField()

    class Fields(Classified):
        retention = "published"
        open = (
            "id",
            "authority",
            "term",
            "goal",
            "forecast",
            "analysis",
            "not_comparable_with",
            "because",
            "written_at",
        )
        internal = ("written_by",)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["authority", "term", "goal"], name="boardassessment_one", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=models.Q(not_comparable_with="", because="")
                | (~models.Q(not_comparable_with="") & ~models.Q(because="")),
                name="boardassessment_because",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.term} {self.forecast}"


class BoardPage(models.Model):
    """A frozen page: all that was shown, with its hash. The running role may neither change nor delete it."""

    row_security = "authority"

    authority = models.ForeignKey("trust.Authority", models.PROTECT, related_name="+")
    term = models.CharField(max_length=6)
    content = models.JSONField()
    content_hash = models.CharField(max_length=64)
    data_version = models.CharField(max_length=64)
    frozen_at = models.DateTimeField()
    frozen_by = models.ForeignKey("trust.Actor", models.PROTECT, related_name="+")

    class Fields(Classified):
        retention = "published"
        open = (
            "id",
            "authority",
            "term",
            "content",
            "content_hash",
            "data_version",
            "frozen_at",
        )
        internal = ("frozen_by",)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["authority", "term"], name="boardpage_term")]

    def __str__(self) -> str:
        return f"{self.term} {self.frozen_at}"


class LinkageRun(models.Model):
    """One statistical linkage run: a social board asks how absence is among the children it has efforts for.

    Attendance goes one way, is matched inside the database and leaves only as totals; no row about a child is
    kept anywhere. The row says why and by what ground; each board's lawyer approves in a row of its own.
    """

    row_security = "authority"

    authority = models.ForeignKey("trust.Authority", models.PROTECT, related_name="+")
    school = models.ForeignKey(
        "trust.Authority", models.PROTECT, related_name="+", verbose_name=_("skolans nämnd eller huvudman")
    )
    purpose = models.TextField(_("ändamål"))
    ground = models.CharField(_("rättslig grund"), max_length=300)
    first = models.DateField(_("från och med"))
    last = models.DateField(_("till och med"))
    asked_by = models.ForeignKey("trust.Actor", models.PROTECT, related_name="+")
    asked_on = models.DateField(_("begärd"))
    # Set by the database when the run is made: an approval is for one run.
    done_by = models.ForeignKey("trust.Actor", models.PROTECT, null=True, related_name="+")
    done_at = models.DateTimeField(_("gjord"), null=True)

    class Fields(Classified):
        retention = "published"
        internal = (
            "id", "authority", "school", "purpose", "ground", "first", "last", "asked_by", "asked_on",
            "done_by", "done_at",
        )  # fmt: skip

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(last__gte=models.F("first")), name="linkagerun_dates"),
        ]

    def __str__(self) -> str:
        return f"linkage {self.pk}"


class LinkageApproval(models.Model):
    """That one of the two boards' lawyers approves a run. Never changed."""

    row_security = "authority"

    run = models.ForeignKey(LinkageRun, models.PROTECT, related_name="approvals")
    authority = models.ForeignKey("trust.Authority", models.PROTECT, related_name="+")
    by = models.ForeignKey("trust.Actor", models.PROTECT, related_name="+")
    name = models.CharField(_("godkänd av"), max_length=200)
    on = models.DateField(_("godkänd"))

    class Fields(Classified):
        retention = "published"
        internal = ("id", "run", "authority", "by", "name", "on")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["run", "authority"], name="linkageapproval_once"),
        ]

    def __str__(self) -> str:
        return f"{self.run_id}"


class LinkageResult(models.Model):
    """What left a run: totals that have passed disclosure control, hidden ones without a figure."""

    row_security = "authority"

    run = models.OneToOneField(LinkageRun, models.PROTECT, related_name="result")
    totals = models.JSONField()

    class Fields(Classified):
        retention = "published"
        internal = ("id", "run", "totals")

    def __str__(self) -> str:
        return f"{self.run_id}"
