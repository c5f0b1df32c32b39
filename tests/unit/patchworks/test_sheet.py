# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Hand-over sheets: templates, facts, both layouts, and the files of m2m.netsuite.handover_sheet."""

from __future__ import annotations

import html
import json
import re
import shlex
from html.parser import HTMLParser
from pathlib import Path

import pytest
import yaml
from ansible.inventory.manager import InventoryManager
from ansible.parsing.dataloader import DataLoader
from markdown_it import MarkdownIt

from ansible_collections.m2m.netsuite.plugins.module_utils.core.errors import OptionError
from ansible_collections.m2m.netsuite.plugins.module_utils.core.handover import sheet as handover
from ansible_collections.m2m.netsuite.tests.support.catalogue import ROOT

CONSUMERS = ROOT / "roles/patchworks_handover/files/consumers"
NAMES = sorted(path.stem for path in CONSUMERS.glob("*.yml"))
CLIENT_ID = "3f8c" * 16
MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])
ACTIVE = {"status": "active", "checks": [{"name": "token", "status": "ok"}, {"name": "probe", "status": "skipped"}]}


class Page(HTMLParser):
    """What a reader sees of a page, and whether its elements are closed."""

    VOID = frozenset({"meta", "input", "br"})

    def __init__(self, text):
        super().__init__()
        self.open, self.text, self.values, self.tags = [], [], [], []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] not in ("style", "script"):
            self.text.append(data)
        if self.open and self.open[-1] in ("code", "pre"):
            self.values.append(data)


# The templates


@pytest.mark.parametrize("name", NAMES)
def test_each_template_makes_a_sheet_in_both_forms(sheet, name):
    result, files = sheet(consumers=[name], account_result=ACTIVE, role="1001", entity="12")
    assert result["accepted"] is True
    page, text = Page(files[f"acme-{name}.html"]), files[f"acme-{name}.md"]
    assert "${" not in text + files[f"acme-{name}.html"]
    for value in ("1001, 12", "RSA 3072", result["files"] and "1234567"):
        assert value in text
        assert value in "".join(page.text)
    assert "Not in this sheet." in text
    # the same fields, in the same order
    labels = [
        html.unescape(label) for label in re.findall(r'<div class="label">(.*?)</div>', files[f"acme-{name}.html"])
    ]
    assert labels == re.findall(r"^\d+\. \*\*(.+)\*\*$", text.split("\n## ")[1], re.MULTILINE)


@pytest.mark.parametrize("name", NAMES)
def test_a_template_asks_for_the_private_key_once_and_names_its_source(name):
    document = yaml.safe_load((CONSUMERS / f"{name}.yml").read_text())
    assert sum(bool(field.get("private_key")) for field in document["fields"]) == 1
    assert "# " in (CONSUMERS / f"{name}.yml").read_text()


def test_a_page_loads_nothing(sheet):
    _result, files = sheet(instances=["<b>one</b>", "two & three"], company="A <script>alert(1)</script> B")
    for name, text in files.items():
        page = Page(text) if name.endswith(".html") else None
        for tag, attributes in page.tags if page else ():
            assert tag not in ("link", "img", "iframe", "object", "base")
            assert "src" not in attributes
            assert attributes.get("href", "https://").startswith("https://")
        assert "<script>alert" not in text
        assert "<b>one</b>" not in text


def test_values_are_exact(sheet):
    _result, files = sheet(consumers=["patchworks"])
    page = Page(files["acme-patchworks.html"])
    assert CLIENT_ID in page.values
    assert "1234567-sb1" in page.values


@pytest.mark.parametrize(
    ("account_id", "label"),
    [("1234567", "1234567"), ("1234567-SB1", "1234567-sb1"), ("TSTDRV1431250", "tstdrv1431250")],
)
def test_the_account_id_is_spelled_as_in_the_url(sheet, account_id, label):
    _result, files = sheet(account_id=account_id, consumers=["patchworks"])
    assert f"2. **Account id**\n\n   ```text\n   {label}\n   ```" in files["acme-patchworks.md"]


# What a sheet says of the account


