"""The kinds of events and the sentence each is shown with."""

from __future__ import annotations

from enum import StrEnum

from samhandla.lib.i18n import N_


class EventKind(StrEnum):
    """`room:thing:verb`, alphabetical."""

    ACCOUNT_CLOSED = "trust:account:closed"
    ACCOUNT_OPENED = "trust:account:opened"
    ACCOUNT_RENEWED = "trust:account:renewed"
    ADAPTED_SET = "people:adapted:set"
    ANSWER_CHANGED = "detect:answer:changed"
    ANSWER_GIVEN = "detect:answer:given"
    ARCHIVE_EXPORTED = "records:archive:exported"
    AREA_SET = "people:area:set"
    ATTENDANCE_LIVE = "analytics:attendance:live"
    ATTENDANCE_STORED = "analytics:attendance:stored"
    ATTENDANCE_UNDONE = "analytics:attendance:undone"
    BATCH_COMMITTED = "integrations:batch:committed"
    BATCH_FAILED = "integrations:batch:failed"
    BATCH_REHEARSED = "integrations:batch:rehearsed"
    BATCH_STARTED = "integrations:batch:started"
    BATCH_UNDONE = "integrations:batch:undone"
    BOARD_CHANGED = "govern:board:changed"
    BOARD_COUNTED = "govern:board:counted"
    BOARD_FROZEN = "govern:board:frozen"
    CALENDAR_CHANGED = "people:calendar:changed"
    CARD_ANSWERED = "secrecy:card:answered"
    CARD_MADE = "secrecy:card:made"
    CARD_SENT = "secrecy:card:sent"
    CONFLICT_CHANGED = "people:conflict:changed"
    CONFLICT_NOTED = "people:conflict:noted"
    CONSENT_ANSWERED = "secrecy:consent:answered"
    CONSENT_ASKED = "secrecy:consent:asked"
    CONSENT_CORRECTED = "secrecy:consent:corrected"
    CONSENT_WITHDRAWN = "secrecy:consent:withdrawn"
    CONTACT_NOTED = "detect:contact:noted"
    CORRECTION_NOTED = "rights:correction:noted"
    DELEGATION_ENDED = "records:delegation:ended"
    DELEGATION_SET = "records:delegation:set"
    DOCUMENTS_DISPOSED = "records:documents:disposed"
    DOCUMENT_FINALISED = "records:document:finalised"
    DOCUMENT_MARKED = "records:document:marked"
    DOCUMENT_SOUGHT = "records:document:sought"
    DOCUMENT_THROWN = "records:document:thrown"
    DOCUMENT_WRITTEN = "records:document:written"
    DRAFTS_PURGED = "records:drafts:purged"
    EMERGENCY_CLOSED = "secrecy:emergency:closed"
    EMERGENCY_OPENED = "secrecy:emergency:opened"
    EMERGENCY_REFUSED = "secrecy:emergency:refused"
    EMERGENCY_REVIEWED = "secrecy:emergency:reviewed"
    EMERGENCY_SET = "secrecy:emergency:set"
    EMI_NOTED = "secrecy:emi:noted"
    EMI_REQUEST_DONE = "secrecy:emi:done"
    EXTRACT_HANDED_OUT = "rights:extract:handed_out"
    EXTRACT_LOOKED = "rights:extract:looked_through"
    EXTRACT_MADE = "rights:extract:made"
    GUIDANCE_HELD = "detect:guidance:held"
    GUIDE_ASKED = "secrecy:guide:asked"
    HOLD_LIFTED = "records:hold:lifted"
    HOLD_PLACED = "records:hold:placed"
    IDENTITY_CONNECTED = "login:identity:connected"
    INFORMATION_APPROVED = "rights:information:approved"
    INFORMATION_CONTACT_SET = "rights:information:contact"
    INQUIRY_ASKED = "detect:inquiry:asked"
    INQUIRY_DECIDED = "detect:inquiry:decided"
    INQUIRY_OPENED = "detect:inquiry:opened"
    INQUIRY_WRITTEN = "detect:inquiry:written"
    ITEM_COLLECTED = "records:item:collected"
    ITEM_MASKED = "records:item:masked"
    ITEM_TESTED = "records:item:tested"
    LABEL_APPROVED = "people:label:approved"
    LABEL_CHANGED = "people:label:changed"
    LADDER_CHANGED = "detect:ladder:changed"
    LAKE_SWEPT = "analytics:lake:swept"
    LAW_ADDED = "secrecy:law:added"
    LAW_APPROVED = "secrecy:law:approved"
    LAW_CHANGED = "secrecy:law:changed"
    LAW_DELIVERED = "secrecy:law:delivered"
    LAW_WITHDRAWN = "secrecy:law:withdrawn"
    LIMIT_LIFTED = "people:limit:lifted"
    LIMIT_SET = "people:limit:set"
    LINKAGE_APPROVED = "govern:linkage:approved"
    LINKAGE_ASKED = "govern:linkage:asked"
    LINKAGE_MADE = "govern:linkage:made"
    LOGIN_LEVEL_SET = "login:level:set"
    LOG_CLEARED = "people:log:cleared"
    LOG_REVIEW_MADE = "people:log:review_made"
    LOG_REVIEW_SIGNED = "people:log:review_signed"
    NAMED_STAFF = "people:named:given"
    NAMED_STAFF_ENDED = "people:named:ended"
    NOTICE_ANSWERED = "detect:notice:answered"
    NOTICE_HANDED_OUT = "detect:notice:handed_out"
    NOTICE_RECEIVED = "detect:notice:received"
    NOTICE_SIGNED = "detect:notice:signed"
    PAPER_KEPT = "secrecy:paper:kept"
    PARTICIPATION_MARKED = "detect:participation:marked"
    PARTICIPATION_TAKEN_BACK = "detect:participation:taken_back"
    PASSWORD_CHOSEN = "trust:password:chosen"  # noqa: S105 - an event, not a password
    PERSONNUMMER_READ = "people:personnummer:read"
    PERSONNUMMER_SEARCHED = "people:personnummer:searched"
    PRESET_SAVED = "integrations:preset:saved"
    PROCESSING_APPROVED = "secrecy:processing:approved"
    PROCESSING_CHANGED = "secrecy:processing:changed"
    PROCESSING_DELIVERED = "secrecy:processing:delivered"
    PROTECTED_PURGED = "people:protected:purged"
    PROTECTED_READ = "people:protected:read"
    QUALITY_EXAMINED = "analytics:quality:examined"
    QUALITY_LIMIT_SET = "analytics:quality:limit"
    RECEIVER_CHANGED = "secrecy:receiver:changed"
    REFUSALS_FETCHED = "integrations:refusals:fetched"
    REGISTER_CHANGED = "people:register:changed"
    REHEARSAL_RUN = "detect:rehearsal:run"
    RELEASE_ANSWERED = "records:request:answered"
    RELEASE_ASKED = "records:request:asked"
    RELEASE_REFUSED = "records:request:refused"
    RELEASE_RESUMED = "records:request:resumed"
    RELEASE_WITHDRAWN = "records:request:withdrawn"
    REMINDERS_SENT = "detect:reminders:sent"
    RESERVE_OPENED = "login:reserve:opened"
    RESERVE_SEEN = "login:reserve:seen"
    RESERVE_USED = "login:reserve:used"
    RETENTION_DECIDED = "records:retention:decided"
    RIGHTS_DECIDED = "rights:request:decided"
    RIGHTS_EXTENDED = "rights:request:extended"
    RIGHTS_REQUESTED = "rights:request:received"
    RULES_CHANGED = "detect:rules:changed"
    RULES_RUN = "detect:rules:run"
    SECOND_STEP_ADDED = "login:second_step:added"
    SECOND_STEP_REMOVED = "login:second_step:removed"
    SESSION_CONFIRMED = "login:session:confirmed"
    SESSION_ENDED = "login:session:ended"
    SIGNALS_ENDED = "detect:signal:ended"
    SIGNAL_ESCALATED = "detect:signal:escalated"
    SIGNAL_MOVED = "detect:signal:moved"
    SIGNED_IN = "trust:session:opened"
    SIGN_IN_REFUSED = "login:sign_in:refused"
    SOURCE_CHANGED = "integrations:source:changed"
    STAND_IN_ENDED = "people:stand_in:ended"
    STAND_IN_SET = "people:stand_in:set"
    STEP_DONE = "detect:step:done"
    TALLIES_COUNTED = "detect:tallies:counted"
    TRANSFER_RECEIVED = "secrecy:transfer:received"
    TRANSFER_SENT = "secrecy:transfer:sent"
    WAIVER_ANSWERED = "secrecy:waiver:answered"
    WAIVER_ASKED = "secrecy:waiver:asked"
    WAIVER_CORRECTED = "secrecy:waiver:corrected"
    WAIVER_WITHDRAWN = "secrecy:waiver:withdrawn"


