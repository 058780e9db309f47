"""All settings. Each environment variable is documented in docs/operations.md."""

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from conference import (
    admin_look,
    databases,
    engines,
    env,
    mailing,
    network,
    object_storage,
)

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = env.folder("DATA_DIR", BASE_DIR / "var")
HOST = env.text("HOST", "127.0.0.1")
PORT = env.integer("PORT", 8000, least=1, most=65535)
DEBUG = env.boolean("DEBUG", default=False)


def _secret_key() -> str:
    """SECRET_KEY, or one made on the first start and kept in the data folder."""
    given = env.text("SECRET_KEY", "")
    if given:
        if len(given) < 32:
            raise ImproperlyConfigured("SECRET_KEY must have at least 32 characters.")
        return given
    path = DATA_DIR / "secret_key"
    try:
        with path.open("x", encoding="utf-8") as file:
            path.chmod(0o600)
            file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    return path.read_text(encoding="utf-8")


SECRET_KEY = _secret_key()

# TLS by this server itself: files, or a certificate of our own making.
TLS = env.choice("TLS", "", ("", "self-signed"))
TLS_CERT, TLS_KEY = env.all_or_none("TLS_CERT", "TLS_KEY")
if TLS and TLS_CERT:
    raise ImproperlyConfigured("Set TLS, or TLS_CERT and TLS_KEY, not both.")
if TLS:
    TLS_CERT = str(DATA_DIR / "tls" / "certificate.pem")
    TLS_KEY = str(DATA_DIR / "tls" / "key.pem")

# Where people reach the site: what links in mails begin with, and what decides on
# hosts, cookies and redirects.
PUBLIC_URL = env.origin(
    "PUBLIC_URL", network.own_url(HOST, PORT, is_secure=bool(TLS_CERT))
)
IS_SECURE = PUBLIC_URL.startswith("https:")
# Proxies in front, whose X-Forwarded-For and X-Forwarded-Proto are believed.
TRUSTED_PROXIES = env.integer("TRUSTED_PROXIES", 0, least=0, most=10)
if IS_SECURE and not TLS_CERT and not TRUSTED_PROXIES:
    raise ImproperlyConfigured(
        f"PUBLIC_URL={PUBLIC_URL!r} needs TLS: set TRUSTED_PROXIES where a proxy in "
        "front does it, or TLS_CERT and TLS_KEY."
    )
if TLS_CERT and not IS_SECURE:
    raise ImproperlyConfigured(f"PUBLIC_URL={PUBLIC_URL!r} must be https with TLS.")
HOST_NAMES = [*network.own_names(HOST), str(urlsplit(PUBLIC_URL).hostname)]
ALLOWED_HOSTS = [
    *(network.in_url(name) for name in HOST_NAMES),
    *env.words("ALLOWED_HOSTS", ""),
]
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
)
SECURE_SSL_REDIRECT = IS_SECURE
# Asked for on the machine itself.
SECURE_REDIRECT_EXEMPT = ["^healthz$", "^livez$", "^readyz$", "^metrics$"]
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = IS_SECURE
# Browsers then refuse plain HTTP for so long, and cannot be told otherwise.
SECURE_HSTS_SECONDS = env.integer("HSTS_SECONDS", 0, least=0, most=10**9)
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.boolean("HSTS_SUBDOMAINS", default=False)
SECURE_HSTS_PRELOAD = SECURE_HSTS_INCLUDE_SUBDOMAINS
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = True

INSTALLED_APPS = [
    "daphne",
    "unfold",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "channels",
    "rest_framework",
    "drf_spectacular",
    "drf_standardized_errors",
    "django_filters",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "conference",
    "rooms",
    "recordings",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "conference.middleware.SecurityHeaders",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "conference.middleware.Preferences",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "conference.idempotency.IdempotencyMiddleware",
]
ROOT_URLCONF = "conference.urls"
ASGI_APPLICATION = "conference.asgi.application"
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
            ]
        },
    }
]

