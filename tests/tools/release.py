# SPDX-License-Identifier: GPL-3.0-or-later
"""Make a release: ``release.py 1.0.0 --key FINGERPRINT``. With ``--dry-run`` a key made for the occasion signs.

Everything happens in a clone of the last commit below .cache/release; this checkout and other machines stay as before.
There the version is written, fragments become CHANGELOG.md, the public names are recorded for later releases, the
archive is built, checked and signed the way ``ansible-galaxy`` verifies it. What to publish, and how, is printed.
A version that is written already is built as it is, if of what is published only the placeholders have changed since.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from datetime import date, datetime, timedelta, timezone
from fnmatch import fnmatch
from pathlib import Path

import yaml
from copy_tree import ROOT

ROOM = ROOT / ".cache" / "release"
SOURCE = ROOM / "source"
OUTPUT = ROOM / "publish"
VERSION = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)")
# Where a release has something that only its publisher knows.
SETTINGS = ("galaxy.yml", "SECURITY.md")
# How long something that is announced as deprecated stays at least (docs/releases.md).
NOTICE = timedelta(days=365)
DEPRECATED = re.compile(r"\bwill be removed in ([1-9]\d*\.0\.0), not before (\d{4}-\d\d-\d\d)\.?$")
VERSION_ADDED = re.compile(r"""^ *version_added: ["']?([\d.]+)""", re.MULTILINE)
BREAKING = {"breaking_changes", "removed_features"}
ADDING = {"major_changes", "minor_changes", "deprecated_features"}


def run(*command: str, where: Path = SOURCE, **variables: str) -> str:
    """Run a command; return what it printed, or stop with it."""
    environment = {**os.environ, **variables}
    done = subprocess.run(command, cwd=where, env=environment, check=False, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}\n{done.stdout}{done.stderr}")
    return done.stdout


def within(*command: str) -> str:
    """Run a command of the clone in the environment of this checkout."""
    return run("bash", "tests/tools/run.sh", *command, VENV=sys.prefix)


def numbers(version: str) -> tuple[int, int, int]:
    """Return a version as numbers that can be compared."""
    found = VERSION.fullmatch(version)
    if not found:
        raise SystemExit(f"release.py: {version} is not a version like 1.2.3")
    return int(found[1]), int(found[2]), int(found[3])


def least_version(last: tuple[int, int, int], sections: set[str]) -> tuple[int, int, int]:
    """Return the lowest version that may follow ``last`` with changes of these kinds (semantic versions)."""
    major, minor, patch = last
    if sections & BREAKING and major:
        return major + 1, 0, 0
    if sections & (BREAKING | ADDING):
        return major, minor + 1, 0
    return major, minor, patch + 1


def is_date(text: str) -> bool:
    """Return whether the calendar has this date."""
    try:
        return bool(date.fromisoformat(text))
    except ValueError:
        return False


def hasty(deprecations: list[str], version: str, today: date) -> list[str]:
    """Return the deprecations that do not say, at the end, when they come due, or leave too little time."""
    found = []
    for text in deprecations:
        due = DEPRECATED.search(" ".join(text.split()))
        if not due or numbers(due[1]) <= numbers(version) or not is_date(due[2]) or due[2] < f"{today + NOTICE}":
            words = "will be removed in X.0.0, not before YYYY-MM-DD"
            found.append(f"a deprecation without '{words}' at its end, twelve months from now at least: {text}")
    return found


def newest_addition(root: Path) -> tuple[int, int, int]:
    """Return the highest version that the documentation says something was added in."""
    pages = [
        path for folder in ("plugins", "roles") for path in (root / folder).rglob("*") if path.suffix in (".py", ".yml")
    ]
    return max(numbers(one) for path in pages for one in VERSION_ADDED.findall(path.read_text(encoding="utf-8")))


def last_version(root: Path) -> tuple[int, int, int]:
    """Return the newest version of the changelog."""
    changelog = yaml.safe_load((root / "changelogs" / "changelog.yaml").read_text(encoding="utf-8"))
    return max((numbers(one) for one in changelog["releases"]), default=(0, 0, 0))


