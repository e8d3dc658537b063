"""How the import says things to people: why it stopped, what the resources are called, how far it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from samhandla.integrations.rules.limits import Stop
from samhandla.integrations.ss12000.resources import RESOURCES as FETCHED
from samhandla.lib.i18n import N_, Said, join, say

RESOURCES = {
    "organisations": N_("organisationer"),
    "persons": N_("personer"),
    "groups": N_("grupper"),
    "duties": N_("tjänstgöringar"),
    "attendances": N_("närvaro på lektioner"),
    "aggregatedAttendance": N_("närvaro per period"),
    "calendarEvents": N_("lektioner"),
    "deletedEntities": N_("borttagna poster"),
    "adults": N_("vårdnadshavare och personal"),
    "pupils": N_("elever en vanlig skoldag"),
}
COUNTS = {
    "read": N_("Lästa"),
    "new": N_("Nya"),
    "changed": N_("Ändrade"),
    "unchanged": N_("Som förut"),
    "missing": N_("Saknas"),
    "refused": N_("Inte mottagna"),
    "outside": N_("Utanför"),
    "protected": N_("Skyddade"),
}
SELDOM = ("missing", "outside", "protected")  # shown only when there are any
CHECKED = {**RESOURCES, **{name: resource.swedish.template for name, resource in FETCHED.items()}}
STAGES = {
    "waiting": N_("Väntar på att börja"),
    "fetch": N_("Hämtar"),
    "read": N_("Läser"),
    "compare": N_("Jämför med det som redan finns"),
    "write": N_("Tar in"),
    "undo": N_("Tar tillbaka"),
}
STOPS = {
    "many_huvudman": N_(
        "Källan innehåller {count} huvudmän. Välj i källans inställningar vilken av dem som är er: {names}."
    ),
    "incomplete": N_(
        "Hämtningen av {what} gick sönder på vägen. Se felet nedan och försök igen; det som redan är "
        "hämtat finns kvar."
    ),
    "empty": N_("Inga {what} kom, men {known} fanns förut. Kontrollera källan och försök igen."),
    "nothing": N_(
        "Ingen av {read} lästa rader gick att ta emot: {refused} har fel, {outside} hör till en annan "
        "huvudman eller skolenhet och {protected} gäller skyddade personuppgifter. Raderna med fel står på "
        "importens sida, med skäl. Kontrollera att det är rätt fil eller källa, rätta och försök igen."
    ),
    "no_rows": N_("Inga rader kom. Kontrollera att filen eller källan har något i sig och försök igen."),
    "other_school": N_(
        "{rows} av {read} rader gäller en annan skolenhet än importen. Kontrollera att det är rätt fil."
    ),
    "refused": N_(
        "{rows} rader ({share} procent) av {what} gick inte att ta emot. Se skälen nedan, rätta "
        "och försök igen."
    ),
    "one_school": N_(
        "Bara en skolenhet kom, men källan brukar ge {units}. Om bara en skola ska tas in: välj den "
        "som enhet för importen."
    ),
    "too_few": N_(
        "Bara {came} av {known} {what} kom. Kontrollera att filen eller hämtningen är hel. Är den det, ändra "
        "källans stoppgräns."
    ),
    "missing": N_(
        "{rows} {what} ({share} procent) som fanns förut kom inte. Kontrollera att filen eller hämtningen är "
        "hel. Är den det, ändra källans stoppgräns."
    ),
    "changed": N_(
        "{rows} {what} ({share} procent) har ändrats sedan förra gången. Det är ovanligt många; kontrollera "
        "att kolumnerna är rätt. Är de det, ändra källans stoppgräns."
    ),
}
EDITED = {
    "organisation": N_("enheter: {n}"),
    "child": N_("elever: {n}"),
    "childidentity": N_("personnummer: {n}"),
    "enrolment": N_("inskrivningar: {n}"),
    "guardian": N_("vårdnadshavare: {n}"),
    "guardianship": N_("relationer till vårdnadshavare: {n}"),
    "group": N_("grupper: {n}"),
    "membership": N_("platser i grupper: {n}"),
    "staff": N_("personal: {n}"),
    "duty": N_("tjänstgöringar: {n}"),
    "assignment": N_("uppdrag i grupper: {n}"),
}
PRESETS = {
    "edfi": N_("Ed-Fi: frånvaro per elev och dag (exempeldata)"),
    "elever": N_("Samhandlas egen elevfil"),
    "learnpoint": N_("LearnPoint: frånvarostatistik (tabell)"),
    "oea": N_("OpenEduAnalytics: närvaro per lektion (exempeldata)"),
    "personal": N_("Samhandlas egen personalfil"),
    "quiculum": N_("Quiculum: närvaro per lektion"),
    "samhandla": N_("Samhandlas egen lektionsfil"),
    "schoolsoft_dagar": N_("SchoolSoft: närvaro per dag"),
    "skola24_elever": N_("Skola24: elevlista (semikolon, fast kolumnordning)"),
    "skola24_tillfallen": N_("Skola24: Frånvarotillfällen"),
    "skola24_totalt": N_("Skola24: Frånvaro totalt per elev"),
    "vardnadshavare": N_("Samhandlas egen fil över vårdnadshavare"),
    "vklass": N_("Vklass: närvarorapport per elev (minuter, timmar eller procent)"),
}
NEVER_REHEARSED = N_(
    "Filen laddades upp men provkördes aldrig, och togs bort efter {days} dagar. Inget togs in. Ladda upp "
    "den igen om den behövs."
)
NEVER_TAKEN_IN = N_(
    "Importen provkördes men togs aldrig in, och det hämtade togs bort efter {days} dagar. Inget togs in. "
    "Börja om med en ny import."
)
BROKEN_OFF = N_(
    "Importen bröts {times} gånger utan att bli klar, till exempel för att servern startades om eller minnet "
    "tog slut. Inget är halvt intaget. Kontrollera serverns loggar och tryck sedan på Fortsätt där den var."
)
BROKEN_UNDO = N_(
    "Ångrandet bröts {times} gånger utan att bli klart. Importen är intagen som förut. Kontrollera serverns "
    "loggar och försök igen."
)
NOTHING_CHANGED = N_("Inget togs in.")


def stop_sentence(stop: Stop, names: list[str] | None = None) -> Said:
    """Return why a run stopped, as a sentence with its numbers and what to do."""
    parts: dict[str, Any] = dict(stop.numbers)
    if "{what}" in STOPS[stop.code]:
        parts["what"] = resource_word(stop.resource)
    if "{names}" in STOPS[stop.code]:
        parts["names"] = ", ".join(names or [])
    return say(STOPS[stop.code], **parts)


def resource_word(resource: str) -> Said:
    """Return what a kind of rows is called."""
    return say(RESOURCES.get(resource, resource))


def listed(parts: Sequence[Said]) -> Said:
    """Return sentences or words after each other with commas."""
    names = [f"p{place}" for place in range(len(parts))]
    return say(", ".join(f"{{{name}}}" for name in names), **dict(zip(names, parts, strict=True)))


def stop_text(stops: list[Stop], names: list[str] | None = None) -> Said:
    """Return every reason that a run stopped, and that nothing was changed."""
    return join([*(stop_sentence(stop, names) for stop in stops), say(NOTHING_CHANGED)])
