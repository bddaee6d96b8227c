/* SPDX-License-Identifier: MIT */
/* Loops for processors with wide registers. */
#pragma once

/* Before a function: it is compiled once more for processors with wider registers, and the one that suits is called.
 * Worth it for plain loops over arrays. Results are the same to the bit: see -ffp-contract in meson.build. Sanitizers
 * do not bear with how the choice is made. */
#if defined(__GNUC__) && !defined(__clang__) && defined(__x86_64__) && !defined(__SANITIZE_ADDRESS__) &&               \
    !defined(__SANITIZE_THREAD__)
#define HS_WIDE __attribute__((target_clones("default", "avx2", "arch=x86-64-v4")))
#else
#define HS_WIDE
#endif
