"""The roles of the work, with their Swedish names and what each may do.

A role says what somebody may do at all; on whom follows from the register (`Access`).
Source: reference roles R244–R269 and the days of the work. Partners without permissions (police,
region, funders) are named so that a plan can mention them; they open no page.
"""

from __future__ import annotations

from dataclasses import dataclass

from samhandla.lib.i18n import N_
from samhandla.trust.permissions import Permission as P


@dataclass(frozen=True)
class Role:
    """One role: `reach` tells how the register gives it children (group, unit, emi, authority, none)."""

    code: str
    name: str
    description: str
    reach: str
    permissions: frozenset[P]


_STAFF = frozenset({P.START})
_FIRST_LINE = _STAFF | {
    P.CONSULT,
    P.EMERGENCY_READ,
    P.SIGNAL_LIST,
    P.SIGNAL_ANSWER,
    P.CHILD_READ,
    P.MARK_PARTICIPATION,
    P.GUIDANCE_READ,
    P.STAND_IN_SET,
}
_HANDS_OVER = {P.LAW_READ, P.TRANSFER_SEND, P.TRANSFER_RECEIVE}
_TEAM = _STAFF | {
    P.CONSENT_EDIT,
    P.CONSULT,
    P.EMERGENCY_READ,
    P.PROCESSING_READ,
    P.INQUIRY_ASK,
    P.TEAM_LIST,
    P.CHILD_READ,
    P.SIGNAL_ANSWER,
    P.QUALITY_READ,
    P.STAND_IN_SET,
    *_HANDS_OVER,
}
_LEAD = _TEAM | {
    P.FAMILY_ACCOUNT,
    P.EMERGENCY_OPEN,
    P.ADAPTED_SET,
    P.AREA_SET,
    P.BOARD_READ,
    P.UNIT_OVERSEE,
    P.GUIDANCE_LEAD,
    P.GUIDANCE_READ,
    P.INQUIRY_DECIDE,
    P.LOG_READ,
    P.RIGHTS_DECIDE,
    P.RIGHTS_READ,
    P.RIGHTS_RECEIVE,
    P.RULES_REHEARSE,
    P.RULES_EDIT,
    P.CALENDAR_EDIT,
    P.REGISTER_READ,
    P.DUTY_EDIT,
    P.DUTY_READ,
}
_EMI = _STAFF | {P.CONSULT, P.EMI_WORK, *_HANDS_OVER}
_PARTNER: frozenset[P] = frozenset()
_AGGREGATES = _STAFF | {P.BOARD_READ, P.BOARD_WHOLE}
_MANAGER = _AGGREGATES | {P.EMERGENCY_REVIEW, P.RELEASE_DECIDE}  # when appointed, by delegation
_KEEPER = {P.RECORDS_READ, P.RELEASE}
_REGISTRAR = _KEEPER | {P.DELEGATION_SET}
_ARCHIVIST = {P.RECORDS_READ, P.RETENTION_EDIT, P.DISPOSE, P.ARCHIVE_EXPORT}

