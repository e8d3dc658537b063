"""Takes an extract about one child out of the tables, by what the models themselves say of their fields."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Field, ForeignKey, Model
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext

from samhandla.analytics.queries import lessons_of_child_for
from samhandla.detect.models import Reason
from samhandla.detect.queries.history import chips_in_words
from samhandla.detect.queries.lists import reason_line
from samhandla.people.models import Child, Guardian, Guardianship
from samhandla.people.queries import service_viewer
from samhandla.people.queries.who import reads_without_names
from samhandla.rights import sources
from samhandla.rights.rules.pieces import Column, pointed_out
from samhandla.trust.events import SENTENCES, EventKind
from samhandla.trust.models import Event
from samhandla.trust.rls import key_of
from samhandla.trust.viewer import Viewer, acting_as

WHOLE_LOG = 3660  # days
OWN_EVENTS = "rights:"  # requests are shown to whoever made them, never to another adult
READ_COLUMNS = ("on", "role", "unit", "page", "why", "times")
LESSON_COLUMNS = (
    "date", "start", "subject", "offered", "present", "valid", "invalid", "other", "reported",
    "participating",
)  # fmt: skip


@dataclass(frozen=True)
class Asker:
    """Who an extract is for: the child itself when `guardian` is None."""

    guardian: UUID | None = None


@dataclass(frozen=True)
class About:
    """Whom an extract is about, in which secrecy domain, and whose names in a text are another's."""

    child: Child
    domain_id: int
    asker: Asker
    others: tuple[str, ...]


def gather_extract(authority_id: int, child_id: int, domain_id: int, asker: Asker) -> list[dict[str, Any]]:
    """Return all that one secrecy domain of an authority has about a child, section by section.

    It reads as the authority's own service, since no person reaches every unit's rows; who may ask for it is
    the action's to hold. Nothing of another domain or authority is read, and nothing hints at it.

    Returns: one dict per table with `table`, `heading`, `columns` and `rows`; each row has `row`, `values`
        for a machine, `text` for a person, and `because`, the fields whose text must be decided by itself.
    """
    by = service_viewer(authority_id)
    with acting_as(by), translation.override("sv"):
        child = Child.objects.select_related("unit", "lives_in", "school_in").get(pk=child_id)
        about = About(child, domain_id, asker, _others(child, asker))
        found = [_section("people.child", sources.CHILD_HEADING, Child, [child], about)]
        found += _past(Child, "people.child", sources.CHILD_HEADING, about)
        found += _of_asker(about)
        for model in sources.child_rows():
            rows = model._default_manager.filter(child=child, domain_id=domain_id).order_by("pk")
            label = sources.label_of(model)
            heading = sources.HEADINGS.get(label, str(model._meta.verbose_name))
            found.append(_section(label, heading, model, _with_relations(model, rows), about))
            found += _past(model, label, heading, about)
        found += [_lessons(by, about), _events(about), _reads(by, about)]
        return [section for section in found if section["rows"]]


def correctable_of(viewer: Viewer, child: Child, domain_id: int) -> list[dict[str, Any]]:
    """Return the same sections as the viewer itself reads them, to say that something in them is wrong."""
    with translation.override("sv"):
        about = About(child, domain_id, Asker(), ())
        found = [_section("people.child", sources.CHILD_HEADING, Child, [child], about)]
        for model in sources.child_rows():
            rows = model._default_manager.filter(child=child, domain_id=domain_id).order_by("-pk")
            label = sources.label_of(model)
            heading = sources.HEADINGS.get(label, str(model._meta.verbose_name))
            found.append(_section(label, heading, model, _with_relations(model, rows), about))
        return [section for section in found if section["rows"]]


