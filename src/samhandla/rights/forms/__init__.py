"""Shapes of what is asked, weighed, answered and handed out."""

from samhandla.rights.forms.answers import AnswerForm, ExtendForm, HandOutForm, LiftForm
from samhandla.rights.forms.asking import AskForm, RequestForm
from samhandla.rights.forms.looking import LookForm
from samhandla.rights.forms.texts import ContactForm

__all__ = [
    "AnswerForm",
    "AskForm",
    "ContactForm",
    "ExtendForm",
    "HandOutForm",
    "LiftForm",
    "LookForm",
    "RequestForm",
]
