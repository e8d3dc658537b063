"""What a source offers: one small question per resource, since the standard has no way to ask."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from samhandla.integrations.ss12000.client import Client
from samhandla.integrations.ss12000.errors import Forbidden, NotOffered, RequestRefused, Ss12000Error
from samhandla.integrations.ss12000.resources import NEEDED, RESOURCES, period_params


class Offer(StrEnum):
    """How a source answers for a resource."""

    SUPPORTED = "supported"
    NOT_OFFERED = "not_offered"
    FORBIDDEN = "forbidden"
    NEEDS_PARAMS = "needs_params"
    FAILED = "failed"


@dataclass(frozen=True)
class Capability:
    """The answer for one resource. `reason` is Swedish, for what is not supported."""

    offer: Offer
    status: int | None = None
    reason: str | None = None


def probe(
    client: Client, resources: Iterable[str] = NEEDED, today: date | None = None
) -> dict[str, Capability]:
    """Ask once for each resource.

    Args:
        today: the end of the week that is asked for where a period is required.
    Returns: one capability per resource, in the order asked.
    """
    last = today or date.today()  # noqa: DTZ011 - any recent week will do
    return {name: _probe(client, name, last - timedelta(days=7), last) for name in resources}


def _probe(client: Client, name: str, first: date, last: date) -> Capability:
    resource = RESOURCES[name]
    try:
        client.page(resource, period_params(resource, first, last), None)
    except NotOffered as error:
        return Capability(Offer.NOT_OFFERED, error.status, str(error))
    except Forbidden as error:
        return Capability(Offer.FORBIDDEN, error.status, str(error))
    except RequestRefused as error:
        return Capability(Offer.NEEDS_PARAMS, error.status, str(error))
    except Ss12000Error as error:
        return Capability(Offer.FAILED, error.status, str(error))
    return Capability(Offer.SUPPORTED, 200)
