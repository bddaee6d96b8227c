#!/bin/sh
# SPDX-License-Identifier: MIT
# What the compiler and the linker were asked for is in the programs: check-flags.sh OPTIMIZED PROGRAM…
set -eu
optimized=$1
shift

fail() {
  echo "$program: $*" >&2
  exit 1
}

# expect WHAT PATTERN TEXT
expect() {
  printf '%s\n' "$3" | grep -Eq "$2" || fail "no $1"
}

for program in "$@"; do
  header=$(LC_ALL=C readelf -hW "$program")
  segments=$(LC_ALL=C readelf -lW "$program")
  dynamic=$(LC_ALL=C readelf -dW "$program")
  symbols=$(LC_ALL=C readelf -sW "$program")
  expect 'position-independent program' 'Type: +DYN' "$header"
  expect 'read-only relocations' 'GNU_RELRO' "$segments"
  expect 'immediate binding' 'BIND_NOW|FLAGS.* NOW' "$dynamic"
  expect 'stack that is not executable' 'GNU_STACK .* RW +0x' "$segments"
  expect 'stack protector' '__stack_chk_fail' "$symbols"
  [ "$optimized" = no ] || expect 'fortified library calls' '__(memcpy|snprintf|vsnprintf|fprintf|printf|memset|read)_chk' "$symbols"
  if printf '%s\n' "$dynamic" | grep -Eq 'TEXTREL|\((RPATH|RUNPATH)\)'; then
    fail 'relocated text, or a path of its own to libraries'
  fi
  if printf '%s\n' "$segments" | grep -Eq ' (RWE|WE) +0x'; then
    fail 'a segment both writable and executable'
  fi
  echo "$program: as it should be"
done
