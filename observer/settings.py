"""The product's settings, all from the environment (see docs/settings.md). Nothing here differs between tests and production."""

from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _

from observer import env, logs, sms, stores

ROOT = Path(__file__).resolve().parent.parent
DATA_DIR = Path(env.text("DATA_DIR", str(ROOT / "data"))).resolve()
DEMO = env.flag("OBSERVER_DEMO")
DEBUG = False

SECRET_KEY = env.text("SECRET_KEY") or (env.kept_secret(DATA_DIR / "secret_key") if DEMO else "")
if not SECRET_KEY:
    env.stop("SECRET_KEY is not set. Set SECRET_KEY or SECRET_KEY_FILE to 50 random characters or more.")

SITE_URL = env.text("SITE_URL", "http://127.0.0.1:8000").rstrip("/")
_site = urlsplit(SITE_URL)
HTTPS = _site.scheme == "https"
ALLOWED_HOSTS = env.several("ALLOWED_HOSTS", f"{_site.hostname or ''},localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = [SITE_URL] if HTTPS else []
BEHIND_PROXY = env.flag("BEHIND_PROXY")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_SSL_REDIRECT = False  # the proxy's task; a redirect here would loop behind one that speaks http
SESSION_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "incidents.intake.views.csrf_failure"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

INSTALLED_APPS = [
    "incidents.apps.ObserverAdmin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "axes",
    "csp",
    "leaflet",
    "rest_framework",
    "drf_spectacular",
    "incidents",
]
AUTH_USER_MODEL = "incidents.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "incidents.admin.language.DeskLanguage",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "incidents.admin.sitting.Sitting",
    "incidents.admin.frozen.Frozen",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "observer.urls"
WSGI_APPLICATION = "observer.wsgi.application"
APPEND_SLASH = True

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "csp.context_processors.nonce",
            ]
        },
    }
]

# -- storage -----------------------------------------------------------------------------------------------------------
DATABASES = {"default": stores.database(DATA_DIR)}

KEYS_DIR = DATA_DIR / "keys"
EVIDENCE_DIR = DATA_DIR / "evidence"
TILES_DIR = DATA_DIR / "tiles"
EVIDENCE_S3 = stores.bucket()  # where it is empty, evidence lies in EVIDENCE_DIR
FILE_UPLOAD_HANDLERS = ["incidents.intake.uploads.BoundedUpload"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
DATA_UPLOAD_MAX_NUMBER_FILES = 10

STATIC_URL = "/static/"
STATIC_ROOT = env.text("STATIC_ROOT", str(DATA_DIR / "static"))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "observer.assets.Assets"},
}
MEDIA_ROOT = DATA_DIR / "unused"

# -- language and time -------------------------------------------------------------------------------------------------
USE_I18N = USE_TZ = True
LANGUAGE_CODE = "en"
LANGUAGES = [
    ("en", _("English")),
    ("es", _("Spanish")),
    ("fr", _("French")),
    ("pt", _("Portuguese")),
    ("ar", _("Arabic")),
    ("qu", _("Quechua")),
    ("ay", _("Aymara")),
]
FORMAT_MODULE_PATH = "observer.formats"
LANGUAGE_COOKIE_AGE = 180 * 24 * 3600
LOCALE_PATHS = [ROOT / "incidents" / "locale"]
TIME_ZONE = "UTC"

# -- signing in --------------------------------------------------------------------------------------------------------
LOGIN_URL = "admin:login"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "code", "email", "organisation")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
SESSION_COOKIE_AGE = 12 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
# By account and address together: carriers share addresses, and anybody may know a user name. Both are kept as marks.
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_DISABLE_ACCESS_LOG = True  # the logbook is ours
AXES_ENABLE_ADMIN = AXES_VERBOSE = False
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "code", "next", "csrfmiddlewaretoken"]
AXES_CLIENT_IP_CALLABLE = "incidents.admin.visitor.axes_address"
AXES_USERNAME_CALLABLE = "incidents.admin.visitor.axes_username"
AXES_LOCKOUT_CALLABLE = "incidents.admin.signing_in.locked_out"
OTP_TOTP_ISSUER = _site.hostname or "observer"

