# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files: read within bounds, written whole or not at all, private from their first byte."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ..core.errors import OptionError

PRIVATE, PUBLIC = 0o600, 0o644
LOCK_WAIT = 60  # seconds; nobody holds a folder longer than it takes to write two files
_LOCK_PAUSE = 0.02
_LIMIT = 1024 * 1024
# How network and shared file systems, and some in user space, say that they can neither sync nor lock a folder.
_UNSUPPORTED = frozenset(
    {errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.ENOLCK, errno.EBADF, errno.EROFS, errno.ENOTTY}
)


def read_text(path: str, *, what: str, limit: int = _LIMIT) -> str | None:
    """Read a text file, or return None where there is none; see ``read_bytes``."""
    data = read_bytes(path, what=what, limit=limit)
    return None if data is None else data.decode("utf-8", errors="replace")


def read_bytes(path: str, *, what: str, limit: int = _LIMIT) -> bytes | None:
    """Read a file, or return None where there is none.

    Args:
        path: Which file.
        what: What it should be, for messages: "the private key".
        limit: How many bytes it may have.

    Raises:
        OptionError: when it is there and cannot be read.
    """
    data = b""
    try:
        kind = _special(os.stat(path))
        if kind is None:
            # Without a wait, and looked at again: by now it may be a pipe to which nobody writes.
            with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY), "rb") as stream:
                kind = _special(os.fstat(stream.fileno()))
                data = data if kind else stream.read(limit + 1)
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:  # ValueError: a path with a NUL in it
        raise OptionError(
            f"{what} {path} cannot be read: {_os_message(error)}",
            "Check the path and its permissions",
            cause="unreadable_file",
        ) from None
    if kind:
        raise OptionError(f"{what} {path} is {kind}, not a file", "Correct the path", cause="unreadable_file")
    if len(data) > limit:
        raise OptionError(f"{what} {path} is larger than {limit} bytes", "Check the path", cause="unreadable_file")
    return data


def read_required(path: str, *, what: str) -> str:
    """Read a text file that must be there; see ``read_required_bytes``."""
    return read_required_bytes(path, what=what).decode("utf-8", errors="replace")


def read_required_bytes(path: str, *, what: str) -> bytes:
    """Read a file that must be there.

    Raises:
        OptionError: when it is missing or cannot be read.
    """
    data = read_bytes(path, what=what)
    if data is None:
        raise OptionError(
            f"{what} {path} does not exist", "Check the path on the machine that runs the task", cause="missing_file"
        )
    return data


def write(path: str, text: str, mode: int, *, keep_rights: bool = False) -> None:
    """Replace a file in one atomic step; on disk before this returns.

    The caller holds ``locked`` where two processes may write the same file: a leftover of a killed one is removed.

    Args:
        path: Which file.
        text: Its new content.
        mode: Its permissions.
        keep_rights: Whether permissions, owner and group of a file that is replaced are kept instead, as far as this
            user may.

    Raises:
        OptionError: when the folder is missing or may not be written, or the text is not valid Unicode.
    """
    target = os.path.realpath(path)
    temporary = temporary_of(path)
    try:
        data = text.encode()
    except UnicodeEncodeError:
        raise OptionError(
            f"{path} cannot be written: the text contains bytes that are not valid UTF-8",
            "Check the encoding of the file or variable that it comes from",
            cause="unwritable_file",
        ) from None
    try:
        old = _replaceable(target)
        remove(temporary)
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode)
        try:
            with os.fdopen(descriptor, "wb") as stream:
                if old and keep_rights:
                    mode = stat.S_IMODE(old.st_mode)
                    _give(stream.fileno(), old)
                os.fchmod(stream.fileno(), mode)
                stream.write(data)
                stream.flush()
                _sync(stream.fileno())
            os.replace(temporary, target)
        except BaseException:
            with contextlib.suppress(FileNotFoundError):  # an interrupt may come when it is in place already
                os.unlink(temporary)
            raise
        _sync_folder(target)
    except OSError as error:
        raise _unwritable(path, error) from None


def temporary_of(path: str) -> str:
    """Where ``write`` puts a file's new content first; a killed run leaves it there."""
    return f"{os.path.realpath(path)}.tmp"


def clear_leftover(path: str) -> None:
    """Remove what a killed ``write`` of a file has left beside it, which may hold a secret."""
    temporary = temporary_of(path)
    if os.path.lexists(temporary):
        with locked(path):  # so that it is nobody's who is just writing
            remove(temporary)


def rename(source: str, target: str) -> None:
    """Move a file over another in one atomic step."""
    try:
        _replaceable(os.path.realpath(target))
        os.replace(source, os.path.realpath(target))
        _sync_folder(target)
    except OSError as error:
        raise _unwritable(target, error) from None


def keep_copy(path: str, copy: str) -> bool:
    """Give a file a second name before it is replaced. False when that copy is there already."""
    try:
        os.link(os.path.realpath(path), copy)
    except FileExistsError:
        return False
    except OSError as error:
        if error.errno in (errno.EPERM, errno.EOPNOTSUPP, errno.EXDEV, errno.ENOTSUP):
            write(copy, read_required(path, what="the file"), mode_of(path) or PRIVATE)
            return True
        raise _unwritable(copy, error) from None
    return True


def remove(path: str) -> bool:
    """Remove a file or a link; False when there was none."""
    try:
        if not stat.S_ISLNK((status := os.lstat(path)).st_mode):
            _check_plain(path, status)
        os.unlink(path)
    except FileNotFoundError:
        return False
    except OSError as error:
        raise _unwritable(path, error) from None
    return True


