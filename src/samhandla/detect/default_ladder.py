"""The house's example of a närvarotrappa, as data. Each municipality makes it its own.

Freely written; the order (nearest adult first, pupil health next, inquiry last) follows R035 and
the local examples in domain reference B10. The law gives no number of days. The inquiry under 7 kap. 19 a §
is of the compulsory forms only; in upper secondary school 15 kap. 15–16 §§ hold, so it has its own step.

The words are kept in Swedish as every municipality's own are; as long as nobody has changed them they are
shown in the reader's language.
"""

from __future__ import annotations

from typing import Any

from samhandla.lib.i18n import N_
from samhandla.people.rules import COMPULSORY_FORMS, UPPER_SECONDARY_FORMS

DEFAULT_LADDER: tuple[dict[str, Any], ...] = (
    {
        "name": N_("Prata med eleven"),
        "trigger": N_("En signal visas hos mentor."),
        "trigger_kind": "signal",
        "role": "mentor",
        "school_days": 3,
        "talk_card": N_(
            "Jag har sett att du har varit borta en del. Hur har du det?\n"
            "När funkar skolan som bäst för dig?\n"
            "Vad skulle göra det lättare att vara här i morgon?\n"
            "Vem vill du att jag pratar med, och vem inte?"
        ),
        "copy_sentence": N_("Samtal med eleven om närvaro. Vi kom överens om nästa steg och följer upp."),
        "contact": "meeting",
        "tone": N_("Nyfiken, inte anklagande. Fråga mer än du säger."),
    },
    {
        "name": N_("Prata med vårdnadshavare"),
        "trigger": N_("Frånvaron fortsätter efter samtalet med eleven."),
        "trigger_kind": "new_spell",
        "role": "mentor",
        "school_days": 5,
        "talk_card": N_(
            "Vi har märkt att NN är borta mer än vanligt och vill förstå tillsammans med er.\n"
            "Hur är morgnarna? Vad säger NN själv?\n"
            "Vad har fungerat förr?\n"
            "Det här gör skolan till nästa vecka. Vad kan ni göra hemma?"
        ),
        "copy_sentence": N_("Samtal med vårdnadshavare om närvaro. Överenskommelse finns och följs upp."),
        "contact": "phone",
        "tone": N_("Ni är på samma sida. Undvik ord som lägger skuld."),
        "with_guardian": True,
    },
    {
        "name": N_("Elevhälsan kopplas in"),
        "trigger": N_("Frånvaron fortsätter efter samtalet hemma."),
        "trigger_kind": "after_step",
        "trigger_value": 5,
        "role": "counsellor",
        "school_days": 10,
        "talk_card": N_(
            "Vad säger eleven själv om varför?\n"
            "Vad i undervisningen eller gruppen kan vi ändra först?\n"
            "Vem träffar eleven, och när nästa gång?"
        ),
        "copy_sentence": N_("Elevhälsan är inkopplad. Nästa uppföljning är bokad."),
        "contact": "meeting",
        "tone": N_("Börja med det som fungerar."),
    },
    {
        "name": N_("Rektor beslutar om utredning av frånvaro"),
        "trigger": N_("Upprepad eller längre frånvaro, giltig eller ogiltig (7 kap. 19 a § skollagen)."),
        "trigger_kind": "principal",
        "role": "principal",
        "school_days": 5,
        "copy_sentence": N_("Rektor har beslutat om utredning av frånvaro."),
        "contact": "meeting",
        "tone": N_("Skyndsamt, tillsammans med elev, vårdnadshavare och elevhälsa."),
        "is_inquiry": True,
        "forms": sorted(COMPULSORY_FORMS),
    },
    {
        "name": N_("Rektor beslutar om kartläggning av frånvaron i gymnasieskolan"),
        "trigger": N_("Hög frånvaro, eller betydande ogiltig frånvaro (15 kap. 15–16 §§ skollagen)."),
        "trigger_kind": "principal",
        "role": "principal",
        "school_days": 5,
        "copy_sentence": N_("Rektor har beslutat om kartläggning av frånvaron."),
        "contact": "meeting",
        "tone": N_("Tillsammans med eleven. Från 18 år med eleven ensam, om eleven inte själv vill annat."),
        "is_inquiry": True,
        "forms": sorted(UPPER_SECONDARY_FORMS),
    },
)