def read_fragments(root: Path) -> list[dict[str, list[str]]]:
    """Return what has changed since that version."""
    paths = sorted((root / "changelogs" / "fragments").glob("*.yml"))
    return [yaml.safe_load(path.read_text(encoding="utf-8")) for path in paths]


def refusals(version: str, root: Path) -> list[str]:
    """Return why the changes in ``root`` may not be released under this version."""
    last, fragments = last_version(root), read_fragments(root)
    sections = {name for fragment in fragments for name in fragment}
    found = [] if fragments else ["changelogs/fragments is empty: nothing has changed"]
    least = least_version(last, sections)
    if numbers(version) < least:
        words = ".".join(map(str, least))
        found.append(
            f"after {'.'.join(map(str, last))} these changes ({', '.join(sorted(sections))}) need {words} at least"
        )
    added = newest_addition(root)
    if numbers(version) < added:
        found.append(f"something says that it was added in {'.'.join(map(str, added))}")
    deprecations = [text for fragment in fragments for text in fragment.get("deprecated_features", [])]
    return found + hasty(deprecations, version, datetime.now(timezone.utc).date())


def later_changes(version: str, root: Path) -> list[str]:
    """Return what has changed since this version was written, of the files that are published as they are."""
    ignored = yaml.safe_load((root / "galaxy.yml").read_text(encoding="utf-8"))["build_ignore"]
    record = f"tests/contract/released/{version}.json"
    written = run("git", "log", "-1", "--format=%H", "--diff-filter=A", "--", record, where=root).strip()
    changed = map(Path, run("git", "diff", "--name-only", written, "HEAD", where=root).splitlines())
    return [
        str(path)
        for path in changed
        if str(path) not in SETTINGS
        and not any(fnmatch(str(one), pattern) for one in (path, *path.parents) for pattern in ignored)
    ]


def placeholders(root: Path) -> list[str]:
    """Return the settings that still are placeholders."""
    return [
        f"{name}: {line.strip()}"
        for name in SETTINGS
        for line in (root / name).read_text(encoding="utf-8").splitlines()
        if "example.invalid" in line
    ]


def write_version(version: str) -> None:
    """Write the version, the changelog and the public names into the clone, and commit them."""
    manifest = SOURCE / "galaxy.yml"
    text = re.sub(r"(?m)^version: .*$", f"version: {version}", manifest.read_text(encoding="utf-8"))
    manifest.write_text(text, encoding="utf-8")
    within("antsibull-changelog", "release")
    module = "ansible_collections.m2m.netsuite.tests.support.public_names"
    names = within("env", "PYTHONPATH=.cache/tree", "python", "-m", module)
    (SOURCE / "tests" / "contract" / "released" / f"{version}.json").write_text(names, encoding="utf-8")
    run("git", "add", "--all")
    run("git", "commit", "--quiet", "--message", f"Release {version}")


def sign(archive: Path, key: str, home: str) -> list[Path]:
    """Sign the archive's MANIFEST.json, as ``ansible-galaxy`` wants it.

    Returns:
        The signature, once ``ansible-galaxy`` has accepted it, and the public key.
    """
    signature = OUTPUT / f"{archive.name.removesuffix('.tar.gz')}.asc"
    keyring, manifest = ROOM / "keyring.gpg", ROOM / "MANIFEST.json"
    public = OUTPUT / "m2m-netsuite-release-key.asc"
    with tarfile.open(archive) as opened:
        stream = opened.extractfile("MANIFEST.json")
        manifest.write_bytes(stream.read() if stream else b"")
    gpg = ("gpg", "--batch", "--yes", *(("--homedir", home) if home else ()))
    run(*gpg, "--local-user", key, "--armor", "--detach-sign", "--output", str(signature), str(manifest), where=ROOM)
    run(*gpg, "--output", str(keyring), "--export", key, where=ROOM)
    run(*gpg, "--output", str(public), "--armor", "--export", key, where=ROOM)
    place = str(ROOM / "installed")
    galaxy = ("ansible-galaxy", "collection")
    run(*galaxy, "install", "--offline", "-p", place, str(archive), where=ROOM, ANSIBLE_COLLECTIONS_PATH=place)
    proof = ("--keyring", str(keyring), "--signature", signature.as_uri(), "--required-valid-signature-count", "+1")
    with tempfile.TemporaryDirectory() as stranger:  # whom the signer's own keys and trust do not help, or hinder
        run(
            *galaxy,
            *("verify", "--offline", *proof, "m2m.netsuite"),
            where=ROOM,
            ANSIBLE_COLLECTIONS_PATH=place,
            GNUPGHOME=stranger,
        )
    return [signature, public]


