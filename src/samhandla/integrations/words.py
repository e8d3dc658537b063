"""How the import says things to people: why it stopped, what the resources are called, how far it is."""

from __future__ import annotations

from samhandla.integrations.rules.limits import Stop
from samhandla.lib.i18n import N_

RESOURCES = {
    "organisations": N_("organisationer"),
    "persons": N_("personer"),
    "groups": N_("grupper"),
    "duties": N_("tjänstgöringar"),
    "attendances": N_("närvaro på lektioner"),
    "aggregatedAttendance": N_("närvaro per period"),
    "calendarEvents": N_("lektioner"),
    "adults": N_("vårdnadshavare och personal"),
    "pupils": N_("elever en vanlig skoldag"),
}
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
NOTHING_CHANGED = N_("Inget togs in.")


def stop_sentence(stop: Stop, names: list[str] | None = None) -> str:
    """Return why a run stopped, as a sentence with its numbers and what to do."""
    what = RESOURCES.get(stop.resource, stop.resource)
    return STOPS[stop.code].format(what=what, names=", ".join(names or []), **stop.numbers)


def stop_text(stops: list[Stop], names: list[str] | None = None) -> str:
    """Return every reason that a run stopped, and that nothing was changed."""
    return " ".join([*(stop_sentence(stop, names) for stop in stops), NOTHING_CHANGED])
