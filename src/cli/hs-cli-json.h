/* SPDX-License-Identifier: MIT */
/*
 * Members of JSON objects, and writing what was built.
 */
#pragma once

#include <json-glib/json-glib.h>

#include "hs-cli-writer.h"

/* JSON's integers are signed here: what is larger (sums of sizes that only a damaged trace has) becomes the largest. */
void hs_cli_json_uint(JsonBuilder *builder, const char *name, uint64_t value);
void hs_cli_json_int(JsonBuilder *builder, const char *name, int64_t value);
/* NULL gives "". What is not UTF-8 is replaced. */
void hs_cli_json_text(JsonBuilder *builder, const char *name, const char *value);
/* A string "0x…". */
void hs_cli_json_hex(JsonBuilder *builder, const char *name, uint64_t value);
void hs_cli_json_bool(JsonBuilder *builder, const char *name, bool value);
/* The time, or null for INT64_MIN. */
void hs_cli_json_time(JsonBuilder *builder, const char *name, int64_t time_ns);
void hs_cli_json_begin(JsonBuilder *builder, const char *name);

/* Writes the builder's root, indented by two, and a line end. */
void hs_cli_json_write(JsonBuilder *builder, HsCliWriter *writer);
