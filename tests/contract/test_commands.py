# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The commands in the documentation: no secret is on a command line, and libraries are named with their versions."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ansible_collections.m2m.netsuite.plugins.module_utils.core import libraries
from ansible_collections.m2m.netsuite.tests.support.catalogue import ROOT

PAGES = sorted(
    path
    for folder in ("docs", "roles", "examples", ".")
    for path in (ROOT / folder).glob("*.md" if folder == "." else "**/*.md")
)
_BLOCK = re.compile(r"^```(?:console|bash|sh|text)\n(.*?)^```", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`((?:ansible|curl|openssl|export|echo|pip)\b[^`]*)`")
_SECRET = r"(?:bootstrap_token|access_token|passphrase|password|api_key|private_key|client_secret|assertion)"
# Every user of the machine can read the arguments of a process; a template is evaluated inside it.
ON_THE_COMMAND_LINE = (
    re.compile(rf"(?:-e|--extra-vars)[ =]\s*[\"']?\w*{_SECRET}=(?![\"']?\{{\{{)"),
    re.compile(rf"(?:-e|--extra-vars)[ =].*[\"']\w*{_SECRET}[\"']\s*:\s*(?![\"']?\s*\{{\{{)"),
    re.compile(r"Authorization: *Bearer +[^{\s]"),
    re.compile(r"-pass(?:in|out)? +pass:"),
    re.compile(r"encrypt_string(?!.*(?:--stdin-name|--prompt|<))(?=.*\s['\"])"),
)


def commands(page: Path) -> list[str]:
    """The lines of a page that somebody may type."""
    text = page.read_text(encoding="utf-8")
    blocks = "\n".join(_BLOCK.findall(text)).replace("\\\n", " ")
    return [*blocks.splitlines(), *_INLINE.findall(text)]


def betrays(command: str) -> bool:
    return any(pattern.search(command) for pattern in ON_THE_COMMAND_LINE)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_no_secret_is_on_a_command_line(page: Path) -> None:
    assert [command for command in commands(page) if betrays(command)] == []


@pytest.mark.parametrize(
    ("command", "found"),
    [
        ('ansible-playbook x.yml -e netsuite_account_bootstrap_token="$TOKEN"', True),
        ("ansible-playbook x.yml -e 'netsuite_account_private_key_passphrase=x y'", True),
        ("""ansible-playbook x.yml -e '{"netsuite_account_bootstrap_token": "eyJ"}'""", True),
        ("ansible-playbook x.yml -e \"netsuite_account_bootstrap_token={{ lookup('env', 'T') }}\"", False),
        ("ansible-playbook x.yml -e @secrets.yml -e netsuite_accounts_serial=20", False),
        ("curl -H 'Authorization: Bearer eyJ' https://example.com", True),
        ("openssl pkey -in key.pem -passin pass:secret", True),
        ("openssl pkey -in key.pem -passin env:PASSPHRASE", False),
        ("ansible-vault encrypt_string --name netsuite_account_client_id 'the 64 characters'", True),
        ("ansible-vault encrypt_string --stdin-name netsuite_account_client_id", False),
    ],
)
def test_what_such_a_command_is(command: str, found: bool) -> None:
    assert betrays(command) is found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_libraries_are_named_with_their_oldest_versions(page: Path) -> None:
    for command in commands(page):
        for library, version in libraries.MINIMUM.items():
            if re.search(rf"pip install .*\b{library}\b", command, re.IGNORECASE):
                assert f"'{library}>={version}'" in command


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_playbooks_that_are_run_exist(page: Path) -> None:
    named = {
        name for command in commands(page) for name in re.findall(r"ansible-playbook\b.* m2m\.netsuite\.(\w+)", command)
    }
    assert named <= {path.stem for path in (ROOT / "playbooks").glob("*.yml")}


def test_the_playbook_in_the_readme_is_one_that_a_guides_test_runs() -> None:
    (playbook,) = re.findall(
        r"```yaml\n# customers\.yml\n.*?```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL
    )
    assert playbook in (ROOT / "docs/guides/tokens.md").read_text(encoding="utf-8")
