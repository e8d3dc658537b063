"""Settings. Everything that differs between installations comes from the environment."""

from __future__ import annotations

import os
from pathlib import Path

import pghistory
from django.utils.translation import gettext_lazy as _

from samhandla.login.providers import configured, local_login, minutes
from samhandla.project.database import database_settings
from samhandla.project.only_demo import is_demo

BASE_DIR = Path(__file__).resolve().parents[1]
VAR_DIR = Path(os.environ.get("SAMHANDLA_VAR", Path.cwd() / "var")).resolve()
DEMO = is_demo(os.environ, VAR_DIR)
DEBUG = os.environ.get("SAMHANDLA_DEBUG") == "1"
SAMHANDLA_LOUD = DEBUG or os.environ.get("SAMHANDLA_LOUD") == "1"

# One secret per installation; keys for cookies, encryption and the viewer token derive from it.
SAMHANDLA_SECRET = os.environ.get("SAMHANDLA_SECRET", "")
if not SAMHANDLA_SECRET:
    from samhandla.project.secret import stored_secret

    SAMHANDLA_SECRET = stored_secret(VAR_DIR)
SECRET_KEY = "cookies:" + SAMHANDLA_SECRET

ALLOWED_HOSTS = os.environ.get("SAMHANDLA_HOSTS", "localhost,127.0.0.1,[::1],testserver").split(",")
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("SAMHANDLA_ORIGINS", "").split(",") if o]

INSTALLED_APPS = [
    "pgtrigger",
    "pghistory",
    "samhandla.trust",
    "procrastinate.contrib.django",
    "samhandla.people",
    "samhandla.login",
    "samhandla.records",
    "samhandla.secrecy",
    "samhandla.analytics",
    "samhandla.integrations",
    "samhandla.detect",
    "samhandla.govern",
    "samhandla.rights",
    "samhandla.web",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.mfa",
    "allauth.usersessions",
    "django_htmx",
    "template_partials",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "samhandla.web.middleware.SeeOther",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "samhandla.web.middleware.SecurityHeaders",
    "samhandla.login.middleware.IdleLock",
    "samhandla.people.middleware.ReadLogMiddleware",
    "samhandla.people.middleware.ViewerMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "samhandla.web.middleware.WayBack",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "samhandla.project.urls"
WSGI_APPLICATION = "samhandla.project.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "samhandla.web.context.house",
            ],
        },
    }
]

FORM_RENDERER = "samhandla.web.forms.Renderer"
CSRF_FAILURE_VIEW = "samhandla.web.errors.csrf_failure"
SAMHANDLA_ACTOR_IN_WORDS = "samhandla.project.identity.actor_in_words"
SAMHANDLA_DUTIES_IN_WORDS = "samhandla.project.identity.duties_in_words"

