"""Forms of the secrecy room, by subject."""

from samhandla.secrecy.forms.cards import CardForm, SendForm
from samhandla.secrecy.forms.consents import ConsentForm, CorrectionForm, ReplyForm
from samhandla.secrecy.forms.emergency import OpenForm, ReviewForm, SettingForm
from samhandla.secrecy.forms.handing import FactForm, GuideForm, StartForm, WaiverForm
from samhandla.secrecy.forms.law import OpeningForm
from samhandla.secrecy.forms.processings import ProcessingForm

__all__ = [
    "CardForm",
    "ConsentForm",
    "CorrectionForm",
    "FactForm",
    "GuideForm",
    "OpenForm",
    "OpeningForm",
    "ProcessingForm",
    "ReplyForm",
    "ReviewForm",
    "SendForm",
    "SettingForm",
    "StartForm",
    "WaiverForm",
]
