# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A task file of the user's at the end of a run: the examples in examples/notify, against servers of this machine."""

from __future__ import annotations

import email
import email.policy
import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from ansible_collections.m2m.netsuite.tests.e2e.guide_reader import HOSTS, Reader
from ansible_collections.m2m.netsuite.tests.support.canaries import betrayed
from ansible_collections.m2m.netsuite.tests.support.fleet import Fleet
from ansible_collections.m2m.netsuite.tests.support.inventory import dump
from ansible_collections.m2m.netsuite.tests.support.simulator import ROOT

EXAMPLES = ("slack", "teams", "mail", "ticket")


@dataclass
class Received:
    """What the servers were sent."""

    posts: list[tuple[str, str | None, Any]] = field(default_factory=list)
    mails: list[Any] = field(default_factory=list)
    slack: str = ""

    def texts(self) -> dict[str, str]:
        """By example, what the only message of its kind says."""
        slack, teams, ticket = (
            [body for path, _login, body in self.posts if path.startswith(start)]
            for start in ("/slack", "/teams", "/rest")
        )
        (attachment,) = teams[0]["attachments"]
        assert attachment["content"]["type"] == "AdaptiveCard"
        fields = ticket[0]["fields"]
        assert (len(slack), len(teams), len(ticket), len(self.mails)) == (1, 1, 1, 1)
        return {
            "slack": slack[0]["text"],
            "teams": attachment["content"]["body"][0]["text"],
            "ticket": f"{fields['summary']}\n{fields['description']}",
            "mail": self.mails[0].get_content(),
        }


def http(received: Received) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            received.posts.append((self.path, self.headers["Authorization"], body))
            self.send_response({"/teams": 202, "/rest/api/2/issue": 201}.get(self.path, 200))
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    return Handler


def smtp(received: Received) -> type[socketserver.StreamRequestHandler]:
    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.say("220 here")
            for line in self.rfile:
                word = line.split()[0].upper()
                if word == b"DATA":
                    self.say("354 go on")
                    text = b"".join(iter(self.rfile.readline, b".\r\n"))
                    received.mails.append(email.message_from_bytes(text, policy=email.policy.SMTP))
                self.say("221 bye" if word == b"QUIT" else "250 fine")

        def say(self, line: str) -> None:
            self.wfile.write(f"{line}\r\n".encode())

    return Handler


@contextmanager
def listening(server: socketserver.TCPServer) -> Iterator[str]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


@pytest.fixture
def received(controller) -> Iterator[Received]:
    """Servers for all examples, and variables that name them."""
    found = Received()
    with (
        listening(ThreadingHTTPServer(("127.0.0.1", 0), http(found))) as web,
        listening(socketserver.ThreadingTCPServer(("127.0.0.1", 0), smtp(found))) as relay,
    ):
        variables = {
            "netsuite_notify_tasks": "notify.yml",
            "netsuite_report": True,
            "slack_webhook": f"http://{web}/slack",
            "teams_webhook": f"http://{web}/teams",
            "jira_url": f"http://{web}",
            "jira_user": "ansible",
            "jira_token": "jira-token-7ab1",
            "jira_project": "OPS",
            "mail_host": relay,
            "mail_from": "ansible@example.com",
            "mail_to": "ops@example.com, boss@example.com",
        }
        controller.inventory.group_vars("netsuite_accounts", variables)
        found.slack = variables["slack_webhook"]
        yield found


def test_each_run_notifies_once_with_what_changed(simulator, controller, received):
    fleet = Fleet(simulator, controller)
    fleet.add("acme")
    account = simulator.account()
    controller.inventory.add("globex", account.variables(netsuite_account_curve="secp256r1"))
    tasks = [{"name": name, "ansible.builtin.import_tasks": f"{ROOT}/examples/notify/{name}.yml"} for name in EXAMPLES]
    show = {"name": "Show", "ansible.builtin.debug": {"var": "netsuite_notification"}}
    (controller.folder / "notify.yml").write_text(dump([show, *tasks]))
    controller.play("m2m.netsuite.report", "--limit", "acme", "-e", "netsuite_notify_tasks=").expect(0)
    runs = [controller.play("m2m.netsuite.rotate", "--check").expect(0)]
    assert received.mails + received.posts == []
    runs.append(controller.play("m2m.netsuite.rotate").expect(0))
    (shown,) = runs[1].results(task="Show")
    notification = shown["netsuite_notification"]
    done = {one["host"]: one["done"] for one in notification["changed"]}
    assert done == {"acme": ["keep", "map", "promote"], "globex": ["keep"]}
    assert [one["host"] for one in notification["needs_person"]] == ["globex"]
    assert runs[0].results(task="Show")[0]["netsuite_notification"]["changed"] == []
    texts = received.texts()
    for name in ("slack", "teams", "mail"):
        assert all(
            line.replace(">", "&gt;" if name == "slack" else ">") in texts[name] for line in notification["summary"]
        )
    assert texts["ticket"].startswith(f"NetSuite {account.account_id} (globex): awaiting upload\nIn NetSuite account")
    assert received.mails[0]["Subject"] == "NetSuite accounts: 2. 1 active, 1 awaiting upload."
    assert received.mails[0]["To"] == "ops@example.com, boss@example.com"
    received.posts.clear()
    runs.append(controller.play("m2m.netsuite.onboard").expect(0))
    assert [path for path, _login, _body in received.posts] == ["/slack", "/teams"]  # it still waits: no second ticket
    secrets = {"acme": fleet.pairs["acme"].key, "jira": "jira-token-7ab1", "client": account.client_id}
    assert betrayed("".join([*texts.values(), *(run.output for run in runs)]), secrets) == []


def test_who_follows_the_guide_hears_of_an_account(simulator, controller, received):
    reader = Reader(controller, simulator, "alarms.md")
    reader.variables["ANSIBLE_VAULT_PASSWORD_FILE"] = str(reader.vaults.add())
    reader.write("alarms-notify", "alarms-notify-variables")
    reader.account("acme", netsuite_account_id=HOSTS["acme"], slack_webhook=received.slack)
    (reader.folder / "inventory/hosts.yml").write_text("netsuite_accounts: {hosts: {acme: {}}}\n")
    reader.run("alarms-notify-run")
    (body,) = (body for _path, _login, body in received.posts)
    assert body["text"].startswith(
        "NetSuite accounts: 1. 0 active, 1 awaiting upload.\n- acme (1234567): awaiting upload."
    )
    # the rest of the guide is followed in test_alarms.py
    assert {name for name in reader.examples if "notify" in name} == set(reader.done)


def test_a_run_whose_notification_fails_fails(simulator, controller):
    Fleet(simulator, controller).add("acme")
    run = controller.play("m2m.netsuite.verify", "-e", "netsuite_notify_tasks=missing.yml").expect(2)
    assert "NetSuite accounts: 1. 1 active." in run.stdout
    assert "missing.yml" in run.output