DATABASES: dict[str, dict[str, Any]] = {
    "default": databases.read(
        env.text("DATABASE_URL", f"sqlite://{quote(str(DATA_DIR))}/conference.sqlite3")
    )
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# What server processes share; empty: there is one of them.
REDIS_URL = env.text("REDIS_URL", "")
QUEUE_FOLDERS = (DATA_DIR / "queues" / "messages", DATA_DIR / "queues" / "control")
# Server processes that `manage.py serve` runs.
PROCESSES = env.integer("PROCESSES", 1, least=1, most=256)
_engines = (
    engines.in_redis(REDIS_URL)
    if REDIS_URL
    else engines.embedded(DATA_DIR, QUEUE_FOLDERS)
)
CHANNEL_LAYERS = {"default": _engines.channel_layer}
CACHES = {"default": _engines.cache}

# The hot stream log; its schemes are those of rooms/streams.
STREAM_LOG_URL = env.text("STREAM_LOG_URL", _engines.stream_log)

# People in one session; one more is told that it is full.
PARTICIPANTS_LIMIT = env.integer("PARTICIPANTS_LIMIT", 100, least=1, most=10_000)
# How long a server process that was told to end goes on, not ready, before it closes
# its sockets.
DRAIN_SECONDS = env.integer("DRAIN_SECONDS", 0, least=0, most=2)

# Of a webinar, those who only watch come on top.
ATTENDEES_LIMIT = env.integer("ATTENDEES_LIMIT", 3000, least=1, most=100_000)

# How the system finds out how fast a network is, such as bbr; empty: its own way.
TCP_CONGESTION = env.text("TCP_CONGESTION", "")
# Voices that are forwarded at a time, the loudest ones.
VOICES_LIMIT = env.integer("VOICES_LIMIT", 4, least=1, most=100)
# Lines of the best layer that cameras send.
CAMERA_HEIGHT = int(env.choice("CAMERA_HEIGHT", "720", ("360", "720", "1080")))

# Processes of `manage.py serve` that make exports, and threads of each one's encoder.
EXPORT_WORKERS = env.integer("EXPORT_WORKERS", 1, least=1, most=256)
EXPORT_THREADS = env.integer(
    "EXPORT_THREADS",
    min(16, max(1, (os.cpu_count() or 1) // EXPORT_WORKERS)),
    least=1,
    most=64,
)

# Processes of `manage.py serve` that make live outputs, one at a time each, and threads
# of each one's encoder.
LIVE_WORKERS = env.integer("LIVE_WORKERS", 1, least=0, most=256)
LIVE_THREADS = env.integer("LIVE_THREADS", 1, least=1, most=64)
# Of a room at a time; targets of each.
LIVE_OUTPUTS = env.integer("LIVE_OUTPUTS", 2, least=1, most=100)
LIVE_TARGETS = env.integer("LIVE_TARGETS", 5, least=1, most=100)
# After which an output is ended.
LIVE_HOURS = env.integer("LIVE_HOURS", 12, least=1, most=1000)
# Whether targets may be in this machine's own network.
LIVE_PRIVATE_TARGETS = env.boolean("LIVE_PRIVATE_TARGETS", default=False)
# Certificates that servers of rtmps:// are checked against; empty: the system's.
LIVE_CA_FILE = env.text("LIVE_CA_FILE", "")

STORAGES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": DATA_DIR / "media"},
    },
    # Segments, posters, exports. Private: served by links that expire.
    "archive": object_storage.read(DATA_DIR / "archive"),
    "staticfiles": {
        "BACKEND": "conference.staticfiles.ModuleManifestStaticFilesStorage"
    },
}
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]

AUTH_USER_MODEL = "conference.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "conference.accounts.SignUpForm"
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_SESSION_REMEMBER = True  # no question: sessions last as Django's do
ACCOUNT_ADAPTER = "conference.adapters.AccountAdapter"
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES

# Sign-in by a service that speaks OpenID Connect, beside passwords.
OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET = env.all_or_none(
    "OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET"
)
OIDC_NAME = env.text("OIDC_NAME", "Single sign-on")
SOCIALACCOUNT_ADAPTER = "conference.adapters.SocialAccountAdapter"
SOCIALACCOUNT_PROVIDERS: dict[str, dict[str, Any]] = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "oidc",
                "name": OIDC_NAME,
                "client_id": OIDC_CLIENT_ID,
                "secret": OIDC_CLIENT_SECRET,
                "settings": {"server_url": OIDC_ISSUER},
            }
        ]
        if OIDC_ISSUER
        else [],
    }
}
# Whoever runs the site chose the service: an address that it has verified is the
# person's own, and opens the account that has it.
SOCIALACCOUNT_EMAIL_AUTHENTICATION = True
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True

_mail_server = mailing.read(env.text("EMAIL_URL", "console://"))
EMAIL_BACKEND = _mail_server.backend
EMAIL_HOST = _mail_server.host
EMAIL_PORT = _mail_server.port
EMAIL_HOST_USER = _mail_server.user
EMAIL_HOST_PASSWORD = _mail_server.password
EMAIL_USE_TLS = _mail_server.starttls
EMAIL_USE_SSL = _mail_server.tls
EMAIL_TIMEOUT = 10  # seconds, for each step
DEFAULT_FROM_EMAIL = env.sender("DEFAULT_FROM_EMAIL", "Conference <no-reply@localhost>")

