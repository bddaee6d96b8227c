/* SPDX-License-Identifier: MIT */
#include "hs-cli-json.h"

#include "hs-format.h"
#include "hs-letters.h"

void
hs_cli_json_int(JsonBuilder *builder, const char *name, int64_t value)
{
  json_builder_set_member_name(builder, name);
  json_builder_add_int_value(builder, value);
}

void
hs_cli_json_uint(JsonBuilder *builder, const char *name, uint64_t value)
{
  hs_cli_json_int(builder, name, (int64_t)MIN(value, (uint64_t)INT64_MAX));
}

void
hs_cli_json_text(JsonBuilder *builder, const char *name, const char *value)
{
  g_autofree char *valid = hs_text_shown(value != NULL ? value : "", "\t\r\n");
  json_builder_set_member_name(builder, name);
  json_builder_add_string_value(builder, valid);
}

void
hs_cli_json_hex(JsonBuilder *builder, const char *name, uint64_t value)
{
  char text[HS_FORMAT_MAX];
  hs_cli_json_text(builder, name, hs_format_hex(text, sizeof text, value));
}

void
hs_cli_json_bool(JsonBuilder *builder, const char *name, bool value)
{
  json_builder_set_member_name(builder, name);
  json_builder_add_boolean_value(builder, value);
}

void
hs_cli_json_time(JsonBuilder *builder, const char *name, int64_t time_ns)
{
  json_builder_set_member_name(builder, name);
  if (time_ns == INT64_MIN)
    json_builder_add_null_value(builder);
  else
    json_builder_add_int_value(builder, time_ns);
}

void
hs_cli_json_begin(JsonBuilder *builder, const char *name)
{
  json_builder_set_member_name(builder, name);
  json_builder_begin_object(builder);
}

void
hs_cli_json_write(JsonBuilder *builder, HsCliWriter *writer)
{
  g_autoptr(JsonNode) root = json_builder_get_root(builder);
  g_autoptr(JsonGenerator) generator = json_generator_new();
  gsize length = 0;
  json_generator_set_pretty(generator, TRUE);
  json_generator_set_indent(generator, 2);
  json_generator_set_root(generator, root);
  g_autofree char *text = json_generator_to_data(generator, &length);
  hs_cli_put_bytes(writer, text, length);
  hs_cli_put_char(writer, '\n');
}
