#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs commands of heapscope-cli under valgrind: no memory is misused, none is lost. valgrind.sh VALGRIND CLI TRACE…
set -eu
valgrind=$1
cli=$2
shift 2
# What a heap checker needs to know of GLib: nothing is to be recycled by its own allocators.
export G_SLICE=always-malloc
unset MALLOC_PERTURB_

# checked COMMAND… – what fonts keep to the end is not ours to free
checked() {
  status=0
  leaks=full
  [ "$1" != render ] || leaks=no
  "$valgrind" --quiet --error-exitcode=99 --leak-check=$leaks --errors-for-leak-kinds=definite,indirect \
    --show-leak-kinds=definite,indirect --num-callers=20 "$cli" "$@" >"$out" 2>"$log" || status=$?
  if [ "$status" = 99 ] || grep -q '^==' "$log"; then
    echo "heapscope-cli $*:" >&2
    cat "$log" >&2
    exit 1
  fi
}

out=$(mktemp)
log=$(mktemp)
trap 'rm -f "$out" "$log" "$out.png" "$out.db"' EXIT
for trace in "$@"; do
  checked summary "$trace" --json --range 1ms..9ms --by process,heap,size-class
  checked events "$trace" --filter 'op == free or lifetime < 5ms' --sort size:desc
  checked allocations "$trace" --format ndjson --sort lifetime_ns
  checked biography "$trace" --pid 100 0x1f1010
  checked compare "$trace" --at 1ms --at 9ms --by heap
  checked events "$trace.missing"
  checked export "$trace" "$out.db" --range 1ms..9ms
  checked export "$trace" "$out/none.db"
  checked render "$trace" --view all --size 640x480 --output "$out.png"
done
echo "nothing misused, nothing lost"
