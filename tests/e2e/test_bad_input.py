# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each bad input and each broken network: the exit status is not 0, and one message tells cause and fix.

One host per case. The modules meet it in one run, the role (through the playbooks verify and onboard) in others; all at
``-vvv``, so that what must not be shown has every chance to be.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from ansible_collections.m2m.netsuite.tests.support.canaries import betrayed
from ansible_collections.m2m.netsuite.tests.support.controller import Controller, Run, snapshot
from ansible_collections.m2m.netsuite.tests.support.inventory import Vaulted
from ansible_collections.m2m.netsuite.tests.support.material import new_key, new_pair
from ansible_collections.m2m.netsuite.tests.support.messages import complaint
from ansible_collections.m2m.netsuite.tests.support.simulator import SimulatedAccount, Simulator

GOOD = new_pair()
OTHER = new_pair(key=new_key())
LOCKED = new_pair(passphrase="the-right-passphrase-93")
EXPIRED = new_pair(start=-20, days=10)
EARLY = new_pair(start=2, days=30)
SMALL = new_pair(key=rsa.generate_private_key(65537, 2048))
SECRETS = {
    "key": GOOD.key,
    "other key": OTHER.key,
    "locked key": LOCKED.key,
    "small key": SMALL.key,
    "right passphrase": "the-right-passphrase-93",
    "wrong passphrase": "the-wrong-passphrase-17",
    "default vault password": "vault-password-of-default-7ab1",
    "stranger's vault password": "vault-password-of-stranger-7ab1",
}
Options = dict[str, Any]
Change = Options | Callable[[SimulatedAccount], Options]


