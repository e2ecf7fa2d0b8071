"""Where a private cluster may lie: a folder of its user's own, reachable, with room, and short."""

import hashlib
import os
import pwd
import shutil
import stat
import tempfile
from pathlib import Path

from gridmap.errors import SetupFailed

SOCKET_PATH_LIMIT_BYTES = 107
LEAST_FREE_MB = 300
SYSTEM_USER = "postgres"


def own(folder: Path) -> None:
    """Makes a folder that only the cluster's user can enter; SetupFailed for somebody else's."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    owner = system_user().pw_uid if os.geteuid() == 0 else os.geteuid()
    if os.geteuid() == 0:
        os.chown(folder, owner, -1)
    if folder.stat().st_uid != owner or folder.is_symlink():
        raise SetupFailed("文件夹 {folder} 属于别的用户，请删除或换一个。", folder=folder)
    folder.chmod(0o700)


def sockets_for(folder: Path) -> Path:
    """A folder short enough for a socket's path: in the cluster's, else in the temporary one."""
    near = folder / "run"
    if len(str(near / ".s.PGSQL.5432.lock")) <= SOCKET_PATH_LIMIT_BYTES:
        return near
    name = hashlib.sha256(str(folder).encode()).hexdigest()[:10]
    return Path(tempfile.gettempdir()) / f"gridmap-{os.geteuid()}-{name}"


def check_disk(folder: Path) -> None:
    """Raises SetupFailed where the disk has less than ``LEAST_FREE_MB`` left."""
    existing = next(one for one in (folder, *folder.parents) if one.exists())
    free_mb = shutil.disk_usage(existing).free // 1_000_000
    if free_mb < LEAST_FREE_MB:
        raise SetupFailed(
            "{folder} 所在的磁盘只剩 {free} MB，至少要 {least} MB；请腾出空间后再启动。",
            folder=existing,
            free=free_mb,
            least=LEAST_FREE_MB,
        )


def check_reach(folder: Path) -> None:
    """Raises SetupFailed where the cluster's user cannot enter what its folder lies in."""
    for above in folder.parents if os.geteuid() == 0 else ():
        if above.exists() and not above.stat().st_mode & stat.S_IXOTH:
            raise SetupFailed(
                "PostGIS 以用户 {user} 运行，进不了 {folder}；请设 GRIDMAP_CLUSTER 换一个文件夹。",
                user=SYSTEM_USER,
                folder=above,
            )


def system_user() -> pwd.struct_passwd:
    """Who the cluster runs as when gridmap is started as root."""
    return pwd.getpwnam(SYSTEM_USER)
