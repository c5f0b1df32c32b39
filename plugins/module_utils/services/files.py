# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files: read within bounds, written whole or not at all, private from their first byte."""

from __future__ import annotations

import errno
import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager

from ..core.errors import OptionError

PRIVATE, PUBLIC = 0o600, 0o644
_LIMIT = 1024 * 1024


def read_text(path: str, *, what: str) -> str | None:
    """Read a file, or return None where there is none.

    Args:
        path: Which file.
        what: What it should be, for messages: "the private key".

    Raises:
        OptionError: when it is there and cannot be read.
    """
    try:
        with open(path, "rb") as stream:
            data = stream.read(_LIMIT + 1)
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:  # ValueError: a path with a NUL in it
        raise OptionError(
            f"{what} {path} cannot be read: {_words(error)}",
            "Check the path and its permissions",
            cause="unreadable_file",
        ) from None
    if len(data) > _LIMIT:
        raise OptionError(f"{what} {path} is larger than {_LIMIT} bytes", "Check the path", cause="unreadable_file")
    return data.decode("utf-8", errors="replace")


def read_required(path: str, *, what: str) -> str:
    """Read a file that must be there.

    Raises:
        OptionError: when it is missing or cannot be read.
    """
    text = read_text(path, what=what)
    if text is None:
        raise OptionError(
            f"{what} {path} does not exist", "Check the path on the machine that runs the task", cause="missing_file"
        )
    return text


def write(path: str, text: str, mode: int) -> None:
    """Replace a file in one atomic step; on disk before this returns.

    The caller holds ``locked`` where two processes may write the same file: a leftover of a killed one is removed.

    Raises:
        OptionError: when the folder is missing or may not be written, or the text is no proper Unicode.
    """
    target = os.path.realpath(path)
    temporary = temporary_of(path)
    try:
        data = text.encode()
    except UnicodeEncodeError:
        raise OptionError(
            f"{path} cannot be written: the text holds bytes that are no UTF-8",
            "Check the encoding of the file or variable that it comes from",
            cause="unwritable_file",
        ) from None
    try:
        remove(temporary)
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode)
        try:
            with os.fdopen(descriptor, "wb") as stream:
                os.fchmod(stream.fileno(), mode)
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
            os.replace(temporary, target)
        except BaseException:
            os.unlink(temporary)
            raise
        _sync_folder(target)
    except OSError as error:
        raise _unwritable(path, error) from None


def temporary_of(path: str) -> str:
    """Where ``write`` puts a file's new content first; a killed run leaves it there."""
    return f"{os.path.realpath(path)}.tmp"


def rename(source: str, target: str) -> None:
    """Move a file over another in one atomic step."""
    try:
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
    """Remove a file; False when there was none."""
    try:
        os.unlink(path)
    except FileNotFoundError:
        return False
    except OSError as error:
        raise _unwritable(path, error) from None
    return True


def mode_of(path: str) -> int | None:
    """A file's permission bits, or None where there is no file.

    Raises:
        OptionError: when that cannot be told.
    """
    try:
        return stat.S_IMODE(os.stat(path).st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise OptionError(
            f"{path} cannot be looked at: {_words(error)}",
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
def locked(path: str) -> Iterator[None]:
    """Hold the folder of a file for this process alone, so that hosts sharing the file take turns.

    The lock is on the folder itself (flock), so nothing is left behind, even by a killed process.

    Raises:
        OptionError: when the folder does not exist.
    """
    descriptor = _open_folder(path)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _open_folder(path: str) -> int:
    folder = os.path.dirname(os.path.realpath(path))
    try:
        return os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise OptionError(
            f"The folder {folder} cannot be used: {_words(error)}",
            "Create it, or correct the path",
            cause="unwritable_file",
        ) from None


def _sync_folder(path: str) -> None:
    descriptor = os.open(os.path.dirname(os.path.realpath(path)), os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _unwritable(path: str, error: OSError) -> OptionError:
    return OptionError(
        f"{path} cannot be written: {_words(error)}",
        "Check that the folder exists and may be written",
        cause="unwritable_file",
    )


def _words(error: Exception) -> str:
    number = getattr(error, "errno", None)
    return os.strerror(number) if number else type(error).__name__
