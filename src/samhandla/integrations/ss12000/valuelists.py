"""The value lists of SS 12000 2.1 with the values of 2.0, and what they mean to us."""

from __future__ import annotations

from samhandla.integrations.records import EmailKind, GuardianKind, PersonStatus, Sex


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split("|"))


FORMS = _words(
    "FS|FKLASS|FTH|OPPFTH|GR|GRS|TR|SP|SAM|GY|GYS|VUX|VUXSFI|VUXGR|VUXGY|VUXSARGR|VUXSARTR|VUXSARGY|SFI|SARVUX|"
    "SARVUXGR|SARVUXGY|KU|YH|FHS|STF|KKU|HS|ABU|AU"
)
# Skolenhetsregistret 2 and SS 12000 2.0 use other codes for the same forms, and 2.1 a code of its own for the
# training-school track, which is a part of the adapted compulsory school and no form beside it.
FORM_ALIASES = {"GRAN": "GRS", "GYAN": "GYS", "KOMVUX": "VUX", "TR": "GRS"}
HIGHEST_YEAR = {"FKLASS": 0, "GY": 4, "GYS": 4}
HIGHEST_OTHER_YEAR = 10

ORGANISATION_TYPES = _words(
    "Huvudman|Verksamhetsområde|Förvaltning|Rektorsområde|Skola|Skolenhet|Varumärke|Bolag|Övrigt|Stadsdel"
)
GROUP_TYPES = _words("Undervisning|Klass|Mentor|Provgrupp|Schema|Avdelning|Personalgrupp|Övrigt")
DUTY_ROLES = _words(
    "Rektor|Lärare|Förskollärare|Barnskötare|Bibliotekarie|Lärarassistent|Fritidspedagog|Annan personal|"
    "Studie- och yrkesvägledare|Förstelärare|Kurator|Skolsköterska|Skolläkare|Skolpsykolog|"
    "Speciallärare/specialpedagog|Skoladministratör|Övrig arbetsledning|Övrig pedagogisk"
    " personal|Förskolechef"
)
ASSIGNMENT_ROLES = _words(
    "Mentor|Förskollärare|Barnskötare|Fritidspedagog|Specialpedagog|Elevhälsopersonal|Pedagogisk ledare|"
    "Schemaläggare|Lärarassistent|Administrativ personal"
)
ACTIVITY_TYPES = _words("Undervisning|Elevaktivitet|Provaktivitet|Läraraktivitet|Övrigt")
ABSENCE_TYPES = _words("Beviljad ledighet|Anmäld frånvaro")

SEXES = {"kvinna": Sex.GIRL, "man": Sex.BOY, "okänt": Sex.UNKNOWN}
STATUSES = {
    "aktiv": PersonStatus.ACTIVE,
    "utvandrad": PersonStatus.EMIGRATED,
    "avliden": PersonStatus.DECEASED,
}
GUARDIAN_KINDS = {
    "vårdnadshavare": GuardianKind.VARDNADSHAVARE,
    "god man": GuardianKind.GOD_MAN,
    "annan ansvarig": GuardianKind.OTHER,
    "utsedd behörig": GuardianKind.OTHER,
    "annan behörig": GuardianKind.OTHER,
    # "Förälder" of the drafts says nothing about custody and stays unknown.
}
EMAIL_KINDS = {
    "skola elev": EmailKind.SCHOOL,
    "skola personal": EmailKind.SCHOOL,
    "arbete övrigt": EmailKind.WORK,
    "privat": EmailKind.PRIVATE,
}
