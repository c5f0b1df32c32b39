# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A run that is killed right before any of its changes: the next run puts all right, and no key is lost."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from ansible_collections.m2m.netsuite.plugins.module_utils.core import certificates, keys
from ansible_collections.m2m.netsuite.plugins.module_utils.operations.certificate import OPERATION
from ansible_collections.m2m.netsuite.plugins.module_utils.operations.operation import Context, execute

pytestmark = pytest.mark.slow

PASSPHRASE = "correct horse"
BYSTANDERS = {"other.txt": "not ours", "auth-key.pem.mine.bak": "not ours either", "auth-cert.pem.old": "nor this"}


@pytest.fixture(scope="module")
def kill_switch():
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    program = str(Path(__file__).with_name("kill_switch.py"))
    with subprocess.Popen(
        [sys.executable, program], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:

        def die(options, clock, before):
            order = {"options": options, "clock": clock, "die_before": before}
            print(json.dumps(order), file=process.stdin, flush=True)
            return json.loads(process.stdout.readline())

        yield die
        process.stdin.close()


@pytest.fixture(autouse=True)
def no_waiting_for_the_disk(monkeypatch):
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)


def live(options, clock, check_mode=False):
    return execute(OPERATION, options, Context(clock=lambda: clock, check_mode=check_mode))


def options_for(folder: Path, **changes) -> dict:
    defaults = {name: spec.get("default") for name, spec in OPERATION.options.items()}
    paths = {"private_key_path": str(folder / "auth-key.pem"), "certificate_path": str(folder / "auth-cert.pem")}
    return {**defaults, **paths, "key_type": "EC", **changes}


class Scene:
    """A folder with what was there before, and what must hold after the kill and one more run."""

    def __init__(self, folder, lab, before, **changes):
        self.folder, self.lab = folder, lab
        self.clock = lab.now.timestamp()
        self.options = options_for(folder, **changes)
        self.was_open = before == "open pair"
        self.old = self.set_up(before)

    def set_up(self, before):
        for name, content in BYSTANDERS.items():
            (self.folder / name).write_text(content)
        if before == "nothing":
            return None
        key = keys.generate("EC", 0, None)
        age = 365 if before == "expired pair" else 10
        start = self.lab.now - timedelta(days=age)
        certificate = certificates.issue(key, certificates.Subject(), now=start, valid_days=365)
        key_path, certificate_path = self.folder / "auth-key.pem", self.folder / "auth-cert.pem"
        if before == "linked pair":
            real = self.folder / "elsewhere"
            real.mkdir()
            for path in (key_path, certificate_path):
                path.symlink_to(real / path.name)
        key_path.write_text(keys.to_pem(key))
        key_path.chmod(0o644 if before == "open pair" else 0o600)
        if before != "key alone":
            certificate_path.write_text(certificates.to_pem(certificate))
        return SimpleNamespace(key=key, certificate=certificate if before != "key alone" else None)

    def names(self):
        return sorted(str(path.relative_to(self.folder)) for path in self.folder.rglob("*") if path.is_file())

    def load_key(self, path):
        return keys.load(Path(path).read_text(), PASSPHRASE, where="x")

    def pairs(self):
        """Public keys that have a whole pair, in place or as a copy; and all private keys there are."""
        found_keys, found_certificates = [], []
        for name in self.names():
            text = (self.folder / name).read_text()
            if "PRIVATE KEY" in text and "-----END" in text:
                found_keys.append(self.load_key(self.folder / name))
            if "BEGIN CERTIFICATE" in text and "-----END" in text:
                found_certificates.append(certificates.parse(text, where=name))
        return found_keys, found_certificates

    def assert_nothing_lost(self):
        """At any moment, even between the kill and the next run."""
        for name, content in BYSTANDERS.items():
            assert (self.folder / name).read_text() == content
        for name in self.names():
            path = self.folder / name
            if "PRIVATE KEY" in path.read_text() and not self.was_open:
                assert path.stat().st_mode & 0o077 == 0
        if self.old is None:
            return
        found_keys, found_certificates = self.pairs()
        assert any(keys.same_key(self.old.key.public_key(), key.public_key()) for key in found_keys)
        if self.old.certificate is not None:
            assert self.old.certificate in found_certificates

    def assert_whole(self, result):
        assert not result.get("failed"), result
        key = self.load_key(self.options["private_key_path"])
        certificate = certificates.parse(Path(self.options["certificate_path"]).read_text(), where="x")
        assert certificates.matches(certificate, key)
        assert certificates.certificate_id(certificate) == result["certificate_id"]
        assert Path(self.options["private_key_path"]).stat().st_mode & 0o777 == 0o600
        leftovers = [name for name in self.names() if name.endswith((".new", ".tmp"))]
        assert leftovers == []
        self.assert_nothing_lost()


SCENES = {
    "first creation": ("nothing", {}, {}),
    "first creation with passphrase": ("nothing", {"private_key_passphrase": PASSPHRASE}, {}),
    "renewal": ("expired pair", {}, {}),
    "force": ("good pair", {"force": True}, {}),
    "force, and not again": ("good pair", {"force": True}, {"force": False}),
    "force over a key alone": ("key alone", {"force": True}, {"force": False}),
    "certificate missing": ("key alone", {}, {}),
    "encryption of the key": ("good pair", {"private_key_passphrase": PASSPHRASE}, {}),
    "encryption, and not again": (
        "good pair",
        {"private_key_passphrase": PASSPHRASE},
        {"private_key_passphrase": PASSPHRASE, "renew_before_days": 0},
    ),
    "mode of the key": ("open pair", {}, {}),
    "links": ("linked pair", {"force": True}, {"force": False}),
}


@pytest.mark.parametrize("scene", SCENES)
def test_killed_before_any_change(tmp_path, lab, kill_switch, record_property, scene):
    before, changes, later = SCENES[scene]
    for die_before in range(60):
        folder = tmp_path / str(die_before)
        folder.mkdir()
        place = Scene(folder, lab, before, **changes)
        killed = kill_switch(place.options, place.clock, die_before)
        place.assert_nothing_lost()
        again = {**place.options, **later}
        names = place.names()
        predicted = live(again, place.clock, check_mode=True)
        assert place.names() == names
        second = live(again, place.clock)
        place.assert_whole(second)
        assert (predicted["changed"], predicted["reason"]) == (second["changed"], second["reason"])
        third = live({**again, "force": False}, place.clock)
        assert third["changed"] is False, third
        place.assert_whole(third)
        if killed is not None:
            break
    assert killed is not None, "it never came to its end"
    assert die_before > (0 if before == "open pair" else 4), "the changes were not counted"
    record_property(f"count: crash points: certificate, {scene}", die_before)


def test_removal_killed_before_any_change(tmp_path, lab, kill_switch, record_property):
    for die_before in range(20):
        folder = tmp_path / str(die_before)
        folder.mkdir()
        place = Scene(folder, lab, "good pair", state="absent")
        killed = kill_switch(place.options, place.clock, die_before)
        place.assert_nothing_lost()
        second = live(place.options, place.clock)
        assert not second.get("failed"), second
        assert not os.path.lexists(place.options["private_key_path"])
        assert not os.path.lexists(place.options["certificate_path"])
        place.assert_nothing_lost()
        if killed is not None:
            break
    assert killed is not None
    assert second["changed"] is False
    record_property("count: crash points: certificate, removal", die_before)
