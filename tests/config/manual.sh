#!/usr/bin/env bash
# The manual pages are sound, and each key that is built is in one of them.
# Usage: manual.sh SUPD PAGE…
set -euo pipefail
supd=$1
shift
command -v groff >/dev/null || { echo 'SKIP: no groff: install groff-base'; exit 77; }

failed=0
for page in "$@"; do
  said=$(groff -man -ww -z "$page" 2>&1) || failed=1
  [ -z "$said" ] || { printf '%s: groff says:\n%s\n' "$page" "$said"; failed=1; }
done
count=0
while read -r key; do
  count=$((count + 1))
  grep -qxF -- ".It Ic $key" "$@" || { echo "no page has $key"; failed=1; }
done < <("$supd" --explain | awk '/^  / && !/\(not built yet\)$/ { print $1 }')
echo "$# pages, $count keys"
[ "$count" -gt 40 ] && [ "$failed" -eq 0 ]