# Of one API key or signed-in user; of one address that is neither.
API_REQUESTS_PER_MINUTE = env.integer(
    "API_REQUESTS_PER_MINUTE", 600, least=1, most=1_000_000
)
API_ANONYMOUS_REQUESTS_PER_MINUTE = env.integer(
    "API_ANONYMOUS_REQUESTS_PER_MINUTE", 60, least=1, most=1_000_000
)
# Of one signed-in user, or of one address.
JOINS_PER_MINUTE = env.integer("JOINS_PER_MINUTE", 60, least=1, most=1_000_000)

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "conference.api.authentication.KeyAuthentication",
        "conference.api.authentication.SiteSession",
    ],
    "DEFAULT_PERMISSION_CLASSES": [
        "rest_framework.permissions.IsAuthenticated",
        "conference.api.scopes.HasScope",
    ],
    "DEFAULT_THROTTLE_CLASSES": [
        "conference.api.throttles.PerCaller",
        "rest_framework.throttling.AnonRateThrottle",
    ],
    "DEFAULT_SCHEMA_CLASS": "conference.api.schema.Schema",
    "EXCEPTION_HANDLER": "drf_standardized_errors.handler.exception_handler",
    "DEFAULT_PAGINATION_CLASS": "conference.api.pages.NewestFirst",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_THROTTLE_RATES": {
        "caller": f"{API_REQUESTS_PER_MINUTE}/min",
        "anon": f"{API_ANONYMOUS_REQUESTS_PER_MINUTE}/min",
        "join": f"{JOINS_PER_MINUTE}/min",
    },
    "NUM_PROXIES": TRUSTED_PROXIES,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
DRF_STANDARDIZED_ERRORS = {
    "EXCEPTION_HANDLER_CLASS": "conference.api.errors.ErrorEnvelope",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Conference",
    "VERSION": "1",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "ENUM_NAME_OVERRIDES": {
        "RoleEnum": "rooms.models.Role",
        "SessionRoleEnum": "rooms.api.participants.SESSION_ROLE_CHOICES",
        "MemberRoleEnum": "rooms.models.room.MEMBER_ROLES",
    },
}

# The e-mail address and the password of the host that the first start makes.
DEMO_EMAIL = env.email("DEMO_EMAIL", "host@example.com")
DEMO_PASSWORD = env.text("DEMO_PASSWORD", "")  # empty: a random one

CELERY_BROKER_URL = _engines.broker_url
CELERY_BROKER_TRANSPORT_OPTIONS = _engines.broker_options
CELERY_BROKER_USE_SSL = _engines.broker_ssl
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# Workers are stopped by the supervisor and tasks by their rows; nobody else calls.
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "celerybeat-schedule")
CELERY_TIMEZONE = "UTC"
# What takes minutes keeps nothing else waiting.
CELERY_TASK_ROUTES = {
    "recordings.make_output": {"queue": "live"},
    "recordings.make_export": {"queue": "media"},
    "recordings.make_storyboard": {"queue": "media"},
}
CELERY_BEAT_SCHEDULE = {
    "forget-answers": {"task": "conference.forget_answers", "schedule": 3600},
    "send-invitations": {"task": "rooms.send_due_invitations", "schedule": 30},
    "seal-orphans": {"task": "recordings.seal_orphans", "schedule": 30},
    "requeue-exports": {"task": "recordings.requeue_exports", "schedule": 30},
    "send-pictures": {"task": "recordings.send_pictures", "schedule": 600},
    "delete-expired": {"task": "recordings.delete_expired", "schedule": 3600},
    "remove-strays": {"task": "recordings.remove_strays", "schedule": 6 * 3600},
}

LANGUAGE_CODE = "en"
# Those that locale/ holds whole, as their speakers say.
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True

UNFOLD = admin_look.UNFOLD

# Opens /metrics to whoever sends it; without it, to the machine itself.
METRICS_TOKEN = env.text("METRICS_TOKEN", "")
METRICS_FOLDER = DATA_DIR / "metrics"

LOG_LEVEL = env.choice("LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR"))
LOG_FORMAT = env.choice("LOG_FORMAT", "line", ("line", "json"))
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"},
        "json": {"()": "conference.logs.JsonFormatter"},
    },
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT}
    },
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
}