def _others(child: Child, asker: Asker) -> tuple[str, ...]:
    """Return the names of the child's other adults and siblings; protected ones too, only to compare."""
    family = Guardianship.objects.filter(child=child).values("guardian_id")
    ties = Guardianship.objects.filter(child=child)
    if asker.guardian is not None:
        ties = ties.exclude(guardian_id=asker.guardian)
    adults = Guardian.objects.filter(pk__in=ties.values("guardian_id"))
    known = Guardianship.objects.filter(guardian_id__in=family)
    siblings = Child.objects.filter(pk__in=known.values("child_id")).exclude(pk=child.pk)
    own = {child.given_name, child.family_name}
    names = {n for pair in adults.values_list("given_name", "family_name") for n in pair}
    names |= {n for pair in siblings.values_list("given_name", "family_name") for n in pair}
    return tuple(sorted(name for name in names - own if name.strip()))


def _with_relations(model: type[Model], rows: Any) -> list[Model]:
    related = [f.name for f in sources.given_fields(model) if isinstance(f, ForeignKey)]
    rows = rows.select_related(*related) if related else rows
    if model is Reason:
        rows = rows.select_related("signal")
    return list(rows)


def _past(model: type[Model], label: str, heading: str, about: About) -> Iterator[dict[str, Any]]:
    """Yield what rows of a table held before they were changed or removed."""
    past = sources.past_of(model)
    if past is None:
        return
    own = {"child_id": about.child.pk, "domain_id": about.domain_id}
    rows = past._default_manager.filter(**{"id": about.child.pk} if model is Child else own)
    rows = rows.exclude(pgh_label__startswith="insert").order_by("pgh_created_at", "pk")
    fields = sources.given_past_fields(model)
    columns = [
        Column(f.name, gettext(sources.words_of(f)), sources.is_free_text(past, f), sources.is_place(f))
        for f in fields
    ]
    before = gettext(sources.PAST_HEADING) % {"heading": gettext(heading)}
    yield _filled(f"{label}.past", before, columns, (_row(f"{label}.past", r, fields, about) for r in rows))


def _section(
    table: str, heading: str, model: type[Model], rows: Iterable[Model], about: About
) -> dict[str, Any]:
    fields = sources.given_fields(model)
    columns = [
        Column(
            f.name,
            gettext(sources.words_of(f)),
            free=sources.is_free_text(model, f),
            place=sources.is_place(f),
        )
        for f in fields
    ]
    if model is Reason:
        columns.append(Column("sentence", gettext("i ord")))
    return _filled(table, heading, columns, (_row(table, one, fields, about) for one in rows))


def _filled(
    table: str, heading: str, columns: list[Column], rows: Iterable[dict[str, Any]]
) -> dict[str, Any]:
    """Return a section; columns that are empty in every row are left out."""
    made = list(rows)
    used = [c for c in columns if any(row["text"].get(c.name) for row in made)]
    kept = {c.name for c in used}
    for row in made:
        row["values"] = {name: value for name, value in row["values"].items() if name in kept}
        row["text"] = {name: text for name, text in row["text"].items() if name in kept}
    return {
        "table": table,
        "heading": gettext(heading),
        "columns": [{"name": c.name, "label": c.label, "free": c.free, "place": c.place} for c in used],
        "rows": made,
    }


def _row(table: str, one: Any, fields: list[Field], about: About) -> dict[str, Any]:
    values = {f.name: _value(one, f, about) for f in fields}
    texts = {f.name: _text(one, f, values[f.name]) for f in fields}
    if isinstance(one, Reason):
        values["sentence"] = texts["sentence"] = reason_line(one).text
    free = [f.name for f in fields if sources.is_free_text(type(one), f) and texts[f.name]]
    because = {name: pointed_out(table, texts[name], about.others) for name in free}
    return {
        "row": str(one.pk),
        "values": values,
        "text": texts,
        "because": {name: list(codes) for name, codes in because.items() if codes},
    }


