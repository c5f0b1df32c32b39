#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Installs the Node programs of tests/package-lock.json, or does nothing when they are there.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

if ! command -v npm >/dev/null 2>&1 || ! node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' 2>/dev/null; then
    echo "The interoperability tests and eslint need Node 20 or newer with npm on the PATH: please install it." >&2
    exit 1
fi
stamp=$(cat package.json package-lock.json - <<<"$(node --version)" | git hash-object --stdin)
if [ -f node_modules/.stamp ] && [ "$(cat node_modules/.stamp)" = "$stamp" ]; then
    exit 0
fi
echo "-- installing tests/node_modules ($(node --version))" >&2
mkdir -p ../.cache
npm ci --ignore-scripts --no-audit --no-fund --no-update-notifier >../.cache/npm.log 2>&1 || { cat ../.cache/npm.log >&2 && exit 1; }
echo "$stamp" >node_modules/.stamp
