#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Load or save one file encrypted by SOPS in a Git repository: what sops_git.yml calls. A version is the id of the file in Git.
# Each call clones the newest commit into a folder of its own, so that several accounts go side by side; there it is only encrypted.
set -euo pipefail
export GIT_TERMINAL_PROMPT=0 LC_ALL=C
action=$1 file=$2 repository=$3 branch=$4 expected=$5

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
git clone --quiet --depth 1 --branch "$branch" -- "$repository" "$work/clone"
cd "$work/clone"
there=$(git ls-tree --format '%(objectname)' HEAD -- "$file")

if [ "$action" = load ]; then
    if [ -z "$there" ]; then
        echo '{"found": false}'
    else
        document=$(sops decrypt --input-type json --output-type json "$file")
        printf '{"found": true, "version": "%s", "document": %s}' "$there" "$document"
    fi
    exit
fi

conflict() {
    echo '{"conflict": true}'
    exit
}
[ "$there" = "$expected" ] || conflict
mkdir -p "$(dirname "$file")"
sops encrypt --filename-override "$file" --input-type json --output-type json /dev/stdin >"$work/encrypted"
mv "$work/encrypted" "$file"
git add -- "$file"
git -c user.name=m2m.netsuite -c user.email=m2m.netsuite@localhost commit --quiet --message "Credentials of $file"
if ! git push --porcelain origin "HEAD:refs/heads/$branch" >"$work/push" 2>&1; then
    # Somebody has pushed meanwhile.
    grep --quiet --extended-regexp '\[rejected\]|cannot lock ref|failed to update ref|reference already exists' "$work/push" && conflict
    cat "$work/push" >&2
    exit 1
fi
printf '{"version": "%s"}' "$(git ls-tree --format '%(objectname)' HEAD -- "$file")"
