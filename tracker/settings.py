"""Every setting, in one file; every value from the environment, with a default safe on one machine.

With no environment at all the site runs for one person on 127.0.0.1 with SQLite. A value that
cannot be used stops the start with a sentence that names its variable.
"""

import os
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import available_timezones

import environ
from cryptography.fernet import Fernet
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from tracker.safe_start import (
    checked_key,
    is_loopback,
    keep_private,
    own_key,
    private_database,
    private_folder,
    refuse_debug,
)

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parent.parent


def boolean(name: str, default: bool) -> bool:
    """A yes or no; anything else is refused, because "flase" must not mean True."""
    value = os.environ.get(name, "").strip().lower()
    if not value:
        return default
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise ImproperlyConfigured(f"{name} must be 1 or 0, not “{value}”.")


def whole_number(name: str, default: int, *, low: int, high: int) -> int:
    value = os.environ.get(name, "").strip()
    if not value:
        return default
    if not value.isascii() or not value.isdigit() or not low <= int(value) <= high:
        raise ImproperlyConfigured(
            f"{name} must be a whole number from {low} to {high}, not “{value}”."
        )
    return int(value)


def one_of(name: str, default: str, allowed: set[str]) -> str:
    value = os.environ.get(name, "").strip() or default
    if value not in allowed:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(sorted(allowed))}.")
    return value


def some_of(name: str, default: str, allowed: set[str]) -> frozenset[str]:
    """Some names with commas between, or all, or none."""
    value = os.environ.get(name, "").strip() or default
    names = set(value.replace(",", " ").split())
    if names in ({"all"}, {"none"}):
        return frozenset(allowed if value == "all" else ())
    if not names or names - allowed:
        raise ImproperlyConfigured(
            f"{name} must be all, none, or some of {', '.join(sorted(allowed))}."
        )
    return frozenset(names)


keep_private()
VAR_DIR = private_folder(Path(os.environ.get("TRACKER_VAR") or BASE_DIR / "var"))

# Names and contacts lie encrypted under the first of these, and any of them opens what is there.
# Without them `migrate` makes a key in VAR_DIR/keys/ (`models/encrypted.py`).
FIELD_KEYS = os.environ.get("TRACKER_FIELD_KEYS", "").replace(",", " ").split()
try:
    for _key in FIELD_KEYS:
        Fernet(_key)
except ValueError:
    raise ImproperlyConfigured(
        "TRACKER_FIELD_KEYS must be keys of 44 letters each, with commas: `manage.py rotate_keys "
        "--print` makes one."
    ) from None

BASE_URL = (os.environ.get("TRACKER_BASE_URL") or "http://127.0.0.1:8000").rstrip("/")
_base = urlsplit(BASE_URL)
if _base.scheme not in {"http", "https"} or not _base.hostname:
    raise ImproperlyConfigured(
        f"TRACKER_BASE_URL must be an address like https://tracker.example.org, not “{BASE_URL}”."
    )
HTTPS = _base.scheme == "https"
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
if _base.hostname not in {host.strip("[]") for host in ALLOWED_HOSTS}:
    ALLOWED_HOSTS.append(_base.hostname)
_public = HTTPS or not all(is_loopback(host) for host in ALLOWED_HOSTS)

# For whoever works on the code, on one machine.
DEBUG = boolean("DEBUG", False)
if DEBUG:
    refuse_debug(https=HTTPS, hosts=ALLOWED_HOSTS)
if SECRET_KEY := os.environ.get("SECRET_KEY", ""):
    checked_key(SECRET_KEY)
else:
    SECRET_KEY = own_key(VAR_DIR, public=_public)
DEFAULT_EXCEPTION_REPORTER_FILTER = "tracker.views.redaction.ReportFilter"
CSRF_FAILURE_VIEW = "tracker.views.signed_out.csrf_failure"
CSRF_TRUSTED_ORIGINS = [f"{_base.scheme}://{_base.netloc}"]

