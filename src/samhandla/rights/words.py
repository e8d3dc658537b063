"""What codes are called on the pages."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

PROBLEMS = {
    "kind": _("Välj vad begäran gäller."),
    "way": _("Välj hur begäran kom."),
    "proof": _("Välj hur du har kontrollerat vem som begär."),
    "received_on": _("Välj dagen då begäran kom: i dag eller tidigare, högst ett år sedan."),
    "words": _("Skriv vad personen säger: vad som är fel, eller varför uppgifterna inte ska användas."),
    "maturity": _("Eleven är under 16 år. Skriv hur du har bedömt att eleven är mogen att begära själv."),
    "own_view": _("Eleven har fyllt 16 år. Skriv vad eleven själv vill, så som eleven har sagt det."),
    "adult": _("Eleven har fyllt 18 år. Bara eleven själv kan begära. Begäran är inte registrerad."),
    "not_begun": _("Den vuxnas vårdnad har inte börjat enligt registret."),
    "ended": _("Den vuxnas vårdnad har upphört enligt registret."),
    "no_birth_date": _(
        "Elevens födelsedatum är okänt, så ingen vet om den vuxna har rätt. Komplettera registret först."
    ),
    "extended": _("Tiden är redan förlängd."),
    "too_late": _("Tiden kan bara förlängas inom den första månaden. Svara så snart det går."),
    "extended_why": _("Skriv varför det behövs mer tid. Personen får veta skälet."),
    "outcome": _("Välj ett svar."),
    "answer": _("Skriv skälen till svaret. Personen får läsa dem."),
    "what": _("Välj vad som är fel."),
    "right": _("Skriv det som är rätt."),
    "already": _("Det gäller redan för eleven. Svara att begäran redan är uppfylld, med skäl."),
    "reason": _("Skriv varför det hävs."),
    "told_on": _("Välj dagen då personen fick veta att det hävs. Det ska ske innan (artikel 18.3)."),
    "ground": _("Välj ett skäl för varje text som inte lämnas."),
    "piece": _("En text finns inte längre i utdraget. Läs sidan igen."),
    "undecided": _("Några texter är utpekade. Bestäm för var och en om den lämnas."),
    "not_read": _("Utdraget är inte genomgånget. Läs igenom det först."),
    "how": _("Välj hur utdraget lämnas."),
    "name": _("Skriv vem eller vilken funktion som svarar."),
    "reach": _("Skriv minst ett sätt att nå dataskyddsombudet."),
    "contact": _("Kontaktuppgifter till dataskyddsombudet saknas. Fyll i dem först."),
    "processings": _(
        "Ingen behandling är godkänd i registret över rättsliga grunder. Juristen godkänner dem först."
    ),
    "not_guardian": _(
        "Den vuxna har inte vårdnaden enligt registret. Slaget avgör, och ett okänt slag ger ingen rätt."
    ),
}  # fmt: skip

# Why a text in an extract must be decided by itself.
BECAUSE = {
    "person": _("namnet på en annan vuxen eller ett syskon"),
    "name": _("kan vara någons namn"),
    "number": _("ett personnummer"),
    "contact": _("ett telefonnummer eller en e-postadress"),
    "address": _("en adress"),
    "handed_over": _("har med en annan mottagare att göra"),
}

PAGE_OF_KIND = {
    "access": _("Utdraget tas fram, gås igenom och lämnas ut av dataskyddsombud eller registrator."),
    "rectification": _(
        "Rektor svarar. Inget skrivs över: rättelsen ställs bredvid, och det som elevregistret äger"
        " rättas där."
    ),
    "objection": _("Rektor svarar. Beviljas den används reglerna inte längre på eleven."),
    "restriction": _("Rektor svarar. Beviljas den finns uppgifterna kvar men används inte och visas inte."),
}
ASK_FIRST = _(
    "Ett nej ska ha skäl, och personen kan överklaga det till allmän förvaltningsdomstol"
    " (7 kap. 2 § dataskyddslagen)."
)