def closed_port() -> int:
    """A port where nobody listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def fault(kind: str, options: Options | None = None, **more: Any) -> Callable[[SimulatedAccount], Options]:
    def order(account: SimulatedAccount) -> Options:
        account.fault("token", kind, count=None, **more)
        return {"retries": 0, **(options or {})}

    return order


ACCOUNT_IDS = [
    "",
    " ",
    "evil.example",
    "1234567.evil.example",
    "1234567@evil.example",
    "1234567#",
    "1234567?",
    "1234567/..",
    "..",
    "123 4567",
    "1234567\n.evil.example",
    "-1234567",
    "1234567_",
    "1234567--sb1",
    "1234567%2eevil.example",
    "1234567:443",
    "1234567\\evil",
    "١٢٣٤٥٦٧",
    "1234567\u2013sb1",
    "\u2160\u2160",
    "a" * 64,
    "http://1234567.app.netsuite.com/",
    "https://1234567.app.netsuite.com.evil.example/",
    "https://user:pw@1234567.app.netsuite.com/",
    "https://1234567.app.netsuite.com:8443/",
    "https://evil.example/1234567.app.netsuite.com",
    "https://1234567.suitetalk.api.netsuite.com/",
    "https://evil.example#.app.netsuite.com",
]
BASE_URLS = [
    "127.0.0.1:8080",
    "//127.0.0.1",
    "ftp://127.0.0.1",
    "http://evil.example",
    "http://127.0.0.1.evil.example",
    "http://127.0.0.1@evil.example",
    "http://0.0.0.0:8080",
    "https://user:pw@evil.example",
    "https://evil.example?x=1",
    "https://evil.example#x",
    "https://evil.example:0",
    "https://evil.example:port",
    "https://[::1",
    "https://ev il.example",
    "https:evil.example",
]
CONTENT = "private_key_content"
# the module's cause word, and what makes the case
CASES: dict[str, tuple[str, Change]] = {
    **{
        f"account id {number:02}": ("bad_account_id", {"account_id": value}) for number, value in enumerate(ACCOUNT_IDS)
    },
    **{f"base url {number:02}": ("bad_base_url", {"base_url": text}) for number, text in enumerate(BASE_URLS)},
    "wrong key": ("key_mismatch", {CONTENT: OTHER.key}),
    "unreadable pem": ("unreadable_pem", {CONTENT: "nothing like a key"}),
    "damaged pem": ("unreadable_pem", {CONTENT: GOOD.key.replace("M", "A", 3)}),
    "cut off pem": ("unreadable_pem", {CONTENT: GOOD.key[:90]}),
    "certificate as key": ("wrong_pem", {CONTENT: GOOD.certificate}),
    "key as certificate": ("wrong_pem", {"certificate_content": GOOD.key}),
    "garbage as certificate": ("unreadable_pem", {"certificate_content": "garbage"}),
    "wrong passphrase": (
        "wrong_passphrase",
        {
            CONTENT: LOCKED.key,
            "certificate_content": LOCKED.certificate,
            "private_key_passphrase": "the-wrong-passphrase-17",
        },
    ),
    "no passphrase": ("passphrase_missing", {CONTENT: LOCKED.key, "certificate_content": LOCKED.certificate}),
    "expired": ("expired", {"certificate_content": EXPIRED.certificate}),
    "not yet valid": ("not_yet_valid", {"certificate_content": EARLY.certificate}),
    "small key": ("key_kind", {CONTENT: SMALL.key, "certificate_content": SMALL.certificate}),
    "application id": ("client_id", {"client_id": "206CA0C8-883A-5752-ADFF-F9B09A62D419"}),
    "no client id": ("client_id_missing", {"client_id": None}),
    "no certificate": ("certificate_missing", {"certificate_content": None}),
    "unknown scope": ("scope", {"scope": ["everything"]}),
    "mcp": ("scope", {"scope": ["mcp"]}),
    "no scope": ("scope", {"scope": []}),
    "rs256": ("algorithm", {"algorithm": "RS256"}),
    "hs256": ("algorithm", {"algorithm": "HS256"}),
    "algorithm of another key": ("algorithm", {"algorithm": "PS256"}),
    "eternal assertion": ("bad_lifetime", {"assertion_lifetime": 7200}),
    "refused port": ("connection_refused", {"base_url": f"http://127.0.0.1:{closed_port()}", "retries": 0}),
    "unknown host": ("unknown_host", {"base_url": "https://nowhere.invalid", "retries": 0}),
    "slow server": ("timeout", fault("delay", {"timeout": 0.4}, seconds=2)),
    "untrusted": ("tls_untrusted", lambda account: {"base_url": account.https_url, "retries": 0}),
    "plain port": ("tls", lambda account: {"base_url": account.url.replace("http:", "https:"), "retries": 0}),
    "no ca file": (
        "tls_file",
        lambda account: {"base_url": account.https_url, "ca_path": "/no/such/ca.pem", "retries": 0},
    ),
    "no proxy there": ("proxy_unreachable", {"proxy": f"http://127.0.0.1:{closed_port()}", "retries": 0}),
    "web page": ("token_refused", fault("html", status=403)),
    "web page for a token": ("no_token", fault("html")),
    "empty answer": ("no_token", fault("status", status=200, body={})),
    "redirect": ("token_refused", fault("redirect", location="http://127.0.0.1:1/elsewhere")),
    "lost answer": ("connection_lost", fault("drop")),
    "half an answer": ("connection_lost", fault("half_body")),
    "endless answer": ("endless_answer", fault("endless_body")),
    "unavailable": ("token_refused", fault("status", status=503)),
    "too many requests": ("token_refused", fault("status", status=429)),
    "server error": ("token_refused", fault("status", status=500)),
}
FILES: dict[str, str] = {
    "no key file": "missing_file",
    "folder as key": "unreadable_file",
    "stranger's vault": "wrong_vault_secret",
    "binary file": "unreadable_pem",
}
# how the role calls what the modules call so
ROLE_NAMES = {
    "account_id": "id",
    CONTENT: "private_key",
    "certificate_content": "certificate",
    **{
        name: name
        for name in (
            "base_url",
            "client_id",
            "private_key_passphrase",
            "certificate_id",
            "scope",
            "algorithm",
            "assertion_lifetime",
            "timeout",
            "retries",
            "ca_path",
            "proxy",
        )
    },
}
# The role has no such case: what is left out there is made, or has a default.
MODULE_ONLY = {"no certificate", "no scope"}


def host_of(case: str) -> str:
    return case.replace(" ", "_").replace("'", "")


@pytest.fixture(scope="module")
def stage(simulator: Simulator, module_controller: Controller) -> dict[str, Options]:
    """Make a host per case; returns the options of each."""
    options: dict[str, Options] = {}
    for case, (_cause, change) in CASES.items():
        account = simulator.account()
        account.upload(GOOD.certificate)
        given = {CONTENT: GOOD.key, "certificate_content": GOOD.certificate}
        given |= change(account) if callable(change) else change
        options[case] = {name: value for name, value in account.options(**given).items() if value is not None}
        role = {f"netsuite_account_{ROLE_NAMES[name]}": value for name, value in options[case].items()}
        groups = ("modules",) if case in MODULE_ONLY else ("modules", "netsuite_accounts")
        module_controller.inventory.add(host_of(case), {"options": options[case], **role}, groups=groups)
    files = module_controller.folder / "files"
    files.mkdir()
    module_controller.vaults.add("stranger")
    (files / "binary.pem").write_bytes(bytes(range(256)))
    (files / "strange.pem").write_text(module_controller.vaults.encrypt(GOOD.key, "stranger"))
    paths = dict(zip(FILES, (files / "none.pem", files, files / "strange.pem", files / "binary.pem"), strict=True))
    for case, path in paths.items():
        account = simulator.account()
        options[case] = account.options(private_key_path=str(path), certificate_content=GOOD.certificate)
        module_controller.inventory.add(host_of(case), {"options": options[case]}, groups=("modules",))
    account = simulator.account()
    account.upload(GOOD.certificate)
    strange = {
        "netsuite_account_private_key": Vaulted(module_controller.vaults.encrypt(GOOD.key, "stranger")),
        "netsuite_account_certificate": GOOD.certificate,
    }
    module_controller.inventory.add("inline_stranger", account.variables(**strange))
    return options


@pytest.fixture(scope="module")
def modules(module_controller: Controller, stage: dict[str, Options]) -> Run:
    tasks = [
        {"name": name, f"m2m.netsuite.{module}": "{{ options }}", "ignore_errors": True}
        for name, module in (("Token", "access_token"), ("Check", "token_check"))
    ]
    how: dict[str, Any] = {"hosts": "modules", "vault": ["default"], "quiet": False}
    return module_controller.tasks(tasks, "-vvv", "--forks", "10", **how).expect(0)


@pytest.fixture(scope="module")
def verified(module_controller: Controller, stage: dict[str, Options]) -> Run:
    how: dict[str, Any] = {"vault": ["default"], "quiet": False}
    return module_controller.play("m2m.netsuite.verify", "-vvv", "--forks", "10", **how).expect(None)


@pytest.mark.parametrize("case", [*CASES, *FILES])
def test_a_module_names_the_cause_and_a_fix(modules, case):
    result = modules.result(host_of(case), "Token")
    assert complaint(result, sentences=2) is None
    assert result["cause"] == (FILES.get(case) or CASES[case][0])


@pytest.mark.parametrize("case", [*CASES, *FILES])
def test_the_check_fails_too(modules, case):
    assert modules.results(host_of(case), task="Check", status="ignored")
    assert complaint(modules.result(host_of(case), "Check")) is None


@pytest.mark.parametrize("case", [case for case in CASES if case not in MODULE_ONLY])
def test_verify_fails_and_says_what_to_do(verified, case):
    host = host_of(case)
    assert verified.recap[host]["failures"] == 1
    result = verified.account(host)
    assert result["status"] in ("failed", "awaiting_upload")
    assert len(result["next_step"]) > 40
    assert "Unexpected" not in result["next_step"]
    assert f"- {host} (" in verified.stdout


def test_an_inline_value_under_another_secret_is_named_as_such(verified):
    result = verified.account("inline_stranger")
    assert result["status"] == "failed"
    assert "vault" in result["next_step"].lower()
    assert verified.recap["inline_stranger"]["failures"] == 1


def test_no_secret_is_shown(modules, verified):
    for run in (modules, verified):
        assert betrayed(run.output, SECRETS) == []
        assert betrayed(str(run.events), SECRETS) == []


def test_without_a_vault_secret(module_controller, stage, simulator):
    folder = module_controller.inventory.folder
    account = simulator.account()
    encrypted = {"netsuite_account_private_key": module_controller.vaults.encrypt(GOOD.key)}
    module_controller.inventory.add(
        "encrypted", account.variables(**encrypted, netsuite_account_certificate=GOOD.certificate)
    )
    module_controller.inventory.add("bare", simulator.account().variables())
    options = account.options(
        private_key_path=str(folder.parent / "files/strange.pem"), certificate_content=GOOD.certificate
    )
    module_controller.inventory.add("file", {"options": options}, groups=("modules",))
    before = snapshot(folder)
    run = module_controller.play(
        "m2m.netsuite.onboard", "-vvv", "--limit", "encrypted,bare", vault=False, quiet=False
    ).expect(None)
    assert snapshot(folder) == before
    assert {host: run.account(host)["status"] for host in ("encrypted", "bare")} == {
        "encrypted": "failed",
        "bare": "failed",
    }
    assert "no vault secret" in run.account("bare")["next_step"]
    assert "vault" in run.account("encrypted")["next_step"].lower()
    assert betrayed(run.output, SECRETS) == []
    task = {"name": "Token", "m2m.netsuite.access_token": "{{ options }}"}
    run = module_controller.tasks([task], "-vvv", hosts="file", vault=False, quiet=False).expect(2)
    assert run.result("file", "Token")["cause"] == "vault_missing"
    assert complaint(run.result("file", "Token"), sentences=2) is None
