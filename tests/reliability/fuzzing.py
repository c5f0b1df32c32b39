# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Inputs without an end, each the same for the same seed; and, as a program, inputs that coverage guides (atheris).

``fuzzing.py TARGET SECONDS SEED`` runs atheris on one target, with the collection's code instrumented.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Iterator
from typing import Any

#: What readers of text stumble over.
_PIECES = (
    *(
        b"\0",
        b"\n",
        b"\r\n",
        b" ",
        b"\t",
        b'"',
        b"'",
        b"\\",
        b"{",
        b"}",
        b"[" * 50,
        b":",
        b";",
        b",",
        b".",
        b"/",
        b"@",
        b"%",
    ),
    *(
        b"-----BEGIN CERTIFICATE-----",
        b"-----END",
        b"$ANSIBLE_VAULT;1.1;AES256\n",
        b"!vault |",
        b"&a",
        b"*a",
        b"<<: *a",
        b"---",
    ),
    *(
        b"null",
        b"true",
        b"NaN",
        b"1e400",
        b"-1",
        b"0",
        b"9" * 400,
        b"2026-02-30",
        b"0000-00-00",
        b"\\ud800",
        b"\\u0000",
    ),
    *(
        "\u202e".encode(),
        "\uff0e".encode(),
        "\u0661".encode(),
        b"\xff\xfe",
        b"\xc0\x80",
        b"\xed\xa0\x80",
        b"=" * 5,
        b"A" * 300,
    ),
)
_VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1.5, 1e308, 10**400, "", " ", "x" * 300, "\0", "\ud800", "2026-02-30", "99999-01-01"),
    *([], {}, [[]], [None], {"": ""}, {"a": {"a": {}}}, "true", "NaN", "1000", "-5", "\u202e", "1;2;3"),
)


def inputs(seeds: tuple[str, ...], seed: int) -> Iterator[bytes]:
    """The seeds, and then changed ones, for ever."""
    lot = random.Random(seed)
    begun = [one.encode("utf-8", "surrogateescape") for one in seeds]
    yield from begun
    documents = [found for one in begun if (found := _parsed(one)) is not None]
    while True:
        if documents and lot.random() < 0.5:
            yield json.dumps(_replaced(lot.choice(documents), lot, 0.15)).encode("utf-8", "surrogateescape")
            continue
        data = lot.choice(begun)
        for _change in range(lot.randint(1, 5)):
            data = _changed(data, lot, begun)
        yield data


def _parsed(data: bytes) -> Any:
    try:
        found = json.loads(data)
    except ValueError:
        return None
    return found if isinstance(found, (dict, list)) else None


def _replaced(value: Any, lot: random.Random, chance: float) -> Any:
    """A document with some of its parts replaced, dropped or doubled."""
    if lot.random() < chance:
        return lot.choice(_VALUES)
    if isinstance(value, dict):
        kept = {name: _replaced(one, lot, chance) for name, one in value.items() if lot.random() > chance / 3}
        return kept | ({"extra": lot.choice(_VALUES)} if lot.random() < chance else {})
    if isinstance(value, list):
        return [_replaced(one, lot, chance) for one in value for _time in range(lot.choice((1, 1, 1, 2)))]
    return value


def _changed(data: bytes, lot: random.Random, others: list[bytes]) -> bytes:
    start, end = sorted((lot.randint(0, len(data)), lot.randint(0, len(data))))
    match lot.randrange(8):
        case 0:
            return data[:start] + data[end:]
        case 1:
            return data[:end] + data[start:]
        case 2:
            return data[:start] + lot.choice(_PIECES) + data[start:]
        case 3:
            return data[:start] + lot.choice(_PIECES) + data[end:]
        case 4:
            return data[:start] + lot.choice(others)[lot.randint(0, 40) :]
        case 5:
            return data[:start] + bytes([lot.randrange(256)]) + data[start + 1 :]
        case 6:
            return data[:start] + data[start:end].swapcase() + data[end:]
    return data[:start] + bytes(lot.randrange(256) for _byte in range(lot.randint(1, 8))) + data[start:]


def main(name: str, seconds: str, seed: str) -> None:
    """Run atheris."""
    import atheris

    with atheris.instrument_imports(include=["ansible_collections.m2m.netsuite.plugins"]):
        from ansible_collections.m2m.netsuite.tests.reliability.targets import TARGETS

    target = TARGETS[name]
    atheris.Setup(
        [sys.argv[0], f"-max_total_time={seconds}", f"-seed={seed}", "-max_len=8192", *sys.argv[4:]], target.holds
    )
    atheris.Fuzz()


if __name__ == "__main__":
    main(*sys.argv[1:4])
