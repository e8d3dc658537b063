"""What an extract about a child is taken from: every model that names a child, but what is declared out here.

A new model with a child in it is in by itself, with the fields that its own `Fields` gives; a test fails
until it has a heading here, or a reason to be left out.
"""

from __future__ import annotations

from django.apps import apps
from django.db.models import Field, ForeignKey, GeneratedField, JSONField, Model, TextField

from samhandla.lib.i18n import N_
from samhandla.people.models import Area, Child, ChildRow, Group, Guardian, Organisation
from samhandla.people.models.base import CHILD_ROW_FIELDS
from samhandla.trust.classify import Sensitivity
from samhandla.trust.history import HISTORY

# Table → its heading, in the order of the extract. What is not here comes last, under its own name.
HEADINGS = {
    "people.childidentity": N_("Personnummer"),
    "people.enrolment": N_("Skolgång"),
    "people.membership": N_("Klasser och grupper"),
    "people.guardianship": N_("Vuxna kring eleven"),
    "people.processinglimit": N_("Gränser för hur uppgifterna används"),
    "detect.signal": N_("Signaler"),
    "detect.reason": N_("Varför signalerna visades"),
    "detect.answer": N_("Ställningstaganden"),
    "detect.contactnote": N_("Kontaktanteckningar"),
    "detect.steptaken": N_("Steg i närvarotrappan"),
    "detect.watch": N_("Håll i: tider då någon har hållit ögonen på närvaron"),
    "detect.participationmark": N_("På plats men inte med i undervisningen"),
    "detect.inquiry": N_("Utredningar av frånvaro"),
    "detect.notice": N_("Anmälningar om frånvaro"),
    "detect.deliverednotice": N_("Anmälningar om frånvaro, som de togs emot"),
    "secrecy.consent": N_("Frågor om samtycke till insats och SIP"),
    "secrecy.consentvoice": N_("Svar om samtycke till insats och SIP"),
    "secrecy.waiver": N_("Frågor om samtycke till att uppgift lämnas ut"),
    "secrecy.voice": N_("Svar om samtycke till att uppgift lämnas ut"),
    "secrecy.paper": N_("Skannade papper"),
    "secrecy.transfer": N_("Uppgifter som har lämnats till någon annan"),
    "secrecy.emergency": N_("Nödåtkomst"),
    "records.document": N_("Registrerade handlingar"),
    "rights.correction": N_("Rättelser"),
    "analytics.attendancewindow": N_("Närvaro som summor"),
    "analytics.attendanceday": N_("Närvaro dag för dag"),
    "trust.event": N_("Vad som har gjorts, och när"),
    "trust.readentry": N_("Vem som har läst, utan namn"),
}
PAST_HEADING = N_("%(heading)s: tidigare lydelser")
CHILD_HEADING = N_("Eleven")
LESSONS_HEADING = N_("Lektion för lektion")
GUARDIAN_HEADING = N_("Om dig som begär")

