"""Reads of the import: sources, batches, what the source's ids stand for, how fresh data is."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext

from samhandla.analytics.queries import data_up_to_by_source
from samhandla.integrations.delivery import COUNT_NAMES, REGISTER_RESOURCES
from samhandla.integrations.files.wording import field_word
from samhandla.integrations.models import (
    Batch,
    BatchRefusal,
    ChildLink,
    Link,
    LinkKind,
    Preset,
    Source,
    SourceKind,
)
from samhandla.integrations.rules.planned import KINDS, Known, KnownRows
from samhandla.integrations.words import CHECKED, COUNTS, RESOURCES, SELDOM, STAGES
from samhandla.lib.i18n import storable, worded
from samhandla.people.register import register_rows
from samhandla.trust.viewer import Viewer

DIFFERING = ("new", "changed", "missing")
TAKEN = (*DIFFERING, "unchanged")
EDLEVO = "edlevo"  # the file says itself what its fields mean
IN_USE = (Batch.State.COMMITTED,)
REFUSALS_SHOWN = 100
REFUSALS_AT_ONCE = 10  # the rest of those shown are folded
MOMENT = "j F Y H:i"  # as the pages write it; the month in the reader's language
LONGEST_CHECK = timedelta(minutes=5)  # a check that has not answered by then was broken off


def sources_for(viewer: Viewer) -> QuerySet[Source]:
    return Source.objects.filter(authority_id=viewer.authority_id)


def get_source_for(viewer: Viewer, source_id: int) -> Source | None:
    return sources_for(viewer).filter(pk=source_id).select_related("scope", "register_source").first()


def login_of(source: Source) -> str:
    """Return how a source logs in with the secret that is stored: `token`, `client`, or nothing."""
    if not source.sealed_credentials:
        return ""
    return "client" if source.settings.get("client_id") else "token"


def register_sources(viewer: Viewer) -> list[Source]:
    """Return the sources whose ids stand for children, the latest first."""
    named = ChildLink.objects.filter(other=False).values("source_id")
    return list(sources_for(viewer).filter(pk__in=named).order_by("-pk"))


def batches_for(viewer: Viewer) -> QuerySet[Batch]:
    return Batch.objects.filter(authority_id=viewer.authority_id)


def get_batch_for(viewer: Viewer, batch_id: int) -> Batch | None:
    return batches_for(viewer).filter(pk=batch_id).select_related("source", "scope", "same_as").first()


def presets_for(viewer: Viewer) -> QuerySet[Preset]:
    return Preset.objects.filter(authority_id=viewer.authority_id).order_by("name")


@dataclass(frozen=True)
class SourceRow:
    """One source in the list: its last batch and why it was not taken in, and how far its data reaches."""

    source: Source
    last: Batch | None
    data_to: date | None
    problem: str = ""


def list_sources_for(viewer: Viewer) -> list[SourceRow]:
    """Return the authority's sources by name. Queries: five, whatever their number."""
    latest = Batch.objects.filter(source=OuterRef("pk")).order_by("-pk").values("pk")[:1]
    rows = list(sources_for(viewer).annotate(last_id=Subquery(latest)).order_by("name", "pk"))
    reach = data_up_to_by_source(viewer.authority_id)
    last = Batch.objects.in_bulk([row.last_id for row in rows if row.last_id])
    return [
        SourceRow(row, last.get(row.last_id), reach.get(row.pk), _problem(last.get(row.last_id)))
        for row in rows
    ]


def _problem(batch: Batch | None) -> str:
    if batch is None or batch.state not in (Batch.State.STOPPED, Batch.State.FAILED):
        return ""
    return in_words(batch.said or batch.reason)


def list_batches_for(viewer: Viewer, source_id: int, limit: int = 20) -> list[Batch]:
    return list(batches_for(viewer).filter(source_id=source_id).order_by("-pk")[:limit])


def list_refusals_for(
    viewer: Viewer, batch_id: int, limit: int | None = REFUSALS_SHOWN
) -> list[BatchRefusal]:
    """Return rows that were not taken, in the order of the file; None gives all of them."""
    rows = BatchRefusal.objects.filter(authority_id=viewer.authority_id, batch_id=batch_id).order_by("pk")
    found = list(rows if limit is None else rows[:limit])
    for one in found:
        one.reason = in_words(one.said or one.reason)
        one.field = gettext(word) if (word := _field_word(one)) else ""
        one.resource = gettext(RESOURCES.get(one.resource, one.resource))
    return found


def _field_word(one: BatchRefusal) -> str:
    return field_word(one.field, of_people=one.resource in REGISTER_RESOURCES)


def count_refusals_for(viewer: Viewer, batch_id: int) -> int:
    return BatchRefusal.objects.filter(authority_id=viewer.authority_id, batch_id=batch_id).count()


