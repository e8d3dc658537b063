"""The environment of the tests, set before Django's settings are read (loaded with `-p`)."""

import os
import tempfile

os.environ["DJANGO_SETTINGS_MODULE"] = "samhandla.project.settings"
os.environ["SAMHANDLA_LOUD"] = "1"
os.environ["SAMHANDLA_TEST"] = "1"
os.environ["SAMHANDLA_SECRET"] = "only for tests"
os.environ["SAMHANDLA_VAR"] = os.environ.get(
    "SAMHANDLA_TEST_VAR", f"{tempfile.gettempdir()}/samhandla-test-{os.getuid()}"
)
os.environ["SAMHANDLA_EMAIL_BACKEND"] = "django.core.mail.backends.locmem.EmailBackend"
