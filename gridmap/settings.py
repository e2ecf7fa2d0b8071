"""Settings: each once, with its name, default and help; read from the environment, once."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from gridmap.errors import SetupFailed


def setting(name: str, default: Any, help: str) -> Any:
    """A dataclass field that carries its environment name and its help."""
    return field(default=default, metadata={"name": name, "help": help})


@dataclass(frozen=True)
class Settings:
    """Everything that is decided outside the program; what an administrator changes is data."""

    database_url: str = setting(
        "DATABASE_URL", "", "administrative PostgreSQL address; empty: a private cluster of its own"
    )
    instance: Path = setting(
        "GRIDMAP_INSTANCE", Path("instance"), "folder of the secrets and, unless root, the cluster"
    )
    cluster: Path = setting(
        "GRIDMAP_CLUSTER",
        Path(),
        "folder of the private cluster; default /var/lib/gridmap as root, else in the instance",
    )
    host: str = setting("GRIDMAP_HOST", "127.0.0.1", "address to serve at")
    port: int = setting("GRIDMAP_PORT", 8000, "port to serve at")
    web_workers: int = setting("GRIDMAP_WEB_WORKERS", 2, "web processes")
    stream_port: int = setting(
        "GRIDMAP_STREAM_PORT",
        0,
        "local port at which `gridmap up` runs the stream of events for nginx; 0: the web's own",
    )
    zone: str = setting(
        "GRIDMAP_ZONE", "Asia/Shanghai", "time zone of the installation, fixed when it is set up"
    )
    nearest_limit_m: float = setting(
        "GRIDMAP_NEAREST_LIMIT_M", 200.0, "a point outside every grid goes to one this near, meters"
    )
    import_files_days: int = setting(
        "GRIDMAP_IMPORT_FILES_DAYS",
        30,
        "days after which files and rejects of an import are cleared; 0: kept for good",
    )
    export_days: int = setting(
        "GRIDMAP_EXPORT_DAYS", 7, "days for which the file of an export can be fetched"
    )
    basemap_kind: str = setting("GRIDMAP_BASEMAP", "none", "base map: none, xyz or pmtiles")
    basemap_url: str = setting("GRIDMAP_BASEMAP_URL", "", "tile template, or file of the base map")
    basemap_crs: str = setting(
        "GRIDMAP_BASEMAP_CRS", "wgs84", "wgs84 or gcj02 (shifted to lie right)"
    )
    attribution: str = setting("GRIDMAP_ATTRIBUTION", "", "source of the base map, on every map")
    approval_number: str = setting(
        "GRIDMAP_APPROVAL_NUMBER", "", "map approval number 审图号, on every map and print"
    )
    report_work_bits: int = setting(
        "GRIDMAP_REPORT_WORK_BITS",
        0,
        "zero bits of the proof of work that a report by a resident needs; 0: none, at most 26",
    )
    reports_per_hour: int = setting(
        "GRIDMAP_REPORTS_PER_HOUR", 30, "new reports by residents from one address within an hour"
    )
    attachment_mb: int = setting(
        "GRIDMAP_ATTACHMENT_MB", 20, "largest photo or document that is taken, megabytes"
    )
    storage: str = setting(
        "GRIDMAP_STORAGE", "", "where photos are kept: s3://bucket/prefix; empty: in the instance"
    )
    storage_endpoint: str = setting(
        "GRIDMAP_STORAGE_ENDPOINT", "", "address of an S3-compatible server"
    )
    storage_key: str = setting("GRIDMAP_STORAGE_KEY", "", "access key of the storage")
    storage_secret: str = setting("GRIDMAP_STORAGE_SECRET", "", "secret key of the storage")
    oidc_issuer: str = setting(
        "GRIDMAP_OIDC_ISSUER", "", "address of an OpenID Connect issuer; empty: no single sign-on"
    )
    oidc_client_id: str = setting("GRIDMAP_OIDC_CLIENT_ID", "", "gridmap's name at the issuer")
    oidc_client_secret: str = setting(
        "GRIDMAP_OIDC_CLIENT_SECRET", "", "gridmap's secret at the issuer"
    )
    webhook_private_hosts: str = setting(
        "GRIDMAP_WEBHOOK_PRIVATE_HOSTS",
        "",
        "hosts on private networks that webhooks may reach, also by http, split by commas",
    )
    smtp: str = setting(
        "GRIDMAP_SMTP",
        "",
        "server that mails notices: smtp[s]://user:password@host:port; empty: no mail",
    )
    mail_from: str = setting("GRIDMAP_MAIL_FROM", "", "address that notices are mailed from")
    mail_domain: str = setting(
        "GRIDMAP_MAIL_DOMAIN", "", "an account's mailbox is its login at this domain"
    )
    real_data: Path = setting(
        "GRIDMAP_REAL_DATA", Path(), "folder of real data for tests; unset: those tests skip"
    )

    @property
    def address(self) -> str:
        """Where this machine's browser finds the web."""
        host = "127.0.0.1" if self.host in {"", "0.0.0.0", "::"} else self.host
        return f"http://{host}:{self.port}"


def from_environment(environment: Mapping[str, str] = os.environ) -> Settings:
    """Reads the settings; raises SetupFailed for a value that is not of its setting's kind."""
    values: dict[str, object] = {}
    for one in fields(Settings):
        given = environment.get(one.metadata["name"])
        if given is None:
            continue
        try:
            kind: Any = type(one.default)
            values[one.name] = kind(given)
        except ValueError as error:
            raise SetupFailed(
                "设置 {name} 的值“{value}”不对：{help}",
                name=one.metadata["name"],
                value=given,
                help=one.metadata["help"],
            ) from error
    return Settings(**values)  # type: ignore[arg-type]
