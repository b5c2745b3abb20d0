"""Django settings. Everything that an installation may choose comes from the environment; see docs/operations.md.

QIPAN_DATA     data directory (database, secret)      DATABASE_URL   postgresql://… or sqlite:///…
QIPAN_HOST     names under which it is reached        QIPAN_TLS=1    it stands behind a proxy that speaks TLS
QIPAN_DEBUG=1  error pages for developers             QIPAN_MAIL     smtp://name:password@host:587
QIPAN_ROBOT_HOSTS  own servers of chat robots          QIPAN_MAIL_FROM  the sender
QIPAN_AUDIT_HASH   sha256 or sm3, of the journal
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from django.utils.functional import lazy

from qipan.ground.audit.hashing import chosen
from qipan.project.database import database
from qipan.project.mail import mail_settings
from qipan.project.place import data_directory, secret_key

PACKAGE = Path(__file__).resolve().parent.parent
DATA = data_directory(os.environ)
LOOPBACK_HOSTS = ["127.0.0.1", "localhost", "[::1]"]


def _yes(name: str) -> bool:
    """Whether a switch in the environment is on."""
    return os.environ.get(name, "").strip().lower() in {"1", "yes", "true", "on"}


DEBUG = _yes("QIPAN_DEBUG")
BEHIND_TLS = _yes("QIPAN_TLS")
# Made on first use: reading the settings leaves no trace on the disk.
SECRET_KEY = lazy(secret_key, str)(DATA)

SERVED_HOSTS = [host.strip() for host in os.environ.get("QIPAN_HOST", "").split(",") if host.strip()]
ALLOWED_HOSTS = [*SERVED_HOSTS, *(host for host in LOOPBACK_HOSTS if host not in SERVED_HOSTS)]

INSTALLED_APPS = [
    "qipan.ground.audit",
    "qipan.ground.units",
    "qipan.ground.sites",
    "qipan.ground.worktime",
    "qipan.ground.files",
    "qipan.ground.jobs",
    "qipan.ground.notify",
    "qipan.spine.standards",
    "qipan.spine.campaigns",
    "qipan.spine.ledger",
    "qipan.spine.work",
    "qipan.sources.fieldwork",
    "qipan.sources.evidence",
    "qipan.faces.office",
    "qipan.faces.public",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_tasks",
    "django_tasks_db",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    # Pages of a phone on a village network: the board is a tenth of its size.
    "django.middleware.gzip.GZipMiddleware",
    "qipan.project.headers.ContentPolicyMiddleware",
    "qipan.project.limits.RequestSizeMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    # Every view asks for a signed-in person unless it says otherwise.
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "qipan.faces.office.middleware.DeskMiddleware",
    "qipan.faces.office.halts.HaltMiddleware",
]

ROOT_URLCONF = "qipan.project.urls"
WSGI_APPLICATION = "qipan.project.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "qipan.faces.office.context.office",
            ]
        },
    }
]

DATABASES: dict[str, dict[str, Any]] = {"default": database(os.environ.get("DATABASE_URL", ""), DATA)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}

# ---- people ------------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "units.Person"
LOGIN_URL = "sign_in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "sign_in"
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

# ---- messages to the outside: none unless the installation says so ------------------------------------------------

# smtp://name:password@host:587 (STARTTLS), smtps://…:465; the sender in QIPAN_MAIL_FROM.
MAIL_IS_SET_UP, MAIL = mail_settings(os.environ.get("QIPAN_MAIL", ""))
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if MAIL_IS_SET_UP else 'dummy'}.EmailBackend"
EMAIL_HOST, EMAIL_PORT, EMAIL_TIMEOUT = MAIL.host, MAIL.port, 20
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = MAIL.user, MAIL.password
EMAIL_USE_SSL, EMAIL_USE_TLS = MAIL.ssl, MAIL.starttls
DEFAULT_FROM_EMAIL = os.environ.get("QIPAN_MAIL_FROM", "") or MAIL.user or "qipan@localhost"
# Servers of one's own at which robots of chat groups are reached, beside the makers'.
ROBOT_HOSTS = [host.strip() for host in os.environ.get("QIPAN_ROBOT_HOSTS", "").split(",") if host.strip()]

# ---- the journal -------------------------------------------------------------------------------------------------

# sha256 or sm3; another choice begins a new stretch of every chain. There is no switch that turns the journal off.
AUDIT_HASH = chosen(os.environ.get("QIPAN_AUDIT_HASH", ""))

# ---- languages and time ------------------------------------------------------------------------------------------

# English is the language of the sources, so it needs no catalogue; a browser that asks for neither gets Chinese.
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "locale"]
LANGUAGE_COOKIE_NAME = "qipan_language"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

# ---- static files: served from the package itself, so that no step of collecting is needed ------------------------

STATIC_URL = "/static/"
STATICFILES_DIRS = [PACKAGE / "static"] if (PACKAGE / "static").is_dir() else []
WHITENOISE_USE_FINDERS = True
WHITENOISE_ALLOW_ALL_ORIGINS = False


def WHITENOISE_IMMUTABLE_FILE_TEST(path: str, url: str) -> bool:
    """Whether a file's name holds its hash, so that a browser may keep it for good."""
    return "/dist/assets/" in url


# ---- safety ------------------------------------------------------------------------------------------------------

SESSION_COOKIE_NAME = "qipan_session"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "qipan_csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "qipan.faces.office.errors.forged"
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"

# MapLibre and ECharts draw into data: and blob: images; MapLibre may start its worker from a blob.
CONTENT_SECURITY_POLICY = {
    "default-src": "'self'",
    "img-src": "'self' data: blob:",
    "worker-src": "'self' blob:",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
PERMISSIONS_POLICY = "camera=(), geolocation=(self), microphone=(), payment=(), usb=()"

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = BEHIND_TLS
if BEHIND_TLS:
    # The proxy must set these two headers itself and drop what a visitor sends of them (docs/operations.md).
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = False
    # ".example.org" is Django's word for a domain with its subdomains; for origins it is "*.example.org".
    CSRF_TRUSTED_ORIGINS = [f"https://{'*' if host.startswith('.') else ''}{host}" for host in SERVED_HOSTS]
# Sending http to https, and speaking for other names of the domain, is the proxy's business.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W008", "security.W021"]

# Uploads: the largest workbook of observations that the office sends; the form fields beside it are few.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
# A form of twenty photos, or the largest file of observations; the rooms have narrower limits of their own.
LARGEST_REQUEST = 320 * 1024 * 1024
LARGEST_REQUEST_OF_A_STRANGER = 4 * 1024 * 1024
# By a link to one order comes a report with a few photos of a phone, without a session.
LARGEST_REQUEST_BY_LINK = 48 * 1024 * 1024

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "qipan": {"level": "INFO"},
        # Pages that are not there and names that are not ours are no news for whoever reads the log.
        "django.request": {"level": "ERROR"},
        "django.security.DisallowedHost": {"level": "CRITICAL"},
        # Nor is a worker that is told to stop.
        "django_tasks_db": {"level": "ERROR"},
    },
}
