"""The secrets of an installation: made at the first start, readable by their owner alone."""

import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Secrets:
    """Keys and passwords in hexadecimal; without them sealed fields cannot be opened."""

    viewer_key: str
    sealing_keys: dict[str, str]
    hash_key: str
    session_key: str
    admin_password: str
    app_password: str
    wall_password: str
    job_password: str


def fresh() -> Secrets:
    """New random secrets."""
    one = secrets.token_hex
    return Secrets(one(32), {"1": one(32)}, one(32), one(32), one(16), one(16), one(16), one(16))


def load_or_make(instance: Path) -> Secrets:
    """The secrets in ``instance/secrets``; made there, mode 0600, where there are none yet."""
    file = instance / "secrets"
    if not file.exists():
        instance.mkdir(parents=True, exist_ok=True)
        write(file, fresh())
    return read(file)


def read(file: Path) -> Secrets:
    """Reads a secrets file."""
    return Secrets(**json.loads(file.read_text()))


def write(file: Path, value: Secrets) -> None:
    """Writes a secrets file that only its owner can read; never over an existing one."""
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        json.dump(asdict(value), stream, indent=1)


def replace(file: Path, value: Secrets) -> None:
    """Puts other secrets in the place of those that are there, at once; restoring alone does so."""
    new = file.with_name(f"{file.name}.new")
    new.unlink(missing_ok=True)
    write(new, value)
    new.rename(file)
