"""What is checked of a source of files: folder, template, pupils; and of any source, its latest import."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from django.utils import timezone

from samhandla.integrations import files
from samhandla.integrations.files import FileSourceError, Kind, Mapping
from samhandla.integrations.files.templates import columns_of
from samhandla.integrations.inbox import inbox_of, waiting_files
from samhandla.integrations.models import Batch, ChildLink, Preset, Source
from samhandla.integrations.queries import EDLEVO, last_committed, presets_for
from samhandla.integrations.rules.freshness import is_overdue
from samhandla.integrations.ss12000.check import CheckReport, Step
from samhandla.lib.i18n import N_, Said, moment, say
from samhandla.people.queries import today
from samhandla.trust.viewer import Viewer

OWN = "own:"
FREE_BYTES = 1_000_000_000  # a large municipality's term fits in it
PEOPLE = (Kind.PUPILS, Kind.STAFF, Kind.GUARDIANS)
FOLDER = N_("Mapp på servern")
TEMPLATE = N_("Kolumnmall")
PUPILS = N_("Elevernas beteckningar")
LAST = N_("Senaste import")


def check_file_source(by: Viewer, source: Source) -> CheckReport:
    """Try what a source of files needs, in the process that takes them in, without importing anything."""
    template, mapping = _template(by, source)
    steps = [_folder(source), template]
    if mapping is None or mapping.kind not in PEOPLE:
        steps.append(_pupils(source, mapping))
    return CheckReport((*steps, last_import(source)), (), ())


def last_import(source: Source) -> Step:
    """Return how the latest run went, and whether one is overdue by the source's schedule."""
    latest = Batch.objects.filter(source=source).order_by("-pk").first()
    taken = last_committed(source)
    if latest is not None and latest.state in (Batch.State.STOPPED, Batch.State.FAILED):
        begun = moment(timezone.localtime(latest.started_at))
        text = N_("Importen {when} togs inte in. Skälet står på importens sida.")
        return Step(LAST, ok=False, text=say(text, when=begun))
    if taken is None or taken.committed_at is None:
        scheduled = source.schedule != "manual"
        return Step(LAST, ok=not scheduled, text=say(N_("Ingen import har tagits in från källan ännu.")))
    when = timezone.localtime(taken.committed_at)
    if is_overdue(source.schedule, when.date(), today()):
        text = N_(
            "Senast intagen {when}. Efter källans tider skulle något ha kommit sedan dess. Är det lov kan "
            "det stämma; annars kontrollera källan och att bakgrundsjobben är igång."
        )
        return Step(LAST, ok=False, text=say(text, when=moment(when)))
    return Step(LAST, ok=True, text=say(N_("Senast intagen {when}."), when=moment(when)))


def _folder(source: Source) -> Step:
    if not source.settings.get("inbox"):
        return Step(FOLDER, ok=True, text=say(N_("Källan har ingen mapp. Filer laddas upp här.")))
    try:
        folder = inbox_of(source)
        waiting = waiting_files(source)
        for path in waiting:
            with path.open("rb") as file:
                file.read(1)
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".kontroll"):
            pass
    except OSError as error:
        text = N_(
            "Mappen går inte att läsa och skriva i ({why}). Ge det konto som kör Samhandla rättighet till "
            "mappen och filerna i den."
        )
        return Step(FOLDER, ok=False, text=say(text, why=error.strerror or str(error)))
    return _room(folder, waiting)


def _room(folder: Path, waiting: list[Path]) -> Step:
    free = shutil.disk_usage(folder).free
    if free < FREE_BYTES:
        text = N_("Bara {megabytes} MB är lediga på disken. Frigör utrymme.")
        return Step(FOLDER, ok=False, text=say(text, megabytes=free // 1_000_000))
    text = N_("Mappen går att läsa och skriva i, och {gigabytes} GB är lediga. Filer som väntar: {files}.")
    return Step(FOLDER, ok=True, text=say(text, gigabytes=free // 1_000_000_000, files=len(waiting)))


def _template(by: Viewer, source: Source) -> tuple[Step, Mapping | None]:
    name = source.preset_name
    if not name:
        watched = bool(source.settings.get("inbox"))
        text = (
            N_("Ingen kolumnmall är vald. Välj den som filerna i mappen ska läsas med, i Tider och tolkning.")
            if watched
            else N_("Kolumnmallen väljs vid varje uppladdning.")
        )
        return Step(TEMPLATE, ok=not watched, text=say(text)), None
    if name == EDLEVO:
        return Step(TEMPLATE, ok=True, text=say(N_("Edlevos XML säger själv vad fälten betyder."))), None
    try:
        mapping = mapping_named(by, name)
    except Preset.DoesNotExist:
        text = N_("Er egen kolumnmall {name} finns inte längre. Välj en annan i Tider och tolkning.")
        return Step(TEMPLATE, ok=False, text=say(text, name=name.removeprefix(OWN))), None
    except FileSourceError as error:
        return Step(TEMPLATE, ok=False, text=str(error)), None
    needed = [column.header for column in columns_of(mapping) if column.needed]
    return Step(TEMPLATE, ok=True, text=_needed(mapping.title, needed)), mapping


def _needed(title: str, needed: list[str]) -> Said:
    if not needed:
        return say(N_("Mallen ”{title}” går att använda."), title=title)
    text = N_("Mallen ”{title}” går att använda. I filen måste finnas: {columns}.")
    return say(text, title=title, columns=", ".join(needed))


def mapping_named(by: Viewer, name: str) -> Mapping:
    """Return a column template, shipped or the authority's own.

    Raises:
        DoesNotExist: the authority has none of that name. FileSourceError: it cannot be used.
    """
    if name.startswith(OWN):
        own = presets_for(by).get(name=name.removeprefix(OWN))
        return files.from_json(own.mapping.encode())
    return files.load_preset(name)


def _pupils(source: Source, mapping: Mapping | None) -> Step:
    """Say whether the pupils that a file of attendance names can be found."""
    if mapping is not None and mapping.person_key == "personnummer":
        return Step(PUPILS, ok=True, text=say(N_("Eleverna pekas ut med personnummer.")))
    register = source.register_source or source
    known = ChildLink.objects.filter(source=register, other=False).count()
    if not known:
        text = N_(
            "Ingen elev är känd under beteckningar från {name}. Ta in elevregistret först, eller ändra i "
            "källan varifrån beteckningarna kommer."
        )
        return Step(PUPILS, ok=False, text=say(text, name=register.name))
    if not register.active or last_committed(register) is None:
        text = N_("{name} är inte längre i bruk, eller har ingen intagen import.")
        return Step(PUPILS, ok=False, text=say(text, name=register.name))
    text = N_("{known} elever är kända under beteckningar från {name}.")
    return Step(PUPILS, ok=True, text=say(text, known=known, name=register.name))
