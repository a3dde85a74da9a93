#!/usr/bin/env bash
# Every header compiles on its own, and twice in a row. One tiny file per header, compiled without
# optimisation; ccache, when there, makes the second time fast.
# Usage: headers.sh SOURCE-ROOT COMPILER SCRATCH-DIRECTORY
set -euo pipefail
root=$1
compiler=$2
# Always the same directory: ccache knows files by their paths.
scratch=$3
rm -rf "$scratch"
mkdir -p "$scratch"

packages=()
for package in liburing spdlog libsystemd tomlplusplus RapidJSON gtest; do
  ! pkg-config --exists "$package" || packages+=("$package")
done
read -ra package_flags < <(pkg-config --cflags "${packages[@]}")
command=("$compiler")
! command -v ccache >/dev/null || command=(ccache "$compiler")
command+=(-std=c++23 -O0 -D_GNU_SOURCE '-DSUPD_VERSION="0"' -Wall -Wextra -Wno-missing-field-initializers -Werror)
command+=(-I "$root" "${package_flags[@]}" -c)

check() {
  local header=$1 name
  name=$scratch/${header//\//.}
  printf '#include "%s"\n#include "%s"\n' "$header" "$header" >"$name.cc"
  "${command[@]}" -o "$name.o" "$name.cc" 2>"$name.err" && return 0
  echo "$header does not compile on its own:"
  head -20 "$name.err"
  return 1
}

# Two at a time.
failed=0 running=0 total=0
cd "$root"
while read -r header; do
  if [ "$running" -ge 2 ]; then
    wait -n || failed=$((failed + 1))
    running=$((running - 1))
  fi
  check "$header" &
  running=$((running + 1)) total=$((total + 1))
done < <(find units ctl config daemon tests -name '*.hpp' | sort)
while [ "$running" -gt 0 ]; do
  wait -n || failed=$((failed + 1))
  running=$((running - 1))
done
echo "$total headers, $failed do not compile on their own"
[ "$total" -gt 0 ] && [ "$failed" -eq 0 ]
