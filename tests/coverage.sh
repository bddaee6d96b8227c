#!/bin/sh
# SPDX-License-Identifier: MIT
# Line coverage of the floor that reads files: coverage.sh [FLOOR [LEAST-PERCENT]]. Builds in build-coverage, runs the
# unit tests and the fuzz targets over their corpus, and prints the percentage of each file of src/FLOOR (etl), and of
# all. Fails below LEAST-PERCENT (95).
set -eu
cd "$(dirname "$0")/.."
floor=${1:-etl}
least=${2:-95}
build=build-coverage
log=$(mktemp)
trap 'rm -f "$log"' EXIT

[ -f $build/build.ninja ] || meson setup $build --buildtype=debug -Dgui=disabled -Db_coverage=true >"$log" 2>&1 || {
  cat "$log"
  exit 1
}
ninja -C $build >"$log" 2>&1 || {
  cat "$log"
  exit 1
}
find $build -name '*.gcda' -delete
meson test -C $build --no-rebuild --suite unit --suite fuzz --no-suite fresh >"$log" 2>&1 || {
  cat "$log"
  exit 1
}

# gcov tells of each file "File 'src/etl/x.c'" and then "Lines executed:96.20% of 79".
for data in "$build/src/$floor/libhs-$floor.a.p/"*.gcda; do
  gcov -n -r -s "$PWD" "$data"
done 2>/dev/null | awk -v floor="src/$floor/" -v least="$least" '
  /^File/ { split($0, part, "\047"); file = part[2]; sub(/^(\.\.\/)+/, "", file) }
  /^Lines executed/ && index(file, floor) == 1 && file ~ /\.c$/ {
    split($0, part, /[:% ]+/)
    lines = part[5]; done = part[3] * lines / 100
    printf "%6.2f %% of %4d lines  %s\n", part[3], lines, file
    all += lines; all_done += done
    file = ""
  }
  END {
    if (all == 0) { print "no lines"; exit 1 }
    printf "%6.2f %% of %4d lines in all\n", 100 * all_done / all, all
    exit 100 * all_done / all < least
  }'