@pytest.mark.parametrize(
    ("result", "accepted", "words"),
    [
        ({}, False, "did not ask NetSuite"),
        (ACTIVE, True, "NetSuite grants access tokens for these values."),
        ({**ACTIVE, "status": "rotating", "next_step": "Upload it."}, True, "a rotation is under way. Upload it."),
        ({**ACTIVE, "certificate_id": "another"}, False, "about another certificate (another)"),
        (
            {"status": "awaiting_upload", "next_step": "Upload it."},
            False,
            "does not grant access tokens for these values. U",
        ),
        (
            {
                "status": "failed",
                "checks": [*ACTIVE["checks"], {"name": "claims", "status": "failed"}],
                "next_step": "Mend.",
            },
            False,
            "values. Mend.",
        ),
    ],
    ids=str,
)
def test_the_status_is_what_netsuite_said(sheet, result, accepted, words):
    outcome, files = sheet(account_result=result, consumers=["generic"])
    assert outcome["accepted"] is accepted
    assert words in files["acme-generic.md"]
    word = "Ready" if accepted else "Not ready" if result else "Not checked"
    assert f"**{word}:** " in files["acme-generic.md"]
    assert f"<strong>{word}.</strong>" in files["acme-generic.html"]


def test_the_sheet_says_when_an_old_certificate_ends(sheet):
    retiring = [{"certificate_id": "old", "revoke_after": "2026-12-01T00:00:00Z"}]
    _result, files = sheet(account_result={**ACTIVE, "retiring": retiring})
    for name in NAMES:
        assert "old works until 2026-12-01" in files[f"acme-{name}.md"]


def test_the_sheet_shows_old_and_new_side_by_side_and_what_to_do_in_which_order(sheet):
    waiting = {"certificate_id": "-old_*one", "revoke_after": None, "not_after": "2027-01-02T00:00:00Z"}
    certificate_id = "n_w" * 14 + "x"
    result = {**ACTIVE, "retiring": [waiting], "not_after": "2028-01-02T00:00:00Z"}
    _result, files = sheet(account_result=result, certificate_id=certificate_id)
    for name in NAMES:
        page = MARKDOWN.render(files[f"acme-{name}.md"])
        for text in (page, files[f"acme-{name}.html"]):
            cells = [html.unescape(one) for one in re.findall(r"<t[dh](?: [^>]*)?>(.*?)</t[dh]>", text)]
            assert cells[:3] == ["", "Old", "New"]
            assert cells[3:6] == ["Certificate id", "-old_*one", certificate_id]
            assert cells[-3] == "Works until"
            assert cells[-2] == "everybody is confirmed to use the new one, 2027-01-02 at the latest"
        assert "ansible-playbook m2m.netsuite.confirm --limit acme" in page
    steps = files["acme-patchworks.md"].split("in this order")[1]
    order = ["Ready", "cog", "**Private key** and **Certificate id** together", "flow of each", "confirm", "onboard"]
    places = [steps.index(f"\n{number}. ") for number in range(1, 7)]
    for word, start, end in zip(order, places, [*places[1:], len(steps)], strict=True):
        assert word in steps[start:end]


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ({}, "In **select script**"),
        ({"version": "7"}, "Select **version 7**"),
        ({"script_id": "1", "version": 2, "status": "Deployed"}, "exists with version 2 (Deployed)"),
        (
            {"script_id": "1", "version": 2, "status": "Draft"},
            "> **Stop:** The script exists (Draft) but is not deployed.",
        ),
        ({"msg": "No such call.", "cause": "manual_step"}, "> **Stop:** The script is not ready. No such call."),
    ],
    ids=str,
)
def test_the_sheet_shows_the_state_of_the_script(sheet, script, words):
    result, files = sheet(script=script, consumers=["patchworks"])
    assert words in files["acme-patchworks.md"]
    assert [one["consumer"] for one in result["problems"]] == ["patchworks"] * ("Stop" in words)


def test_a_certificate_id_that_begins_with_a_hyphen_stops_suitecloud_alone(sheet, pair):
    result, files = sheet(certificate_id="-" + "a" * 42)
    assert [one["consumer"] for one in result["problems"]] == ["suitecloud"]
    assert "issue 881" in files["acme-suitecloud.md"]


def test_a_key_with_an_id_alone_is_enough(sheet):
    _result, files = sheet(
        certificate_content=None, certificate_id="x" * 43, account_result={"not_after": "2028-01-02T"}
    )
    assert "x" * 43 in files["acme-generic.md"]
    assert "- Certificate valid until: 2028-01-02" in files["acme-generic.md"]
    _result, files = sheet(certificate_content=None, certificate_id="x" * 43)
    assert "Certificate valid until" not in files["acme-generic.md"]


# The files


def test_a_second_run_changes_nothing(sheet):
    first, files = sheet()
    again, files_again = sheet()
    assert (first["changed"], again["changed"], again["changed_files"], again["diff"]) == (True, False, [], [])
    assert files == files_again