# -- what a page may load: itself, and nothing from any other host -----------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "media-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# -- the map: no tiles from anywhere, so the deepest zoom must be said ------------------------------------------------
LEAFLET_CONFIG = {
    "TILES": [],
    "MIN_ZOOM": 2,
    "MAX_ZOOM": 19,
    "SCALE": "metric",
    "MINIMAP": False,
    "RESET_VIEW": False,
    "NO_GLOBALS": True,
    "ATTRIBUTION_PREFIX": "",
}

REST_FRAMEWORK = {
    # Django REST framework is exempt from the login rule, so the default must deny by itself.
    "DEFAULT_AUTHENTICATION_CLASSES": ["incidents.api.authentication.ApiKeyAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["incidents.api.permissions.MayPullReleases"],
    "DEFAULT_THROTTLE_CLASSES": ["incidents.api.pulls.KeyThrottle"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "EXCEPTION_HANDLER": "incidents.api.problems.as_problem",
    "UNAUTHENTICATED_USER": None,
    "DEFAULT_SCHEMA_CLASS": "incidents.api.document.Operation",
}
SPECTACULAR_SETTINGS = {
    "DEFAULT_GENERATOR_CLASS": "incidents.api.document.Document",
    "TITLE": "Observer: incidents for partners",
    "VERSION": "1.0.0",
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    "SORT_OPERATIONS": False,
    "SORT_OPERATION_PARAMETERS": False,
    "POSTPROCESSING_HOOKS": [],
}

# -- mail --------------------------------------------------------------------------------------------------------------
MAILBOX_DIR = DATA_DIR / "mailbox"
EMAIL_BACKEND = "observer.mailbox.FileMailbox" if DEMO else "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = env.text("EMAIL_HOST", "localhost")
EMAIL_PORT = env.number("EMAIL_PORT", 25)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS = env.flag("EMAIL_USE_TLS")
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.text("EMAIL_FROM", "observer@localhost")

# -- the other channels of alerts (docs/alerts.md) --------------------------------------------------------------------
SMS = sms.gateway()
WEBPUSH = env.flag("WEBPUSH")
WEBHOOK_ALLOW_PRIVATE = env.flag("WEBHOOK_ALLOW_PRIVATE")

# -- the record (docs/record.md): an outside authority that stamps its roots, and the certificates it is held against ---
TIMESTAMP_URL = env.text("TIMESTAMP_URL")
TIMESTAMP_CA = env.text("TIMESTAMP_CA")
if TIMESTAMP_URL and urlsplit(TIMESTAMP_URL).scheme not in ("http", "https"):
    env.stop("TIMESTAMP_URL is not understood. Set it like https://tsa.example/tsr.")
if TIMESTAMP_URL and not Path(TIMESTAMP_CA or "/").is_file():
    env.stop(
        "TIMESTAMP_CA is not a file. With TIMESTAMP_URL, set it to the path of the authority's certificates (PEM)."
    )

# -- work in the background: the broker may vanish, publishing gives up fast, nothing is kept in it -------------------
BROKER_DIR = DATA_DIR / "broker"
CELERY_BROKER_URL = env.text("CELERY_BROKER_URL", "filesystem://localhost/")
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, object] = (
    {
        "data_folder_in": str(BROKER_DIR / "queue"),
        "data_folder_out": str(BROKER_DIR / "queue"),
        "control_folder": str(BROKER_DIR / "control"),
        "polling_interval": 0.1,
    }
    if CELERY_BROKER_URL.startswith("filesystem")
    else {"socket_timeout": 2, "socket_connect_timeout": 1, "visibility_timeout": 300}
)
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
# One at a time, so that a worker that dies hides little. The filesystem broker hides nothing, but is only looked into ten
# times a second: there, one at a time would mean twenty tasks a second at most.
CELERY_WORKER_PREFETCH_MULTIPLIER = 8 if CELERY_BROKER_URL.startswith("filesystem") else 1
CELERY_TASK_SOFT_TIME_LIMIT, CELERY_TASK_TIME_LIMIT = 90, 120
CELERY_BEAT_SCHEDULER = "celery.beat:Scheduler"
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "incidents.tasks.sweep", "schedule": 5.0, "options": {"expires": 30}},
    "tidy": {"task": "incidents.tasks.tidy", "schedule": 3600.0, "options": {"expires": 1800}},
}
CELERY_TIMEZONE = "UTC"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_WORKER_REDIRECT_STDOUTS = False
CELERY_WORKER_SEND_TASK_EVENTS = False

LOGGING = logs.told(env.text("LOG_LEVEL", "INFO"))
