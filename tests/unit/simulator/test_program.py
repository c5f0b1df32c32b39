# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The program: options, files, signals, HTTPS, many threads."""

from __future__ import annotations

import json
import os
import signal
import socket
import ssl
import stat
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import pytest
import requests

pytestmark = pytest.mark.slow


@pytest.fixture
def run(tools, monkeypatch, capsys):
    """Call the program's main() in this process; return status, output and complaint."""
    monkeypatch.syspath_prepend(str(tools.program.parent))
    from netsuite_simulator.cli import main

    def call(*options: str) -> SimpleNamespace:
        mask = os.umask(0o077)
        try:
            returncode = main(["--fast-keys", *options])
        finally:
            os.umask(mask)
        output = capsys.readouterr()
        return SimpleNamespace(returncode=returncode, stdout=output.out, stderr=output.err)

    return call


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_files_and_clean_end(tools, tmp_path, number):
    state = tmp_path / "deep" / "state"
    with tools.Simulator(state, "--https-port", "0") as running:
        assert set(running.ready) == {"pid", "base_url", "https_base_url", "ca_path"}
        assert running.ready["pid"] == running.process.pid
        assert mode(state) == 0o700
        assert {mode(path) for path in state.iterdir()} == {0o600}
        assert sorted(path.name for path in state.iterdir()) == ["access.log", "ca.pem", "ready.json"]
        assert running.session.get(f"{running.base_url}/_admin/state").status_code == 200
        running.process.send_signal(number)
        assert running.process.wait(5) == 0
        assert running.process.stderr.read() == ""
    assert not (state / "ready.json").exists()


