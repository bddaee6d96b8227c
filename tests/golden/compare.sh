#!/bin/sh
# SPDX-License-Identifier: MIT
# compare.sh PROGRAM TRACE EXPECTED ARGUMENT…: runs PROGRAM with the arguments and the trace, and compares what it prints
# with the file EXPECTED, but for how much memory the trace took. The trace comes last, or in place of an argument TRACE. With HEAPSCOPE_UPDATE=1, writes that
# file instead.
set -eu

program=$(realpath "$1") trace=$2 expected=$3
shift 3
# The trace is named without a folder, so that the output is the same everywhere.
cd "$(dirname "$trace")"
trace=$(basename "$trace") placed=0
for argument in "$@"; do
  shift
  if [ "$argument" = TRACE ]; then
    argument=$trace placed=1
  fi
  set -- "$@" "$argument"
done
[ $placed = 1 ] || set -- "$@" "$trace"
actual=$(mktemp)
trap 'rm -f "$actual"' EXIT
"$program" "$@" > "$actual"
sed -i '/^  "memory" : {$/,/^  }/ s/: [0-9.]*\(,*\)$/: 0\1/' "$actual"
if [ "${HEAPSCOPE_UPDATE:-0}" = 1 ]; then
  cp "$actual" "$expected"
  exit 0
fi
diff -u "$expected" "$actual"
