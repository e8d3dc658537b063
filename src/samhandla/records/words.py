"""Sentences of the room: what the refusals mean, and what a decision says about appeal."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from samhandla.lib.i18n import N_

# Source: OSL 6 kap. 7–8 §§, förvaltningslagen 43–45 §§ (mark P: read in authorities' and courts' pages).
APPEAL = N_(
    "Så överklagar du\n"
    "Du kan överklaga beslutet hos kammarrätten. Skriv vilket beslut du överklagar, hur du vill att det ska "
    "ändras och varför, och hur du kan nås. Lämna eller skicka det till %(authority)s, inte till domstolen. "
    "Det ska ha kommit in inom tre veckor från den dag då du fick del av beslutet. Kommer det in i tid och "
    "ändras inte beslutet så som du vill lämnas det vidare till kammarrätten."
)

_CHILD = _("Personnumret finns inte hos er, eller är inte rätt skrivet.")
PROBLEMS = {
    "title": _("Skriv en rubrik som inte avslöjar något. Den syns för den som frågar efter diariet."),
    "title_secret": _("Rubriken innehåller en adress, ett nummer eller ett personnummer. Den är offentlig."),
    "text": _("Skriv vad handlingen säger, eller vad som kom in."),
    "kind": _("Välj slag av handling."),
    "dated": _("Dagen har inte varit än."),
    "no_child": _("En handling av det slaget handlar inte om en elev. Välj ett slag som gör det."),
    "personnummer": _CHILD,
    "paragraph": _("Välj en bestämmelse."),
    "what": _("Skriv vad som begärs, så att rätt handlingar går att hitta."),
    "asked_on": _("Dagen har inte varit än."),
    "identity": _("Skriv hur du har kontrollerat vem som frågar. Det krävs för insyn, inte för andra."),
    "guardian": _("Välj den vårdnadshavare som frågar."),
    "independent": _(
        "En enskild huvudman har inga allmänna handlingar. Insyn för elev och vårdnadshavare går att"
        " registrera."
    ),
    "nothing": _("Inga handlingar hittades. Ange nummer, slag eller dagar."),
    "several": _("Sökningen gav fler än hundra handlingar. Avgränsa den."),
    "place": _("Markera minst en mening eller skriv orden som ska maskeras."),
    "words": _("Orden står inte i handlingen. Kontrollera stavningen."),
    "forced": _("Det här maskeras alltid och går inte att visa."),
    "public": _("Handlingen är ett beslut. Sekretessen i 23 kap. 2 § OSL gäller inte beslut."),
    "verdict": _("Välj hur handlingen ska lämnas."),
    "masks": _(
        "Hela handlingen går bara att lämna utan maskering, och med maskering måste något vara maskerat."
    ),
    "reasons": _("Skriv skälen."),
    "secret": _("Skälen innehåller en adress, ett nummer eller ett personnummer. Beslutet är offentligt."),
    "untested": _("Pröva varje handling först."),
    "empty": _("Ingen handling är samlad. Samla, eller svara att handlingen inte finns."),
    "nothing_withheld": _("Allt är utlämnat i sin helhet. Det finns inget att besluta om."),
    "staff": _("Välj någon som kan få delegationen."),
    "reference": _("Skriv var beslutet står, till exempel paragraf och punkt."),
    "decided_on": _("Skriv vilken dag nämnden beslutade. Den kan inte vara en dag som kommer."),
    "first": _("Delegationen kan inte gälla före nämndens beslut."),
    "years": _("Skriv efter hur många år, 0 till 120."),
    "years_kept": _("Det som bevaras har inget antal år."),
    "counted_from": _("Välj vad tiden räknas från. Elevens 18-årsdag går bara för handlingar om en elev."),
    "document": _("Numret finns inte i registret."),
    "reason": _("Skriv skälet."),
    "ends_on": _("Slutdagen har redan varit."),
    "changed": _("Listan har ändrats sedan du såg den. Läs den nya innan du bekräftar."),
    "none_due": _("Inget är att gallra."),
    "range": _("Inga handlingar i det urvalet."),
    "too_many": _("Urvalet har fler än 300 handlingar. Ta färre nummer åt gången."),
}

# Why something whose time has come is kept all the same, by what the database says.
KEEPS = {
    "hold": _("undantagen från gallring"),
    "request": _("någon har begärt att få ta del av den"),
    "elsewhere": _("en annan myndighet har kvar sitt exemplar"),
    "behind": _("en annan handling hänger ihop med den och finns kvar"),
}
