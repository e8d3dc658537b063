"""An e-mail to those who answer for login when the emergency account was used."""

from __future__ import annotations

from django.conf import settings
from django.core.mail import send_mail
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext, override

from samhandla.login.models import EmergencyUse
from samhandla.people.queries import addresses_of_keepers
from samhandla.trust.models import Actor


def tell_of_emergency(use: EmergencyUse) -> int:
    """Send the message to the authority's system managers and to the installation's own address.

    Returns: how many addresses it was sent to. A mail server that is down never stops the login: the use
    stands on the page of demands in any case.
    """
    authorities = Actor.objects.filter(account_id=use.account_id).values_list("authority_id", flat=True)
    wanted = {settings.SAMHANDLA_ALERT, *addresses_of_keepers(authorities)} - {""}
    with override("sv"):
        subject = gettext("Reservkontot i Samhandla har använts")
        text = gettext(
            "Reservkontot %(name)s loggade in den %(at)s. Kontot är till för när kommunens inloggning inte"
            " svarar. Var det inte meningen: stäng kontot på sidan Konton."
            " Kvittera på sidan Krav på inloggning."
        ) % {"name": use.account.username, "at": date_format(localtime(use.at), "j F Y H:i")}
    if wanted:
        send_mail(subject, text, None, sorted(wanted), fail_silently=True)
    return len(wanted)