INSTALLED_APPS = [
    "tracker",
    "tracker.apps.TrackerAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
    "django_filters",
    "django_htmx",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "tracker.views.middleware.GzipPagesMiddleware",
    "csp.middleware.CSPMiddleware",
    "tracker.views.sessions.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "tracker.views.access.reading_middleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "tracker.views.middleware.person_middleware",
    "tracker.views.second_factors.SecondFactorMiddleware",
    "tracker.views.emergency_access.EmergencyMiddleware",
    "tracker.views.sessions.clear_site_data_middleware",
    "tracker.views.signed_out.not_saved_middleware",
    "tracker.views.invisible.InvisibleSignsMiddleware",
    "tracker.views.guesses.GuessesMiddleware",
    "tracker.views.fresh.FreshMiddleware",
    "tracker.views.submissions.FormsOnceMiddleware",
]
ROOT_URLCONF = "tracker.urls"
WSGI_APPLICATION = "tracker.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "tracker.views.context.shell",
            ],
            "builtins": ["tracker.forms.tokens"],
        },
    },
]

# The public keys that backups are encrypted to.
BACKUP_KEYS = os.environ.get("TRACKER_BACKUP_KEY", "").replace(",", " ").split()

# Database: SQLite beside the code until DATABASE_URL names a server.
_database_url = os.environ.get("DATABASE_URL") or f"sqlite:///{VAR_DIR / 'tracker.sqlite3'}"
if urlsplit(_database_url).scheme not in {"sqlite", "postgres", "postgresql"}:
    raise ImproperlyConfigured(
        "DATABASE_URL must begin with sqlite:/// or postgres://; no other database is supported."
    )
try:
    DATABASES = {"default": env.db_url_config(_database_url)}
except (ValueError, ImproperlyConfigured):
    # What the parser says would repeat a piece of the password.
    raise ImproperlyConfigured(
        "DATABASE_URL cannot be read; in a password write any sign but letters and digits as %XX."
    ) from None
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    private_database(Path(DATABASES["default"]["NAME"]))
    # IMMEDIATE takes the write lock at BEGIN, so two writers wait instead of failing half-way;
    # WAL lets readers go on meanwhile; FULL keeps the outbox's promise through a power cut.
    DATABASES["default"]["OPTIONS"] = {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    # Without it a server that is off the network would hold every page for minutes.
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 5)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# One cache for all processes: used one-time codes are kept in it, and must not be dropped.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "tracker_cache",
        # Django's 300 would let a few hundred strangers' guesses push out whose code was used.
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
}

