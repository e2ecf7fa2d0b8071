"""The site file of nginx, run as it is but for ports, certificate and folders."""

import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SITE = Path(__file__).parents[1] / "deploy" / "nginx-gridmap.conf"


def programs() -> tuple[str, str] | None:
    """nginx and openssl, where both are installed."""
    nginx = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    openssl = shutil.which("openssl")
    return (nginx, openssl) if nginx and openssl else None


@contextmanager
def folder() -> Iterator[Path]:
    """A folder that nginx can enter also when it has given up the rights of root."""
    made = Path(tempfile.mkdtemp(prefix="gmx-"))
    made.chmod(0o755)
    try:
        yield made
    finally:
        shutil.rmtree(made)


def written(folder: Path, openssl: str, *, ports: dict[int, int]) -> Path:
    """A configuration with the site; ``ports`` says what stands for 80, 443, 8000 and 8001."""
    subprocess.run(
        [
            *(openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes"),
            *("-subj", "/CN=gridmap.example"),
            *("-keyout", folder / "key.pem", "-out", folder / "cert.pem"),
        ],
        check=True,
        capture_output=True,
    )
    site = SITE.read_text()
    for theirs, ours in (
        ("/etc/ssl/gridmap/fullchain.pem", folder / "cert.pem"),
        ("/etc/ssl/private/gridmap.pem", folder / "key.pem"),
        ("/var/cache/nginx/gridmap", folder / "cache"),
    ):
        assert theirs in site
        site = site.replace(theirs, str(ours))
    for theirs_port, port in ports.items():
        site = re.sub(rf"(listen (?:\[::\]:)?|127\.0\.0\.1:){theirs_port}\b", rf"\g<1>{port}", site)
    (folder / "site.conf").write_text(site)
    temporary = " ".join(
        f"{kind}_temp_path {folder}/{kind};"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    configuration = folder / "nginx.conf"
    configuration.write_text(
        f"pid {folder}/pid; error_log {folder}/errors; worker_processes 1;"
        f" events {{ worker_connections 512; }}"
        f" http {{ access_log {folder}/accesses; {temporary} include {folder}/site.conf; }}"
    )
    return configuration


@contextmanager
def running(nginx: str, configuration: Path) -> Iterator[None]:
    """nginx with a configuration, until the end."""
    folder = configuration.parent
    errors = str(folder / "errors")
    process = subprocess.Popen(
        [nginx, "-p", folder, "-c", configuration, "-e", errors, "-g", "daemon off;"]
    )
    # written once it listens
    while not (folder / "pid").exists():
        assert process.poll() is None, Path(errors).read_text()
    try:
        yield
    finally:
        process.terminate()
        process.wait()