def sign_on_trial(archive: Path) -> list[Path]:
    """Sign with a key that is made for it and thrown away."""
    if not shutil.which("gpg"):
        print("-- gpg is not on the PATH: the signature is left out")
        return []
    with tempfile.TemporaryDirectory() as home:  # a short path, for the sockets of gpg's agent
        name = "trial@example.invalid"
        new = ("--pinentry-mode", "loopback", "--passphrase", "", "--quick-generate-key", name, "ed25519", "sign")
        run("gpg", "--batch", "--homedir", home, *new, where=ROOM)
        try:
            return sign(archive, name, home)
        finally:
            run("gpgconf", "--homedir", home, "--kill", "all", where=ROOM)


def has_secret_key(key: str) -> bool:
    """Return whether gpg is there and has the key that signs."""
    command = ("gpg", "--batch", "--list-secret-keys", key)
    return bool(shutil.which("gpg")) and subprocess.run(command, check=False, capture_output=True).returncode == 0


def publish_list(version: str, files: list[Path]) -> str:
    """Return what is to be published, and the commands that do it."""
    sums = "\n".join(f"  {hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(ROOT)}" for path in files)
    return f"""
Publish, in this order:
{sums}

  git pull --ff-only {SOURCE.relative_to(ROOT)} HEAD
  git tag --sign v{version} --message 'Release {version}'
  git push origin HEAD v{version}
  ansible-galaxy collection publish {files[0].relative_to(ROOT)}

with the token in ~/.ansible/galaxy_token; and the files above with that part of CHANGELOG.md, as a release of the
repository."""


def main(arguments: list[str]) -> int:
    """Do it all; return the exit status."""
    parser = argparse.ArgumentParser(description="Make a release in .cache/release.")
    parser.add_argument("version")
    way = parser.add_mutually_exclusive_group(required=True)
    way.add_argument("--key", help="the key that signs, as gpg names it")
    way.add_argument("--dry-run", action="store_true", help="placeholders are forgiven, a key of its own signs")
    given = parser.parse_args(arguments)

    run("antsibull-changelog", "lint", where=ROOT)
    is_written = numbers(given.version) == last_version(ROOT) and not read_fragments(ROOT)
    if is_written:
        found = [
            f"{given.version} is written, and this has changed since: {name}"
            for name in later_changes(given.version, ROOT)
        ]
    else:
        found = refusals(given.version, ROOT)
    if given.key and not has_secret_key(given.key):
        found.append(f"gpg is not on the PATH, or has no secret key {given.key}")
    if run("git", "status", "--porcelain", where=ROOT):
        found.append("there are changes that are not committed")
    unset = [f"a placeholder, {words}" for words in placeholders(ROOT)]
    for words in [*found, *unset]:
        print(f"{'before the release' if given.dry_run and words in unset else 'refused'}: {words}")
    if found or (unset and not given.dry_run):
        return 1

    shutil.rmtree(ROOM, ignore_errors=True)
    OUTPUT.mkdir(parents=True)
    run("git", "clone", "--quiet", str(ROOT), str(SOURCE), where=ROOT)
    if not is_written:
        write_version(given.version)
    print(within("python", "tests/tools/build.py").strip())
    (built,) = (SOURCE / ".cache" / "build").glob("*.tar.gz")
    archive = Path(shutil.copy2(built, OUTPUT))
    signed = sign_on_trial(archive) if given.dry_run else sign(archive, given.key, "")
    print(publish_list(given.version, [archive, *signed]))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
