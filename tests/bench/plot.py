# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The cost against the number of accounts, as a picture."""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
from report import Result

mpl.use("svg")
mpl.rcParams["svg.hashsalt"] = "m2m.netsuite"  # the same picture from the same figures
from matplotlib import pyplot as plt  # noqa: E402  (the backend comes first)

LINES = {
    "stock": ("stock chain", "C3"),
    "first-ec": ("onboard, first run, EC", "C1"),
    "onboard-rsa4096": ("onboard, nothing to do, RSA 4096", "C0"),
    "onboard-ec": ("onboard, nothing to do, EC", "C2"),
    "onboard-ec-floor": ("floor: as many tasks that do nothing", "0.6"),
}


def draw(result: Result, path: Path) -> None:
    """CPU seconds on two logarithmic axes."""
    figure, axes = plt.subplots(figsize=(8, 5))
    for scenario, (label, colour) in LINES.items():
        sizes = result.sizes(scenario)
        axes.plot(sizes, [result.median(scenario, size) for size in sizes], "o-", label=label, color=colour)
        spread = [sorted(one.cpu for one in result.of(scenario, size).values()) for size in sizes]
        axes.vlines(sizes, [values[0] for values in spread], [values[-1] for values in spread], color=colour)
    axes.set(xscale="log", yscale="log", xlabel="accounts", ylabel="CPU seconds", title="What a run costs")
    ticks = result.sizes("onboard-ec")
    axes.set_xticks(ticks, [str(size) for size in ticks], minor=False)
    axes.xaxis.set_minor_formatter("")
    axes.yaxis.set_major_formatter("{x:g}")
    axes.grid(alpha=0.3, which="both")
    axes.legend()
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)
