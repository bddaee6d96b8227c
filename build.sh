#!/bin/sh
# SPDX-License-Identifier: MIT
# Installs what Heapscope needs on Debian 12, builds it, and then:
#   ./build.sh run [FILE…]   opens the traces, or the bundled sample
#   ./build.sh test          runs every test
#   ./build.sh bench [--directory DIR] [MILLIONS…]
#                            runs the benchmarks at 1, 10 and 100 million events, or at those sizes, and prints their
#                            figures beside their targets; traces are made in DIR and deleted afterwards
set -eu
called_from=$PWD
cd "$(dirname "$0")"

# What a build and a run need …
packages="build-essential meson ninja-build pkg-config gettext
  libglib2.0-dev libgtk-3-dev libcairo2-dev libpango1.0-dev libjson-glib-dev libarchive-dev libsqlite3-dev
  adwaita-icon-theme fonts-cantarell fonts-dejavu-core librsvg2-common shared-mime-info
  desktop-file-utils xvfb xauth dbus"
# … and what the tests need besides.
test_packages="appstream valgrind clang libclang-rt-dev"

reconfigure=

die() {
  echo "build.sh: $*" >&2
  exit 1
}

# Installs those of the named packages that are missing; says nothing unless something fails.
install_packages() {
  command -v dpkg-query >/dev/null 2>&1 || return 0
  missing=
  for package in "$@"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing="$missing $package"
  done
  [ -n "$missing" ] || return 0
  as_root=
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null 2>&1 || die "these packages are missing and there is no sudo to install them:$missing"
    as_root=sudo
  fi
  log=$(mktemp)
  # shellcheck disable=SC2086
  if ! { $as_root apt-get update -qq && $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
    --no-install-recommends $missing; } >"$log" 2>&1; then
    cat "$log" >&2
    rm -f "$log"
    die "could not install:$missing"
  fi
  rm -f "$log"
  # What was found missing when the build was configured may be here now.
  [ ! -f build/build.ninja ] || reconfigure=--reconfigure
}

# Configures (once, and after an installation) and builds a release build; what it prints is shown only if it fails.
build() {
  log=$(mktemp)
  if ! { { [ -f build/build.ninja ] && [ -z "$reconfigure" ] ||
    meson setup build $reconfigure --buildtype=release --prefix="$PWD/build/install"; } &&
    ninja -C build; } >"$log" 2>&1; then
    cat "$log" >&2
    rm -f "$log"
    die "the build failed"
  fi
  rm -f "$log"
}

run_program() {
  export HEAPSCOPE_SAMPLE="$PWD/build/tests/lib/sample.etl"
  export GSETTINGS_SCHEMA_DIR="$PWD/build/resources"
  if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
    [ $# -gt 0 ] || set -- "$HEAPSCOPE_SAMPLE"
    program=$PWD/build/src/app/heapscope
    cd "$called_from"
    exec "$program" "$@"
  fi
  [ $# -gt 0 ] || set -- "$HEAPSCOPE_SAMPLE"
  # Nobody looks: each trace's window is drawn to a picture.
  log=$(mktemp)
  for trace in "$@"; do
    case $trace in /*) ;; *) trace=$called_from/$trace ;; esac
    picture="$PWD/build/$(basename "$trace" .etl).png"
    NO_AT_BRIDGE=1 xvfb-run -a -s '-screen 0 1600x1000x24' dbus-run-session -- \
      build/src/app/heapscope --screenshot "$picture" --size 1600x1000 "$trace" >"$log" 2>&1 || {
      cat "$log" >&2
      rm -f "$log"
      die "could not draw $trace"
    }
    echo "There is no display; the window showing $trace was drawn to $picture"
  done
  rm -f "$log"
}

# Runs every test and ends with "N passed, N failed", counted from meson's own results.
run_tests() {
  status=0
  xvfb-run -a -s '-screen 0 1600x1000x24' dbus-run-session -- \
    meson test -C build --no-rebuild --print-errorlogs "$@" || status=$?
  log=build/meson-logs/testlog.json
  [ -f "$log" ] || die "meson left no results"
  count() {
    grep -cE "\"result\": \"($1)\"" "$log" || true
  }
  passed=$(count 'OK|EXPECTEDFAIL')
  failed=$(count 'FAIL|TIMEOUT|ERROR|INTERRUPT|UNEXPECTEDPASS')
  skipped=$(count 'SKIP')
  [ "$skipped" = 0 ] || echo "$skipped skipped (they need traces that are not here)"
  echo "$passed passed, $failed failed"
  [ "$failed" = 0 ] || exit 1
  [ "$passed" -gt 0 ] || exit 1
  exit "$status"
}

command=${1:-run}
[ $# -eq 0 ] || shift
case $command in
run)
  # shellcheck disable=SC2086
  install_packages $packages
  build
  run_program "$@"
  ;;
test)
  # shellcheck disable=SC2086
  install_packages $packages $test_packages
  build
  run_tests "$@"
  ;;
bench)
  # shellcheck disable=SC2086
  install_packages $packages
  build
  exec xvfb-run -a -s '-screen 0 2000x1200x24' dbus-run-session -- tests/bench/run.sh build "$@"
  ;;
*)
  die "usage: ./build.sh run [FILE…] | test | bench [--directory DIR] [MILLIONS…]"
  ;;
esac
