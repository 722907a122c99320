"""All settings in one frozen record; the only place of the house that reads the environment.

Every field is documented in ``docs/settings.md`` (a house test compares).
"""

from __future__ import annotations

import hashlib
import os
from datetime import UTC, datetime
from functools import cache
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import msgspec

_HOME = Path(__file__).resolve().parents[2]


#: Where clamd listens: the path of its socket, or host and port.
ScannerAddress = str | tuple[str, int]


class SettingsWrong(ValueError):  # noqa: N818 - named for what is wrong
    """A setting cannot be used; the sentence says which and why."""


class Bucket(msgspec.Struct, frozen=True, kw_only=True):
    """A bucket of an object store that speaks S3: the URL that keys are put behind, and who asks."""

    url: str
    key: str
    secret: str
    region: str
    name: str

    def __repr__(self) -> str:
        """Without the secret: what is printed of it may stand in a log."""
        return f"Bucket({self.url!r})"


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What an installing city may set. Names of the environment stand in ``docs/settings.md``."""

    database_url: str | None = None
    data_dir: Path
    files_dir: Path
    bucket: Bucket | None = None
    scanner: ScannerAddress | None = None
    host: str = "127.0.0.1"
    port: int = 8000
    sandbox_port: int = 8090
    sandbox_url: str = "http://127.0.0.1:8090"
    authority_url: str = "http://127.0.0.1:8090/ca"
    stamp_url: str = "http://127.0.0.1:8090/ca/tsa"
    trust_file: Path
    sm2_trust_file: Path
    public_url: str = "http://localhost:8000"
    officers_by_sms: bool = True
    proxies: tuple[IPv4Network | IPv6Network, ...] = ()
    web_processes: int = 2
    database_connections: int = 10
    city_dir: Path
    zone: str = "Asia/Shanghai"
    sealing_cipher: Literal["aes", "sm4"] = "aes"
    sms_per_hour: int = 60_000
    log_level: str = "info"
    chromium: str | None = None
    sudo_uid: int | None = None
    testing: bool = False
    now: datetime | None = None


#: Where the outside world of the demo answers, unless told otherwise.
SANDBOX_PORT = 8090


def default_data_dir() -> Path:
    """``.data`` of the clone; as root a folder of its own under /var/lib, named by the clone's place."""
    if os.geteuid() == 0:
        return Path("/var/lib/tongban") / hashlib.sha256(str(_HOME).encode()).hexdigest()[:12]
    return _HOME / ".data"


def _number(name: str, default: int) -> int:
    value = os.environ.get(name)
    if value is None:
        return default
    if not value.isdigit():
        raise SettingsWrong(f"{name} must be a whole number, not {value!r}")
    return int(value)


def _networks(name: str) -> tuple[IPv4Network | IPv6Network, ...]:
    words = os.environ.get(name, "").replace(",", " ").split()
    try:
        return tuple(map(ip_network, words))
    except ValueError as wrong:
        raise SettingsWrong(
            f"{name} must be addresses or networks with commas between, not {wrong}"
        ) from None


def _bucket() -> Bucket | None:
    url = os.environ.get("TONGBAN_S3", "").rstrip("/")
    if not url:
        return None
    key, secret = os.environ.get("TONGBAN_S3_KEY"), os.environ.get("TONGBAN_S3_SECRET")
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc or not key or not secret:
        raise SettingsWrong(
            "TONGBAN_S3 must be the URL of a bucket, with TONGBAN_S3_KEY and TONGBAN_S3_SECRET beside it"
        )
    region = os.environ.get("TONGBAN_S3_REGION", "us-east-1")
    name = parts.path.strip("/") or parts.netloc.partition(".")[0]
    return Bucket(url=url, key=key, secret=secret, region=region, name=name)


def _scanner() -> ScannerAddress | None:
    value = os.environ.get("TONGBAN_CLAMD", "")
    if not value:
        return None
    host, _, port = value.rpartition(":")
    if value.startswith("/"):
        return value
    if not host or not port.isdigit():
        raise SettingsWrong(f"TONGBAN_CLAMD must be the path of a socket or host:port, not {value!r}")
    return host.strip("[]"), int(port)


