"""Forms of the secrecy room, by subject."""

from samhandla.secrecy.forms.emergency import OpenForm, ReviewForm, SettingForm
from samhandla.secrecy.forms.handing import AnswerForm, FactForm, GuideForm, WaiverForm

__all__ = ["AnswerForm", "FactForm", "GuideForm", "OpenForm", "ReviewForm", "SettingForm", "WaiverForm"]
