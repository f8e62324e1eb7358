"""The only reader of the environment: settings with the prefix HELPDESK_, or from a file named `.env`."""

from __future__ import annotations

from functools import cached_property
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

DEVELOPMENT_SECRET = "development-only-secret-that-production-refuses"  # noqa: S105  refused in production


class Settings(BaseSettings):
    """Every setting of the helpdesk.

    Units: sizes in bytes, durations in seconds. Shape: listen addresses are `host:port`.
    """

    model_config = SettingsConfigDict(env_prefix="HELPDESK_", env_file=".env", extra="ignore", frozen=True)

    data_dir: Path = Path("var")
    database_url: SecretStr = SecretStr("")
    redis_url: SecretStr = SecretStr("")
    blob_url: str = ""
    smtp_listen: str = "127.0.0.1:2525"
    lmtp_listen: str = ""
    web_listen: str = "127.0.0.1:8000"
    base_url: str = ""
    relay_url: SecretStr = SecretStr("")
    support_address: str = "support@helpdesk.example"
    extra_addresses: str = Field(default="", description="further addresses of ours, separated by commas")
    provider_name: str = "Support"
    provider_phone: str = ""
    secret_key: SecretStr = SecretStr(DEVELOPMENT_SECRET)
    environment: Literal["development", "production"] = "development"
    time_zone: str = "UTC"
    language: Literal["en", "zh"] = "en"
    ticket_prefix: str = "HD"
    unregistered: Literal["accept", "review", "refuse"] = "accept"
    unauthenticated: Literal["ticket", "review"] = Field(
        default="ticket", description="what mail may do whose author is not proved: open a ticket, or wait"
    )
    flood_seconds: float = 600.0
    flood_alike: int = Field(default=5, description="near-identical mails of a sender that share one ticket")
    flood_per_sender: int = Field(default=20, description="automatic mails of a sender that share one ticket")
    flood_per_domain: int = 50
    flood_scripted: int = Field(
        default=100,
        description="near-identical mails of an unregistered sender that share one ticket; 0 for never",
    )
    blocked_senders: str = Field(
        default="", description="addresses or @domains to keep out, separated by commas"
    )

    smtp_hostname: str = ""
    smtp_tls_cert: str = ""
    smtp_tls_key: str = ""
    smtp_max_bytes: int = 50 * 1024 * 1024
    smtp_max_recipients: int = 200
    smtp_max_connections: int = 200
    smtp_max_connections_per_client: int = 50
    smtp_command_timeout: float = 300.0
    smtp_data_timeout: float = 600.0
    trusted_hops: str = Field(
        default="", description="authserv-id=address pairs whose verdicts count, by commas"
    )
    check_authentication: bool = True
    dns_timeout: float = 3.0
    relay_ca_file: str = ""
    relay_plain: bool = Field(
        default=False, description="allow a relay on another machine that offers no TLS"
    )
    relay_per_destination: int = 5
    relay_helo: str = ""
    relay_idle_seconds: float = 5.0
    relay_rewrites_message_id: str = Field(
        default="", description="domain of the identifiers a relay gives mail in place of ours: amazonses.com"
    )
    dkim_key_file: str = Field(default="", description="private keys in PEM; several separated by commas")
    dkim_selector: str = Field(default="", description="the name each of them is published under")
    dkim_domain: str = Field(default="", description="who signs; the domain of the support address")
    outbox_patience_seconds: float = Field(
        default=900.0, description="a letter that waits longer is an alarm if nothing else leaves"
    )
    attachment_max_bytes: int = Field(
        default=18 * 1024 * 1024, description="of all files of a reply; encoded they are a third larger"
    )
    scanner_url: str = Field(default="", description="clamd:///path/of/socket or clamd://host:port")
    scanner_required: bool = Field(
        default=False, description="files without a good verdict need a second step, and letters wait for one"
    )
    scanner_seconds: float = 60.0
    scanner_patience_seconds: float = Field(
        default=300.0, description="how long a letter waits for the verdict on its files, if none is required"
    )
    parse_seconds: float = 5.0
    parse_memory_bytes: int = 512 * 1024 * 1024
    session_hours: int = 12
    trusted_proxies: str = Field(
        default="127.0.0.1,::1",
        description="addresses or networks of our proxies, whose X-Forwarded-* headers count, by commas",
    )
    session_idle_minutes: int = Field(default=120, ge=1, description="after which an unused login ends")
    two_factor: Literal["", "optional", "required"] = Field(
        default="", description="whether engineers need a second factor; required in production unless set"
    )
    password_login: bool = Field(
        default=True, description="off: engineers log in at the OpenID provider only"
    )
    oidc_issuer: str = Field(default="", description="the OpenID provider's issuer, as it names itself")
    oidc_client_id: str = ""
    oidc_client_secret: SecretStr = SecretStr("")
    oidc_scopes: str = "openid email profile"
    oidc_trust_mfa: bool = Field(
        default=False,
        description="the provider asks everybody for a second factor, even if it does not say so",
    )
    webhook_private: bool = Field(
        default=False, description="let the webhook be a machine of our own network; development always does"
    )
    undo_seconds: float = Field(
        default=10.0, ge=0, le=60, description="how long what an engineer sends on a page may be taken back"
    )
    suppress_days: float = Field(
        default=30.0, description="how long an address rests that mail came back from for good"
    )
    suppress_soft_hours: float = Field(
        default=24.0, description="how long it rests after five other failures within a week"
    )
    letters_per_hour: int = Field(
        default=100_000, description="letters in an hour after which mail is not answered automatically"
    )
    aws_profile: str = Field(default="", description="our identity in aws; empty for boto3's own chain")
    aws_cn_profile: str = Field(default="", description="our identity in aws-cn, which needs its own")
    aws_events_queues: str = Field(
        default="", description="queues that EventBridge fills: aws=URL,aws-cn=URL, separated by commas"
    )
    probe: bool = Field(
        default=True, description="measure availability each minute, from the clock's process"
    )
    probe_smtp: str = Field(
        default="", description="the door that is probed, host:port; empty for SMTP_LISTEN"
    )
    probe_url: str = Field(default="", description="the web that is probed; empty for BASE_URL")
    probe_address: str = Field(
        default="",
        description="where probes leave for; empty for an address of ours, from which they come back",
    )
    log_level: str = "INFO"

    @field_validator("data_dir")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.expanduser().resolve()

    @cached_property
    def database(self) -> str:
        """The database address with its password, for SQLAlchemy."""
        return self.database_url.get_secret_value() or f"sqlite:///{self.data_dir / 'helpdesk.db'}"

    @cached_property
    def redis(self) -> str:
        """The configured Redis address, or an empty text where the embedded one serves."""
        return self.redis_url.get_secret_value()

    @cached_property
    def blobs(self) -> str:
        """Where raw mail and attachments rest: `file:` or `s3://bucket/prefix`."""
        return self.blob_url or f"file:{self.data_dir / 'blobs'}"

    @cached_property
    def web_base(self) -> str:
        """The address customers and engineers open, without a trailing slash."""
        return (self.base_url or f"http://{self.web_listen}").rstrip("/")

    @cached_property
    def own_addresses(self) -> frozenset[str]:
        """Every address mail to us may carry, lower case, without subaddress."""
        listed = [self.support_address, *self.extra_addresses.split(",")]
        return frozenset(address.strip().lower() for address in listed if address.strip())

    @cached_property
    def two_factor_required(self) -> bool:
        """Whether an engineer without a second factor may only set one up."""
        return self.two_factor == "required" or (not self.two_factor and self.environment == "production")

    @cached_property
    def mail_domain(self) -> str:
        """The domain of our own message identifiers and HELO name."""
        return self.support_address.rpartition("@")[2]

    @cached_property
    def proxies(self) -> tuple[IPv4Network | IPv6Network, ...]:
        """The networks of our own proxies. Errors: ValueError."""
        listed = (each.strip() for each in self.trusted_proxies.split(","))
        return tuple(ip_network(each, strict=False) for each in listed if each)

    @cached_property
    def hops(self) -> dict[str, str]:
        """Address of each trusted hop → its authserv-id."""
        pairs = (pair.partition("=") for pair in self.trusted_hops.split(",") if "=" in pair)
        return {address.strip(): name.strip() for name, _, address in pairs}


