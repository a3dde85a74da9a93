#!/bin/sh
# systemd itself reads the unit files that are shipped: systemd.sh SUPD UNIT...
set -eu
supd=$1
shift
if ! command -v systemd-analyze >/dev/null; then
  echo "SKIP: systemd-analyze is not installed here (apt-get install systemd)"
  exit 77
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for unit in "$@"; do
  name=$(basename "$unit")
  # What it executes is not installed yet.
  sed "s|^ExecStart=[^ ]*|ExecStart=$supd|" "$unit" >"$work/${name#user-}"
  # Only what is said of our own files: verify reads those of the machine, too.
  systemd-analyze verify --man=no "$work/${name#user-}" 2>"$work/said" || true
  if grep -F "${name#user-}" "$work/said"; then
    echo "systemd has something to say of $unit"
    exit 1
  fi
done
echo "systemd reads $# unit files"
