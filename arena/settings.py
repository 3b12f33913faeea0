"""The site's settings: one typed table, read once, every mistake reported together."""

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from arena.errors import SetupError
from challenges.text import Text


@dataclass(frozen=True, slots=True)
class Setting:
    """One row of the table that the README prints."""

    name: str
    default: str
    meaning: str
    allowed: tuple[str, ...] = ()


SETTINGS = (
    Setting("ARENA_HOME", "./instance", "instance folder: database, files, secrets; only `up` and `migrate` create it"),
    Setting("ARENA_HOST", "127.0.0.1", "address to listen on"),
    Setting("ARENA_PORT", "8000", "port to listen on"),
    Setting("ARENA_DATABASE_URL", "SQLite in the home", "SQLAlchemy URL: sqlite:///… or postgresql://…"),
    Setting("ARENA_REDIS_URL", "embedded Valkey on a socket", "redis://, rediss:// or unix:// URL"),
    Setting("ARENA_STORE_URL", "a folder in the home", "where files lie: a folder or s3://bucket/prefix"),
    Setting("ARENA_SECRET_KEY", "made in the home", "signs session cookies; at least 32 characters"),
    Setting("ARENA_BASE_URL", "http://HOST:PORT", "public address; https turns on Secure cookies"),
    Setting("ARENA_SIGNUP", "open", "who may make an account", ("open", "invite")),
    Setting("ARENA_SEED", "all", "the shipped challenges that `up` seeds", ("all", "none")),
    Setting("ARENA_TRUSTED_PROXIES", "0", "how many proxies in front may set X-Forwarded-*"),
    Setting(
        "ARENA_MAIL_URL",
        "none",
        "smtp://user:password@host:port?from=address, or smtps://; without it nothing is mailed and resets are links to copy",
    ),
)


@dataclass(frozen=True, slots=True)
class Settings:
    """What the site's processes may know. There is no field for the labels' private key, and none may be added."""

    home: Path
    host: str
    port: int
    database_url: str
    redis_url: str
    redis_embedded: bool
    store_url: str
    secret_key: str = field(repr=False)
    base_url: str = ""
    signup: str = "open"
    seed: str = "all"
    trusted_proxies: int = 0
    mail_url: str = field(default="", repr=False)

    @property
    def secure_cookies(self) -> bool:
        """Whether the public address is https."""
        return self.base_url.startswith("https://")

    @property
    def labels_key_file(self) -> Path:
        """The public half of the workers' key."""
        return self.home / "labels.pub"

    @property
    def receipts_key_file(self) -> Path:
        """The Ed25519 seed that signs receipts."""
        return self.home / "secrets" / "receipts.key"


def socket_path(home: Path) -> Path:
    """Return the embedded Valkey's socket: a short path, since the kernel allows 107 bytes."""
    name = hashlib.sha256(str(home.resolve()).encode()).hexdigest()[:16]
    return Path("/tmp") / f"arena-{os.getuid()}-{name}" / "valkey.sock"  # noqa: S108 (0700, owner checked by `up`)


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from the environment and `.env`; raise one SetupError that lists every mistake."""
    given = dict(_dotenv(Path(".env")))
    given.update(os.environ if environ is None else environ)
    mistakes: list[str] = []
    home = Path(given.get("ARENA_HOME") or "./instance").expanduser().absolute()
    host = given.get("ARENA_HOST") or "127.0.0.1"
    port = _whole(given, "ARENA_PORT", 8000, 0, 65535, mistakes)
    redis_url = given.get("ARENA_REDIS_URL", "")
    secret = given.get("ARENA_SECRET_KEY") or _file(home / "secrets" / "secret_key")
    settings = Settings(
        home=home,
        host=host,
        port=port,
        database_url=_url(
            given,
            "ARENA_DATABASE_URL",
            f"sqlite:///{home}/arena.sqlite",
            ("sqlite", "postgresql", "postgresql+psycopg"),
            mistakes,
        ),
        redis_url=_url(given, "ARENA_REDIS_URL", f"unix://{socket_path(home)}", ("redis", "rediss", "unix"), mistakes),
        redis_embedded=not redis_url,
        store_url=given.get("ARENA_STORE_URL") or str(home / "blobs"),
        secret_key=secret,
        base_url=_url(given, "ARENA_BASE_URL", f"http://{host}:{port}", ("http", "https"), mistakes).rstrip("/"),
        signup=_choice(given, "ARENA_SIGNUP", mistakes),
        seed=_choice(given, "ARENA_SEED", mistakes),
        trusted_proxies=_whole(given, "ARENA_TRUSTED_PROXIES", 0, 0, 16, mistakes),
        mail_url=_url(given, "ARENA_MAIL_URL", "", ("smtp", "smtps"), mistakes),
    )
    if given.get("ARENA_SECRET_KEY") and len(secret) < 32:
        mistakes.append("ARENA_SECRET_KEY must have at least 32 characters")
    known = {setting.name for setting in SETTINGS}
    mistakes += [
        f"{name} is not a setting" for name in sorted(given) if name.startswith("ARENA_") and name not in known
    ]
    if mistakes:
        listed = "\n".join(f"  - {mistake}" for mistake in mistakes)
        raise SetupError("settings", Text(f"설정을 고치십시오:\n{listed}", f"Mend these settings:\n{listed}"))
    return settings


def _dotenv(path: Path) -> list[tuple[str, str]]:
    if not path.is_file():
        return []
    lines = (line.strip() for line in path.read_text(encoding="utf-8").splitlines())
    pairs = (line.removeprefix("export ").partition("=") for line in lines if line and not line.startswith("#"))
    return [(name.strip(), value.strip().strip("\"'")) for name, _, value in pairs if name.strip()]


def _file(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return ""  # a worker under another user may not read the site's secrets, and needs none


def _whole(given: Mapping[str, str], name: str, default: int, low: int, high: int, mistakes: list[str]) -> int:
    text = given.get(name) or str(default)
    if text.isascii() and text.isdigit() and low <= int(text) <= high:
        return int(text)
    mistakes.append(f"{name} must be a whole number from {low} to {high}, not {text!r}")
    return default


def _choice(given: Mapping[str, str], name: str, mistakes: list[str]) -> str:
    setting = next(setting for setting in SETTINGS if setting.name == name)
    text = given.get(name) or setting.default
    if text in setting.allowed:
        return text
    mistakes.append(f"{name} must be one of {', '.join(setting.allowed)}, not {text!r}")
    return setting.default


def _url(given: Mapping[str, str], name: str, default: str, schemes: tuple[str, ...], mistakes: list[str]) -> str:
    text = given.get(name) or default
    if text and urlsplit(text).scheme not in schemes:
        mistakes.append(f"{name} must begin with {' or '.join(f'{scheme}://' for scheme in schemes)}")
        return default
    return text
