"""Shape and wording of what people write."""

from samhandla.detect.forms.answers import (
    CHIPS,
    PROBLEMS,
    AnswerForm,
    ContactForm,
    GroupAnswerForm,
    StepForm,
)

__all__ = ["CHIPS", "PROBLEMS", "AnswerForm", "ContactForm", "GroupAnswerForm", "StepForm"]
