# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The event source expiring, loaded as ansible-rulebook loads it, on reports as the report writes them."""

from __future__ import annotations

import asyncio
import json
import runpy
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.m2m.netsuite.plugins.module_utils.core.report import document
from ansible_collections.m2m.netsuite.plugins.module_utils.core.timing import iso
from ansible_collections.m2m.netsuite.tests.support.catalogue import ROOT
from ansible_collections.m2m.netsuite.tests.support.results import NOW, failed, result, rotating, waiting

pytestmark = pytest.mark.slow

SOURCE = ROOT / "extensions/eda/plugins/event_source/expiring.py"
PLUGIN = runpy.run_path(str(SOURCE))
TODAY = datetime.now(timezone.utc)


def ends_in(days: float, window: int = 30) -> dict[str, str]:
    end = TODAY + timedelta(days=days, hours=12)
    return {"not_after": iso(end), "renew_from": iso(end - timedelta(days=window))}


def written(folder, results: dict[str, Any], *, age: timedelta = timedelta(0)) -> str:
    path = folder / "report.json"
    path.write_text(document.write(document.build(results, now=TODAY - age)))
    return str(path)


def heard(args: dict[str, Any], *meanwhile: Callable[[], Any]) -> list[dict[str, Any]]:
    """What comes of the first look, and of those after each of the things that are done meanwhile."""

    async def listen() -> list[dict[str, Any]]:
        queue: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        source = asyncio.create_task(PLUGIN["main"](queue, {"interval": 1, **args}))
        found = [await asyncio.wait_for(queue.get(), 30)]
        await asyncio.sleep(0)
        for act in meanwhile:
            act()
            await asyncio.sleep(1.5)
        source.cancel()
        await asyncio.gather(source, return_exceptions=True)
        return found + [queue.get_nowait() for _event in range(queue.qsize())]

    return asyncio.run(listen())


def test_an_event_for_each_certificate_inside_the_window_of_its_account(tmp_path):
    results = {
        "later": result(number=1, **ends_in(31)),
        "due": result(number=2, **ends_in(29)),
        "early": result(number=3, **ends_in(89, window=90)),
        "over": failed(number=4, **ends_in(-3)),
        "begun": rotating(number=5, **ends_in(20)),
        "unknown": None,
    }
    found = heard({"report": written(tmp_path, results)})
    assert found.pop() == {
        "problem": "unknown: its certificate is not known. The run ended before this account was looked at."
    }
    assert {event["meta"]["hosts"]: event["expiring"]["days_left"] for event in found} == {
        "due": 29,
        "early": 89,
        "over": -3,
        "begun": 20,
    }
    (due,) = (event for event in found if event["meta"]["hosts"] == "due")
    assert due["expiring"] == {
        "host": "due",
        "account": "1000002_SB1",
        "status": "active",
        "certificate_id": results["due"]["certificate_id"],
        "not_after": results["due"]["not_after"],
        "checked": iso(TODAY),
        "days_left": 29,
    }


def test_the_window_can_be_given_in_days(tmp_path):
    results = {"later": result(**ends_in(31)), "due": result(**ends_in(29))}
    path = written(tmp_path, results)
    assert [event["meta"]["hosts"] for event in heard({"report": path, "days": "32"})] == ["later", "due"]
    assert list(PLUGIN["events"](json.loads(Path(path).read_text()), 0, 60, TODAY)) == []


def test_a_certificate_comes_again_only_when_somebody_has_looked_again(tmp_path):
    results = {"due": result(**ends_in(29)), "other": waiting(number=2, **ends_in(300))}
    path = written(tmp_path, results, age=timedelta(hours=1))
    found = heard({"report": path}, lambda: None, lambda: written(tmp_path, results))
    assert [event["expiring"]["checked"] for event in found] == [iso(TODAY - timedelta(hours=1)), iso(TODAY)]


def test_an_old_look_is_a_problem_and_rotates_nothing(tmp_path):
    path = written(tmp_path, {"due": result(**ends_in(29)), "fine": result(**ends_in(300))}, age=timedelta(days=3))
    (event,) = heard({"report": path})
    assert event == {
        "problem": f"due: its certificate is due, but it was last looked at on {iso(TODAY - timedelta(days=3))}."
    }
    assert "expiring" in heard({"report": path, "max_age": 4 * 86400})[0]


@pytest.mark.parametrize("text", [None, "", "[]", '{"accounts": [{}]}', '{"accounts": 1}', "{}"])
def test_no_report_is_a_problem_and_does_not_end_the_source(text, tmp_path, caplog):
    path = tmp_path / "report.json"
    if text is not None:
        path.write_text(text)
    events = heard({"report": str(path)}, lambda: written(tmp_path, {"due": result(**ends_in(1))}))
    assert [next(iter(event)) for event in events] == ["problem", "expiring"]
    assert "report" in events[0]["problem"]


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ({}, "either report or inventory"),
        ({"report": "x", "inventory": "y"}, "either report or inventory"),
        ({"report": "x", "reports": "y"}, "no option reports"),
        ({"report": "x", "days": "many"}, "invalid literal"),
    ],
)
def test_mistaken_options_end_the_source(args, message):
    with pytest.raises(ValueError, match=message):
        asyncio.run(PLUGIN["main"](asyncio.Queue(), args))


def test_the_documentation_says_what_the_code_does():
    options = yaml.safe_load(PLUGIN["DOCUMENTATION"])["options"]
    fields = PLUGIN["_Options"].__dataclass_fields__
    assert {name: option.get("default") for name, option in options.items()} == {
        name: one.default for name, one in fields.items()
    }
    assert set(document.build({"acme": result()}, now=NOW)["accounts"][0]) >= set(PLUGIN["_FACTS"])
    (example,) = yaml.safe_load(PLUGIN["EXAMPLES"])
    assert set(example["sources"][0]["m2m.netsuite.expiring"]) <= set(options)


def test_no_report_from_ansible_is_a_problem(tmp_path, monkeypatch, caplog):
    monkeypatch.setenv("PATH", str(tmp_path))
    (event,) = heard({"inventory": str(tmp_path)})
    assert "ansible-playbook cannot be started" in event["problem"]
    program = tmp_path / "ansible-playbook"
    program.write_text("#!/bin/sh\necho nothing works; exit 4\n")
    program.chmod(0o755)
    (event,) = heard({"inventory": str(tmp_path)})
    assert event["problem"].endswith("exit status 4; its output is in the log.")
    assert "nothing works" in caplog.text
    assert json.dumps(event)
