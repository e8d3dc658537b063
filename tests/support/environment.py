"""The environment of the tests, set before Django's settings are read (loaded with `-p`)."""

import os
import tempfile

os.environ["DJANGO_SETTINGS_MODULE"] = "samhandla.project.settings"
os.environ["SAMHANDLA_LOUD"] = "1"
os.environ["SAMHANDLA_TEST"] = "1"
os.environ["SAMHANDLA_SECRET"] = "only for tests"
_VAR = os.environ.get("SAMHANDLA_TEST_VAR", f"{tempfile.gettempdir()}/samhandla-test-{os.getuid()}")
# With make test each core has a folder and a server of its own; the first has those of plain pytest.
_WORKER = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
os.environ["SAMHANDLA_VAR"] = _VAR if _WORKER == "gw0" else f"{_VAR}-{_WORKER}"
os.environ["SAMHANDLA_EMAIL_BACKEND"] = "django.core.mail.backends.locmem.EmailBackend"
