# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbook ``collect``: from a variable into the inventory and its repository, without a vault secret."""

from __future__ import annotations

import json
import shutil
import subprocess

import pytest

from ansible_collections.m2m.netsuite.tests.support.controller import snapshot
from ansible_collections.m2m.netsuite.tests.support.documents import Maker

COLLECT = "m2m.netsuite.collect"
_WHO = {f"GIT_{who}_{what}": "ops@example.com" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}


@pytest.fixture
def repository(controller):
    """The inventory as a repository; a function that runs git in it."""
    if shutil.which("git") is None:
        pytest.skip("git is not installed")

    def git(*arguments):
        argv = ["git", "-C", str(controller.inventory.folder), *arguments]
        return subprocess.run(argv, env=controller.environment(_WHO), capture_output=True, text=True, check=True).stdout

    git("init", "--quiet", "--initial-branch", "main")
    return git


@pytest.fixture
def collect(controller):
    """A run over two hosts, with documents of which it is told in a variable."""

    def run(documents, *arguments, **how):
        given = controller.folder / "documents.json"
        given.write_text(json.dumps({"netsuite_collect_documents": documents}))
        more = ["-e", f"@{given}", *arguments]
        return controller.play(COLLECT, *more, vault=False, env=_WHO, **how)

    for host in ("acme", "globex"):
        controller.inventory.add(host, {"netsuite_account_id": "7654321"})
    return run


def test_new_credentials_are_committed_whatever_is_wrong_with_others(controller, repository, collect):
    acme, globex, commit = Maker(), Maker(), ("-e", "netsuite_collect_commit=true")
    repository("add", ".")
    repository("commit", "--quiet", "--message", "hosts")
    (controller.inventory.folder / "unfinished.txt").write_text("not to be committed\n")
    before = snapshot(controller.inventory.folder)
    old = acme.text()
    run = collect({"acme": old, "globex": globex.text()}, "--check", "--diff", *commit).expect(0)
    assert run.changed == {"acme": 1}
    assert f"+acme: generation 1, {acme.credentials.active.certificate_id}" in run.stdout
    assert snapshot(controller.inventory.folder) == before

    collect({"acme": old, "globex": globex.text()}, *commit).expect(0)
    assert repository("log", "--format=%s").splitlines() == ["NetSuite: new credentials", "hosts"]
    names = [
        f"host_vars/{host}/netsuite_credentials.{end}"
        for host in ("acme", "globex")
        for end in ("auth-cert.pem", "yml")
    ]
    assert repository("show", "--format=", "--name-only").splitlines() == names
    assert repository("status", "--porcelain").splitlines() == ["?? unfinished.txt"]
    assert collect({"acme": old, "globex": globex.text()}, *commit).expect(0).changed == {"acme": 0}

    collect({"acme": acme.rotate().text()}).expect(0)  # and not committed
    run = collect({"acme": old, "globex": globex.begin().text()}, *commit, quiet=False).expect(2)
    assert "acme: These credentials are of generation 1" in run.output
    assert repository("show", "--format=", "--name-only").splitlines() == names[2:]
    assert controller.inventory.read_credentials("globex")["pending"]["number"] == 2


def test_a_job_of_awx_names_the_folder(controller, collect, tmp_path):
    documents = {"acme": Maker().text()}
    kept = tmp_path / "project/inventory"
    run = collect(documents, "-e", "awx_job_id=7").expect(2)
    assert "Set netsuite_collect_to" in run.output
    assert not controller.inventory.credentials("acme").exists()
    collect(documents, "-e", "awx_job_id=7", "-e", f"netsuite_collect_to={kept}").expect(0)
    assert (kept / "host_vars/acme/netsuite_credentials.yml").is_file()


def test_a_limit_leaves_other_hosts_alone(controller, collect):
    run = collect({"acme": Maker().text(), "globex": Maker().text()}, "--limit", "globex").expect(0)
    assert run.results(action="collect_credentials")[0]["left_out"] == ["acme"]
    assert not controller.inventory.credentials("acme").exists()
    assert controller.inventory.credentials("globex").is_file()