def later_batches(batch: Batch) -> list[Batch]:
    """Return the batches of the same authority that were taken in after one, and still count."""
    rows = Batch.objects.filter(authority_id=batch.authority_id, state__in=IN_USE)
    return list(
        rows.filter(committed_at__gt=batch.committed_at)
        .exclude(pk=batch.pk)
        .select_related("source")
        .order_by("committed_at")
    )


def last_committed(source: Source) -> Batch | None:
    return Batch.objects.filter(source=source, state__in=IN_USE).order_by("-committed_at").first()


def last_full(source: Source) -> Batch | None:
    """Return the latest batch in use for which everything was fetched, not only what had changed."""
    rows = Batch.objects.filter(source=source, state__in=IN_USE, cursor__full=True)
    return rows.order_by("-committed_at").first()


def same_file_before(batch: Batch) -> Batch | None:
    """Return an earlier batch of the same source that took in exactly the same file."""
    if not batch.file_sha256:
        return None
    rows = Batch.objects.filter(source_id=batch.source_id, state__in=IN_USE, file_sha256=batch.file_sha256)
    return rows.exclude(pk=batch.pk).order_by("-pk").first()


def links(viewer: Viewer, source_id: int, kind: LinkKind) -> dict[str, int]:
    """Return a source's links of one kind: key → the link's own key."""
    rows = Link.objects.filter(authority_id=viewer.authority_id, source_id=source_id, kind=kind)
    return dict(rows.values_list("key", "pk"))


def link_refs(viewer: Viewer, source_ids: list[int], kind: str) -> dict[str, str]:
    """Return what the ids of some sources stand for, key → the register's key; later sources win."""
    rows = Link.objects.filter(authority_id=viewer.authority_id, source_id__in=source_ids, kind=kind)
    order = {source: place for place, source in enumerate(source_ids)}
    found = sorted(rows.values_list("source_id", "key", "ref"), key=lambda row: order[row[0]])
    return {key: ref for _source, key, ref in found}


@dataclass(frozen=True)
class ChildLinkRow:
    """One link of a child."""

    pk: int
    child: int
    fingerprint: str
    other: bool


def child_links(viewer: Viewer, source_id: int) -> dict[str, ChildLinkRow]:
    """Return a source's links of children by key; where two children share a passed-on id, neither has it."""
    rows = ChildLink.objects.filter(source_id=source_id).order_by("other", "pk")
    found: dict[str, ChildLinkRow] = {}
    unclear: set[str] = set()
    columns = ("key", "pk", "child_id", "fingerprint", "other")
    for key, pk, child, fingerprint, other in rows.values_list(*columns):
        row = ChildLinkRow(pk, child, fingerprint, other)
        if key in found and found[key].child != row.child:
            unclear.add(key)
        found.setdefault(key, row)
    return {key: row for key, row in found.items() if key not in unclear or not row.other}


def known_rows(viewer: Viewer, source: Source, scope_id: int | None) -> KnownRows:
    """Return all that a source's ids stand for today. Queries: about six."""
    known = KnownRows()
    columns = ("kind", "key", "ref", "fingerprint", "unit_id", "missing_since")
    for kind, key, ref, fingerprint, unit, missing in Link.objects.filter(
        authority_id=viewer.authority_id, source=source
    ).values_list(*columns):
        if kind == LinkKind.LEFT_OUT:
            known.left_out.add(key)
        elif kind in KINDS:
            known.rows[kind][key] = Known(ref, fingerprint, unit, missing is not None)
    about = ("pk", "unit_id", "missing_since", "protection")
    children = {
        pk: (unit, missing is not None, mark in ("marked", "protected"))
        for pk, unit, missing, mark in register_rows(viewer, "child", about)
    }
    for key, row in child_links(viewer, source.pk).items():
        if not row.other and row.child in children:
            known.children[key] = Known(str(row.child), row.fingerprint, *children[row.child])
    known.units = units_by_name(viewer)
    if scope_id is not None:
        known.scope = frozenset(units_below(viewer, scope_id))
    return known


def units_by_name(viewer: Viewer) -> dict[str, int]:
    """Return skolenhetskod and name, casefolded → unit; a name that two units share is left out.

    A school and its only school unit often have one name: then the school unit is meant.
    """
    rows = register_rows(viewer, "organisation", ("pk", "name", "skolenhetskod", "kind"))
    named: dict[str, list[tuple[int, bool]]] = defaultdict(list)
    for pk, name, _code, kind in rows:
        named[name.strip().casefold()].append((pk, kind == "school_unit"))
    found = {}
    for name, same in named.items():
        meant = [pk for pk, is_unit in same if is_unit] or [pk for pk, _is_unit in same]
        if len(meant) == 1:
            found[name] = meant[0]
    return found | {code.casefold(): pk for pk, _name, code, _kind in rows if code}


