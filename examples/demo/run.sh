#!/usr/bin/env bash
# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Plays the whole journey in a copy of this folder: run.sh [WORKSPACE]. It may be run again and again.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
workspace=$(realpath -m "${1:-demo}")
simulator=$here/../../roles/netsuite_simulator/files/netsuite_simulator

stop() { python3 "$simulator" --stop --state-dir "$workspace/simulator" >/dev/null 2>&1 || true; }
say() { printf '\n\033[1m%s\033[0m\n' "$*"; }

stop
rm -rf "$workspace"
mkdir -p "$workspace"
cp -R "$here"/{ansible.cfg,hosts.yml,group_vars,host_vars,vault-password} "$workspace"
cd "$workspace"
trap stop EXIT

say "Three accounts, a simulator in NetSuite's place: ansible-playbook m2m.netsuite.demo"
ansible-playbook m2m.netsuite.demo

say "A third run, the one you would schedule: ansible-playbook m2m.netsuite.onboard"
ansible-playbook m2m.netsuite.onboard | tee onboard.log
if grep -Eq 'changed=[1-9]|failed=[1-9]' onboard.log; then
  echo "The third run changed something, which it must not." >&2
  exit 1
fi

say "What happened"
cat <<TEXT
  1. Key and certificate were made for three accounts: RSA 3072, RSA 4096, and EC. The keys went straight into vaulted files.
  2. The first run ended with three instructions: which page, which file, which entity, role and application.
  3. The simulator's administrator uploaded the certificates; the second run got a token from each account and checked it.
  4. The third run changed nothing.

Where to look, in $workspace
  hosts.yml, group_vars/, host_vars/acme_sandbox/vars.yml    the inventory: what you would write, vaulted client ids included
  host_vars/*/netsuite_credentials.yml                       the credentials, with the private key as an inline !vault value
  host_vars/*/netsuite_credentials.auth-cert.pem             the certificates, as they are uploaded
  simulator/                                                 the simulator's log; it is stopped now

Next: docs/guides/quick-start.md, for an account of your own.
TEXT