SENTENCES: dict[EventKind, str] = {
    EventKind.ACCOUNT_CLOSED: N_("Ett konto stängdes."),
    EventKind.ACCOUNT_OPENED: N_("Ett konto lades upp."),
    EventKind.ACCOUNT_RENEWED: N_("En ny engångslänk till ett konto gjordes."),
    EventKind.ADAPTED_SET: N_("En anpassad studiegång antecknades eller togs bort."),
    EventKind.ANSWER_CHANGED: N_("Ett ställningstagande ändrades; det tidigare står kvar."),
    EventKind.ANSWER_GIVEN: N_("Ett ställningstagande gjordes."),
    EventKind.ARCHIVE_EXPORTED: N_("Handlingar exporterades för arkivet."),
    EventKind.AREA_SET: N_("Områden lades upp eller valdes."),
    EventKind.ATTENDANCE_LIVE: N_("Närvarouppgifter började räknas."),
    EventKind.ATTENDANCE_STORED: N_("Närvarouppgifter sparades."),
    EventKind.ATTENDANCE_UNDONE: N_("Närvarouppgifter slutade räknas."),
    EventKind.BATCH_COMMITTED: N_("En import togs in."),
    EventKind.BATCH_FAILED: N_("En import avbröts av ett fel."),
    EventKind.BATCH_REHEARSED: N_("En import provkördes."),
    EventKind.BATCH_STARTED: N_("En import startades."),
    EventKind.BATCH_UNDONE: N_("En import ångrades."),
    EventKind.BOARD_CHANGED: N_("Nämndsidans definition, mål eller analys ändrades."),
    EventKind.BOARD_COUNTED: N_("Nämndsidans siffror räknades."),
    EventKind.BOARD_FROZEN: N_("Nämndsidan låstes."),
    EventKind.CALENDAR_CHANGED: N_("Läsårskalendern ändrades."),
    EventKind.CARD_ANSWERED: N_("En fråga utan namn besvarades."),
    EventKind.CARD_MADE: N_("Ett kort för att rådfråga utan namn gjordes."),
    EventKind.CARD_SENT: N_("En fråga utan namn skickades."),
    EventKind.CONFLICT_CHANGED: N_("En anmälan om jäv ändrades."),
    EventKind.CONFLICT_NOTED: N_("Någon anmälde jäv för ett barn."),
    EventKind.CONSENT_ANSWERED: N_("Ett svar på en fråga om samtycke till en insats eller SIP antecknades."),
    EventKind.CONSENT_ASKED: N_("En fråga om samtycke till en insats eller SIP ställdes."),
    EventKind.CONSENT_CORRECTED: N_("Ett svar om samtycke till en insats eller SIP rättades."),
    EventKind.CONSENT_WITHDRAWN: N_("Ett samtycke till en insats eller SIP återkallades."),
    EventKind.CONTACT_NOTED: N_("En kontaktanteckning skrevs."),
    EventKind.CORRECTION_NOTED: N_("En rättelse antecknades."),
    EventKind.DELEGATION_ENDED: N_("En delegation att besluta om utlämnande avslutades."),
    EventKind.DELEGATION_SET: N_("En delegation att besluta om utlämnande registrerades."),
    EventKind.DOCUMENTS_DISPOSED: N_("Handlingar gallrades."),
    EventKind.DOCUMENT_FINALISED: N_("En handling färdigställdes och registrerades."),
    EventKind.DOCUMENT_MARKED: N_("En handlings sekretessmarkering ändrades."),
    EventKind.DOCUMENT_SOUGHT: N_("Handlingar om en elev söktes med personnummer."),
    EventKind.DOCUMENT_THROWN: N_("Ett utkast rensades."),
    EventKind.DOCUMENT_WRITTEN: N_("Ett utkast till en handling skrevs."),
    EventKind.DRAFTS_PURGED: N_("Övergivna utkast rensades."),
    EventKind.EMERGENCY_CLOSED: N_("En nödåtkomst avslutades i förtid."),
    EventKind.EMERGENCY_OPENED: N_("En nödåtkomst öppnades."),
    EventKind.EMERGENCY_REFUSED: N_("Någon försökte öppna med nödåtkomst och nekades."),
    EventKind.EMERGENCY_REVIEWED: N_("En nödåtkomst granskades."),
    EventKind.EMERGENCY_SET: N_("Tid och granskare för nödåtkomst bestämdes."),
    EventKind.EMI_NOTED: N_("En anteckning om kontakt gjordes hos elevhälsans medicinska insats."),
    EventKind.EMI_REQUEST_DONE: N_("En fråga till elevhälsans medicinska insats togs om hand."),
    EventKind.EXTRACT_HANDED_OUT: N_("Ett registerutdrag lämnades ut."),
    EventKind.EXTRACT_LOOKED: N_("Ett registerutdrag gicks igenom."),
    EventKind.EXTRACT_MADE: N_("Ett registerutdrag togs fram."),
    EventKind.GUIDANCE_HELD: N_("Närvarohandledning hölls."),
    EventKind.GUIDE_ASKED: N_("En fråga ställdes till beslutsguiden, utan namn."),
    EventKind.HOLD_LIFTED: N_("Ett undantag från gallring hävdes."),
    EventKind.HOLD_PLACED: N_("Handlingar undantogs från gallring."),
    EventKind.IDENTITY_CONNECTED: N_("En e-legitimation kopplades till en vårdnadshavare."),
    EventKind.INFORMATION_APPROVED: N_("En informationstext om personuppgifter godkändes."),
    EventKind.INFORMATION_CONTACT_SET: N_("Kontaktuppgifter till dataskyddsombudet ändrades."),
    EventKind.INQUIRY_ASKED: N_("En utredning av frånvaro föreslogs."),
    EventKind.INQUIRY_DECIDED: N_("Rektor fattade beslut om utredning av frånvaro."),
    EventKind.INQUIRY_OPENED: N_("En utredning av frånvaro öppnades."),
    EventKind.INQUIRY_WRITTEN: N_("Utredningen av frånvaro skrevs."),
    EventKind.ITEM_COLLECTED: N_("Handlingar samlades till en begäran."),
    EventKind.ITEM_MASKED: N_("En handling maskerades."),
    EventKind.ITEM_TESTED: N_("En handling prövades för utlämnande."),
    EventKind.LABEL_APPROVED: N_("Årskursernas namn godkändes."),
    EventKind.LABEL_CHANGED: N_("Ett namn på en årskurs ändrades."),
    EventKind.LADDER_CHANGED: N_("Närvarotrappan ändrades."),
    EventKind.LAKE_SWEPT: N_("Filer från ångrade importer togs bort."),
    EventKind.LAW_ADDED: N_("En egen sekretessbrytande bestämmelse lades till."),
    EventKind.LAW_APPROVED: N_("En sekretessbrytande bestämmelse godkändes."),
    EventKind.LAW_CHANGED: N_("En sekretessbrytande bestämmelse ändrades."),
    EventKind.LAW_DELIVERED: N_("Listan över sekretessbrytande bestämmelser lades upp."),
    EventKind.LAW_WITHDRAWN: N_("Ett godkännande av en sekretessbrytande bestämmelse togs tillbaka."),
    EventKind.LIMIT_LIFTED: N_("En gräns för behandlingen av en elevs uppgifter hävdes."),
    EventKind.LIMIT_SET: N_("En gräns för behandlingen av en elevs uppgifter sattes."),
    EventKind.LINKAGE_APPROVED: N_("En statistisk samkörning godkändes."),
    EventKind.LINKAGE_ASKED: N_("En statistisk samkörning begärdes."),
    EventKind.LINKAGE_MADE: N_("En statistisk samkörning gjordes."),
    EventKind.LOGIN_LEVEL_SET: N_("Kravet på inloggning för en roll eller en del ändrades."),
    EventKind.LOG_CLEARED: N_("Familjernas logg öppnades eller stängdes."),
    EventKind.LOG_REVIEW_MADE: N_("Ett underlag för loggkontroll togs fram."),
    EventKind.LOG_REVIEW_SIGNED: N_("En loggkontroll signerades."),
    EventKind.NAMED_STAFF: N_("Någon namngavs för en elev med skyddade personuppgifter."),
    EventKind.NAMED_STAFF_ENDED: N_("En namngivning för en elev med skyddade personuppgifter avslutades."),
    EventKind.NOTICE_ANSWERED: N_("En anmälan om frånvaro besvarades."),
    EventKind.NOTICE_HANDED_OUT: N_("En anmälan lämnades ut utanför systemet."),
    EventKind.NOTICE_RECEIVED: N_("En anmälan om frånvaro togs emot."),
    EventKind.NOTICE_SIGNED: N_("En anmälan undertecknades."),
    EventKind.PAPER_KEPT: N_("Ett skannat papper med ett svar sparades."),
    EventKind.PARTICIPATION_MARKED: N_("En markering om deltagande i undervisningen gjordes."),
    EventKind.PARTICIPATION_TAKEN_BACK: N_("En markering om deltagande i undervisningen togs tillbaka."),
    EventKind.PASSWORD_CHOSEN: N_("Ett lösenord valdes."),
    EventKind.PERSONNUMMER_READ: N_("Ett personnummer visades."),
    EventKind.PERSONNUMMER_SEARCHED: N_("En elev söktes med personnummer."),
    EventKind.PRESET_SAVED: N_("En kolumnmall sparades."),
    EventKind.PROCESSING_APPROVED: N_("En rättslig grund för en behandling godkändes."),
    EventKind.PROCESSING_CHANGED: N_("En behandling i registret över rättsliga grunder ändrades."),
    EventKind.PROCESSING_DELIVERED: N_("Registret över behandlingar och rättsliga grunder lades upp."),
    EventKind.PROTECTED_PURGED: N_("Uppgifter som inte får finnas om någon med skydd togs bort."),
    EventKind.PROTECTED_READ: N_("Namnet på en elev med skyddade personuppgifter visades."),
    EventKind.QUALITY_EXAMINED: N_("Närvarouppgifternas kvalitet gicks igenom."),
    EventKind.QUALITY_LIMIT_SET: N_("Gränsen för andel registrerade lektioner ändrades."),
    EventKind.RECEIVER_CHANGED: N_("En mottagning för uppgifter lades upp eller stängdes."),
    EventKind.REFUSALS_FETCHED: N_("Rader som en import inte tog emot hämtades som fil."),
    EventKind.REGISTER_CHANGED: N_("Registret ändrades."),
    EventKind.REHEARSAL_RUN: N_("En provkörning av gränsvärden gjordes."),
    EventKind.RELEASE_ANSWERED: N_("En begäran om handlingar besvarades."),
    EventKind.RELEASE_ASKED: N_("En begäran om handlingar togs emot."),
    EventKind.RELEASE_REFUSED: N_("Beslut fattades om att inte lämna ut en handling."),
    EventKind.RELEASE_RESUMED: N_("En begäran om handlingar togs upp på nytt."),
    EventKind.RELEASE_WITHDRAWN: N_("En begäran om handlingar återtogs."),
    EventKind.REMINDERS_SENT: N_("Påminnelser skickades med e-post."),
    EventKind.RESERVE_OPENED: N_("Ett konto gjordes till reservkonto."),
    EventKind.RESERVE_SEEN: N_("En användning av reservkontot kvitterades."),
    EventKind.RESERVE_USED: N_("Reservkontot användes."),
    EventKind.RETENTION_DECIDED: N_("Nämndens beslut om bevarande och gallring registrerades."),
    EventKind.RIGHTS_DECIDED: N_("En begäran om dataskydd besvarades."),
    EventKind.RIGHTS_EXTENDED: N_("Tiden för en begäran om dataskydd förlängdes."),
    EventKind.RIGHTS_REQUESTED: N_("En begäran om dataskydd togs emot."),
    EventKind.RULES_CHANGED: N_("Gränsvärden ändrades."),
    EventKind.RULES_RUN: N_("Reglerna kördes."),
    EventKind.SECOND_STEP_ADDED: N_("Ett andra steg vid inloggning lades till."),
    EventKind.SECOND_STEP_REMOVED: N_("Ett andra steg vid inloggning togs bort."),
    EventKind.SESSION_CONFIRMED: N_("Någon bekräftade på nytt vem den är."),
    EventKind.SESSION_ENDED: N_("En eller flera inloggningar avslutades."),
    EventKind.SIGNALS_ENDED: N_("En elevs signaler avslutades: reglerna används inte."),
    EventKind.SIGNAL_ESCALATED: N_("En signal lyftes till rektor."),
    EventKind.SIGNAL_MOVED: N_("En signal avslutades: eleven har flyttat till en annan skola."),
    EventKind.SIGNED_IN: N_("Någon loggade in."),
    EventKind.SIGN_IN_REFUSED: N_("Någon släpptes inte in."),
    EventKind.SOURCE_CHANGED: N_("En källas inställningar ändrades."),
    EventKind.STAND_IN_ENDED: N_("En ersättares tid avslutades."),
    EventKind.STAND_IN_SET: N_("En ersättare utsågs."),
    EventKind.STEP_DONE: N_("Ett steg i närvarotrappan gjordes."),
    EventKind.TALLIES_COUNTED: N_("Arbetssättets siffror räknades per skolenhet."),
    EventKind.TRANSFER_RECEIVED: N_("En uppgift togs emot."),
    EventKind.TRANSFER_SENT: N_("En uppgift lämnades till en annan verksamhet."),
    EventKind.WAIVER_ANSWERED: N_("Ett svar på en fråga om samtycke till att uppgift lämnas ut antecknades."),
    EventKind.WAIVER_ASKED: N_("En fråga om samtycke till att uppgift lämnas ut ställdes."),
    EventKind.WAIVER_CORRECTED: N_("Ett svar om samtycke till att uppgift lämnas ut rättades."),
    EventKind.WAIVER_WITHDRAWN: N_("Ett samtycke till att uppgift lämnas ut återkallades."),
}
