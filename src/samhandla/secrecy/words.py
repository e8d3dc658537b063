"""What codes are called on the pages."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from samhandla.secrecy.rules.efforts import Party
from samhandla.secrecy.rules.guide import Answer, Waiver

PLACES = {
    "emi": _("elevhälsans medicinska insats (skolsköterska, skolläkare)"),
    "pupil_health": _("övrig elevhälsa (kurator, psykolog, specialpedagog)"),
    "school": _("skolan (mentor, lärare, rektor)"),
    "preschool": _("förskolan"),
    "after_school": _("fritidshemmet"),
    "school_duty": _("skolpliktsbevakningen i hemkommunen"),
    "social": _("socialtjänsten"),
    "region_health": _("hälso- och sjukvården (BUP, vårdcentral, habilitering)"),
    "leisure": _("fritidsgård, kulturskola eller bibliotek"),
    "other_school": _("en skola hos en annan huvudman"),
    "police": _("Polisen"),
    "association": _("en förening eller annan utanför myndigheterna"),
    "guardian": _("en vårdnadshavare eller annan vuxen"),
    "child": _("eleven själv"),
    "public": _("någon som begär ut en handling"),
    "home_municipality": _("en annan hemkommun"),
    "processor": _("ett företag som bara lagrar uppgifterna"),
}

CIRCUMSTANCES = {
    "support": _("Uppgiften behövs för att barnet ska få nödvändigt stöd eller vård."),
    "weighing": _("En utsedd person har vägt mottagarens behov mot det sekretessen skyddar."),
    "inquiry_of_social": _("Socialtjänsten har inlett en utredning och frågar."),
    "reporter": _("Mottagaren har gjort en orosanmälan och frågar vad som hände."),
    "school_change": _("Eleven byter skola."),
    "inquiry_opened": _("Rektor har inlett en utredning om frånvaro."),
    "crime_weighing": _("Det gäller att förebygga eller utreda brott, och har vägts i det enskilda fallet."),
    "custody": _("Socialtjänsten utreder vårdnad, boende eller umgänge."),
    "necessity": _("Det egna arbetet går inte att göra utan att uppgiften lämnas."),
}

ROUTES = {
    "degrading": _("Någon kan ha blivit kränkt i skolan."),
    "support": _("Eleven kan behöva stöd för att nå kriterierna."),
    "absence": _("Eleven har upprepad eller längre frånvaro."),
}

ANSWERS = {
    Answer.WITHIN: _("Ingen sekretessgräns"),
    Answer.YES: _("Ja, med stöd av lag"),
    Answer.MUST: _("Ja, det är en skyldighet"),
    Answer.WAIVER: _("Bara med samtycke"),
    Answer.ANONYMOUS: _("Nej – fråga utan namn"),
    Answer.REPORT: _("Du ska göra en orosanmälan"),
    Answer.PHONE: _("Ring nu"),
    Answer.RIGHT: _("Ja, mottagaren har rätt till uppgiften"),
}

EXPLAINED = {
    Answer.WITHIN: _(
        "Ni arbetar i samma verksamhet. Berätta bara det som kollegan behöver för sitt arbete med eleven."
    ),
    Answer.YES: _(
        "Gör prövningen som står vid lagrummet, och skriv hur du har vägt när du lämnar uppgiften."
    ),
    Answer.MUST: _("Lämna det som frågan gäller. Du behöver inget samtycke."),
    Answer.WAIVER: _(
        "Ingen bestämmelse öppnar här. Fråga familjen om en bestämd uppgift till en bestämd mottagare."
    ),
    Answer.ANONYMOUS: _("Uppgiften får inte lämnas. Du kan fråga om råd utan att säga vem det gäller."),
    Answer.REPORT: _(
        "Anmäl genast till socialtjänsten. Du behöver inte fråga någon om lov, och gör ingen egen utredning"
        " först."
    ),
    Answer.PHONE: _("Fara just nu: ring 112. Gör därefter en orosanmälan."),
    Answer.RIGHT: _("Sekretessen gäller inte mot den som själv har rätt till uppgiften."),
}

WHY = {
    "adult": _("Eleven har fyllt 18 år och bestämmer själv."),
    "no_custody": _(
        "Den vuxna har inte vårdnaden. Slaget i registret avgör, och ett okänt slag ger ingen rätt."
    ),
    "guardian_may_harm": _(
        "Barnet kan lida betydande men om vårdnadshavaren får veta. Då gäller sekretess också mot henne eller"
        " honom (12 kap. 3 § OSL). Tala med rektor och jurist."
    ),
    "guardian": _("Vårdnadshavaren får veta det som rör barnet, om det inte skulle skada barnet."),
    "own": _("Eleven får veta vad som står om henne eller honom själv."),
    "public_decision": _("Beslut i ärenden om elevstöd är offentliga (23 kap. 2 § OSL)."),
    "registrar": _("Lämna frågan till registrator, som prövar och svarar skriftligt."),
}

ALSO = {
    "report": _(
        "Orosanmälan till socialtjänsten (19 kap. 1 § SoL): genast, vid misstanke om att ett barn far illa."
    ),
    "6:10": _("Anmäl till rektor att någon kan ha blivit kränkt (6 kap. 10 § skollagen)."),
    "3:7": _("Anmäl till rektor att eleven kan behöva stöd (3 kap. 7 § skollagen)."),
    "7:19a": _("Rektor ser till att frånvaron utreds (7 kap. 19 a § skollagen)."),
}

STATES = {
    Waiver.GIVEN: _("gäller"),
    Waiver.MISSING: _("svar saknas"),
    Waiver.REFUSED: _("nej"),
    Waiver.WITHDRAWN: _("återkallat"),
    Waiver.EXPIRED: _("har gått ut"),
}

PROBLEMS = {
    "facts": _("Skriv vilka uppgifter det gäller."),
    "purpose": _("Skriv varför uppgifterna behövs."),
    "receiver": _("Välj en mottagning, eller skriv vem utanför Samhandla som får uppgiften."),
    "valid_to": _("Välj en dag från i dag till och med ett år framåt."),
    "text": _("Skriv uppgiften som ska lämnas."),
    "reason": _("Skriv varför uppgiften lämnas."),
    "guardian": _("Den vuxna har ingen rätt att bestämma för barnet den dagen."),
    "on": _("Välj en dag från frågan till och med i dag."),
    "how": _("Välj hur svaret gavs."),
    "oneself": _("Uppgiften kan inte lämnas till den egna verksamheten."),
    "place": _("Välj vilket slags mottagare det är."),
    "ground": _(
        "Lagrummet öppnar inte åt det hållet, eller är inte godkänt av er jurist. Uppgiften är inte lämnad."
    ),
    "age": _("Lagrummet gäller bara yngre barn, eller så är födelsedagen okänd. Uppgiften är inte lämnad."),
    "waiver": _(
        "Det finns inget samtycke som gäller för just den mottagaren i dag. Uppgiften är inte lämnad."
    ),
    "weighing": _("Skriv hur du har vägt. Utan det går uppgiften inte att lämna."),
    "question": _("Bestämmelsen är inte verifierad. Ändra den och ange källan innan du godkänner den."),
    "ended": _("Bestämmelsen har ersatts av en nyare."),
    "source": _("Ange källan."),
    "paragraph": _("Skriv vilket lagrum det är."),
    "title": _("Skriv med några ord vad bestämmelsen säger."),
    "test": _("Skriv vad som ska prövas innan uppgiften lämnas."),
    "starts": _("Välj minst en verksamhet som uppgiften kan komma från."),
    "ends": _("Välj minst en mottagare."),
    "decides": _("Välj vem som avgör."),
    "mark": _("Välj hur säker källan är."),
    "below": _("Skriv en ålder mellan 1 och 25 år, eller lämna tomt."),
    "needs": _("Välj vad som ska vara för handen."),
    "kind": _("Välj vad frågan gäller."),
    "what": _("Skriv vilken insats eller plan det gäller."),
    "why": _("Skriv varför svaret ändras. Det behövs inte samma dag, för den som själv antecknade det."),
    "kept_in": _("Ett svar på papper: skriv var papperet förvaras, eller bifoga det skannat."),
    "paper_kind": _("Filen är inte en PDF, JPEG eller PNG. Svaret är inte antecknat."),
    "paper_size": _("Filen är större än 5 MB. Skanna i lägre upplösning. Svaret är inte antecknat."),
}

EMERGENCY_PROBLEMS = {
    "closed": _(
        "Nödåtkomst är inte i bruk hos er: juristen har inte bestämt tid, eller så har granskaren inget"
        " uppdrag i dag."
    ),
    "reason": _("Skriv varför du behöver öppna eleven nu."),
    "hours": _("Välj minst en timme, och inte längre än vad som är bestämt hos er."),
    "role": _("Din roll öppnar inget med nödåtkomst. Tala med rektor på elevens skola."),
    "nobody": _(
        "Ingen sådan elev kan öppnas. Kontrollera skola och hela namnet. Elever med skyddade personuppgifter"
        " öppnas aldrig så: ring rektor på elevens skola."
    ),
    "several": _("Flera elever på skolan har det namnet. Fyll i födelsedagen."),
    "already": _("Du har redan tillgång till eleven genom ditt uppdrag."),
    "tries": _("Du har sökt en elev som inte fanns flera gånger i dag. Ring rektor på elevens skola."),
    "own": _("Den som själv har öppnat granskar inte. Låt din ersättare göra det."),
    "verdict": _("Välj om det var i sin ordning eller ska följas upp."),
    "note": _("Skriv vad som ska följas upp."),
    "reviewer": _("Välj någon som har ett uppdrag hos er i dag som kan granska."),
}

# The four states as the law's practice names them; a waiver's are in STATES.
CONSENT_STATES = {
    Waiver.GIVEN: _("gäller"),
    Waiver.MISSING: _("saknas"),
    Waiver.REFUSED: _("nekat"),
    Waiver.WITHDRAWN: _("återkallat"),
    Waiver.EXPIRED: _("har löpt ut"),
}

CONSENT_UNDONE = {
    "decided": _(
        "Samtycket är återkallat och gäller inte längre. Den som ger insatsen ska få veta det i dag. Det som"
        " redan är gjort och dokumenterat finns kvar där."
    ),
    "open": _(
        "Samtycket är återkallat och gäller inte längre. Den som ger insatsen ska få veta det i dag. Det som"
        " redan är gjort finns kvar där."
    ),
    "sip": _(
        "Samtycket till SIP är återkallat: inga fler gemensamma möten. Var och en kan fortsätta med sin egen"
        " insats, och det som redan är skrivet finns kvar hos var och en."
    ),
}

SWITCHES = {
    "on": _("får prata"),
    "waiting": _("svar saknas"),
    "unasked": _("familjen är inte tillfrågad"),
    "off": _("får inte prata"),
}

PARTIES = {
    frozenset({Party.CHILD}): _("barnets eget ja"),
    frozenset({Party.GUARDIANS}): _("ja från alla vårdnadshavare"),
    frozenset({Party.CHILD, Party.GUARDIANS}): _("ja från alla vårdnadshavare och från barnet"),
}


def ways_in_words(ways: Iterable[frozenset[Party]]) -> str:
    """Return whose yes is enough, in words."""
    return str(_(" eller ")).join(str(PARTIES[way]) for way in ways)


PROCESSING_PROBLEM = _(
    "Fyll i det här: utan det går det inte att visa med vilken rätt uppgifterna behandlas."
)

ANYWHERE = _("alla verksamheter under sekretess")
OWN_PLACE = _("hos samma huvudman: %(place)s")

STAGES = {
    "preschool": _("förskoleåldern"),
    "lower": _("lågstadieåldern"),
    "middle": _("mellanstadieåldern"),
    "upper": _("högstadieåldern"),
    "secondary": _("gymnasieåldern"),
    "adult": _("över 19 år"),
    "unknown": _("skolåldern"),
}

CARD_PARTS = {
    "happens": _("Vad som händer"),
    "works": _("Vad som fungerar"),
    "tried": _("Vad vi har provat"),
    "asks": _("Vad vi undrar"),
}

TRAPS = {
    "person": _("ett namn i registret på någon kring eleven"),
    "place": _("elevens skola, klass eller område"),
    "number": _("ett personnummer"),
    "contact": _("ett telefonnummer eller en e-postadress"),
    "address": _("en adress"),
    "name": _("kan vara ett namn"),
    "date": _("en dag: skriv ungefär när"),
    "age": _("en exakt ålder: kortet säger redan ungefär"),
    "year": _("en årskurs eller klass: kortet säger redan ungefär"),
    "rare": _("något som få har"),
}

CARD_PROBLEMS = {
    "text": _("Skriv vad som händer och vad du undrar."),
    "must_go": _("Något i texten säger vem det gäller. Ta bort det innan kortet kan göras."),
    "undecided": _("Något i texten gör eleven lätt att känna igen. Ändra, eller kryssa för att det behövs."),
    "small": _("Elevens klass är liten. Läs påpekandet och kryssa för att du har tänkt på det."),
}
