/* SPDX-License-Identifier: MIT */
/* The flags a heap was created with, as words. */
#pragma once

#include <stdint.h>

/* "NO_SERIALIZE | GROWABLE | CLASS_1": the names of winnt.h without "HEAP_", what has no name in hexadecimal, "0" for
 * none. Free with g_free(). Any thread. */
char *hs_heap_flags_text(uint32_t flags);