def _value(one: Any, field: Field, about: About) -> Any:
    """Return a field's value as a file can hold it; of an adult only whether it is the one who asks."""
    if isinstance(field, ForeignKey):
        other = getattr(one, field.name)
        if other is None:
            return None
        if isinstance(other, Guardian):
            own = about.asker.guardian is not None and other.pk == about.asker.guardian
            return gettext("du som begär") if own else gettext("en annan vuxen i registret")
        return str(other.name)
    value = getattr(one, field.attname)
    if isinstance(value, datetime):
        return timezone.localtime(value).isoformat(timespec="minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    return str(value) if isinstance(value, UUID) else value


def _text(one: Any, field: Field, value: Any) -> str:
    """Return a value in words."""
    if value is None or value == "":
        return ""
    if field.name == "chips":
        return chips_in_words(value)
    if field.choices:
        return str(getattr(one, f"get_{field.name}_display")())
    raw = getattr(one, field.attname)
    if isinstance(raw, datetime):
        return date_format(timezone.localtime(raw), "j F Y H:i")
    if isinstance(raw, date):
        return date_format(raw, "j F Y")
    return in_words(value)


def in_words(value: Any) -> str:
    """Return a plain value as a reader sees it; a list with commas, an object as "name: value"."""
    if isinstance(value, bool):
        return gettext("ja") if value else gettext("nej")
    if isinstance(value, Mapping):
        return "; ".join(f"{name}: {in_words(part)}" for name, part in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(in_words(part) for part in value)
    return "" if value is None else str(value)


def _of_asker(about: About) -> Iterator[dict[str, Any]]:
    """Yield what is stored about the adult who asks, and about nobody else."""
    if about.asker.guardian is not None:
        rows = Guardian.objects.filter(pk=about.asker.guardian)
        yield _section("people.guardian", sources.GUARDIAN_HEADING, Guardian, rows, about)


def _lessons(by: Viewer, about: About) -> dict[str, Any]:
    """Return the lessons of the lake: the day rows were made from them."""
    columns = [Column(name, gettext(sources.LABELS[name])) for name in LESSON_COLUMNS]
    rows = []
    for number, lesson in enumerate(lessons_of_child_for(by, about.child.pk), start=1):
        start = f"{lesson['start'] // 60:02d}:{lesson['start'] % 60:02d}"
        values = {
            **{name: lesson[name] for name in LESSON_COLUMNS},
            "date": str(lesson["date"]),
            "start": start,
        }
        text = {name: in_words(value) for name, value in values.items()}
        rows.append({"row": str(number), "values": values, "text": text, "because": {}})
    return _filled("lake.lesson", sources.LESSONS_HEADING, columns, rows)


def _events(about: About) -> dict[str, Any]:
    key = key_of(about.child.pk, about.domain_id)
    events = Event.objects.filter(child_key=key).exclude(event__startswith=OWN_EVENTS).order_by("at", "pk")
    columns = [
        Column("at", gettext("tidpunkt")),
        Column("event", gettext("händelse")),
        Column("reason", gettext("skäl"), free=True),
    ]
    return _filled(
        "trust.event", sources.HEADINGS["trust.event"], columns, (_event(e, about) for e in events)
    )


def _event(event: Event, about: About) -> dict[str, Any]:
    at = timezone.localtime(event.at)
    known = event.event in EventKind._value2member_map_
    said = gettext(SENTENCES[EventKind(event.event)]) if known else event.event
    because = pointed_out("trust.event", event.reason, about.others)
    return {
        "row": str(event.pk),
        "values": {"at": at.isoformat(timespec="minutes"), "event": event.event, "reason": event.reason},
        "text": {"at": date_format(at, "j F Y H:i"), "event": said, "reason": event.reason},
        "because": {"reason": list(because)} if because else {},
    }


def _reads(by: Viewer, about: About) -> dict[str, Any]:
    lines = reads_without_names(by, about.child, days=WHOLE_LOG)
    columns = [Column(name, gettext(sources.LABELS[name]), place=name == "unit") for name in READ_COLUMNS]
    rows = []
    for number, line in enumerate(lines, start=1):
        values = {
            "on": line.on.isoformat(), "role": line.role, "unit": line.unit, "page": line.part,
            "why": line.why, "times": line.times,
        }  # fmt: skip
        text = {
            **{name: in_words(value) for name, value in values.items()},
            "on": date_format(line.on, "j F Y"),
        }
        rows.append({"row": str(number), "values": values, "text": text, "because": {}})
    return _filled("trust.readentry", sources.HEADINGS["trust.readentry"], columns, rows)