def units_below(viewer: Viewer, unit_id: int) -> set[int]:
    """Return a unit and all units below it."""
    below: dict[int | None, list[int]] = {}
    for pk, parent in register_rows(viewer, "organisation", ("pk", "parent_id")):
        below.setdefault(parent, []).append(pk)
    found, waiting = set(), [unit_id]
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting += below.get(one, [])
    return found


def left_out(viewer: Viewer, source_ids: list[int]) -> set[str]:
    """Return the hashes of those whom sources named but who were left out."""
    rows = Link.objects.filter(source_id__in=source_ids, kind=LinkKind.LEFT_OUT)
    return set(rows.values_list("key", flat=True))


def units_to_choose(viewer: Viewer) -> list[tuple[int, str]]:
    """Return the authority's school units by name, with skolenhetskod, for a run limited to one of them."""
    rows = register_rows(viewer, "organisation", ("pk", "name", "skolenhetskod"), kind="school_unit")
    return sorted(
        ((pk, f"{name} ({code})" if code else name) for pk, name, code in rows), key=lambda row: row[1]
    )


def duty_words_of(source: Source) -> list[str]:
    """Return the source's words for duties that were met at the last import."""
    last = last_committed(source)
    return [] if last is None else list(last.cursor.get("duty_words", []))


def batch_view(viewer: Viewer, batch: Batch) -> dict[str, Any]:
    """Return what the page of a batch shows. Queries: about five."""
    asked = batch.state == Batch.State.RUNNING or batch.stage == "undo"
    refused = list_refusals_for(viewer, batch.pk)
    sums = sums_of(batch)
    return {
        "batch": batch,
        "source": batch.source,
        "running": asked and batch.stage != "columns",
        "of_file": batch.source.kind == SourceKind.FILE,
        "readable": batch.cursor.get("mapping") not in (None, "", EDLEVO),
        "reason": in_words(batch.said or batch.reason),
        "remarks": [(in_words(one["text"]), one["rows"]) for one in batch.remarks],
        "stage": gettext(STAGES.get(batch.stage, STAGES["waiting"])),
        "counts": _counts_in_words(batch, sums),
        "sums": sums,
        "nothing": batch.state == Batch.State.REHEARSED and takes_nothing(batch),
        "nothing_new": bool(sums["unchanged"]) and not any(sums[name] for name in DIFFERING),
        "unchanged": bool(sums["unchanged"]) and not any(sums[name] for name in (*DIFFERING, "refused")),
        "refusals": refused[:REFUSALS_AT_ONCE],
        "refusals_more": refused[REFUSALS_AT_ONCE:],
        "refusals_shown": len(refused),
        "refusals_total": count_refusals_for(viewer, batch.pk) if refused else 0,
        "later": later_batches(batch) if batch.state == Batch.State.COMMITTED else [],
    }


def _counts_in_words(batch: Batch, sums: dict[str, int]) -> dict[str, Any]:
    """Return the table of what became of the rows; columns that are seldom used only when they are."""
    columns = [name for name in COUNT_NAMES if name not in SELDOM or sums[name]]
    return {
        "labels": [gettext(COUNTS[name]) for name in columns],
        "rows": [
            (
                gettext(RESOURCES.get(resource, resource)),
                [(gettext(COUNTS[name]), counts.get(name, 0)) for name in columns],
            )
            for resource, counts in batch.counts.items()
        ],
    }


def in_words(stored: Any) -> str:
    """Return a stored sentence, or the message of an error, in the reader's language."""
    return worded(storable(stored), gettext, lambda when: date_format(timezone.localtime(when), MOMENT))


def check_view(source: Source) -> dict[str, Any]:
    """Return what the last check of a source found, in the reader's language."""
    kept = source.capabilities
    asked = datetime.fromisoformat(kept["asked_at"]) if kept.get("asked_at") else None
    steps = [
        {"name": in_words(one["name"]), "ok": one["ok"], "text": in_words(one["text"])}
        for one in kept.get("steps", ())
    ]
    samples = kept.get("samples", {}).items()
    return {
        "checking": asked is not None and timezone.now() - asked < LONGEST_CHECK,
        "steps": steps,
        "samples": [(gettext(CHECKED.get(name, name)), in_words(one["text"])) for name, one in samples],
        "deviations": [in_words(text) for text in kept.get("deviations", ())],
    }


def sums_of(batch: Batch) -> dict[str, int]:
    """Return how many rows of a batch, of whatever kind, were read, new, refused and so on."""
    rows = batch.counts.values()
    return {name: sum(counts.get(name, 0) for counts in rows) for name in COUNT_NAMES}


def takes_nothing(batch: Batch) -> bool:
    """Tell whether rows were read but not one of them can be taken in."""
    sums = sums_of(batch)
    return bool(sums["read"]) and not any(sums[name] for name in TAKEN)
