"""How sources depart from SS 12000, worded for the person who looks after the source."""

from __future__ import annotations

from samhandla.lib.i18n import N_

DEVIATIONS = {
    "civic_number_form": N_("Personnummer skrivs på annat sätt än tolv tecken utan bindestreck; de görs om."),
    "deleted_as_list": N_("Borttagna poster kommer som en lista i stället för ett objekt; de tas emot ändå."),
    "lookup_halved": N_("Källan klarar inte uppslag av många poster på en gång; de hämtas i mindre delar."),
    "lookup_missing": N_(
        "Källan kan inte slå upp enskilda personer; ansvariga som inte finns i listan saknas."
    ),
    "marking_missing": N_(
        "Uppgift om skyddade personuppgifter skickas inte; sådana personer räknas som okända."
    ),
    "null_in_list": N_("Listor innehåller tomma värden; de hoppas över."),
    "off_list_value": N_("Värden utanför standardens listor förekommer; de sparas som de är."),
    "offered_missing": N_("Erbjuden tid saknas i summorna; rapporterad tid eller summan används i stället."),
    "params_refused": N_("Källan godtar inte alla parametrar; frågorna ställs utan dem."),
    "reference_as_text": N_("Hänvisningar kommer som text i stället för objekt; de tas emot ändå."),
    "reference_without_id": N_("Hänvisningar saknar id; de räknas som tomma."),
    "teacher_as_person": N_("Lärare anges som person i stället för tjänstgöring; de tas emot ändå."),
    "time_without_offset": N_("Tidpunkter saknar tidszon; de läses som svensk tid."),
    "wrapped_otherwise": N_("Listan heter något annat än ”data”; den hittas ändå."),
}

# Attendance that is right in itself but not used, by the reason that `Lessons.set_aside` counts.
SET_ASIDE = {
    "activity_unknown": N_("Lektionen hör till en aktivitet som inte finns i källans lista."),
    "cancelled": N_("Lektionen är inställd."),
    "lesson_not_in_window": N_("Lektionen ligger utanför perioden eller gick inte att använda."),
    "not_participating": N_("Eleven är undantagen från lektionen."),
    "not_teaching": N_("Aktiviteten är ingen undervisning, till exempel lunch eller prov."),
    "same_time": N_("Eleven har en annan lektion på samma tid; den rapporterade räknas."),
    "sent_again": N_("Närvaron är skickad mer än en gång; den senaste räknas."),
}
