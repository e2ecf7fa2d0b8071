"""A folder whose files never reach a disk, where the machine has room for them."""

import shutil
import tempfile
from pathlib import Path

_IN_MEMORY = Path("/dev/shm")
_ENOUGH_BYTES = 4 << 30
"""What two runs side by side fill at most with their copies of the made-up county."""


def quick_folder() -> Path:
    """A new folder in memory; on the disk where memory is short, as in many a container."""
    roomy = _IN_MEMORY.is_dir() and shutil.disk_usage(_IN_MEMORY).free >= _ENOUGH_BYTES
    made = Path(tempfile.mkdtemp(prefix="gm-", dir=_IN_MEMORY if roomy else None))
    made.chmod(0o755)
    return made