def test_check_mode_predicts_and_writes_nothing(sheet):
    predicted, nothing = sheet(check_mode=True, reveal_key=True)
    assert nothing == {}
    real, files = sheet(reveal_key=True)
    assert predicted["changed_files"] == real["changed_files"]
    assert sorted(Path(path).name for path in real["files"]) == sorted(files)
    assert sheet(check_mode=True, reveal_key=True)[0]["changed"] is False


def test_the_private_key_comes_on_request_and_goes_without_it(sheet, pair, tmp_path):
    result, files = sheet(reveal_key=True)
    path = tmp_path / "handover/acme-auth-key.pem"
    assert files[path.name] == pair[0]
    assert path.stat().st_mode & 0o777 == 0o600
    assert "lies unencrypted" in result["_warnings"][0]
    assert sheet(reveal_key=True)[0]["changed"] is False
    result, files = sheet()
    assert (result["changed_files"], path.name in files) == ([str(path)], False)


def test_a_protected_key_is_revealed_as_the_consumer_needs_it(sheet, lab, pair):
    encrypted = lab.key_pem(lab.key("RSA-3072"), "open sesame")
    _result, files = sheet(private_key_content=encrypted, private_key_passphrase="open sesame", reveal_key=True)
    assert files["acme-auth-key.pem"] == pair[0]


def test_the_key_of_another_certificate_is_not_revealed(sheet, lab):
    result, files = sheet(private_key_content=lab.key_pem(lab.key("secp256r1")), reveal_key=True)
    assert (result["cause"], files) == ("key_mismatch", {})


def test_no_sheet_no_diff_and_no_result_holds_a_key_or_the_client_id_where_it_does_not_belong(sheet, lab, canaries):
    secrets = canaries(lab.key("RSA-3072"))
    for options in ({}, {"reveal_key": True}, {"client_id": "ab12" * 16}, {}):
        result, files = sheet(**options)
        sheets = [text for name, text in files.items() if not name.endswith(".pem")]
        output = json.dumps(result)
        assert not [secret for secret in secrets if any(secret in text for text in (*sheets, output))]
        assert not any(client_id in output for client_id in (CLIENT_ID, "ab12" * 16))
    assert "(client id ab12...)" in json.dumps(sheet(client_id="ab12" * 16)[0]["diff"])


def test_rights_that_were_widened_are_narrowed_again(sheet, tmp_path):
    sheet()
    path = tmp_path / "handover/acme-generic.md"
    path.chmod(0o644)
    assert sheet()[0]["changed_files"] == [str(path)]
    assert path.stat().st_mode & 0o777 == 0o600


def test_attachments_lie_beside_the_sheets(sheet, tmp_path):
    path = tmp_path / "script.js"
    path.write_text("// script\n")
    assert sheet(attachments=[str(path)])[1]["script.js"] == "// script\n"
    assert sheet(attachments=[str(tmp_path / "none.js")])[0]["cause"] == "missing_file"


# What can go wrong


@pytest.mark.parametrize(
    ("options", "cause"),
    [
        ({"client_id": None}, "client_id_missing"),
        ({"client_id": "3f8c6a52-0b6e-4f0e-9d1a-5a1c3c2f9c55"}, "application_id_as_client_id"),
        ({"account_id": "evil.example/x"}, "bad_account_id"),
        ({"certificate_content": None}, "certificate_missing"),
        ({"certificate_content": "text"}, "unreadable_pem"),
        ({"name": "../acme"}, "bad_name"),
        ({"name": "ac\\me"}, "bad_name"),
        ({"name": "ac\nme"}, "bad_name"),
        ({"name": ".."}, "bad_name"),
        ({"consumers": ["nobody"]}, "unknown_consumer"),
        ({"consumers": ["../generic"]}, "unknown_consumer"),
        ({"scope": ["mcp"]}, "bad_scope"),
        ({"suitetalk_url": "http://elsewhere.example"}, "bad_base_url"),
    ],
    ids=str,
)
def test_what_cannot_be_handed_over_is_refused_before_anything_is_written(sheet, options, cause):
    result, files = sheet(**options)
    assert (result["failed"], result["cause"], files) == (True, cause, {})
    assert result["fix"]


def test_a_key_that_netsuite_refuses_is_not_handed_over(sheet, lab):
    key = lab.key("RSA-2048")
    options = {
        "private_key_content": lab.key_pem(key),
        "certificate_content": lab.certificate_pem(lab.certificate(key)),
    }
    assert sheet(**options)[0]["cause"] == "unsupported_key"