def faults(settings: Settings) -> list[str]:
    """What forbids this process to start, each as a sentence; empty where nothing does."""
    found = []
    if settings.environment == "production":
        secret = settings.secret_key.get_secret_value()
        if secret == DEVELOPMENT_SECRET or len(secret) < 32:
            found.append("HELPDESK_SECRET_KEY must be set to at least 32 random characters in production.")
        if not settings.base_url.startswith("https://"):
            found.append("HELPDESK_BASE_URL must be an https:// address in production.")
    found += _faults_of_login(settings)
    if bool(settings.smtp_tls_cert) != bool(settings.smtp_tls_key):
        found.append("HELPDESK_SMTP_TLS_CERT and HELPDESK_SMTP_TLS_KEY go together.")
    if bool(settings.dkim_key_file) != bool(settings.dkim_selector):
        found.append("HELPDESK_DKIM_KEY_FILE and HELPDESK_DKIM_SELECTOR go together.")
    if settings.scanner_url and not settings.scanner_url.startswith("clamd://"):
        found.append("HELPDESK_SCANNER_URL must be clamd:///path/of/socket or clamd://host:port.")
    try:
        settings.proxies  # noqa: B018  read once, so that a wrong one is told now
    except ValueError:
        found.append("HELPDESK_TRUSTED_PROXIES must be addresses or networks, separated by commas.")
    if "@" not in settings.support_address:
        found.append("HELPDESK_SUPPORT_ADDRESS must be a mail address.")
    return found


def _faults_of_login(settings: Settings) -> list[str]:
    found = []
    if settings.oidc_issuer:
        if not settings.oidc_client_id:
            found.append("HELPDESK_OIDC_ISSUER needs HELPDESK_OIDC_CLIENT_ID.")
        if settings.environment == "production" and not settings.oidc_issuer.startswith("https://"):
            found.append("HELPDESK_OIDC_ISSUER must be an https:// address in production.")
        if "openid" not in settings.oidc_scopes.split():
            found.append("HELPDESK_OIDC_SCOPES must hold openid.")
    elif not settings.password_login:
        found.append("Without HELPDESK_OIDC_ISSUER nobody can log in while HELPDESK_PASSWORD_LOGIN is false.")
    return found


def load() -> Settings:
    """Settings read from the environment and `.env`."""
    return Settings()