_ALL = (
    Role(
        "mentor",
        N_("mentor"),
        N_("Följer eleverna i sin grupp och svarar på signaler först."),
        "group",
        _FIRST_LINE,
    ),
    Role(
        "class_teacher", N_("klasslärare"), N_("Mentor i förskoleklass till årskurs 6."), "group", _FIRST_LINE
    ),
    Role(
        "teacher",
        N_("lärare"),
        N_("Undervisar; ser namnen i sina egna grupper och inga signaler."),
        "none",
        _STAFF | {P.MARK_PARTICIPATION},
    ),
    Role(
        "work_team_leader",
        N_("arbetslagsledare"),
        N_("Leder ett arbetslag; ser inga signaler."),
        "none",
        _STAFF,
    ),
    Role(
        "principal",
        N_("rektor"),
        N_("Beslutar om utredning, stöd och schema på sin skolenhet."),
        "unit",
        _LEAD | {P.LOG_REVIEW, P.PROTECTED_NAME},
    ),
    Role("deputy_principal", N_("biträdande rektor"), N_("Rektors ersättare i det löpande."), "unit", _LEAD),
    Role(
        "counsellor",
        N_("kurator"),
        N_("Elevhälsans psykosociala insats."),
        "unit",
        _TEAM | {P.EMERGENCY_OPEN},
    ),
    Role(
        "special_needs_teacher",
        N_("specialpedagog"),
        N_("Elevhälsans specialpedagogiska insats."),
        "unit",
        _TEAM | {P.EMERGENCY_OPEN},
    ),
    Role(
        "psychologist",
        N_("skolpsykolog"),
        N_("Elevhälsans psykologiska insats."),
        "unit",
        _TEAM | {P.EMERGENCY_OPEN},
    ),
    Role(
        "school_nurse",
        N_("skolsköterska"),
        N_("Elevhälsans medicinska insats; deltar ärende för ärende."),
        "emi",
        _EMI,
    ),
    Role(
        "emi_lead",
        N_("medicinskt ledningsansvarig (MLA)"),
        N_("Leder det medicinska arbetet i EMI."),
        "none",
        _STAFF,
    ),
    Role("school_doctor", N_("skolläkare"), N_("Elevhälsans medicinska insats."), "emi", _EMI),
    Role(
        "emi_head",
        N_("verksamhetschef för elevhälsans medicinska insats"),
        N_("Ansvarar för EMI."),
        "none",
        _STAFF | _KEEPER | {P.RELEASE_DECIDE, P.DISPOSE, P.ARCHIVE_EXPORT},
    ),
    Role(
        "attendance_officer",
        N_("närvaroansvarig"),
        N_("Leder närvarohandledning och håller ihop närvaroarbetet."),
        "unit",
        _TEAM | {P.GUIDANCE_LEAD, P.GUIDANCE_READ, P.RULES_REHEARSE, P.SIGNAL_LIST},
    ),
    Role("coach", N_("elevcoach"), N_("Stöttar elever i vardagen på skolan."), "unit", _TEAM),
    Role("school_social_worker", N_("skolsocionom"), N_("Social kompetens i skolan."), "unit", _TEAM),
    Role(
        "social_pedagogue",
        N_("socialpedagog"),
        N_("Arbetar socialpedagogiskt med elever och grupper."),
        "unit",
        _TEAM,
    ),
    Role(
        "wellbeing_coach",
        N_("trivselcoach"),
        N_("Skapar trygghet på raster och i klasser; ser inga signaler."),
        "none",
        _STAFF,
    ),
    Role("career_counsellor", N_("studie- och yrkesvägledare"), N_("Vägleder elever."), "none", _STAFF),
    Role(
        "school_administrator",
        N_("skoladministratör"),
        N_("Sköter elevregistret på skolenheten."),
        "unit",
        _STAFF
        | {
            P.ACCOUNT_EDIT,
            P.AREA_SET,
            P.CALENDAR_EDIT,
            P.CHILD_READ,
            P.DUTY_READ,
            P.FAMILY_ACCOUNT,
            P.PERSONNUMMER_READ,
            P.QUALITY_READ,
            P.REGISTER_READ,
            P.RIGHTS_READ,
            P.RIGHTS_RECEIVE,
        },
    ),
    Role(
        "data_administrator",
        N_("systemförvaltare"),
        N_("Sköter källor, import, konton och uppdrag; ser inga barn."),
        "none",
        _STAFF
        | {
            P.ACCOUNT_EDIT,
            P.DUTY_EDIT,
            P.DUTY_READ,
            P.IMPORT_RUN,
            P.LOGIN_EDIT,
            P.QUALITY_READ,
            P.QUALITY_EDIT,
        },
    ),
    Role(
        "process_leader",
        N_("processledare"),
        N_("Leder arbetssättet; ser bara sammanräknade uppgifter."),
        "none",
        _AGGREGATES
        | {
            P.BOARD_DEFINE,
            P.LADDER_EDIT,
            P.PROCESS_READ,
            P.QUALITY_EDIT,
            P.QUALITY_READ,
            P.RULES_EDIT,
            P.RULES_REHEARSE,
        },
    ),
    Role(
        "project_leader",
        N_("projektledare"),
        N_("Leder ett projekt; ser bara sammanräknade uppgifter."),
        "none",
        _AGGREGATES,
    ),
    Role(
        "controller",
        N_("controller"),
        N_("Följer nämndmålen."),
        "none",
        _AGGREGATES | {P.BOARD_DEFINE, P.BOARD_FREEZE, P.LINKAGE_READ, P.LINKAGE_RUN},
    ),
    Role("department_head", N_("förvaltningschef"), N_("Ser sammanräknade uppgifter."), "none", _MANAGER),
    Role(
        "operations_manager",
        N_("verksamhetschef"),
        N_("Ser sammanräknade uppgifter för sin verksamhet."),
        "none",
        _MANAGER,
    ),
    Role(
        "school_director",
        N_("skolchef"),
        N_("Ser sammanräknade uppgifter för huvudmannen."),
        "none",
        _MANAGER,
    ),
    Role("board_member", N_("förtroendevald i nämnd"), N_("Ser nämndsidan."), "none", _AGGREGATES),
    Role(
        "county_steering_member",
        N_("ledamot i länsstyrgrupp"),
        N_("Följer införandet i länet; ser inga barn."),
        "none",
        _STAFF,
    ),
    Role("auditor", N_("revisor"), N_("Granskar; ser nämndsidan."), "none", _AGGREGATES),
    Role("evaluator", N_("utvärderare"), N_("Arbetar med avidentifierade uppgifter."), "none", _AGGREGATES),
    Role("economist", N_("ekonom"), N_("Följer kostnader; ser inga barn."), "none", _STAFF),
    Role("communicator", N_("kommunikatör"), N_("Skriver information; ser inga barn."), "none", _STAFF),
    Role(
        "compulsory_school_officer",
        N_("skolpliktshandläggare"),
        N_("Tar emot anmälningar om frånvaro och bevakar skolplikten."),
        "notice",
        _STAFF | {P.NOTICE_READ, P.LAW_READ, P.TRANSFER_RECEIVE},
    ),
    Role(
        "registrar",
        N_("registrator"),
        N_("Registrerar och lämnar ut allmänna handlingar."),
        "none",
        _STAFF | _REGISTRAR | {P.RIGHTS_HANDLE, P.RIGHTS_READ},
    ),
    Role("archivist", N_("arkivarie"), N_("Bevarar och gallrar."), "none", _STAFF | _ARCHIVIST),
    Role(
        "lawyer",
        N_("jurist"),
        N_("Godkänner de rättsliga inställningarna."),
        "none",
        _STAFF
        | {
            P.EMERGENCY_REVIEW,
            P.EMERGENCY_SET,
            P.LABEL_APPROVE,
            P.LAW_APPROVE,
            P.LAW_READ,
            P.LINKAGE_APPROVE,
            P.LINKAGE_READ,
            P.PROCESSING_APPROVE,
            P.PROCESSING_READ,
            P.RELEASE_DECIDE,
            P.RIGHTS_REGISTER,
            P.RIGHTS_TEXT,
        },
    ),
    Role(
        "data_protection_officer",
        N_("dataskyddsombud"),
        N_("Granskar personuppgiftsbehandlingen."),
        "none",
        _STAFF
        | {
            P.EMERGENCY_REVIEW,
            P.LINKAGE_READ,
            P.LOG_REVIEW,
            P.PROCESSING_READ,
            P.RIGHTS_HANDLE,
            P.RIGHTS_READ,
            P.RIGHTS_REGISTER,
            P.RIGHTS_TEXT,
        },
    ),
    Role("coordinator", N_("samordnare"), N_("Håller ihop den gemensamma planen."), "none", _STAFF),
    Role(
        "social_worker",
        N_("socialsekreterare"),
        N_("Arbetar i socialnämndens sekretessområde."),
        "none",
        _STAFF | {P.LAW_READ, P.TRANSFER_RECEIVE},
    ),
    Role(
        "family_therapist",
        N_("familjebehandlare"),
        N_("Arbetar i socialnämndens öppenvård."),
        "none",
        _STAFF,
    ),
    Role(
        "advice_coordinator",
        N_("råd- och stödsamordnare"),
        N_("Tar emot familjer till insatser utan individuell behovsprövning."),
        "none",
        _STAFF,
    ),
    Role(
        "parenting_supporter",
        N_("föräldraskapsstödjare"),
        N_("Leder träffar för vårdnadshavare."),
        "none",
        _STAFF,
    ),
    Role("field_worker", N_("fältare"), N_("Möter unga där de är."), "none", _STAFF),
    Role(
        "family_centre_worker",
        N_("personal på familjecentral"),
        N_("Möter familjer på familjecentral och öppen förskola."),
        "none",
        _STAFF,
    ),
    Role(
        "arts_school_teacher",
        N_("kulturskolelärare"),
        N_("Leder kulturskolans aktiviteter."),
        "none",
        _STAFF,
    ),
    Role(
        "labour_market_officer",
        N_("arbetsmarknadshandläggare"),
        N_("Ordnar praktikplatser."),
        "none",
        _STAFF,
    ),
    Role("leisure_leader", N_("fritidsledare"), N_("Möter unga på fritiden."), "none", _STAFF),
    Role(
        "association_leader",
        N_("föreningsledare"),
        N_("Extern ledare; ser bara sina tillfällen."),
        "none",
        _STAFF,
    ),
    Role(
        "police",
        N_("polis"),
        N_("Samverkar genom meddelanden; har ingen stående behörighet."),
        "none",
        _PARTNER,
    ),
    Role(
        "region_partner",
        N_("regionens samverkanspart"),
        N_("BUP, habilitering, primärvård och barnhälsovård; samverkar genom meddelanden."),
        "none",
        _PARTNER,
    ),
    Role(
        "funding_partner",
        N_("finansiär eller nationell part"),
        N_("Länsstyrelse, SPSM och RF-SISU; får bara publicerat underlag."),
        "none",
        _PARTNER,
    ),
    Role(
        "system_administrator",
        N_("systemadministratör"),
        N_("Driftar systemet; ser inga barn."),
        "none",
        _STAFF,
    ),
    Role(
        "guardian",
        N_("vårdnadshavare"),
        N_("Ser sitt barn."),
        "guardianship",
        frozenset({P.START, P.OWN_LOG_READ, P.RIGHTS_OWN}),
    ),
    Role(
        "child",
        N_("barn eller ung"),
        N_("Ser sig själv."),
        "self",
        frozenset({P.START, P.OWN_LOG_READ, P.RIGHTS_OWN}),
    ),
    Role(
        "service",
        N_("systemets egna jobb"),
        N_("Import och regler; aldrig en person."),
        "authority",
        frozenset(),
    ),
)

ROLES: dict[str, Role] = {role.code: role for role in _ALL}
GROUP_ROLES = tuple(r.code for r in _ALL if r.reach == "group")
# At the unit, but in the secrecy domain of the medical pupil health (OSL 8:2): nothing of the school's.
EMI_ROLES = tuple(r.code for r in _ALL if r.reach == "emi")
UNIT_ROLES = tuple(r.code for r in _ALL if r.reach == "unit")
# Their work concerns the whole authority, at whichever unit the duty stands.
WHOLE_AUTHORITY_ROLES = frozenset({"data_administrator"})
ROLE_CHOICES = [(role.code, role.name) for role in _ALL]