def test_the_known_consumers_are_named(sheet):
    result, _files = sheet(consumers=["nobody"])
    assert result["fix"].startswith(f"Known are {', '.join(NAMES)};")


GOOD = {"format": 1, "title": "ours", "summary": "For us.", "fields": [{"label": "Id", "value": "${account_label}"}]}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"format": 2}, "format 2"),
        ({"fields": [{"label": "Id"}]}, "either value or private_key"),
        ({"fields": [{"label": "Id", "value": "x", "private_key": True}]}, "either value or private_key"),
        ({"fields": [{"value": "x"}]}, "lacks label"),
        ({"colour": "red"}, "unknown key colour"),
        ({"sections": [{"text": "x"}]}, "lacks title"),
        ({"sections": [{"title": "x", "loop": "y"}]}, "unknown key loop"),
        ({"title": None}, ""),
        ({"fields": "text"}, ""),
    ],
    ids=str,
)
def test_a_bad_template_is_refused_with_its_mistake(change, words):
    document = {**GOOD, **change}
    if change == {"title": None}:
        del document["title"]
    with pytest.raises(OptionError) as caught:
        handover.check(document, where="ours.yml")
    assert caught.value.cause == "bad_template"
    assert words in str(caught.value)
    assert "ours.yml" in str(caught.value)


@pytest.mark.parametrize("text", ["- a list\n", "plain text\n", "a: [\n", "", "format: 1\n"])
def test_a_file_that_is_not_a_template_is_refused(sheet, tmp_path, text):
    (tmp_path / "broken.yml").write_text(text)
    result, _files = sheet(consumers=["broken"], template_folders=[str(tmp_path)])
    assert result["cause"] == "bad_template"


def test_an_unknown_fact_is_named(sheet, tmp_path):
    (tmp_path / "ours.yml").write_text(yaml.safe_dump({**GOOD, "summary": "${private_key_content}"}))
    result, _files = sheet(consumers=["ours"], template_folders=[str(tmp_path)])
    assert (result["cause"], "'private_key_content' is undefined" in result["msg"]) == ("bad_template", True)
    assert "account_label" in result["fix"]


def test_a_template_of_the_user_replaces_the_roles(sheet, tmp_path):
    (tmp_path / "generic.yml").write_text(yaml.safe_dump(GOOD))
    _result, files = sheet(consumers=["generic"], template_folders=[str(tmp_path), str(CONSUMERS)])
    assert "\N{RIGHTWARDS ARROW} ours" in files["acme-generic.md"]


# Commands


@pytest.mark.parametrize(
    "name",
    ["acme", "my shop", "-acme", "Gr\u00f6\u00dfe & S\u00f6hne", "a'b", "$(id)", "~tilde", "!bang", "a:b", "a*b"],
)
def test_the_commands_name_this_host_alone(sheet, tmp_path, name):
    inventory = InventoryManager(DataLoader(), sources=None)
    for host in (
        "acme",
        "my shop",
        "my",
        "-acme",
        "Gr\u00f6\u00dfe & S\u00f6hne",
        "a'b",
        "$(id)",
        "~tilde",
        "!bang",
        "a:b",
        "a*b",
        "axb",
    ):
        inventory.add_host(host)
    inventory.reconcile_inventory()
    _result, files = sheet(name=name, private_key_variable="netsuite_account_private_key", consumers=["generic"])
    commands = [command for command in Page(files[f"{name}-generic.html"]).values if "ansible" in command]
    assert len(commands) == 3
    for command in commands:
        words = shlex.split(command)
        with_value = [word for word in words if word.startswith("--limit=")]
        inventory.subset(with_value[0].removeprefix("--limit=") if with_value else words[words.index("--limit") + 1])
        assert [str(host) for host in inventory.get_hosts()] == [name]
        assert words[0] in ("ansible-playbook", "ANSIBLE_CALLBACK_RESULT_FORMAT=yaml")


@pytest.mark.parametrize(
    ("name", "authid"), [("acme", "acme"), ("my shop", "my shop"), ("-acme", "acme"), ("a;b", "a;b")]
)
def test_the_suitecloud_command_is_quoted(sheet, name, authid):
    _result, files = sheet(name=name, consumers=["suitecloud"])
    values = Page(files[f"{name}-suitecloud.html"]).values
    words = shlex.split(next(value for value in values if "--authid " in value))
    assert words[words.index("--authid") + 1] == authid
    assert words[words.index("--privatekeypath") + 1] == f"./{name}-auth-key.pem"
    assert authid in values