DATABASE_ROLE = os.environ.get("SAMHANDLA_DB_ROLE", "app")
DATABASES = {"default": database_settings(DATABASE_ROLE, VAR_DIR)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TEST_RUNNER = "django.test.runner.DiscoverRunner"

# A command of `samhandla …` puts jobs in the queue but runs none: it starts in a third of the time without.
RUNS_JOBS = os.environ.get("SAMHANDLA_RUNS_JOBS", "1") == "1"
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs" if RUNS_JOBS else ""

# Triggers follow the models: they are made anew after every migrate, in one transaction (trust.apps).
PGTRIGGER_MIGRATIONS = False
# Earlier values are found by the row's number, its child and its unit; other keys need no index there.
PGHISTORY_FOREIGN_KEY_FIELD = pghistory.ForeignKey(db_index=False)
# What a value is called is asked of the row's own model: a new role then changes no table of history.
PGHISTORY_EXCLUDE_FIELD_KWARGS = {"django.db.models.CharField": ["choices", "verbose_name"]}

AUTH_USER_MODEL = "trust.Account"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "start"
ACCOUNT_ADAPTER = "samhandla.login.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = False
ACCOUNT_SESSION_REMEMBER = False
# What an identity provider is told of our address, also when a proxy has taken the encryption off.
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if os.environ.get("SAMHANDLA_HTTPS") == "1" else "http"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_FORMS = {
    "login": "samhandla.web.forms.LoginForm",
    "change_password": "samhandla.web.forms.ChangePasswordForm",
    "reset_password_from_key": "samhandla.web.forms.ChoosePasswordForm",
    "reauthenticate": "samhandla.login.forms.PasswordAgainForm",
}
# A whole municipality often has one address towards the network; the narrow limit is per user name.
ACCOUNT_RATE_LIMITS = {
    "login": "300/m/ip",
    # Five tries in five minutes, thirty in a day: then the name is closed for the day.
    "login_failed": "60/m/ip,5/5m/key,30/d/key",
    "change_password": "5/m/user",
    "reauthenticate": "10/m/user",
    "reset_password_from_key": "300/m/ip",
}
# Printed one-time links are handed out at the start of a term: they live for two weeks.
PASSWORD_RESET_TIMEOUT = 14 * 24 * 60 * 60
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("SAMHANDLA_PROXIES", "0"))
# The municipality's own login: a file of identity providers. "emergency" closes passwords to all but the
# accounts that are kept for the day when that login is down.
SOCIALACCOUNT_PROVIDERS = configured()
SOCIALACCOUNT_ADAPTER = "samhandla.login.adapters.SocialAdapter"
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
SOCIALACCOUNT_REQUESTS_TIMEOUT = 8
SAMHANDLA_LOCAL_LOGIN = local_login(os.environ.get("SAMHANDLA_LOCAL_LOGIN", "all"))
SAMHANDLA_ALERT = os.environ.get("SAMHANDLA_ALERT", "")  # who is told that the emergency account was used
MFA_ADAPTER = "samhandla.login.adapters.SecondStepAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_TOLERANCE = 1  # a telephone's clock may be half a minute wrong
MFA_TOTP_ISSUER = "Samhandla"
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEMO or os.environ.get("SAMHANDLA_TEST") == "1"
MFA_FORMS = {
    "authenticate": "samhandla.login.forms.CodeForm",
    "reauthenticate": "samhandla.login.forms.CodeAgainForm",
    "activate_totp": "samhandla.login.forms.AddAppForm",
    "add_webauthn": "samhandla.login.forms.AddKeyForm",
    "authenticate_webauthn": "samhandla.login.forms.KeyForm",
    "login_webauthn": "samhandla.login.forms.LoginKeyForm",
    "reauthenticate_webauthn": "samhandla.login.forms.KeyAgainForm",
}
# How long a session may be left alone before it locks, and how long a confirmation holds for sensitive acts.
SAMHANDLA_IDLE_MINUTES = minutes("SAMHANDLA_IDLE_MINUTES", 30, most=120)
SAMHANDLA_CONFIRM_MINUTES = minutes("SAMHANDLA_CONFIRM_MINUTES", 15, most=60)
ACCOUNT_REAUTHENTICATION_TIMEOUT = SAMHANDLA_CONFIRM_MINUTES * 60
SESSION_COOKIE_AGE = 10 * 60 * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = os.environ.get("SAMHANDLA_HTTPS") == "1"
SESSION_COOKIE_SAMESITE = "Lax"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

LANGUAGE_CODE = "sv"
LANGUAGES = [("sv", _("svenska")), ("en", _("engelska"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Stockholm"

# Development and tests read the files where they lie; an installation serves compressed copies.
_STATIC_AS_IS = DEBUG or os.environ.get("SAMHANDLA_TEST") == "1"
STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if _STATIC_AS_IS
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = _STATIC_AS_IS
# On disk, so that all processes of a machine count towards the same login limits.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": VAR_DIR / "cache",
    }
}
LAKE_DIR = VAR_DIR / "lake"
UPLOAD_DIR = VAR_DIR / "uploads"
# Beside the database, best on another disk: what an older backup must not bring back.
SAMHANDLA_WITHDRAWALS = Path(os.environ.get("SAMHANDLA_WITHDRAWALS", VAR_DIR / "withdrawals.jsonl"))
# What is uploaded is about children: small files stay in memory, larger ones wait sealed.
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "samhandla.web.uploads.SealedUploadHandler",
]

EMAIL_BACKEND = os.environ.get("SAMHANDLA_EMAIL_BACKEND", "django.core.mail.backends.filebased.EmailBackend")
EMAIL_FILE_PATH = VAR_DIR / "mail"
SAMHANDLA_COLOUR = os.environ.get("SAMHANDLA_COLOUR", "")  # the municipality's own, such as #0d4f5c
SAMHANDLA_CONTACT = os.environ.get("SAMHANDLA_CONTACT", "")  # who answers about accessibility
# The address that e-mails lead to.
SAMHANDLA_ADDRESS = os.environ.get("SAMHANDLA_ADDRESS", "http://localhost:8000")
DEFAULT_FROM_EMAIL = os.environ.get("SAMHANDLA_FROM", "samhandla@localhost")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