# Models that name a child and are not in, each with the reason that the extract itself gives.
LEFT_OUT = {
    "trust.access": N_(
        "Vem som kan se eleven följer av registret och visas på sidan Vem kan se – och varför."
    ),
    "secrecy.eminote": N_("Hör alltid till en annan verksamhetsgren, som svarar själv för sitt."),
    "trust.withheld": N_("Följer av registret, och rör personalen."),
    "people.namedstaff": N_("Vilka i personalen som är namngivna rör personalen."),
    "people.conflict": N_("Vilka i personalen som är jäviga rör personalen."),
    "records.documenttext": N_("Förseglat. En handling lämnas som kopia av registrator."),
    "records.releaserequest": N_("Begäranden visas för den som har gjort dem."),
    "integrations.childlink": N_(
        "En enkelriktad kontrollsumma av elevens nummer i elevregistret, utan innehåll."
    ),
    "rights.rightsrequest": N_("Begäranden visas för den som har gjort dem, på sidan Mina rättigheter."),
    "rights.extract": N_("Tidigare utdrag finns hos den som har fått dem."),
    "rights.withheld": N_("Arbetsmaterial till ett utdrag."),
    "people.guardian": N_("En vuxens egna uppgifter lämnas bara till den vuxna själv."),
}
# Fields that are not given, beyond keys and what is sealed.
FIELDS_OUT = {
    "secrecy.transfer": {"received_at": N_("Det mottagaren har gjort är mottagarens uppgift.")},
    "secrecy.emergency": {
        "opened_name": N_("Namn på personal lämnas efter prövning."),
        "verdict": N_("Granskarens bedömning av en kollega."),
        "note": N_("Granskarens bedömning av en kollega."),
    },
    "people.child": {
        "protection": N_("Markeringen lämnas efter prövning."),
        "lifted_protection": N_("Kan vara en annan familjemedlems markering."),
        "ref": N_("En teknisk nyckel."),
    },
    "rights.correction": {
        "table": N_("En teknisk nyckel; rubriken säger var det står."),
        "row": N_("En teknisk nyckel; rubriken säger var det står."),
        "field": N_("En teknisk nyckel; rubriken säger var det står."),
    },
    "records.document": {
        "sender": N_("Kan vara en annan person; lämnas efter prövning."),
        "recipient": N_("Kan vara en annan person; lämnas efter prövning."),
        **dict.fromkeys(
            ("series", "year", "number", "likely", "paragraph", "source", "source_key", "touched_at"),
            N_("Tekniska koder."),
        ),
    },
    "trust.event": {"details": N_("Tekniska koder."), "about": N_("Tekniska koder.")},
}
# Classed as protected, and given all the same when the child has no marking: it is about the child.
FIELDS_IN = {"people.child": frozenset({"lives_in"})}
KEYS = N_("Nycklar och namn på personal: de säger inget om eleven. Namn på personal lämnas efter prövning.")
SEALED = N_("Förseglat. Ett personnummer eller ett skannat papper lämnas för sig, mot legitimation.")
# Where a child is or may be found. Of a protected child nobody but the child itself is told.
PLACES = (Organisation, Area, Group)
# Names that the models have no words for.
LABELS = {
    "pgh_created_at": N_("ändrad"),
    "absent_lessons": N_("lektioner med frånvaro"),
    "absence_only": N_("källan berättar bara om frånvaro"),
    "activity": N_("aktivitet"),
    "at": N_("tidpunkt"),
    "closed_on": N_("avslutad"),
    "closed_why": N_("varför den avslutades"),
    "clock_from": N_("tiden räknas från"),
    "date": N_("dag"),
    "decided_on": N_("beslutad"),
    "asked_on": N_("föreslagen"),
    "done_at": N_("antecknad"),
    "done_on": N_("gjord"),
    "due_on": N_("senast"),
    "ended_at": N_("avslutad"),
    "escalated_on": N_("lyft till rektor"),
    "event": N_("händelse"),
    "finalised_on": N_("färdigställd"),
    "first_date": N_("från och med"),
    "first_seen": N_("sågs först"),
    "from_date": N_("från och med"),
    "given_name": N_("förnamn"),
    "good_news": N_("det går åt rätt håll"),
    "group": N_("grupp"),
    "guardian": N_("vem"),
    "invalid": N_("ogiltig frånvaro (minuter)"),
    "kept_at": N_("sparat"),
    "kind": N_("slag"),
    "last_date": N_("till och med"),
    "last_seen": N_("sågs senast"),
    "late_lessons": N_("sena ankomster"),
    "late_minutes": N_("minuter för sent"),
    "legal_basis": N_("rättslig grund"),
    "lessons": N_("lektioner"),
    "main": N_("huvudplacering"),
    "not_participating": N_("lektioner på plats men inte med"),
    "numbers": N_("siffror"),
    "offered": N_("undervisning (minuter)"),
    "on": N_("dag"),
    "opened_on": N_("öppnad"),
    "other": N_("annan skolverksamhet (minuter)"),
    "outside_place": N_("slag av mottagare"),
    "owner_role": N_("vem som svarar"),
    "parameters": N_("regelns gränser"),
    "present": N_("närvaro (minuter)"),
    "reason": N_("skäl"),
    "recipient": N_("mottagare"),
    "reported": N_("registrerat (minuter)"),
    "return_on": N_("tillbaka på listan"),
    "rule": N_("regel"),
    "shown_on": N_("visad"),
    "signed_on": N_("undertecknad"),
    "since": N_("sedan"),
    "solved": N_("löst"),
    "started_on": N_("påbörjad"),
    "state": N_("läge"),
    "step": N_("steg"),
    "subject": N_("ämne"),
    "text": N_("text"),
    "unit": N_("skolenhet"),
    "until": N_("till och med"),
    "valid": N_("giltig frånvaro (minuter)"),
    "valid_from": N_("från och med"),
    "valid_to": N_("till och med"),
    "version": N_("regelns version"),
    "start": N_("börjar"),
    "slot": N_("lektion på dagen"),
    "participating": N_("med i undervisningen"),
    "note": N_("anteckning"),
    "content_type": N_("slag av fil"),
    "note_words": N_("anteckning"),
    "page": N_("del"),
    "role": N_("roll"),
    "why": N_("med vilken rätt"),
    "times": N_("antal"),
    "birth_date": N_("födelsedatum"),
}  # fmt: skip


