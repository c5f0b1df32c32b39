# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an account costs: this collection, the stock chain and the floor, side by side, in several rounds."""

from __future__ import annotations

import argparse
import itertools
import json
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import floor
import measure
import plot
import report
import stock
from report import Sample
from world import Fleet, Outcome, mean, trust

from ansible_collections.m2m.netsuite.tests.support.openbao import OpenBao, running_openbao
from ansible_collections.m2m.netsuite.tests.support.simulator import Simulator

ROOT = Path(__file__).resolve().parents[2]
ROOM = ROOT / ".cache/bench"
TREE = str(ROOT / ".cache/tree")
KEYS = Path(__file__).with_name("keys.py")
ONBOARD, VERIFY = "m2m.netsuite.onboard", "m2m.netsuite.verify"
EC = {"netsuite_account_key_type": "EC"}
# What an account costs over a secret store is compared with the file for as many accounts as this at most.
KV2_UP_TO = 100
# RSA keys differ widely in what it takes to find them, so their cost is measured with more of them than are needed.
KEY_SETS = 3
# The same run costs a few percent more or less each time, and for a while; so the mean of this many counts, each
# beside its floor, with the runs of the other sizes in between.
TIMES = 3


class Bench:
    """The fleets of one number of accounts."""

    def __init__(self, steady: dict[str, Fleet], chain: Fleet, size: int) -> None:
        self.size = size
        self.steady = {
            kind: fleet.first(size, ROOM / f"{kind}-{size}")
            for kind, fleet in steady.items()
            if kind != "kv2" or size <= KV2_UP_TO
        }
        self.chain = stock.Chain(chain.first(size, ROOM / f"stock-{size}"))

    def nothing_to_do(self, kind: str) -> Iterator[tuple[str, Outcome]]:
        """What onboard costs with nothing to do."""
        yield from self._beside_floor(f"onboard-{kind}", self.steady[kind], ONBOARD)

    def other_round(self, bits: tuple[int, ...]) -> Iterator[tuple[str, Outcome]]:
        """What all else costs; ``bits`` are those of the RSA keys that a first run makes."""
        yield from self._beside_floor("verify-ec", self.steady["ec"], VERIFY)
        yield from self._first("first-ec", EC)
        for size in bits:
            yield from self._first(f"first-rsa{size}", {"netsuite_account_key_size": size})
            yield f"keys-rsa{size}", self._keys(size)

    def _beside_floor(self, name: str, fleet: Fleet, playbook: str) -> Iterator[tuple[str, Outcome]]:
        run = fleet.play(playbook)
        yield name, run
        yield f"{name}-floor", floor.play(fleet, round(run.tasks))

    def _first(self, name: str, variables: Mapping[str, object]) -> Iterator[tuple[str, Outcome]]:
        known = self.steady["ec"]
        fleet = Fleet.make(ROOM / f"{name}-{self.size}", known.simulator, known.accounts, TREE, **variables)
        yield from self._beside_floor(name, fleet, ONBOARD)

    def _keys(self, bits: int) -> Outcome:
        argv = [sys.executable, str(KEYS), str(bits), str(KEY_SETS * self.size)]
        cost = measure.run(argv, ROOM, self.chain.fleet.environment(), ROOM / "keys.log")
        one_set = replace(cost, cpu=cost.cpu / KEY_SETS, wall=cost.wall / KEY_SETS)
        return Outcome(one_set, requests=0, tasks=0, changed=0)


def key_pool(count: int) -> list[str]:
    """RSA keys for accounts that are onboarded already; they are kept from one run of this program to the next."""
    path = ROOM / "keys.json"
    if not path.exists() or len(json.loads(path.read_text())) < count:
        measure.run([sys.executable, str(KEYS), "4096", str(count), str(path)], ROOM, {}, ROOM / "keys.log")
    return list(json.loads(path.read_text()))


