"""Settings of Deqi, read from the environment.

Reading them starts nothing and writes nothing: type checkers and ``makemigrations`` read them
too. What a real clinic must not run with is judged in ``clinic.running.safety``.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from urllib.parse import urlsplit

import environ

env = environ.Env()

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / ".data"))).absolute()
DEBUG = env.bool("DEBUG", default=False)
TESTING = "pytest" in sys.modules

# --- keys -----------------------------------------------------------------------------------
# The commands make two keys on the first start and keep them in keys.json; the words below only
# serve tools that read the settings and run nothing.
DEFAULT_KEY = "deqi-default-key-that-no-clinic-may-run-with"


def _kept_key(name: str) -> str:
    try:
        kept = json.loads((DATA_DIR / "keys.json").read_text())
        return str(kept.get(name) or DEFAULT_KEY)
    except (OSError, ValueError, AttributeError):
        return DEFAULT_KEY


SECRET_KEY = env.str("SECRET_KEY", default="") or _kept_key("SECRET_KEY")
LINK_KEY = env.str("LINK_KEY", default="") or _kept_key("LINK_KEY")

# --- where it is ----------------------------------------------------------------------------
HOST = env.str("HOST", default="127.0.0.1")
PORT = env.int("PORT", default=8000)
BASE_URL = env.str("BASE_URL", default="").rstrip("/") or f"http://127.0.0.1:{PORT}"
LOOPBACK_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
_base = urlsplit(BASE_URL)
_base_host = f"[{_base.hostname}]" if ":" in (_base.hostname or "") else (_base.hostname or "")
BASE_IS_HTTPS = _base.scheme == "https"
BASE_IS_LOOPBACK = _base_host in LOOPBACK_HOSTS
# The loopback names stay allowed: a balancer on the same machine asks /readyz by them.
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[_base_host, *LOOPBACK_HOSTS])
CSRF_TRUSTED_ORIGINS = [BASE_URL]
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)
"""How many proxies of ours stand in front: the client's address is that many from the right end
of X-Forwarded-For. 0 means the header is not believed at all."""
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
DEFAULT_TIMEZONE = env.str("DEFAULT_TIMEZONE", default="")
"""Only proposed at set-up; the zone that counts is the practice's."""

# --- rooms ----------------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_htmx",
    "template_partials",
    "csp",
    "clinic.kernel",
    "clinic.practice",
    "clinic.staff",
    "clinic.audit",
    "clinic.outbox",
    "clinic.attention",
    "clinic.opening",
    "clinic.demo",
    "clinic.inbox",
    "clinic.running",
    "patients",
    "patients.contact",
    "patients.intake",
    "patients.measures",
    "sessions",
    "sessions.appointments",
    "sessions.courses",
    "sessions.point_sets",
    "sessions.text_blocks",
    "sessions.habits",
    "sessions.flagged",
    "sessions.events",
    "sessions.clock",
    "sessions.calls",
    "sessions.private_notes",
    "sessions.reminders",
    "sessions.own_page",
    "sessions.desk",
]

MIDDLEWARE = [
    "clinic.running.answers.AnswerMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",  # before the files: a drawing opened by itself could run a script
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "clinic.policy.packing.PackingMiddleware",
    "clinic.running.away.AwayMiddleware",
    "clinic.running.away.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "clinic.practice.middleware.PracticeMiddleware",
    "clinic.practice.middleware.LanguageMiddleware",
    "clinic.audit.context.OriginMiddleware",
    "clinic.opening.middleware.OpeningMiddleware",
    "clinic.policy.middleware.PolicyMiddleware",
]

ROOT_URLCONF = "clinic.urls"
WSGI_APPLICATION = "clinic.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- pages ----------------------------------------------------------------------------------
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
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"
CRISPY_ALLOWED_TEMPLATE_PACKS = ["bootstrap5"]
CRISPY_TEMPLATE_PACK = "bootstrap5"

STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(DATA_DIR / "static")))
_NPM = BASE_DIR / "node_modules"
STATICFILES_DIRS = [
    BASE_DIR / "static",
    ("npm/bootstrap/css", _NPM / "bootstrap/dist/css"),
    ("npm/bootstrap/js", _NPM / "bootstrap/dist/js"),
    ("npm/bootstrap-icons", _NPM / "bootstrap-icons/font"),
    ("npm/source-sans-3", _NPM / "@fontsource-variable/source-sans-3"),
    ("npm/alpine", _NPM / "@alpinejs/csp/dist"),
    ("npm/signature-pad", _NPM / "signature_pad/dist"),
    ("npm/auto-complete", _NPM / "@github/auto-complete-element/dist"),
    ("npm/combobox", _NPM / "@github/combobox-nav/dist"),
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "clinic.kernel.served.HashedFiles"
            if not (DEBUG or TESTING)
            else "django.contrib.staticfiles.storage.StaticFilesStorage"
        )
    },
}
WHITENOISE_USE_FINDERS = DEBUG or TESTING
WHITENOISE_AUTOREFRESH = DEBUG or TESTING
WHITENOISE_KEEP_ONLY_HASHED_FILES = True

LANGUAGE_CODE = "en"
# Patients are spoken to in these; staff in English. clinic/practice/languages.py says who reads what.
LANGUAGES = [("en", "English"), ("es", "Español"), ("es-us", "Español"), ("zh-hans", "简体中文")]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "clinic.kernel.formats"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# A long note is welcome (50,000 characters, every one of them four bytes and percent-encoded).
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

# --- database -------------------------------------------------------------------------------
# Each process takes one of three roles. An address of its own wins; when only DATABASE_URL is
# given, that login is a member of all three and the session takes the role.
DEQI_ROLE = env.str("DEQI_ROLE", default="web")
_ROLE_URL = {"web": "DATABASE_URL", "worker": "DATABASE_URL_WORKER", "owner": "DATABASE_URL_OWNER"}
if DEQI_ROLE not in _ROLE_URL:
    raise ValueError(f"DEQI_ROLE is {DEQI_ROLE!r}: it must be web, worker or owner.")
_SINGLE_LOGIN = not (env.str("DATABASE_URL_WORKER", default="") or env.str("DATABASE_URL_OWNER", default=""))
_database_url = (
    env.str(_ROLE_URL[DEQI_ROLE], default="")
    or env.str("DATABASE_URL", default="")
    or "postgres://deqi_web@127.0.0.1:5432/deqi"
)
_TIMEOUTS = {
    # milliseconds: statement, lock, idle in transaction
    "web": (15_000, 3_000, 30_000),
    "worker": (60_000, 3_000, 60_000),
    "owner": (0, 2_000, 0),
}
_statement, _lock, _idle = _TIMEOUTS[DEQI_ROLE]
_database_options = [
    f"-c statement_timeout={_statement}",
    f"-c lock_timeout={_lock}",
    f"-c idle_in_transaction_session_timeout={_idle}",
]
if _SINGLE_LOGIN and env.str("DATABASE_URL", default=""):
    _database_options.append(f"-c role=deqi_{DEQI_ROLE}")
DATABASES = {"default": env.db_url_config(_database_url)}
DATABASES["default"] |= {
    "ENGINE": "django.db.backends.postgresql",
    "ATOMIC_REQUESTS": False,  # an error must not roll back the trace of what was read
    "CONN_MAX_AGE": None if DEQI_ROLE != "owner" else 0,
    "CONN_HEALTH_CHECKS": True,
}
DATABASES["default"].setdefault("OPTIONS", {})
DATABASES["default"]["OPTIONS"] = {
    "connect_timeout": 5,
    "application_name": f"deqi {DEQI_ROLE}",
    **DATABASES["default"]["OPTIONS"],
    "options": " ".join(_database_options),
}

# Off behind a pooler that lends one connection to many between transactions (clinic/kernel/on_server.py).
DATABASE_PREPARE = env.bool("DATABASE_PREPARE", default=True)

# Only for counting sign-in attempts. Redis holds nothing that would be missed.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "deqi_cache",
    }
}

# --- waking the worker ----------------------------------------------------------------------
REDIS_URL = env.str("REDIS_URL", default="redis://127.0.0.1:6379/0")
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_RESULT_BACKEND = None
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = False  # the truth stands in PostgreSQL, a lost task loses nothing
CELERY_TASK_TIME_LIMIT = 120
CELERY_TASK_DEFAULT_QUEUE = "deqi"
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 500
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 300,
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
    "health_check_interval": 15,
}
CELERY_TIMEZONE = "UTC"
CELERY_ENABLE_UTC = True
CELERY_IMPORTS = ["clinic.outbox.tasks"]
TICK_SECONDS = 10
CELERY_BEAT_SCHEDULE = {
    # A tick that waited longer than the next one is of no use any more.
    "tick": {
        "task": "clinic.outbox.tasks.tick",
        "schedule": float(TICK_SECONDS),
        "options": {"expires": TICK_SECONDS},
    }
}