def label_of(model: type[Model]) -> str:
    """Return how a table is named here and in the file: `detect.contactnote`."""
    return model._meta.label_lower


def names_a_child(model: type[Model]) -> bool:
    """Tell whether rows of a model are about a child: a key to one, or the number of one."""
    if model is Child or model is Guardian or issubclass(model, ChildRow):
        return True
    fields = [f for f in model._meta.get_fields() if isinstance(f, Field)]
    numbered = {"child", "child_id", "child_key", "children"}
    return any(f.name in numbered or f.related_model is Child for f in fields)


def models_about_children() -> list[type[Model]]:
    """Return every model of the house that names a child, whether it is in an extract or not.

    Not the tables of what rows held before: they go with their model.
    """
    ours = (m for m in apps.get_models() if m.__module__.startswith("samhandla."))
    past = set(HISTORY.values())
    return [model for model in ours if model not in past and names_a_child(model)]


def past_of(model: type[Model]) -> type[Model] | None:
    """Return the table of what a model's rows held before they were changed; None when none is kept."""
    return HISTORY.get(model)


def given_past_fields(model: type[Model]) -> list[Field]:
    """Return when a row was changed, and those of its fields that an extract gives and history keeps."""
    past = HISTORY[model]
    given = {field.name for field in given_fields(model)}
    return [f for f in past._meta.concrete_fields if f.name in given or f.name == "pgh_created_at"]


def child_rows() -> list[type[Model]]:
    """Return the tables whose rows are taken as they are: all but those declared out, in order."""
    order = list(HEADINGS)
    found = [m for m in models_about_children() if _has_place(m) and label_of(m) not in LEFT_OUT]
    return sorted(found, key=lambda m: order.index(label_of(m)) if label_of(m) in order else len(order))


def _has_place(model: type[Model]) -> bool:
    """Tell whether each row is about one child in one secrecy domain."""
    return {"child", "domain"} <= {field.name for field in model._meta.concrete_fields}


def given_fields(model: type[Model]) -> list[Field]:
    """Return the fields of a table that an extract gives, by their class in `Fields`, in the model's order.

    What is personal or sensitive; and what is internal or open where it is a plain value. Never keys to staff
    or to other rows, generated keys, or what is sealed.
    """
    return [f for f in model._meta.concrete_fields if not why_not_given(model, f)]


def why_not_given(model: type[Model], field: Field) -> str:
    """Return why an extract leaves a field out; empty when it gives it."""
    if field.name in FIELDS_OUT.get(label_of(model), {}):
        return FIELDS_OUT[label_of(model)][field.name]
    if field.name in FIELDS_IN.get(label_of(model), ()):
        return ""
    level = model.Fields.of(field.name)  # type: ignore[attr-defined]  # every model has it, by a sweep
    if level is Sensitivity.PROTECTED:
        return SEALED
    if field.name == "unit":
        return ""
    if field.name in CHILD_ROW_FIELDS:
        return KEYS
    if level in (Sensitivity.PERSONAL, Sensitivity.SENSITIVE):
        return ""
    if isinstance(field, GeneratedField) or field.primary_key:
        return KEYS
    if isinstance(field, ForeignKey):
        return "" if issubclass(field.related_model, (*PLACES, Guardian)) else KEYS
    return (
        KEYS if field.name.endswith(("_id", "_name", "sha256", "fingerprint")) or field.name == "key" else ""
    )


def is_place(field: Field) -> bool:
    """Tell whether a field says where a child is to be found."""
    return isinstance(field, ForeignKey) and issubclass(field.related_model, PLACES)


def is_free_text(model: type[Model], field: Field) -> bool:
    """Tell whether a field holds what somebody has written, which a person must read before it is given."""
    sensitive = model.Fields.of(field.name) is Sensitivity.SENSITIVE  # type: ignore[attr-defined]  # as above
    return isinstance(field, TextField) and not isinstance(field, JSONField) and sensitive


def words_of(field: Field) -> str:
    """Return what a field is called, in Swedish; its own name where nobody has said (a test then fails)."""
    own = str(field.verbose_name)
    return own if own != field.name.replace("_", " ") else LABELS.get(field.name, "")
