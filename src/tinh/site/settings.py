"""Django's settings, all of them derived from `Options`."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

from psycopg.conninfo import conninfo_to_dict

from tinh.people.postgres.base import forget_who
from tinh.site.mail import mail_server, text_gateway
from tinh.site.state import here

_place = here()
_options = _place.options
_source = Path(__file__).resolve().parents[1]

DEBUG = False
SECRET_KEY = _place.secret_key()
_named = [name.strip() for name in _options.allowed_hosts.split(",") if name.strip()]
ALLOWED_HOSTS = _named or ["localhost", "127.0.0.1", "[::1]", socket.gethostname(), _options.host.strip("[]")]
if _options.host in ("0.0.0.0", "::") and not _named:
    ALLOWED_HOSTS = ["*"]  # listening to all was asked for, and no name was given

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "allauth.account",
    "allauth.mfa",
    "procrastinate.contrib.django",
    "tinh.people",
    "tinh.cases",
    "tinh.channels",
    "tinh.axis",
    "tinh.desks",
    "tinh.jobs",
    "tinh.rest",
    *(["tinh.web"] if (_source / "web").exists() else []),
    "tinh.site",
]
MIDDLEWARE = [
    "tinh.site.guard.SecurityHeaders",
    "tinh.site.guard.InForce",
    "tinh.rest.api.ErrorsAreProblems",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "tinh.site.language.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "tinh.people.sessions.Keeper",
    "allauth.account.middleware.AccountMiddleware",
    "tinh.site.guard.Identity",
    "tinh.site.guard.ReleaseDatabase",
]
ROOT_URLCONF = "tinh.site.urls"
ASGI_APPLICATION = "tinh.site.asgi.application"
APPEND_SLASH = False
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SILENCED_SYSTEM_CHECKS = [
    "auth.W004",  # user names are unique in any case, by an index on lower()
    "security.W001", "security.W002", "security.W004", "security.W008",  # tinh.site.guard sets these headers
    "security.W012", "security.W016",  # secure cookies follow TINH_TLS
]  # fmt: skip

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csrf",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "tinh.site.guard.nonce",
            ],
        },
    }
]


def _database(url: str) -> dict[str, Any]:
    facts = conninfo_to_dict(url)
    return {
        "ENGINE": "tinh.people.postgres",
        "NAME": facts.pop("dbname", "tinh"),
        "USER": facts.pop("user", ""),
        "PASSWORD": facts.pop("password", ""),
        "HOST": facts.pop("host", ""),
        "PORT": str(facts.pop("port", "")),
        "CONN_MAX_AGE": 0,  # the pool keeps them
        "OPTIONS": {**facts, "application_name": "tinh"},
        "TEST": {"NAME": None},
    }


DATABASES = {"default": _database(_place.database_url), "owner": _database(_place.owner_url)}
DATABASES["default"]["OPTIONS"]["pool"] = {
    "min_size": 1, "max_size": _options.pool, "timeout": 15, "max_idle": 300, "reset": forget_who,
}  # fmt: skip

TINH_HOME = _place.home
AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = ["tinh.people.signin.NameOrEmail"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
     "OPTIONS": {"user_attributes": ("username", "email", "full_name")}},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]  # fmt: skip
LOGIN_URL = "/sign-in"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/sign-in"

MFA_ADAPTER = "tinh.people.factors.Kept"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_TOLERANCE = 1  # a code of half a minute before or after: phones' clocks differ
ACCOUNT_EMAIL_VERIFICATION = "none"  # none of django-allauth's own pages is served

_host_only = "__Host-" if _options.tls else ""  # by https alone, for this host alone
SESSION_COOKIE_NAME = f"{_host_only}tinh_session"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _options.tls
CSRF_COOKIE_NAME = f"{_host_only}tinh_csrf"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = False  # scripts of our own pages send it back as X-CSRFToken
CSRF_FAILURE_VIEW = "tinh.site.faults.csrf_failed"
if _options.behind_proxy:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    USE_X_FORWARDED_HOST = True

LANGUAGE_CODE = _options.lang
LANGUAGES = [("vi", "Tiếng Việt"), ("en", "English")]
LANGUAGE_COOKIE_NAME = "tinh_lang"
LOCALE_PATHS = [_source / "web" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Ho_Chi_Minh"

STATIC_URL = "/static/"
STATICFILES_DIRS = [_source / "web" / "static"] if (_source / "web" / "static").exists() else []
STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
STATIC_ROOT = _place.home / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "tinh.site.static.Hashed"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = False
WHITENOISE_ALLOW_ALL_ORIGINS = False

TINH_MAX_UPLOAD = _options.max_upload_mb * 1_000_000
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440  # forms; deliveries are streamed to disk and have their own limit
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
FILE_UPLOAD_HANDLERS = ["tinh.site.handler.Uploads"]
FILE_UPLOAD_PERMISSIONS = 0o600
_mail = mail_server(_options)
EMAIL_HOST, EMAIL_PORT = _mail.host, _mail.port
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _mail.user, _options.smtp_password
EMAIL_USE_TLS, EMAIL_USE_SSL = _mail.tls == "starttls", _mail.tls == "tls"
EMAIL_TIMEOUT = 20
PUBLIC_URL = _options.public_url.rstrip("/")
DEFAULT_FROM_EMAIL = SERVER_EMAIL = _options.mail_from or f"tinh@{socket.getfqdn() or 'localhost'}"
SMS_URL, SMS_TOKEN = text_gateway(_options), _options.sms_token
SMS_SENDER, SMS_PLAIN = _options.sms_sender, _options.sms_plain
PUSH_CONTACT = _options.push_contact or f"mailto:{DEFAULT_FROM_EMAIL.rpartition('<')[2].rstrip('>')}"
PUSH_HOSTS = _options.push_hosts
LOGGING_CONFIG = None  # structlog: tinh.site.logs
