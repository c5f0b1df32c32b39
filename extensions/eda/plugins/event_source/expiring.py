# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Event source for ansible-rulebook: an event for each NetSuite certificate that is due for renewal.

It needs the standard library only, because ansible-rulebook may run in an environment without this collection's
libraries. What it knows is what report.json says (docs/report.schema.json), which holds no secrets.
"""

from __future__ import annotations

import asyncio
import json
import logging
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

DOCUMENTATION = r"""
short_description: Events for NetSuite certificates that are due for renewal
description:
  - Looks at regular intervals at the active certificate of each account, and sends an event for each one that is inside its window.
  - An event holds C(expiring), with the account's C(host), C(account), C(status), C(certificate_id), C(not_after), C(days_left) and
    C(checked), and C(meta.hosts), which limits a playbook to this host. It holds no secrets.
  - A certificate is reported again only after somebody has looked at its account again, so an old report causes no repetition.
  - What could not be looked at is an event too. It holds C(problem), a sentence.
options:
  report:
    description:
      - Path of a C(report.json), as the playbook M(m2m.netsuite.report) or the variable C(netsuite_report) writes it.
      - Give this or O(inventory).
    type: str
  inventory:
    description:
      - Inventories, as for C(ansible-playbook -i). Ansible reads the credential files or the secret store that they name.
      - NetSuite is not asked. A vault password is needed only where the credentials are still in vaulted variables, or a whole file of the
        inventory is encrypted; name its file in the environment variable C(ANSIBLE_VAULT_PASSWORD_FILE).
    type: list
    elements: str
  days:
    description:
      - The window, in days before the end of a certificate.
      - By default it is the account's own, C(netsuite_account_renew_before_days).
    type: int
  interval:
    description:
      - Seconds from one look to the next.
    type: int
    default: 86400
  max_age:
    description:
      - An account that was last looked at more than so many seconds ago is a problem, and causes no other event.
    type: int
    default: 172800
"""

EXAMPLES = r"""
- name: Renew the NetSuite certificates
  hosts: all
  sources:
    - m2m.netsuite.expiring:
        inventory: [/srv/netsuite/inventory]
  rules:
    - name: Rotate
      condition: event.expiring is defined
      action:
        run_playbook:
          name: m2m.netsuite.rotate
"""

Event = dict[str, Any]
_PLAYBOOK = "m2m.netsuite.report"
_FACTS = ("host", "account", "status", "certificate_id", "not_after", "checked")
_log = logging.getLogger(__name__)


class ReportError(Exception):
    """The accounts could not be looked at; the message is a sentence."""


@dataclass(frozen=True)
class _Options:
    """What DOCUMENTATION says."""

    report: str | None = None
    inventory: list[str] | None = None
    days: int | None = None
    interval: int = 86400
    max_age: int = 172800

    def __post_init__(self) -> None:
        if (self.report is None) == (self.inventory is None):
            raise ValueError("m2m.netsuite.expiring needs either report or inventory")


async def main(queue: asyncio.Queue[Event], args: dict[str, Any]) -> None:
    """Send events until ansible-rulebook ends.

    Args:
        queue: Where they go.
        args: The options, see DOCUMENTATION.

    Raises:
        ValueError: an option is missing, unknown or of the wrong type.
    """
    options = _options(args)
    reported: dict[str, str] = {}
    while True:
        try:
            report = await _report(options)
            for event in events(report, options.days, options.max_age, datetime.now(timezone.utc)):
                found = event.get("expiring")
                if found is None or reported.get(found["host"]) != found["checked"]:
                    await queue.put(event)
                if found:
                    reported[found["host"]] = found["checked"]
        except ReportError as error:
            _log.error("%s", error)
            await queue.put({"problem": str(error)})
        await asyncio.sleep(options.interval)


def events(report: Mapping[str, Any], days: int | None, max_age: int, now: datetime) -> Iterator[Event]:
    """The events that a report gives rise to.

    Args:
        report: What report.json holds.
        days: The window; None for each account's own.
        max_age: Seconds for which it counts that an account was looked at.
        now: The time of the look.

    Raises:
        ReportError: what is given is not a report.
    """
    try:
        for account in report["accounts"]:
            if not account["not_after"]:
                yield {"problem": f"{account['host']}: its certificate is not known. {account['next_step']}"}
                continue
            end = _moment(account["not_after"])
            begin = (
                end - timedelta(days=days)
                if days is not None
                else _moment(account["renew_from"] or account["not_after"])
            )
            if now < begin:
                continue
            if now - _moment(account["checked"]) > timedelta(seconds=max_age):
                looked = f"it was last looked at on {account['checked']}"
                yield {"problem": f"{account['host']}: its certificate is due, but {looked}."}
                continue
            facts = {name: account[name] for name in _FACTS}
            yield {"expiring": {**facts, "days_left": (end - now).days}, "meta": {"hosts": account["host"]}}
    except (LookupError, TypeError, ValueError) as error:
        raise ReportError(f"The report is not one of m2m.netsuite: {error!r}.") from error


def _options(args: Mapping[str, Any]) -> _Options:
    given = {name: value for name, value in args.items() if value is not None}
    unknown = given.keys() - _Options.__dataclass_fields__.keys()
    if unknown:
        raise ValueError(f"m2m.netsuite.expiring has no option {', '.join(sorted(unknown))}")
    for name in ("days", "interval", "max_age"):
        if name in given:
            given[name] = int(given[name])
    if isinstance(given.get("inventory"), str):
        given["inventory"] = [given["inventory"]]
    return _Options(**given)


async def _report(options: _Options) -> dict[str, Any]:
    if options.report is not None:
        return _read(Path(options.report))
    with tempfile.TemporaryDirectory(prefix="netsuite-expiring-") as folder:
        await _write_report(options.inventory or [], folder)
        return _read(Path(folder, "report.json"))


def _read(path: Path) -> dict[str, Any]:
    try:
        report: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ReportError(f"The report {path} cannot be read: {error}.") from error
    return report


async def _write_report(inventories: list[str], folder: str) -> None:
    """Have Ansible write a report of what is on record; nobody but this source hears of it."""
    variables = {
        "netsuite_report_ask_netsuite": False,
        "netsuite_report_path": folder,
        "netsuite_report_formats": ["json"],
        "netsuite_notify_tasks": "",
    }
    sources = [word for one in inventories for word in ("-i", one)]
    try:
        process = await asyncio.create_subprocess_exec(
            *("ansible-playbook", *sources, _PLAYBOOK, "--extra-vars", json.dumps(variables)),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
    except OSError as error:
        raise ReportError(f"ansible-playbook cannot be started: {error}.") from error
    try:
        output, _nothing = await process.communicate()
    except asyncio.CancelledError:
        process.terminate()
        raise
    if not Path(folder, "report.json").exists():  # failed accounts are in the report
        _log.error("%s", output.decode(errors="replace"))
        raise ReportError(
            f"The playbook {_PLAYBOOK} wrote no report: exit status {process.returncode}; its output is in the log."
        )


def _moment(value: str) -> datetime:
    return datetime.fromisoformat(value.replace("Z", "+00:00"))
