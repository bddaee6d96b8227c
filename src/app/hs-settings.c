/* SPDX-License-Identifier: MIT */
#include "hs-settings.h"

#include "hs-config.h"

#define MIB ((uint64_t)1 << 20)

static gboolean ignored;

void
hs_settings_ignore(void)
{
  ignored = TRUE;
}

GSettings *
hs_settings_new(void)
{
  if (ignored)
    return NULL;
  GSettingsSchemaSource *source = g_settings_schema_source_get_default();
  if (source == NULL)
    return NULL;
  g_autoptr(GSettingsSchema) schema = g_settings_schema_source_lookup(source, HS_APP_ID, TRUE);
  if (schema == NULL)
    return NULL;
  return g_settings_new_full(schema, NULL, NULL);
}

HsLoadChoice
hs_settings_get_load_choice(GSettings *settings)
{
  HsLoadChoice choice = HS_LOAD_EVERYTHING;
  if (settings != NULL)
    choice.memory_limit = (uint64_t)g_settings_get_uint(settings, "memory-limit") * MIB;
  return choice;
}