def test_ready_file_elsewhere_and_temporary_state(tools, tmp_path):
    ready = tmp_path / "ready.json"
    command = [sys.executable, str(tools.program), "--port", "0", "--fast-keys", "--ready-file", str(ready)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        line = process.stdout.readline()
        data = json.loads(ready.read_text())
        assert data["base_url"] in line
        assert (data["https_base_url"], data["ca_path"]) == (None, None)
        process.terminate()
    assert process.returncode == 0
    assert not ready.exists()


def test_as_a_module(tools):
    environment = {**os.environ, "PYTHONPATH": str(tools.program.parent)}
    command = [sys.executable, "-m", "netsuite_simulator", "--version"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip().count(".") == 2


def test_mistake_in_a_real_process(tools):
    command = [sys.executable, str(tools.program), "--host", "0.0.0.0"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.com"])
def test_loopback_only(run, host):
    done = run("--host", host)
    assert done.returncode == 2
    assert "--host must be a loopback address" in done.stderr


CONFIGS = {
    "accounts: 5": "accounts must be a list",
    "account: []": "unknown key account",
    "- 1": "configuration must be a mapping",
    "a: [": "cannot read the configuration",
    "preset: other": "preset must be one of observed, spec",
    "settings: {x: 1}": "unknown knob 'x'",
    "accounts: [{account_id: 1, client_id: x}]": "64 hexadecimal characters",
}


@pytest.mark.parametrize("text", CONFIGS)
def test_refused_configuration(run, tmp_path, text):
    path = tmp_path / "config.yml"
    path.write_text(text)
    done = run("--config", str(path))
    assert done.returncode == 2
    assert CONFIGS[text] in done.stderr
    assert "Traceback" not in done.stderr


def test_other_mistakes(run, tmp_path):
    assert "cannot read the configuration" in run("--config", str(tmp_path / "none.yml")).stderr
    assert "need --state-dir" in run("--persist").stderr
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = run("--port", str(taken.getsockname()[1]))
    assert done.returncode == 2
    assert "cannot start" in done.stderr


def test_yaml_configuration_and_preset(tools, tmp_path):
    path = tmp_path / "config.yml"
    path.write_text(
        f"preset: spec\nsettings: {{token_lifetime: 60}}\naccounts:\n- {{account_id: 77, client_id: '{'a' * 64}'}}\n"
    )
    with tools.Simulator(tmp_path / "state", "--config", str(path), "--preset", "observed") as running:
        state = running.admin("GET", "state")
    assert state["settings"] == {"token_lifetime": 60, "preset": "observed"}
    assert list(state["accounts"]) == ["77"]


def test_access_log_holds_no_secrets(simulator, stage, tools):
    assertion, token = stage.sign(), stage.token()
    stage.ask(assertion)
    stage.call("GET", f"{tools.server_time}?access_token={token}", token)
    log = (simulator.state_dir / "access.log").read_text()
    assert f"POST /_acct/{stage.label}/services/rest/auth/oauth2/v1/token 200" in log
    assert token not in log
    assert assertion not in log
    assert "access_token" not in log


def test_https(simulator, stage, tools):
    token = stage.token()
    url = f"{simulator.https_base_url}/_acct/{stage.label}{tools.server_time}"
    headers = {"Authorization": f"Bearer {token}"}
    for host in ("127.0.0.1", "localhost"):
        answer = requests.get(url.replace("127.0.0.1", host), headers=headers, verify=simulator.ca_path)
        assert answer.status_code == 200
    with pytest.raises(requests.exceptions.SSLError):
        requests.get(url, headers=headers)
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(url, context=ssl.create_default_context(), timeout=5)


def test_plain_text_on_the_https_port_harms_nobody(simulator):
    host, port = simulator.https_base_url.removeprefix("https://").split(":")
    with socket.create_connection((host, int(port)), timeout=5) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        connection.recv(100)
    url = f"{simulator.https_base_url}/_admin/state"
    assert requests.get(url, verify=simulator.ca_path).status_code == 200


def test_https_audience(simulator, stage):
    url = stage.token_url.replace(simulator.base_url, simulator.https_base_url)
    stage.knobs(audience="exact")
    stage.token_url = url
    form = {
        "grant_type": "client_credentials",
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": stage.sign(),
    }
    assert requests.post(url, data=form, verify=simulator.ca_path).status_code == 200


def test_eight_threads(make_stage, tools):
    stages = [make_stage() for _attempt in range(8)]
    barrier = threading.Barrier(8)

    def work(stage):
        barrier.wait()
        with requests.Session() as stage.session:
            token = stage.admin_token()
            for _attempt in range(10):
                assert stage.call("GET", tools.server_time, stage.token()).status_code == 200
            pem = tools.to_pem(tools.make_certificate(stage.key))
            assert stage.upload(token, pem).status_code == 200
            return len(stage.listing(token))

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(work, stages)) == [2] * 8


def test_limit_holds_under_concurrent_uploads(stage, tools):
    token = stage.admin_token()
    uploads = [tools.to_pem(tools.make_certificate(stage.key)) for _attempt in range(8)]
    barrier = threading.Barrier(8)

    def upload(pem):
        barrier.wait()
        body = {"fileContent": pem, "role": 1000, "entity": 12}
        return requests.post(
            stage.certificates_url, json=body, headers={"Authorization": f"Bearer {token}"}
        ).status_code

    with ThreadPoolExecutor(8) as pool:
        answers = sorted(pool.map(upload, uploads))
    assert answers == [200] * 4 + [400] * 4


def test_persistent_mappings(tools, run, tmp_path):
    config = {"accounts": [{"account_id": "55", "client_id": "b" * 64}]}
    certificate = tools.to_pem(tools.make_certificate(tools.make_key("p256")))
    with tools.Simulator(tmp_path, "--persist", config=config) as running:
        running.admin("POST", "accounts/55/certificates", {"certificate": certificate, "role": 1000, "entity": 12})
        before = running.admin("GET", "accounts/55")
    with tools.Simulator(tmp_path, "--persist", config=config) as running:
        assert running.admin("GET", "accounts/55") == before
        running.admin("POST", "accounts/55/refresh")
    with tools.Simulator(tmp_path, "--persist", config=config) as running:
        assert running.admin("GET", "accounts/55")["mappings"] == []
    (tmp_path / "state.json").write_text("[]")
    assert "cannot read" in run("--state-dir", str(tmp_path), "--persist").stderr


def test_in_the_background(tools, run, tmp_path):
    def ask(*options: str) -> dict:
        return json.loads(run(*options, "--state-dir", str(tmp_path)).stdout)

    start = ("--daemon", "--port", "0", "--https-port", "0")
    assert ask("--status") == {"running": False}
    forecast = ask("--dry-run", "--daemon", "--port", "81")
    assert (forecast["running"], forecast["base_url"], forecast["changed"]) == (False, "http://127.0.0.1:81", True)
    command = [sys.executable, str(tools.program), "--fast-keys", *start, "--state-dir", str(tmp_path)]
    started = json.loads(subprocess.run(command, capture_output=True, check=True, timeout=30).stdout)
    try:
        assert started.pop("changed") is True
        assert started["running"] is True
        assert ask("--status") == started
        assert ask(*start) == started | {"changed": False}
        assert ask(*start, "--dry-run", "--preset", "spec")["changed"] is True
        assert ask("--stop", "--dry-run") == {"running": False, "changed": True}
        assert ask("--status") == started
        again = json.loads(subprocess.run([*command, "--preset", "spec"], capture_output=True, check=True).stdout)
        assert again["changed"] is True
        assert again["pid"] != started["pid"]
    finally:
        stopped = ask("--stop")
    assert stopped == {"running": False, "changed": True}
    assert ask("--stop") == {"running": False, "changed": False}


def test_background_start_says_why_it_failed(run, tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = run("--daemon", "--port", str(taken.getsockname()[1]), "--state-dir", str(tmp_path))
    assert done.returncode == 2
    assert "cannot start" in done.stderr


def test_stale_ready_file(run, tmp_path):
    stale = {"pid": os.getpid(), "base_url": "http://127.0.0.1:1", "https_base_url": None, "ca_path": None}
    (tmp_path / "ready.json").write_text(json.dumps(stale))
    assert json.loads(run("--status", "--state-dir", str(tmp_path)).stdout) == {"running": False}
    assert json.loads(run("--stop", "--state-dir", str(tmp_path)).stdout)["changed"] is False
    assert not (tmp_path / "ready.json").exists()
