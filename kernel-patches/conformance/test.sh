#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Builds the conformance program and tests it on the running kernel, which has to be a good one.
# Usage: test.sh [SCRATCH-DIRECTORY]
set -uo pipefail
here=$(cd -- "$(dirname -- "$0")" && pwd)
scratch=${1:-$(mktemp -d /tmp/conformance-test.XXXXXX)}
mkdir -p "$scratch/root/proc" "$scratch/root/tmp" "$scratch/root/dev"
[ $# -gt 0 ] || trap 'rm -rf -- "$scratch"' EXIT
passed=0 failed=0

# check NAME COMMAND...: the command has to succeed.
check() {
  local name=$1
  shift
  if "$@" >"$scratch/log" 2>&1; then
    passed=$((passed + 1))
    echo "ok   $name"
  else
    failed=$((failed + 1))
    echo "FAIL $name"
    tail -n 20 "$scratch/log" | sed 's/^/     /'
  fi
}

# exits CODE COMMAND...: what it prints is kept in $scratch/out and $scratch/err.
exits() {
  local wanted=$1 code=0
  shift
  timeout 500 "$@" >"$scratch/out" 2>"$scratch/err" || code=$?
  cat "$scratch/err" "$scratch/out"
  [ "$code" = "$wanted" ]
}

has() { grep -q -e "$1" "$scratch/out"; }
json() { python3 -m json.tool <"$scratch/out"; }

# The number of results is the plan's, they are numbered, and each failure has its block.
tap() {
  python3 - "$scratch/out" <<'PY'
import re, sys
lines = open(sys.argv[1]).read().split('\n')
assert lines[0] == 'TAP version 13', lines[0]
plan = int(re.fullmatch(r'1\.\.(\d+)', lines[1]).group(1))
results = [re.fullmatch(r'(not ok|ok) (\d+) - ([a-z0-9-]+)( # SKIP not supported: .+)?', l) for l in lines if re.match('ok|not ok', l)]
assert all(results) and [int(r.group(2)) for r in results] == list(range(1, plan + 1))
assert lines.count('  ---') == lines.count('  ...') == sum(r.group(1) == 'not ok' for r in results)
assert all(re.match(r'TAP|1\.\.|#|ok|not ok|  (---|\.\.\.|\w+: )', l) for l in lines if l), lines
PY
}

check "make" make -s -C "$here" "O=$scratch"
check "make static" make -s -C "$here" static "O=$scratch"
program=$scratch/conformance

check "--list" exits 0 "$program" --list
check "--list has more than 60 names" test "$(grep -c -E '^[a-z0-9-]+ +(quick|slow|storm)' "$scratch/out")" -gt 60
check "the names are unique" bash -c "! grep -E '^[a-z]' '$scratch/out' | cut -d' ' -f1 | sort | uniq -d | grep ."
check "--help" exits 0 "$program" --help
check "--quick" exits 0 "$program" --quick
check "--quick prints TAP" tap
check "all" exits 0 "$program" --seconds 2
check "all prints TAP" tap
check "all says how it went" has '^# [0-9]* passed, 0 failed, '
check "--json" exits 0 "$program" --json --seconds 1
check "--json is one document" json
check "--only" exits 0 "$program" --only 'read-e*' linked-cancel
check "--only takes globs" has '^ok 3 - read-eof'

check "an unknown option" exits 2 "$program" --nothing
check "a stray word" exits 2 "$program" nothing
check "--seconds without a value" exits 2 "$program" --seconds
check "--seconds with no number" exits 2 "$program" --seconds 5x
check "--seconds 0" exits 2 "$program" --seconds 0
check "--only without a value" exits 2 "$program" --only --quick
check "--only with an unknown name" exits 2 "$program" --only nothing

# The kernel's log: what was there before does not count, what comes does.
log=$scratch/kmsg
echo '4,1,1,-;WARNING: CPU: 0 PID: 1 at old' >"$log"
check "old complaints do not count" exits 0 "$program" --only kernel-log-quiet --kmsg "$log"
complain() {
  (sleep 0.2; echo '4,2,2,-;a line'; echo "4,3,3,-;BUG: KASAN: a \"new\" one"; echo ' SUBSYSTEM=x') >>"$log" &
  exits 1 "$program" "$@" --only kernel-log-quiet --kmsg "$log"
  local code=$?
  wait
  return $code
}
check "a new complaint is a failure" complain
check "that prints TAP" tap
check "and quotes the line" has 'detail: "the kernel log says: BUG: KASAN: a \\"new\\" one"'
check "a new complaint in JSON" complain --json
check "that is one document" json
check "no log" exits 0 "$program" --only read-eof kernel-log-quiet --kmsg /nowhere
check "is said once" test "$(grep -c "^# the kernel log /nowhere can't be read" "$scratch/out")" = 1

# A filter that refuses io_uring, as containers have it.
cat >"$scratch/refuse.c" <<'C'
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>
int main(int count, char** words) {
  struct sock_filter filter[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_io_uring_setup, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (unsigned)atoi(words[1])),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  struct sock_fprog program = {sizeof filter / sizeof *filter, filter};
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  if (count < 3 || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) return 99;
  execv(words[2], words + 2);
  return 99;
}
C
check "the filter builds" gcc -o "$scratch/refuse" "$scratch/refuse.c"
all_skipped() { ! grep -E '^(not )?ok' "$scratch/out" | grep -v -e '# SKIP not supported' -e kernel-log-quiet; }
check "io_uring_setup is EPERM" exits 0 "$scratch/refuse" 1 "$program" --seconds 1
check "then all is skipped" all_skipped
check "with the reason" has '# SKIP not supported: io_uring_setup: EPERM (Operation not permitted), kernel.io_uring_disabled is'
check "io_uring_setup is ENOSYS" exits 0 "$scratch/refuse" 38 "$program" --quick
check "then all is skipped too" all_skipped
check "that prints TAP" tap

check "SIGCHLD ignored by the caller" exits 0 python3 -c \
  'import os, signal, sys; signal.signal(signal.SIGCHLD, signal.SIG_IGN); os.execv(sys.argv[1], sys.argv[1:])' \
  "$program" --only 'waitid-*' 'linked-*' --seconds 1

# Completions that are bent before a check sees them: every check has to notice. Those left out judge by something else
# than results: hanging, the kernel's log, zombies that are left, descriptors that break, when completions appear.
by_something_else='kernel-log-quiet|ring-deferred|(waitid|read)-(ring-closed|task-exit|task-killed)|waitid-ring-closed-exits|waitid-exec|read-cancel-behind-write|waitid-32-bit'
bent() {
  printf '#include "daemon/io/kernel/ring.hpp"\n#include <cstdlib>\n#include <unistd.h>\nusing namespace supd::kernel;\n
    __attribute__((constructor)) static void bend() { distort_completions([](Cqe& cqe) { %s; return cqe.tag != 0; }); }\n' \
    "$2" >"$scratch/$1.cc"
  g++ -std=c++23 -pthread -I "$here/../.." -o "$scratch/$1" "$scratch/$1.cc" "$scratch"/*.o "$scratch"/kernel/*.o -luring
}
check "a program with bent results builds" bent bent 'cqe.res += cqe.res < 0 ? -1 : 2'
check "bent results" exits 1 "$scratch/bent" --seconds 2
all_noticed() { ! grep -E '^ok' "$scratch/out" | grep -v -E " # SKIP | - ($by_something_else)\$"; }
check "every check notices them" all_noticed
check "that prints TAP" tap
check "a program with a hanging check builds" bent hanging '::pause()'
check "a hanging check" exits 1 "$scratch/hanging" --only waitid-by-pid --deadline 1
check "is told" has 'detail: "did not end within 1 s (state S'
check "a program with a crashing check builds" bent crashing 'std::abort()'
check "a crashing check" exits 1 "$scratch/crashing" --only waitid-by-pid read-fifo
check "is told" has 'detail: "the check was ended by SIGABRT"'
check "and the next one runs" has '^not ok 2'

# As in an initramfs: nothing there but the program and /proc.
cp "$scratch/conformance.static" "$scratch/root/conformance"
bare() {
  unshare --mount --pid --fork bash -c \
    'mount -t proc proc "$1/proc" && exec chroot "$1" /conformance --seconds 1' bash "$scratch/root"
}
if [ "$(id -u)" = 0 ]; then
  check "static, as PID 1 of a bare root" exits 0 bash -c "$(declare -f bare); scratch='$scratch' bare"
  check "that prints TAP" tap
fi

check "make clean" make -s -C "$here" clean "O=$scratch"
check "which leaves no program" test ! -e "$program"
check "nothing was built in the source tree" test ! -e "$here/build"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