def _sealing() -> Literal["aes", "sm4"]:
    value = os.environ.get("TONGBAN_SEALING", "aes")
    if value == "aes":
        return "aes"
    if value == "sm4":
        return "sm4"
    raise SettingsWrong(f"TONGBAN_SEALING must be aes or sm4, not {value!r}")


def _officers_by_sms(public_url: str) -> bool:
    """A house that is open to a network asks for a factor by cryptography (GB/T 22239-2019, 8.1.4.1 d)."""
    value = os.environ.get("TONGBAN_OFFICERS_BY_SMS", "no" if public_url.startswith("https://") else "yes")
    if value not in ("yes", "no"):
        raise SettingsWrong(f"TONGBAN_OFFICERS_BY_SMS must be yes or no, not {value!r}")
    return value == "yes"


def _now(*, testing: bool) -> datetime | None:
    value = os.environ.get("TONGBAN_NOW")
    if value is None:
        return None
    if not testing:
        raise SettingsWrong("TONGBAN_NOW is for tests only; the house runs on the real clock")
    return datetime.fromisoformat(value).astimezone(UTC)


def read() -> Settings:
    """Read the environment; raises SettingsWrong with a sentence."""
    testing = os.environ.get("TONGBAN_TESTING") == "1"
    port = _number("TONGBAN_PORT", 8000)
    sandbox_port = _number("TONGBAN_SANDBOX_PORT", SANDBOX_PORT)
    sandbox_url = os.environ.get("TONGBAN_SANDBOX_URL", f"http://127.0.0.1:{sandbox_port}").rstrip("/")
    authority_url = os.environ.get("TONGBAN_AUTHORITY_URL", f"{sandbox_url}/ca").rstrip("/")
    public_url = os.environ.get("TONGBAN_PUBLIC_URL", f"http://localhost:{port}").rstrip("/")
    data_dir = Path(os.environ.get("TONGBAN_DATA") or default_data_dir()).absolute()
    return Settings(
        database_url=os.environ.get("DATABASE_URL") or None,
        data_dir=data_dir,
        files_dir=Path(os.environ.get("TONGBAN_FILES") or data_dir / "files").absolute(),
        bucket=_bucket(),
        scanner=_scanner(),
        host=os.environ.get("TONGBAN_HOST", "127.0.0.1"),
        port=port,
        sandbox_port=sandbox_port,
        sandbox_url=sandbox_url,
        authority_url=authority_url,
        stamp_url=os.environ.get("TONGBAN_STAMP_URL", f"{authority_url}/tsa"),
        trust_file=Path(os.environ.get("TONGBAN_TRUST") or data_dir / "trust.pem").absolute(),
        sm2_trust_file=Path(os.environ.get("TONGBAN_SM2_TRUST") or data_dir / "trust-sm2.pem").absolute(),
        public_url=public_url,
        officers_by_sms=_officers_by_sms(public_url),
        proxies=_networks("TONGBAN_PROXIES"),
        web_processes=_number("TONGBAN_WEB_PROCESSES", 2),
        database_connections=_number("TONGBAN_DATABASE_CONNECTIONS", 10),
        city_dir=Path(os.environ.get("TONGBAN_CITY") or _HOME / "city").absolute(),
        zone=os.environ.get("TONGBAN_ZONE", "Asia/Shanghai"),
        sealing_cipher=_sealing(),
        sms_per_hour=_number("TONGBAN_SMS_PER_HOUR", 60_000),
        log_level=os.environ.get("TONGBAN_LOG_LEVEL", "info"),
        chromium=os.environ.get("CHROMIUM") or None,
        sudo_uid=_number("SUDO_UID", 0) or None,
        testing=testing,
        now=_now(testing=testing),
    )


@cache
def settings() -> Settings:
    """The settings of this process, read once."""
    return read()


def reload() -> Settings:
    """Read the environment again (tests only)."""
    settings.cache_clear()
    return settings()


def use_database(url: str) -> Settings:
    """Take ``url`` as DATABASE_URL from here on, in this process and in the children that it starts."""
    os.environ["DATABASE_URL"] = url
    return reload()
