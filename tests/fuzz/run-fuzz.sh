#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs the libFuzzer programs over the corpus: run-fuzz.sh SOURCES BUILD SECONDS [TARGET…]. BUILD is tests/fuzz of a
# build, where the corpus is. They are built there for clang with the sanitizers, if that is not done. SECONDS is for all
# targets together. HEAPSCOPE_FUZZ_SEED is the seed, else there is a new one each time. What makes a target fail is left
# in BUILD/found.
set -eu
sources=$1
build=$2
seconds=$3
shift 3
seed=${HEAPSCOPE_FUZZ_SEED:-$(od -An -N3 -tu4 /dev/urandom | tr -d ' ')}
programs=$build/libfuzzer

# Target, its corpus, its part of the time in percent.
targets="loader:container:30 container:container:12 record:record:8 payload:payload:10 xpress:xpress:8
  query:query:16 archive:archive:16"

make_programs() {
  [ -f "$programs/build.ninja" ] || CC=clang meson setup "$programs" "$sources" --buildtype=plain \
    -Doptimization=1 -Ddebug=true -Db_sanitize=address,undefined -Db_lundef=false -Db_ndebug=false -Db_pie=false \
    -Dgui=disabled -Dlibfuzzer=true
  wanted=
  for target in $targets; do
    wanted="$wanted tests/fuzz/libfuzz-${target%%:*}"
  done
  # shellcheck disable=SC2086
  nice -n 10 ninja -j2 -C "$programs" $wanted
}

log=$(mktemp)
make_programs >"$log" 2>&1 || {
  cat "$log"
  rm -f "$log"
  exit 1
}
rm -f "$log"

# NAME CORPUS SECONDS
run_target() {
  fresh=$build/fresh/$1
  rm -rf "$fresh"
  mkdir -p "$fresh" "$build/found"
  log=$build/fresh/$1.log
  # The sanitizers' own account of leaks is wrong where threads of a pool live on: libFuzzer's comparison is off, too.
  if ! UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1 ASAN_OPTIONS=detect_stack_use_after_return=0 \
    "$programs/tests/fuzz/libfuzz-$1" -seed="$seed" -max_total_time="$3" -timeout=20 -rss_limit_mb=2048 \
    -max_len=65536 -print_final_stats=1 -dict="$build/dict/$2" -artifact_prefix="$build/found/$1-" -verbosity=1 \
    "$fresh" "$build/corpus/$2" >"$log" 2>&1; then
    grep -v "^#" "$log" | tail -n 60
    echo "$1: failed, seed $seed"
    return 1
  fi
  awk -v name="$1" '
    /INFO: Loaded 1 modules/ { all = $5; gsub(/[^0-9]/, "", all) }
    { for (i = 1; i < NF; i++) { if ($i == "cov:") cov = $(i + 1); if ($i == "ft:") ft = $(i + 1) } }
    /stat::number_of_executed_units/ { runs = $2 }
    /stat::peak_rss_mb/ { rss = $2 }
    END { printf "%s: %d runs, %d of %d edges, %d features, %d MiB\n", name, runs, cov, all, ft, rss }' "$log"
}

echo "seed $seed"
failed=
for target in $targets; do
  name=${target%%:*}
  rest=${target#*:}
  [ $# -eq 0 ] || case " $* " in *" $name "*) ;; *) continue ;; esac
  share=$((seconds * ${rest#*:} / 100))
  [ $# -eq 0 ] || share=$((seconds / $#))
  run_target "$name" "${rest%%:*}" "$((share > 0 ? share : 1))" || failed="$failed $name"
done
[ -z "$failed" ] || {
  echo "failed:$failed"
  exit 1
}
