"""Sources and presets: saved, checked."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.utils import timezone

from samhandla.integrations.connect import seal_credentials, settings_of
from samhandla.integrations.errors import SourceUnusable
from samhandla.integrations.files import Mapping, to_json
from samhandla.integrations.models import Preset, Source, SourceKind
from samhandla.integrations.source_check import check_file_source, last_import
from samhandla.integrations.ss12000.check import CheckReport, Step, check
from samhandla.integrations.ss12000.errors import BadSettings
from samhandla.lib.i18n import N_, storable
from samhandla.people.actions import make_areas
from samhandla.people.queries import today
from samhandla.trust.audit import action, record
from samhandla.trust.events import EventKind
from samhandla.trust.viewer import Viewer


@action
def save_source(
    *,
    by: Viewer,
    source: Source | None = None,
    credentials: dict[str, str] | None = None,
    **fields: Any,
) -> Source:
    """Make or change a source of the viewer's authority, and the areas that its settings name.

    Args:
        credentials: `token`, or `client_secret`; stored sealed. None keeps what is stored, and an empty one
            forgets it.
    """
    if source is None:
        source = Source.objects.create(authority_id=by.authority_id, **fields)
    elif fields:
        for name, value in fields.items():
            setattr(source, name, value)
        source.save(update_fields=list(fields))
    if credentials is not None:
        source.sealed_credentials = seal_credentials(source.pk, credentials) if credentials else None
        source.save(update_fields=["sealed_credentials"])
    if areas := fields.get("settings", {}).get("areas"):
        make_areas(by=by, names=areas.values())
    record(EventKind.SOURCE_CHANGED, by=by, about=source, details={"fields": sorted(fields)})
    return source


@action
def check_source(*, by: Viewer, source: Source) -> CheckReport:
    """Try what a source needs, and store what was found.

    Of a fetched one settings, connection and credentials, and what it offers; of one that delivers files
    folder, column template and whose ids it uses. Of both how the latest import went.
    """
    report = check_file_source(by, source) if source.kind == SourceKind.FILE else _check_fetched(source)
    kept = {
        "ok": report.ok,
        "steps": [{"name": s.name, "ok": s.ok, "text": storable(s.text)} for s in report.steps],
        "samples": {one.resource: {"ok": one.ok, "text": storable(one.text)} for one in report.samples},
        "deviations": list(report.deviations),
    }
    Source.objects.filter(pk=source.pk).update(capabilities=kept, checked_at=timezone.now())
    record(EventKind.SOURCE_CHANGED, by=by, about=source, details={"checked": report.ok})
    return report


def _check_fetched(source: Source) -> CheckReport:
    try:
        report = check(settings_of(source), today=today())
    except (BadSettings, SourceUnusable) as error:
        report = CheckReport((Step(N_("Inställningar"), ok=False, text=str(error)),), (), ())
    return replace(report, steps=(*report.steps, last_import(source)))


@action
def ask_for_check(*, by: Viewer, source: Source) -> Source:
    """Note that a check was asked for, so that the page shows it until a job has done it."""
    source.capabilities = {**source.capabilities, "asked_at": timezone.now().isoformat()}
    Source.objects.filter(pk=source.pk).update(capabilities=source.capabilities)
    record(EventKind.SOURCE_CHANGED, by=by, about=source, details={"asked": "check"})
    return source


@action
def save_preset(*, by: Viewer, name: str, mapping: Mapping) -> Preset:
    """Save a column mapping under a name; a preset of the same name is replaced."""
    preset, _created = Preset.objects.update_or_create(
        authority_id=by.authority_id,
        name=name,
        defaults={"mapping": to_json(mapping).decode(), "made_by": by.actor_id},
    )
    record(EventKind.PRESET_SAVED, by=by, about=preset)
    return preset