# People and sign-in.
AUTH_USER_MODEL = "tracker.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["email", "name"]},
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "tracker.services.password_rules.NotGuessable"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "desk"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "tracker.views.credentials.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "tracker.services.people.reset_links.ResetLinks"  # noqa: S105
# Ours count instead, and know a person's own browser: `services/guesses.py`.
ACCOUNT_RATE_LIMITS = False
# Seconds for which exports, files of restricted cases and changes of security ask nothing more.
ACCOUNT_REAUTHENTICATION_TIMEOUT = 10 * 60
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # nobody learns by mail that a Tracker lives here
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_FORMS = {
    "change_password": "tracker.forms.credentials.OwnPasswordForm",
    "user_token": "tracker.forms.credentials.LinkForm",
}
PASSWORD_RESET_TIMEOUT = 2 * 60 * 60  # as `emails/notice-body.txt` says
SECOND_FACTOR_ROLES = some_of(
    "TRACKER_SECOND_FACTOR", "none", {"viewer", "officer", "coordinator", "administrator"}
)
MFA_ADAPTER = "tracker.views.second_factors.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {
    "activate_totp": "tracker.forms.credentials.AddCodesForm",
    "add_webauthn": "tracker.forms.credentials.AddPasskeyForm",
    "login_webauthn": "tracker.forms.credentials.PasskeyAloneForm",
    "authenticate_webauthn": "tracker.forms.credentials.PasskeyAtSignInForm",
    "reauthenticate_webauthn": "tracker.forms.credentials.PasskeyOnceMoreForm",
}
MFA_TOTP_ISSUER = "Tracker"
MFA_TOTP_TOLERANCE = 0  # a code is marked as used for one period; with more it would come back
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # addresses are kept by whoever keeps people
USERSESSIONS_TRACK_ACTIVITY = True
# How long a change of somebody's address or second factor waits for the owner to refuse it.
ACCOUNT_CHANGE_HOURS = whole_number("TRACKER_ACCOUNT_CHANGE_HOURS", 24, low=1, high=336)
INVITATION_DAYS = whole_number("TRACKER_INVITATION_DAYS", 7, low=1, high=30)
EMERGENCY_HOURS = whole_number("TRACKER_EMERGENCY_HOURS", 4, low=1, high=24)
SESSION_ENGINE = "tracker.services.sessions"
SESSION_COOKIE_AGE = 60 * whole_number("SESSION_IDLE_MINUTES", 30, low=5, high=1440)
SESSION_SAVE_EVERY_REQUEST = True  # the age above counts from the last request, not the first
SESSION_LASTS_SECONDS = 3600 * whole_number("SESSION_HOURS", 12, low=1, high=168)
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
# In the session: a cookie would carry names and references in the clear.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# After so many months the people go out of a closed case; 0: only by hand (`manage.py anonymise`).
ANONYMISE_AFTER_MONTHS = whole_number("TRACKER_ANONYMISE_AFTER_MONTHS", 0, low=0, high=600)

# The wire.
# How many proxies of ours add to `X-Forwarded-For`; what stands before that is anybody's word.
TRUSTED_PROXIES = whole_number(
    "TRACKER_PROXIES", int(boolean("TRUST_PROXY_HEADER", False)), low=0, high=9
)
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
CSRF_COOKIE_AGE = None  # with the browser, or it would tell for a year that Tracker was used here
if HTTPS:
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_NAME = "__Host-csrf"
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^health$"]
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
    if boolean("TRUST_PROXY_HEADER", False):
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 3000
FILE_UPLOAD_PERMISSIONS, FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o600, 0o700
UPLOAD_MAX_BYTES = 20 * 1024 * 1024
# Uploads lie outside every served folder; a view checks the case before it hands one out.
MEDIA_ROOT = VAR_DIR / "files"
# Where the heads of the record are kept, a file a day: for a backup, or another machine, to take.
HEADS_DIR = Path(os.environ.get("TRACKER_HEADS") or VAR_DIR / "heads").resolve()

# Language, time.
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("ru", "Русский"), ("ky", "Кыргызча")]
LOCALE_PATHS = [BASE_DIR / "tracker" / "locale"]
USE_I18N = True
FORMAT_MODULE_PATH = "tracker.formats"
USE_TZ = True
TIME_ZONE = one_of("TIME_ZONE", "Asia/Bishkek", available_timezones())

# Static files, hashed names once DEBUG is off.
STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# Mail. EMAIL_URL like smtp://user:password@host:587/?tls=True
try:
    vars().update(env.email_url("EMAIL_URL", default="smtp://127.0.0.1:1025"))
except (ValueError, ImproperlyConfigured):
    raise ImproperlyConfigured(
        "EMAIL_URL cannot be read; in a password write any sign but letters and digits as %XX."
    ) from None
EMAIL_TIMEOUT = whole_number("EMAIL_TIMEOUT", 20, low=1, high=30)
DEFAULT_FROM_EMAIL = os.environ.get("DEFAULT_FROM_EMAIL") or "Tracker <tracker@localhost>"
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# Reminders.
SWEEP_SECONDS = whole_number("TRACKER_SWEEP_SECONDS", 60, low=1, high=3600)
MAIL_SAYS_LITTLE = one_of("TRACKER_MAIL_WORDS", "all", {"all", "few"}) == "few"
UNKNOWN_POLICY = one_of("TRACKER_UNKNOWN_MAIL", "resend", {"resend", "hold"})
# A worker that does not answer for this long has lost what it claimed.
MAIL_LEASE_SECONDS = whole_number("TRACKER_MAIL_LEASE_SECONDS", 60, low=1, high=3600)
# The first pause after a temporary failure; it doubles from try to try, up to sixty times.
MAIL_RETRY_SECONDS = whole_number("TRACKER_MAIL_RETRY_SECONDS", 60, low=1, high=3600)

