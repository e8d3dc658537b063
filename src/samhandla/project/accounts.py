"""`samhandla account`: open, close and list accounts from the server's command line."""

from __future__ import annotations

import argparse
from typing import Any

from samhandla.lib.command import DONE, BadArguments, Refusal, Subparsers, emit
from samhandla.project.commands import start_django

WHY = {
    "already_open": "Kontot är redan öppet. Kör open med --renew för att göra en ny länk.",
    "account_elsewhere": (
        "Kontot används också hos en annan huvudman. Personen byter själv lösenord på sin sida."
    ),
    "no_account": "Personen har inget öppet konto. Kör samhandla account list för att se vilka som har det.",
}
STATES = {
    "none": "inget konto",
    "waiting": "länken är inte använd",
    "expired": "länken har gått ut",
    "open": "öppet",
    "closed": "stängt",
}


def register(subparsers: Subparsers) -> None:
    """Add `account` with its three acts to the command line."""
    parser = subparsers.add_parser("account", help="öppna, stäng och visa konton")
    acts = parser.add_subparsers(dest="act", required=True, metavar="vad")
    listing = acts.add_parser("list", help="visa personal och konton")
    listing.add_argument("--unit", metavar="NAMN", help="bara de som arbetar på enheten")
    opening = acts.add_parser("open", help="öppna konto och visa en engångslänk, som visas en gång")
    which = opening.add_mutually_exclusive_group(required=True)
    which.add_argument("--staff", type=int, nargs="+", metavar="NR", help="nummer ur samhandla account list")
    which.add_argument("--unit", metavar="NAMN", help="alla på enheten som saknar konto")
    opening.add_argument("--renew", action="store_true", help="gör en ny länk till ett konto som är öppet")
    closing = acts.add_parser("close", help="stäng ett konto; personen loggas ut direkt")
    closing.add_argument("--staff", type=int, required=True, metavar="NR", help="nummer ur listan")
    emergency = acts.add_parser(
        "emergency", help="gör ett konto till reservkonto, för när inloggningen är nere"
    )
    emergency.add_argument("--staff", type=int, required=True, metavar="NR", help="nummer ur listan")
    for one, run in ((listing, _list), (opening, _open), (closing, _close), (emergency, _emergency)):
        one.add_argument("--authority", metavar="NAMN", help="huvudmannens namn, när det finns flera")
        one.add_argument("--json", action="store_true", help="svara med JSON")
        one.set_defaults(run=run)


def _service(wanted: str | None) -> Any:
    """Start Django and return the jobs' viewer of the authority meant.

    Raises:
        BadArguments: it is not told, or not to be found.
    """
    start_django("app")
    from samhandla.people.queries import service_viewer
    from samhandla.trust.models import Authority

    found = [one for one in Authority.objects.order_by("pk") if not wanted or wanted == one.name]
    if len(found) != 1:
        names = ", ".join(Authority.objects.order_by("pk").values_list("name", flat=True))
        raise BadArguments(f"Ange huvudman med --authority. I databasen finns: {names or 'ingen'}.")
    return service_viewer(found[0].pk)


def _rows(by: Any, unit: str | None) -> list[Any]:
    from samhandla.people.queries import account_rows_for, organisations_for
    from samhandla.trust.permissions import Permission
    from samhandla.trust.viewer import acting_as

    with acting_as(by):
        rows = account_rows_for(by)
        if unit is None:
            return rows
        places = [o.pk for o in organisations_for(by, Permission.ACCOUNT_EDIT) if o.name == unit]
    if len(places) != 1:
        raise BadArguments(f"Det finns {len(places)} enheter som heter {unit}. Ange namnet som i registret.")
    return [row for row in rows if places[0] in row.places]


def _list(args: argparse.Namespace) -> int:
    rows = [
        {
            "staff": row.staff.pk,
            "name": row.staff.full_name,
            "roles": list(row.roles),
            "username": row.account.username if row.account else None,
            "state": row.state,
        }
        for row in _rows(_service(args.authority), args.unit)
    ]
    lines = [
        f"{one['staff']:>7}  {one['name']:<32} {one['username'] or '–':<32} {STATES[one['state']]}"
        for one in rows
    ]
    emit({"accounts": rows}, as_json=args.json, text="\n".join(lines) or "Ingen personal finns i registret.")
    return DONE


def _open(args: argparse.Namespace) -> int:
    by = _service(args.authority)
    wanted = args.staff
    if wanted is None:
        wanted = [r.staff.pk for r in _rows(by, args.unit) if r.state in ("none", "closed")]
    if not wanted:
        raise Refusal(f"Alla på {args.unit} har redan konto.")
    from samhandla.people import actions

    if args.renew:
        made = [_done(actions.renew_link, by=by, staff_id=one) for one in wanted]
    else:
        made = _done(actions.open_accounts, by=by, staff_ids=wanted)
    links = [_told(one) for one in made]
    lines = [
        f"{one['name']}\n  användarnamn  {one['username']}\n  engångslänk   {one['link']}" for one in links
    ]
    emit({"links": links}, as_json=args.json, text="\n".join([*lines, "Länkarna visas bara nu."]))
    return DONE


def _told(one: Any) -> dict[str, Any]:
    from django.conf import settings
    from django.urls import reverse

    path = reverse("account_reset_password_from_key", kwargs={"uidb36": one.uid, "key": one.key})
    address = settings.SAMHANDLA_ADDRESS.rstrip("/") + path
    return {
        "staff": one.staff.pk,
        "name": one.staff.full_name,
        "username": one.username,
        "link": address,
        "ends": one.ends,
    }


def _close(args: argparse.Namespace) -> int:
    by = _service(args.authority)
    from samhandla.people import actions

    person = _done(actions.close_account, by=by, staff_id=args.staff)
    text = f"Kontot för {person.full_name} är stängt."
    emit({"closed": person.pk, "name": person.full_name}, as_json=args.json, text=text)
    return DONE


def _emergency(args: argparse.Namespace) -> int:
    by = _service(args.authority)
    from samhandla.login.actions import open_emergency_account

    row = next((row for row in _rows(by, None) if row.staff.pk == args.staff), None)
    if row is None:
        raise Refusal("Numret finns inte i registret. Kör samhandla account list.")
    if row.account is None or row.state not in ("open", "waiting"):
        raise Refusal(WHY["no_account"])
    open_emergency_account(by=by, account=row.account)
    text = f"{row.account.username} är reservkonto. Varje gång det används får systemförvaltarna ett brev."
    emit({"emergency": row.account.username}, as_json=args.json, text=text)
    return DONE


def _done(deed: Any, **arguments: Any) -> Any:
    """Do an action, and word its refusal.

    Raises:
        Refusal: the person is not there, or the account is not as the act needs it.
    """
    from samhandla.people.errors import NotYours, Refused

    try:
        return deed(**arguments)
    except NotYours as error:
        raise Refusal("Numret finns inte i registret. Kör samhandla account list.") from error
    except Refused as refused:
        raise Refusal(WHY[refused.problem]) from refused
