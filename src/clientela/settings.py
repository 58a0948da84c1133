"""The one settings file. Environment first, then the data folder; the company's own settings
(name, currency, zone, country, language) live in the database and are changed in the console.
"""

from __future__ import annotations

import os
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from clientela.platform import home as homes
from clientela.platform.database import django_database

PACKAGE = Path(__file__).resolve().parent
HOME = homes.current()

SECRET_KEY = HOME.secret_key()
DEBUG = False
ALLOWED_HOSTS = os.environ.get("CLIENTELA_HOSTS", "127.0.0.1,localhost,[::1]").split(",")
ORIGIN = os.environ.get("CLIENTELA_ORIGIN", "")  # https://clientela.example behind a proxy
LIVE_PORT = int(os.environ.get("CLIENTELA_LIVE_PORT", "0"))  # 0: no live process beside us
SECURE = ORIGIN.startswith("https://")
CSRF_TRUSTED_ORIGINS = [ORIGIN] if ORIGIN else []

ROOT_URLCONF = "clientela.urls"
WSGI_APPLICATION = "clientela.wsgi.application"
DATABASES = {"default": django_database(HOME, os.environ)}
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"}
}

# Lowest storey first: the house reads its apps in this order.
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "django_htmx",
    "procrastinate.contrib.django",
    "clientela.events",
    "clientela.jobs",
    "clientela.staff",
    "clientela.ui",
    "clientela.customers",
    "clientela.privacy",
    "clientela.matching",
    "clientela.notes",
    "clientela.products",
    "clientela.purchases",
    "clientela.imports",
    "clientela.exports",
    "clientela.calls",
    "clientela.mail",
    "clientela.loyalty",
    "clientela.issues",
    "clientela.retention",
    "clientela.warranty",
    "clientela.flows",
    "clientela.console",
]

MIDDLEWARE = [
    "clientela.platform.http.middleware.Requests",
    "clientela.console.middleware.WhiteNoise",
    "clientela.console.middleware.Session",
    "clientela.console.middleware.Common",
    "clientela.console.middleware.Csrf",
    "clientela.console.middleware.Authentication",
    "clientela.console.middleware.Person",
    "clientela.console.middleware.Messages",
    "allauth.account.middleware.AccountMiddleware",
    "clientela.console.middleware.Htmx",
    "clientela.console.middleware.Refusals",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "console" / "templates", PACKAGE / "api" / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "clientela.ui.folding.loader.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "clientela.console.context.page",
            ],
        },
    },
]

# People and sessions
AUTH_USER_MODEL = "staff.Person"
AUTHENTICATION_BACKENDS = ["clientela.console.sessions.People"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["email", "name"]},
    },
]
ACCOUNT_ADAPTER = "clientela.staff.accounts.Accounts"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = {
    "login": "50/5m/ip",
    "login_failed": "5/5m/key,50/5m/ip",
    "reset_password": "20/5m/ip,3/h/key",
}
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
SESSION_ENGINE = "clientela.console.sessions"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = SECURE
SESSION_COOKIE_NAME = "__Host-session" if SECURE else "clientela-session"
CSRF_COOKIE_SECURE = SECURE
CSRF_COOKIE_NAME = "__Host-csrf" if SECURE else "clientela-csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "clientela.console.refusals.csrf_failure"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE else None
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if SECURE else 0
SESSION_IDLE_SECONDS_MAX = 30 * 60

# Languages
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("es", _("Spanish")), ("lv", _("Latvian"))]
LOCALE_PATHS = [PACKAGE / "locale"]
LANGUAGE_COOKIE_NAME = "clientela-language"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# Files that never change their name's content
STATIC_URL = "/static/"
STATIC_ROOT = PACKAGE / "static"
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": HOME.files},
    },
    "staticfiles": {"BACKEND": "clientela.ui.staticfiles.Storage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_MAX_AGE = 3600
FILE_UPLOAD_TEMP_DIR = None
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 20 * 1024 * 1024
APPEND_SLASH = False

# Letters to people of the company (forgotten password): an SMTP server by address, else files
SMTP = os.environ.get("CLIENTELA_SMTP_URL", "")
EMAIL_BACKEND = (
    "clientela.staff.letters.SmtpByAddress"
    if SMTP
    else "django.core.mail.backends.filebased.EmailBackend"
)
EMAIL_FILE_PATH = HOME.files / "outbox"
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = os.environ.get("CLIENTELA_MAIL_FROM", "clientela@localhost")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    # Django's own lines hold the address, and with it a caller's number; ours hold the request id.
    # A worker without its database says so once; its pool would say it again and again.
    "loggers": {
        "django.request": {"level": "CRITICAL"},
        "django.security": {"level": "ERROR"},
        "psycopg.pool": {"level": "ERROR"},
    },
}

# Jobs: each app's `jobs.py`
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"

# Bounds: every queue, loop, upload and page has one
PAGE_SIZE = 50
PAGE_SIZE_MAX = 200
BATCH_BODY_BYTES_MAX = 20 * 1024 * 1024
IMPORT_FILE_BYTES_MAX = 2 * 1024**3
IDEMPOTENCY_DAYS_MAX = 30
