# SPDX-License-Identifier: GPL-3.0-or-later
"""Make a home folder in which ansible-test can build its private environments from the package registry alone.

ansible-test puts pip into each of its environments with a script that it looks for in its cache and would otherwise
download from a host of its own. ``prime`` puts a script of the same name there, which runs the pip wheel beside it.
ansible-test also hides the caller's variables from pip, so a mirror, proxy or certificate bundle named there is
written to the pip configuration of that home folder.
"""

from __future__ import annotations

import configparser
import inspect
import os
import re
import subprocess
import sys
from pathlib import Path

SCRIPT = '''\
"""Stands in for get-pip.py: runs the pip wheel that lies beside it."""
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "{wheel}"))
from pip._internal.cli.main import main

UNKNOWN = ("--no-setuptools", "--no-wheel")
sys.exit(main(["install", "--find-links", str(HERE)] + [word for word in sys.argv[1:] if word not in UNKNOWN]))
'''
PIP = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
KEPT = ("index-url", "extra-index-url", "find-links", "trusted-host", "proxy", "cert", "timeout")


def wanted_version() -> str:
    """Ask the installed ansible-test for its version of pip; fail loudly when a release keeps it elsewhere."""
    from ansible_test._internal import python_requirements

    found = re.search(r"pip='([\d.]+)'", inspect.getsource(python_requirements.get_venv_packages))
    if not found:
        raise SystemExit("prime_pip.py: this ansible-test does not say which pip it wants; this script needs an update")
    return found.group(1)


def put_script(cache: Path) -> None:
    """Put the script and its wheel into ``cache``, unless they are there."""
    version = wanted_version()
    script = cache / f"get_pip_{version.replace('.', '_')}.py"
    wheel = f"pip-{version}-py3-none-any.whl"
    if script.exists() and (cache / wheel).exists():
        return
    cache.mkdir(parents=True, exist_ok=True)
    command = [*PIP, "download", "--quiet", "--no-deps", "--dest", str(cache), f"pip=={version}"]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"prime_pip.py: {' '.join(command)}\n{done.stderr}")
    script.write_text(SCRIPT.format(wheel=wheel), encoding="utf-8")


def pip_settings() -> dict[str, str]:
    """Return what the caller's pip works with, whether it comes from files or from variables."""
    settings = {}
    for name, option in (("HTTPS_PROXY", "proxy"), ("https_proxy", "proxy"), ("SSL_CERT_FILE", "cert")):
        if os.environ.get(name):
            settings[option] = os.environ[name]
    listing = subprocess.run([*PIP, "config", "list"], check=True, capture_output=True, text=True).stdout
    for key, value in re.findall(r"^(?:global|install|:env:)\.([\w-]+)='(.*)'$", listing, re.MULTILINE):
        if key in KEPT:
            settings[key] = value.replace("\\n", "\n")
    settings["cache-dir"] = subprocess.run(
        [*PIP, "cache", "dir"], check=True, capture_output=True, text=True
    ).stdout.strip()
    return settings


def put_configuration(home: Path) -> None:
    """Write the pip configuration of ``home``."""
    parser = configparser.RawConfigParser()
    parser["global"] = pip_settings()
    target = home / ".config" / "pip" / "pip.conf"
    target.parent.mkdir(parents=True, exist_ok=True)
    with open(target, "w", encoding="utf-8", opener=lambda path, flags: os.open(path, flags, 0o600)) as stream:
        parser.write(stream)


def prime(home: Path) -> None:
    """Prepare ``home`` for ansible-test."""
    put_script(home / ".ansible" / "test" / "cache")
    put_configuration(home)


if __name__ == "__main__":
    prime(Path(sys.argv[1]).resolve())