# --- mail -----------------------------------------------------------------------------------
_email = env.email_url_config(env.str("EMAIL_URL", default="") or "smtp://127.0.0.1:25")
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = _email["EMAIL_HOST"]
EMAIL_PORT = _email["EMAIL_PORT"] or 25
EMAIL_HOST_USER = _email["EMAIL_HOST_USER"] or ""
EMAIL_HOST_PASSWORD = _email["EMAIL_HOST_PASSWORD"] or ""
EMAIL_USE_TLS = bool(_email.get("EMAIL_USE_TLS", False))
EMAIL_USE_SSL = bool(_email.get("EMAIL_USE_SSL", False))
EMAIL_TIMEOUT = 10  # seconds for each read; the outbox keeps 45 s over the whole dialogue
EMAIL_FROM = env.str("EMAIL_FROM", default="")
DEFAULT_FROM_EMAIL = EMAIL_FROM or f"Deqi <deqi@{_base.hostname or 'localhost'}>"
SERVER_EMAIL = DEFAULT_FROM_EMAIL
INBOX_DIR = DATA_DIR / "inbox"

# --- people ---------------------------------------------------------------------------------
AUTH_USER_MODEL = "staff.User"
# The address is unique, whatever its case: by a constraint, which this check does not see.
SILENCED_SYSTEM_CHECKS = ["auth.W004"]
AUTHENTICATION_BACKENDS = ["clinic.attention.sign_in.Backend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "clinic.staff.passwords.LengthValidator"},
    {"NAME": "clinic.staff.passwords.PlainValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_RESET_TIMEOUT = 60 * 60 * 24
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "account_login"

ACCOUNT_ADAPTER = "clinic.staff.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_PREVENT_ENUMERATION = "strict"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_DEFAULT_HTTP_PROTOCOL = _base.scheme
ACCOUNT_EMAIL_NOTIFICATIONS = False
ACCOUNT_FORMS = {"reset_password": "clinic.staff.forms.forgotten.ForgottenPasswordForm"}
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "clinic.staff.forgotten.ResetTokens"  # noqa: S105
# In the try-out many people sign in from one address, and tests do so in a second.
if DEBUG:
    ACCOUNT_RATE_LIMITS = dict.fromkeys(
        ["change_password", "manage_email", "reset_password", "reauthenticate", "login", "login_failed"], "1000/m/ip"
    )
else:
    ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/300s/key", "login": "30/m/ip"}
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = "Deqi"
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEBUG

# --- browser --------------------------------------------------------------------------------
# The __Host- prefix is kept by browsers only with Secure, hence only under https.
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_NAME = "__Host-sessionid" if BASE_IS_HTTPS else "sessionid"
SESSION_COOKIE_SECURE = BASE_IS_HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_SAVE_EVERY_REQUEST = False  # twelve hours from the sign-in, whatever is done meanwhile
SESSION_EXPIRE_AT_BROWSER_CLOSE = False
CSRF_COOKIE_NAME = "__Host-csrftoken" if BASE_IS_HTTPS else "csrftoken"
CSRF_COOKIE_SECURE = BASE_IS_HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if BASE_IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = BASE_IS_HTTPS
SECURE_HSTS_PRELOAD = BASE_IS_HTTPS
# Only with a declared proxy do we know by which scheme the browser came.
SECURE_SSL_REDIRECT = BASE_IS_HTTPS and TRUSTED_PROXIES > 0
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        # Bootstrap draws its ticks and arrows as data: pictures in its style sheet.
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}

# --- time and logs --------------------------------------------------------------------------
DEQI_CLOCK_FILE = env.str("DEQI_CLOCK_FILE", default="")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "clinic.running.logs.JsonLine"}},
    "filters": {"quiet": {"()": "clinic.running.logs.NotReadyYet"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["quiet"]}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        # Django's own handlers would print each record twice.
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "django.server": {"handlers": [], "level": "WARNING", "propagate": True},
        "mail.log": {"level": "WARNING"},
        "celery": {"level": "INFO"},
        "kombu": {"level": "WARNING"},
    },
}
