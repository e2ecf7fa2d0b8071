"""Fetch the browser libraries named in static/vendor/vendored.lock and check them.

Run `python scripts/vendor.py` after changing a version; `--check` only compares the files
that are here with the hashes in the lock, without a network.
"""

import argparse
import base64
import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

VENDOR = Path(__file__).resolve().parent.parent / "static" / "vendor"
LOCK = VENDOR / "vendored.lock"

Package = dict[str, Any]
"""One entry of the lock: name, version, license, integrity, files."""


def sha512(data: bytes) -> str:
    """The subresource integrity of some bytes: `sha512-` and the digest in base64."""
    return "sha512-" + base64.b64encode(hashlib.sha512(data).digest()).decode()


def check(packages: list[Package]) -> list[str]:
    """Names of vendored files that are missing or differ from the lock."""
    wrong = []
    for package in packages:
        for file in package["files"]:
            here = VENDOR / file["to"]
            if not here.is_file() or sha512(here.read_bytes()) != file["integrity"]:
                wrong.append(file["to"])
    return wrong


def fetch(package: Package, folder: Path) -> None:
    """Download one archive with npm, compare its integrity, copy the listed files."""
    spec = f"{package['name']}@{package['version']}"
    done = subprocess.run(
        ["npm", "pack", spec, "--json", "--silent"],
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
    )
    archive = folder / json.loads(done.stdout)[0]["filename"]
    if sha512(archive.read_bytes()) != package["integrity"]:
        sys.exit(f"{spec}: the archive is not the one in the lock")
    with tarfile.open(archive) as tar:
        for file in package["files"]:
            member = tar.extractfile("package/" + file["from"])
            if member is None:
                sys.exit(f"{spec}: no file {file['from']}")
            here = VENDOR / file["to"]
            here.parent.mkdir(parents=True, exist_ok=True)
            here.write_bytes(member.read())


def main() -> None:
    """Fetch what the lock names, or only check it; exit 1 where a file differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="only compare, fetch nothing")
    packages = json.loads(LOCK.read_text())["packages"]
    if not parser.parse_args().check:
        with tempfile.TemporaryDirectory() as folder:
            for package in packages:
                fetch(package, Path(folder))
    wrong = check(packages)
    if wrong:
        sys.exit("differs from the lock: " + ", ".join(wrong))


if __name__ == "__main__":
    main()