def mode_of(path: str) -> int | None:
    """A file's permission bits, or None where there is no file.

    Raises:
        OptionError: when that cannot be determined.
    """
    try:
        return stat.S_IMODE(os.stat(path).st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise OptionError(
            f"{path} cannot be examined: {_os_message(error)}",
            "Check the path and its permissions",
            cause="unreadable_file",
        ) from None


def restrict(path: str) -> None:
    """Take every right on a file from group and others.

    Raises:
        OptionError: when this user may not.
    """
    try:
        os.chmod(path, PRIVATE)
    except OSError as error:
        raise _unwritable(path, error) from None


def make_folder(path: str, mode: int = 0o755) -> None:
    """Create a folder and its parents where they are missing."""
    try:
        os.makedirs(path, mode=mode, exist_ok=True)
    except OSError as error:
        raise _unwritable(path, error) from None


def check_folder(path: str) -> None:
    """Raise what writing a file would raise when its folder is not there.

    Raises:
        OptionError: when the folder does not exist.
    """
    os.close(_open_folder(path))


@contextmanager
def locked(path: str, warn: Callable[[str], None] = lambda _text: None, *, wait: float | None = None) -> Iterator[None]:
    """Hold the folder of a file for this process alone, so that hosts sharing the file take turns.

    The lock is on the folder itself (flock), so nothing is left behind, even by a killed process. Where the file system
    has no locks, files are still replaced as a whole, and ``warn`` says what is missing.

    Args:
        path: The file.
        warn: Takes the warning that there is no lock.
        wait: Seconds after which another process has held it for too long; ``LOCK_WAIT`` by default.

    Raises:
        OptionError: when the folder does not exist, or another process holds it for too long.
    """
    descriptor = _open_folder(path)
    try:
        if not _lock(descriptor, path, LOCK_WAIT if wait is None else wait):
            folder = os.path.dirname(os.path.realpath(path))
            warn(
                f"{folder} is on a file system without locks: two runs must not change the same files at the same time"
            )
        yield
    finally:
        os.close(descriptor)


def _lock(descriptor: int, path: str, wait: float) -> bool:
    """Wait for a folder's lock; False where there are no locks."""
    deadline = time.monotonic() + wait
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno in _UNSUPPORTED:
                return False
            if error.errno not in (errno.EWOULDBLOCK, errno.EACCES):
                raise _unwritable(path, error) from None
        else:
            return True
        if time.monotonic() >= deadline:
            raise OptionError(
                f"The folder {os.path.dirname(os.path.realpath(path))} has been locked by another process"
                f" ({_holder(descriptor)}) for {wait:g} seconds",
                "Wait for that run to end, or stop it, and run again",
                cause="locked_folder",
            )
        time.sleep(_LOCK_PAUSE)


def _holder(descriptor: int) -> str:
    """Which process holds the lock of a folder, as far as the system says."""
    inode = f":{os.fstat(descriptor).st_ino}"
    try:
        with open("/proc/locks", encoding="ascii") as stream:
            found = [line.split() for line in stream]
    except OSError:
        return "unknown"
    holders = [line[4] for line in found if line[1:2] == ["FLOCK"] and line[5].endswith(inode)]
    return f"process {holders[0]}" if holders else "unknown, perhaps on another machine"


def _open_folder(path: str) -> int:
    folder = os.path.dirname(os.path.realpath(path))
    try:
        return os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise OptionError(
            f"The folder {folder} cannot be used: {_os_message(error)}",
            "Create it, or correct the path",
            cause="unwritable_file",
        ) from None


def _sync_folder(path: str) -> None:
    try:
        descriptor = os.open(os.path.dirname(os.path.realpath(path)), os.O_RDONLY | os.O_DIRECTORY)
    except PermissionError:  # a folder that may be written and not listed; the file is in place
        return
    try:
        _sync(descriptor)
    finally:
        os.close(descriptor)


def _sync(descriptor: int) -> None:
    """Have the disk keep what was written, where the file system can be asked to."""
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in _UNSUPPORTED:
            raise


def _give(descriptor: int, old: os.stat_result) -> None:
    """Give a new file the owner and the group of the old one, or the group alone, as far as this user may."""
    for owner in (old.st_uid, -1):
        with contextlib.suppress(OSError):
            os.fchown(descriptor, owner, old.st_gid)
            return


def _replaceable(path: str) -> os.stat_result | None:
    """The file that a new one may take the place of; None where there is none.

    Raises:
        OptionError: it is a device, a pipe or a folder.
    """
    try:
        status = os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return None
    _check_plain(path, status)
    return status


def _check_plain(path: str, status: os.stat_result) -> None:
    if kind := _special(status):
        raise OptionError(
            f"{path} is {kind}, not a file, and is left alone", "Correct the path", cause="unwritable_file"
        )


def _special(status: os.stat_result) -> str | None:
    """What stands in the place of a file; None for a file."""
    kinds = {stat.S_IFDIR: "a folder", stat.S_IFIFO: "a named pipe", stat.S_IFSOCK: "a socket"}
    kind = stat.S_IFMT(status.st_mode)
    return None if kind == stat.S_IFREG else kinds.get(kind, "a device")


def _unwritable(path: str, error: OSError) -> OptionError:
    return OptionError(
        f"{path} cannot be written: {_os_message(error)}",
        "Check that the folder exists and may be written",
        cause="unwritable_file",
    )


def _os_message(error: Exception) -> str:
    number = getattr(error, "errno", None)
    return os.strerror(number) if number else type(error).__name__