# Celery. The socket lies in the private folder: no other account on the machine can reach it.
CELERY_BROKER_URL = (
    os.environ.get("TRACKER_BROKER_URL") or f"redis+socket://{VAR_DIR / 'run' / 'broker.sock'}"
)
if urlsplit(CELERY_BROKER_URL).scheme not in {"redis", "rediss", "redis+socket", "filesystem"}:
    raise ImproperlyConfigured(
        "TRACKER_BROKER_URL must begin with redis://, rediss://, redis+socket:// or filesystem://."
    )
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
if CELERY_BROKER_URL.startswith("redis"):
    # Longer than any task may run, so that a healthy task is never delivered twice.
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "visibility_timeout": 600,
        "socket_timeout": 30,
        "socket_connect_timeout": 5,
        "health_check_interval": 25,
    }
elif CELERY_BROKER_URL.startswith("filesystem"):
    _spool = VAR_DIR / "spool"
    for _folder in ("messages", "processed", "control"):
        (_spool / _folder).mkdir(parents=True, exist_ok=True, mode=0o700)
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(_spool / "messages"),
        "data_folder_out": str(_spool / "messages"),
        "processed_folder": str(_spool / "processed"),
        "control_folder": str(_spool / "control"),
    }
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_TIME_LIMIT = 120
CELERY_TASK_SOFT_TIME_LIMIT = 100
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0, "interval_max": 0.5}
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 500
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 20
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat-schedule")
CELERY_BEAT_SCHEDULE = {
    # A plain interval: crontab schedules misbehave when clocks change. The hint expires, so that
    # a backlog of sweeps cannot pile up behind a stopped worker.
    "sweep": {
        "task": "tracker.tasks.reminders.sweep",
        "schedule": float(SWEEP_SECONDS),
        "options": {"expires": max(SWEEP_SECONDS - 5, 1)},
    },
    # Goes on with a "move the open deadlines" whose worker was killed.
    "recompute": {
        "task": "tracker.tasks.deadlines.recompute_waiting",
        "schedule": 60.0,
        "options": {"expires": 55},
    },
    # Ends reduced views whose day is over, and does what was approved and has waited long enough.
    "people": {
        "task": "tracker.tasks.people.do_what_is_due",
        "schedule": 300.0,
        "options": {"expires": 290},
    },
    # Asked every hour, so that a machine that sleeps at night keeps them too; done once a day.
    "heads": {
        "task": "tracker.tasks.event_heads.keep_heads",
        "schedule": 3600.0,
        "options": {"expires": 3500},
    },
    # What somebody typed while signed out lies in a session; an hour must not become for ever.
    "forget_sessions": {
        "task": "tracker.tasks.sessions.forget_ended",
        "schedule": 600.0,
        "options": {"expires": 590},
    },
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "secrets": {"()": "tracker.views.redaction.SecretsFilter"},
        "in_one_line": {"()": "tracker.views.redaction.InOneLineFilter"},
    },
    "formatters": {
        "line": {
            "()": "tracker.views.redaction.WithoutSecrets",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "loggers": {
        "django.request": {"filters": ["in_one_line"]},
        # The web server writes its own lines.
        "gunicorn.error": {"filters": ["secrets"]},
        "gunicorn.access": {"filters": ["secrets"]},
        "django.server": {
            "handlers": ["console"],
            "level": "INFO",
            "propagate": False,
        },
    },
    "root": {
        "handlers": ["console"],
        "level": one_of("LOG_LEVEL", "INFO", {"DEBUG", "INFO", "WARNING", "ERROR"}),
    },
}
