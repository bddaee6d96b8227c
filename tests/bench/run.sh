#!/bin/sh
# SPDX-License-Identifier: MIT
# run.sh BUILD [--directory DIR] [--only NAME,NAME…] [MILLIONS…]: runs all benchmarks of a build at 1, 10 and 100 million
# events, or at those sizes; prints a table of the figures beside their targets, and leaves the figures themselves in
# BUILD/bench.jsonl. Traces are made in a folder of their own in DIR (or that for temporary files), those of one size at
# a time, and deleted afterwards; those of 100 million events take about 20 GB, and their database 11
# more.
set -eu

build=$(realpath "$1")
shift
directory=${TMPDIR:-/tmp}
only=load,start,window,query,chart,map,instant,picture,places,frames,table,export
sizes=
while [ $# -gt 0 ]; do
  case $1 in
  --directory) directory=$2 && shift 2 ;;
  --only) only=$2 && shift 2 ;;
  *[!0-9]* | '') echo "run.sh: “$1” is no number of million events" >&2 && exit 2 ;;
  *) sizes="$sizes $1" && shift ;;
  esac
done
[ -n "$sizes" ] || sizes="1 10 100"

HEAPSCOPE_BENCH_DIR=$(mktemp -d "$directory/heapscope-bench-XXXXXX")
export HEAPSCOPE_BENCH_DIR
export GSETTINGS_BACKEND=memory GSETTINGS_SCHEMA_DIR="$build/resources" NO_AT_BRIDGE=1
trap 'rm -rf "$HEAPSCOPE_BENCH_DIR"' EXIT
trap 'exit 130' INT TERM
figures=$build/bench.jsonl
: >"$figures"
for size in $sizes; do
  events=${size}000000
  echo "{\"run\": $events}" >>"$figures"
  for name in $(echo "$only" | tr , ' '); do
    program=$build/tests/bench/bench-$name
    [ -x "$program" ] || continue
    echo "$size million events: $name" >&2
    last=
    [ "$name" != export ] || last=$build/src/cli/heapscope-cli
    status=0
    # shellcheck disable=SC2086
    "$program" "$build/tests/lib/make-trace" "$events" $last >>"$figures" || status=$?
    [ "$status" = 0 ] || [ "$status" = 77 ] || echo "run.sh: bench-$name ended with status $status" >&2
  done
  rm -f "$HEAPSCOPE_BENCH_DIR"/*
done
"$build/tests/bench/bench-report" "$figures"
