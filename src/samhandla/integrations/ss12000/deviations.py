"""How sources depart from SS 12000, worded for the person who looks after the source."""

from __future__ import annotations

DEVIATIONS = {
    "activity_unknown": "Lektioner hänvisar till aktiviteter som inte finns i listan; de räknas inte.",
    "civic_number_form": "Personnummer skrivs på annat sätt än tolv tecken utan bindestreck; de görs om.",
    "deleted_as_list": "Borttagna poster kommer som en lista i stället för ett objekt; de tas emot ändå.",
    "expand_ignored": "Källan skickar inte närvaron tillsammans med lektionerna; den hämtas för sig.",
    "lookup_halved": "Källan klarar inte uppslag av många poster på en gång; de hämtas i mindre delar.",
    "lookup_missing": "Källan kan inte slå upp enskilda personer; ansvariga som inte finns i listan saknas.",
    "marking_missing": "Uppgift om skyddade personuppgifter skickas inte; sådana personer räknas som okända.",
    "null_in_list": "Listor innehåller tomma värden; de hoppas över.",
    "off_list_value": "Värden utanför standardens listor förekommer; de sparas som de är.",
    "offered_missing": "Erbjuden tid saknas i summorna; rapporterad tid eller summan används i stället.",
    "params_refused": "Källan godtar inte alla parametrar; frågorna ställs utan dem.",
    "reference_as_text": "Hänvisningar kommer som text i stället för objekt; de tas emot ändå.",
    "reference_without_id": "Hänvisningar saknar id; de räknas som tomma.",
    "teacher_as_person": "Lärare anges som person i stället för tjänstgöring; de tas emot ändå.",
    "time_without_offset": "Tidpunkter saknar tidszon; de läses som svensk tid.",
    "wrapped_otherwise": "Listan heter något annat än ”data”; den hittas ändå.",
}
