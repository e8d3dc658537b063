"""Sentences of the room: levels, and why somebody was not let in."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from samhandla.login.rules import Level
from samhandla.trust.permissions import Permission as P

LEVELS = {
    Level.PASSWORD: _("lösenord, eller det som kommunens inloggning kräver"),
    Level.TWO_STEPS: _("två steg: lösenord och en app eller en nyckel"),
    Level.E_ID_3: _("e-legitimation på tillitsnivå 3"),
    Level.E_ID_4: _("e-legitimation på tillitsnivå 4"),
}

# The parts of the system that can need more than the role does. The words stand in the list of demands.
PARTS = {
    P.ACCOUNT_EDIT: _("öppna och stänga konton"),
    P.BOARD_FREEZE: _("låsa nämndsidan"),
    P.DUTY_EDIT: _("ge och avsluta uppdrag"),
    P.IMPORT_RUN: _("importera uppgifter"),
    P.INQUIRY_DECIDE: _("avgöra om en utredning ska inledas"),
    P.LAW_APPROVE: _("godkänna sekretessbrytande bestämmelser"),
    P.LOGIN_EDIT: _("ändra kraven på inloggning"),
    P.PERSONNUMMER_READ: _("visa personnummer"),
    P.TRANSFER_RECEIVE: _("ta emot uppgifter"),
    P.TRANSFER_SEND: _("lämna uppgifter till en annan verksamhet"),
}
# What we advise: whoever reads notes about many children, or hands anything out, takes two steps.
ADVISED = {
    "principal": Level.TWO_STEPS,
    "deputy_principal": Level.TWO_STEPS,
    "counsellor": Level.TWO_STEPS,
    "psychologist": Level.TWO_STEPS,
    "special_needs_teacher": Level.TWO_STEPS,
    "attendance_officer": Level.TWO_STEPS,
    "compulsory_school_officer": Level.TWO_STEPS,
    "social_worker": Level.E_ID_3,
    "data_administrator": Level.TWO_STEPS,
    "school_administrator": Level.TWO_STEPS,
    "guardian": Level.E_ID_3,
    P.LAW_APPROVE: Level.TWO_STEPS,
    P.LOGIN_EDIT: Level.TWO_STEPS,
    P.PERSONNUMMER_READ: Level.TWO_STEPS,
    P.TRANSFER_SEND: Level.TWO_STEPS,
}


@dataclass(frozen=True)
class Told:
    """What a page of refusal says: what happened, why, and what to do."""

    title: str | Promise
    why: str | Promise
    do: str | Promise
    status: int = 403


_ASK = _("Fråga systemförvaltaren i din kommun. Säg vilken tid du försökte.")
_AGAIN = _("Gå till inloggningen och försök igen.")
REFUSALS = {
    "unknown": Told(
        _("Du finns inte i Samhandla"),
        _(
            "Kommunens inloggning känner igen dig, men ditt inloggningsnamn finns inte bland dem"
            " som har uppdrag."
        ),
        _ASK,
    ),
    "no_duty": Told(
        _("Du har inget uppdrag i Samhandla just nu"),
        _("Registret visar inget uppdrag för dig i dag, så du har inget konto."),
        _ASK,
    ),
    "no_name": Told(
        _("Inloggningsnamnet saknas"),
        _("Kommunens inloggning skickade inget inloggningsnamn (EPPN), så vi kan inte veta vem du är."),
        _ASK,
    ),
    "shared_name": Told(
        _("Inloggningsnamnet är inte entydigt"),
        _("Flera konton har samma inloggningsnamn (EPPN). Ingen av dem släpps in förrän det är rättat."),
        _ASK,
    ),
    "closed": Told(
        _("Kontot är avstängt"),
        _("Kontot används inte längre."),
        _("Fråga systemförvaltaren i din kommun om det är fel."),
    ),
    "unknown_guardian": Told(
        _("Vi känner inte igen dig ännu"),
        _("Din e-legitimation fungerade, men den är inte kopplad till någon elev."),
        _("Kontakta skolan. De kopplar din e-legitimation när de har sett vem du är."),
    ),
    "low_level": Told(
        _("Inloggningen är inte tillräckligt säker"),
        _("Vårdnadshavare loggar in med e-legitimation på minst tillitsnivå 3."),
        _("Välj en annan e-legitimation och försök igen."),
    ),
    "somebody_else": Told(
        _("Det var någon annan som bekräftade"),
        _("Den som loggade in i kommunens inloggning är inte den som är inloggad här."),
        _("Logga ut först, om det är du som ska arbeta nu."),
    ),
    "not_anew": Told(
        _("Du behöver bekräfta på nytt"),
        _("Kommunens inloggning svarade utan att du behövde visa vem du är."),
        _("Försök igen. Händer det på nytt: logga ut och logga in."),
    ),
    "broken": Told(
        _("Inloggningen gick inte att genomföra"),
        _(
            "Svaret från kommunens inloggning gäller inte: det är för gammalt, redan använt eller inte avsett"
            " för Samhandla."
        ),
        _AGAIN,
        401,
    ),
    "cancelled": Told(_("Inloggningen avbröts"), _("Du avbröt hos kommunens inloggning."), _AGAIN, 401),
    "local_closed": Told(
        _("Logga in med kommunens inloggning"),
        _("Här loggar man in med kommunens gemensamma inloggning. Lösenord i Samhandla används inte."),
        _AGAIN,
    ),
    "down": Told(
        _("Kommunens inloggning svarar inte"),
        _(
            "Samhandla fungerar, men den tjänst som du loggar in med gör det inte just nu."
            " Inget har gått förlorat."
        ),
        _(
            "Vänta några minuter och försök igen. Är det bråttom: ring systemförvaltaren, som kan använda"
            " reservkontot."
        ),
        503,
    ),
}
