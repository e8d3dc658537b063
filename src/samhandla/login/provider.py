"""What allauth looks for in an app: the classes of its providers.

They are loaded only where a provider is named: their libraries take a third of a second.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings

provider_classes: list[Any] = []
if settings.SOCIALACCOUNT_PROVIDERS:
    from samhandla.login.oidc import OidcProvider
    from samhandla.login.saml import SamlProvider

    provider_classes = [OidcProvider, SamlProvider]