def prepare(simulator: Simulator, store: OpenBao, count: int, collections: str) -> tuple[dict[str, Fleet], Fleet]:
    """Accounts in their steady state, by kind; and the stock chain's inventory of them, without pairs.

    The kinds are those of keys; and ``kv2``, the accounts of ``ec`` with their credentials in a secret store.
    """
    trust(simulator)
    accounts = {f"account{number:03d}": simulator.account() for number in range(count)}
    keys = dict(zip(accounts, key_pool(count), strict=False))
    steady = {
        "ec": Fleet.make(ROOM / "ec", simulator, accounts, TREE, **EC),
        "rsa4096": Fleet.make(ROOM / "rsa4096", simulator, accounts, TREE),
    }
    steady["ec"].activate()
    steady["rsa4096"].activate(keys)
    login = {"url": store.url, "token": store.token}
    kept = {"netsuite_account_store": "kv2", **{f"netsuite_account_store_{name}": login[name] for name in login}}
    some = dict(itertools.islice(accounts.items(), KV2_UP_TO))
    steady["kv2"] = Fleet.make(ROOM / "kv2", simulator, some, TREE, **EC, **kept)
    steady["kv2"].move_from(steady["ec"])
    return steady, Fleet.make(ROOM / "stock", simulator, accounts, collections)


def measured(arguments: argparse.Namespace, first: int) -> Iterator[Sample]:
    """Prepare everything, then measure round after round. All sizes are in each round, because machines drift."""
    collections = stock.install(ROOT / ".cache")
    with Simulator(ROOM / "simulator") as simulator, running_openbao(ROOM) as store:
        steady, chain = prepare(simulator, store, max(arguments.sizes), collections)
        benches = [Bench(steady, chain, size) for size in arguments.sizes]
        with_stock = [] if arguments.steady else [one for one in benches if one.size <= arguments.stock_up_to]
        for bench in with_stock:
            bench.chain.activate(dict(zip(steady["ec"].accounts, key_pool(bench.size), strict=False)))
        for number in range(first, first + arguments.rounds):
            for (name, size), outcome in steady_round(benches):
                yield Sample.of(name, size, number, outcome)
            for bench in [] if arguments.steady else benches:
                for name, outcome in bench.other_round(rsa_bits(bench.size, arguments)):
                    yield Sample.of(name, bench.size, number, outcome)
            for bench in with_stock:
                yield Sample.of("stock", bench.size, number, bench.chain.play())


def steady_round(benches: Sequence[Bench]) -> Iterator[tuple[tuple[str, int], Outcome]]:
    """What onboard costs with nothing to do, for every kind and number of accounts."""
    outcomes: dict[tuple[str, int], list[Outcome]] = {}
    for kind in dict.fromkeys(kind for bench in benches for kind in bench.steady):
        for _time, bench in itertools.product(range(TIMES), [one for one in benches if kind in one.steady]):
            for name, outcome in bench.nothing_to_do(kind):
                outcomes.setdefault((name, bench.size), []).append(outcome)
    return ((run, mean(repeated)) for run, repeated in outcomes.items())


def rsa_bits(size: int, arguments: argparse.Namespace) -> tuple[int, ...]:
    """The RSA keys that first runs of so many accounts make."""
    if size > arguments.rsa_up_to:
        return ()
    return (3072, 4096) if size == min(arguments.sizes) else (4096,)


def main() -> None:
    """Measure, print the table and write everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[20, 100, 300], help="numbers of accounts")
    parser.add_argument("--rounds", type=int, default=5, help="paired runs of everything")
    parser.add_argument("--stock-up-to", type=int, default=100, help="no stock chain above this number of accounts")
    parser.add_argument("--rsa-up-to", type=int, default=100, help="no first runs with RSA keys above this number")
    parser.add_argument("--steady", action="store_true", help="only onboard with nothing to do")
    parser.add_argument("--add", action="store_true", help="add these rounds to those that were measured last")
    parser.add_argument("--publish", action="store_true", help="write the result into the documentation")
    arguments = parser.parse_args()
    ROOM.mkdir(parents=True, exist_ok=True)
    last = ROOM / "results.json"
    samples = report.Result.from_json(last.read_text()).samples if arguments.add else []
    for sample in measured(arguments, first=1 + max((one.round for one in samples), default=-1)):
        samples.append(sample)
        print(f"{sample.scenario:22} {sample.accounts:4} accounts  {sample.cpu:7.1f} CPU s", file=sys.stderr)
    result = report.Result(report.machine(), samples)
    last.write_text(result.to_json())
    plot.draw(result, ROOM / "cost.svg")
    print(report.table(result))
    if arguments.publish:
        (ROOT / "docs/images").mkdir(exist_ok=True)
        shutil.copy(ROOM / "cost.svg", ROOT / "docs/images/speed.svg")
        report.publish(result, ROOT / "docs")


if __name__ == "__main__":
    main()
