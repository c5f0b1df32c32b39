# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The runs that the campaign disturbs: first run, rotation, retirement, re-encryption, on each store."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ansible_collections.m2m.netsuite.tests.reliability.life import Life, Played
from ansible_collections.m2m.netsuite.tests.support.openbao import OpenBao
from ansible_collections.m2m.netsuite.tests.support.simulator import Simulator


@dataclass(frozen=True)
class Story:
    """One run of one host.

    Attributes:
        store: Where its credentials are.
        before: The runs that lead up to it, each by its variables.
        run: The variables of the run itself.
        generations: How many certificates are mapped by its end.
        variables: Variables of all runs.
        new_vault_id: A vault id that the host gets before the run.
    """

    store: str = "file"
    before: tuple[dict[str, Any], ...] = ({},)
    run: dict[str, Any] = field(default_factory=dict)
    generations: int = 1
    variables: dict[str, Any] = field(default_factory=dict)
    new_vault_id: str | None = None

    def prepare(self, folder: Path, simulator: Simulator, openbao: OpenBao | None, **variables: object) -> Life:
        """A host that has come as far as the run."""
        life = Life.begin(folder / "host", simulator, self.store, openbao, **{**self.variables, **variables})
        for each in self.before:
            played = life.play(**each)
            assert played.status == "active", played.summary
        if self.new_vault_id:
            life.vaults.add(self.new_vault_id)
        return life

    def play(self, life: Life) -> Played:
        """The run."""
        return life.play(**self.run)


ROTATION = Story(run={"rotate": True}, generations=2)
RETIREMENT = Story(before=({}, {"rotate": True, "overlap_days": 7}), generations=2)
FIRST = Story(before=())
STORIES = {
    **{
        f"{name}, {store}": replace(story, store=store)
        for store in ("file", "whole file", "kv2")
        for name, story in {"first run": FIRST, "rotation": ROTATION, "retirement": RETIREMENT}.items()
    },
    "re-encryption, file": Story(run={"vault_id": "new"}, new_vault_id="new"),
    "re-encryption, whole file": Story("whole file", run={"vault_id": "new"}, new_vault_id="new"),
    "rotation, file, RSA": replace(ROTATION, variables={"key_type": "RSA", "curve": None, "key_size": 3072}),
}
