#!/bin/sh
# Every example that is shipped is a configuration without errors: examples.sh SUPD EXAMPLES-DIRECTORY
set -eu
supd=$1
checked=0
for set in "$2"/container/units "$2"/fleet "$2"/machine "$2"/quickstart; do
  # A copy of its own: whoever checked this out may not be whom supd trusts.
  work=$(mktemp -d)
  cp -R "$set/." "$work"
  said=$("$supd" --check --trust-config -c "$work" 2>&1) || { echo "$set:"; echo "$said"; rm -rf "$work"; exit 1; }
  rm -rf "$work"
  files=$(find "$set" -name '*.toml' | wc -l)
  [ "$files" -gt 0 ] || { echo "$set holds no units"; exit 1; }
  # The only complaint that depends on the machine is of a program that is not installed.
  strange=$(echo "$said" | grep 'warning:' | grep -v 'there is no program' || true)
  [ -z "$strange" ] || { echo "$set:"; echo "$said"; exit 1; }
  checked=$((checked + files))
done
echo "$checked files"
