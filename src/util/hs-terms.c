/* SPDX-License-Identifier: MIT */
#include "hs-terms.h"

#include "hs-config.h"

#define GETTEXT_PACKAGE HS_GETTEXT_PACKAGE
#include <glib/gi18n-lib.h>
#include <string.h>

typedef struct {
  const char *name;
  const char *title;
} Term;

static const Term op_terms[HS_N_OPS] = {
    [HS_OP_CREATE] = {"create", N_("Create")},
    [HS_OP_ALLOC] = {"alloc", N_("Alloc")},
    [HS_OP_REALLOC] = {"realloc", N_("ReAlloc")},
    [HS_OP_DESTROY] = {"destroy", N_("Destroy")},
    [HS_OP_FREE] = {"free", N_("Free")},
    [HS_OP_EXTEND] = {"extend", N_("Extend")},
    [HS_OP_SNAPSHOT] = {"snapshot", N_("SnapShot")},
    [HS_OP_CREATE_SNAPSHOT] = {"snapshot", N_("Create snapshot")},
    [HS_OP_DESTROY_SNAPSHOT] = {"snapshot", N_("Destroy snapshot")},
    [HS_OP_EXTEND_SNAPSHOT] = {"snapshot", N_("Extend snapshot")},
    [HS_OP_CONTRACT] = {"contract", N_("Contract")},
    [HS_OP_LOCK] = {"lock", N_("Lock")},
    [HS_OP_UNLOCK] = {"unlock", N_("Unlock")},
    [HS_OP_VALIDATE] = {"validate", N_("Validate")},
    [HS_OP_WALK] = {"walk", N_("Walk")},
    [HS_OP_SUBSEGMENT_ALLOC] = {"subsegment-alloc", N_("Subsegment alloc")},
    [HS_OP_SUBSEGMENT_FREE] = {"subsegment-free", N_("Subsegment free")},
    [HS_OP_SUBSEGMENT_ALLOC_CACHED] = {"subsegment-alloc-cached", N_("Subsegment alloc (cached)")},
    [HS_OP_SUBSEGMENT_FREE_CACHED] = {"subsegment-free-cached", N_("Subsegment free (cached)")},
    [HS_OP_COMMIT] = {"commit", N_("Commit")},
    [HS_OP_DECOMMIT] = {"decommit", N_("Decommit")},
    [HS_OP_SUBSEGMENT_INIT] = {"subsegment-init", N_("Subsegment init")},
    [HS_OP_AFFINITY_ENABLE] = {"affinity-enable", N_("Affinity manager enable")},
    [HS_OP_AFFINITY_SLOT] = {"affinity-slot", N_("Affinity slot")},
    [HS_OP_SUBSEGMENT_ACTIVATED] = {"subsegment-activated", N_("Subsegment activated")},
    [HS_OP_AFFINITY_ASSIGN] = {"affinity-assign", N_("Affinity assign")},
    [HS_OP_REUSE_THRESHOLD] = {"reuse-threshold", N_("Reuse threshold")},
    [HS_OP_OTHER] = {"other", N_("Other")},
};

static const struct {
  const char *name;
  const char *title;
  const char *short_title;
} source_terms[HS_N_SOURCES] = {
    [HS_SOURCE_NONE] = {"", "", ""},
    [HS_SOURCE_LOOKASIDE] = {"lookaside", N_("Lookaside"), N_("Lookaside")},
    [HS_SOURCE_LOWFRAG] = {"lowfrag", N_("Low-fragmentation heap"), N_("LFH")},
    [HS_SOURCE_MAINPATH] = {"mainpath", N_("Main path"), N_("Main")},
    [HS_SOURCE_SLOWPATH] = {"slowpath", N_("Slow path"), N_("Slow")},
    [HS_SOURCE_INVALID] = {"invalid", N_("Invalid"), N_("Invalid")},
    [HS_SOURCE_SEGMENT_HEAP] = {"segment-heap", N_("Segment heap"), N_("Segment")},
    [HS_SOURCE_UNKNOWN] = {"unknown", N_("Unknown"), N_("Unknown")},
};

static const char *
translated(const char *text)
{
  return text[0] == '\0' ? text : g_dgettext(HS_GETTEXT_PACKAGE, text);
}

const char *
hs_op_name(HsOp op)
{
  return (unsigned)op < HS_N_OPS ? op_terms[op].name : "other";
}

const char *
hs_op_title(HsOp op)
{
  return translated(op_terms[(unsigned)op < HS_N_OPS ? op : HS_OP_OTHER].title);
}

const char *
hs_source_name(HsSource source)
{
  return source_terms[(unsigned)source < HS_N_SOURCES ? source : HS_SOURCE_UNKNOWN].name;
}

const char *
hs_source_title(HsSource source)
{
  return translated(source_terms[(unsigned)source < HS_N_SOURCES ? source : HS_SOURCE_UNKNOWN].title);
}

const char *
hs_source_short_title(HsSource source)
{
  return translated(source_terms[(unsigned)source < HS_N_SOURCES ? source : HS_SOURCE_UNKNOWN].short_title);
}

HsSource
hs_source_from_name(const char *name)
{
  for (unsigned i = HS_SOURCE_LOOKASIDE; i < HS_N_SOURCES; i++) {
    if (strcmp(name, source_terms[i].name) == 0)
      return (HsSource)i;
  }
  return HS_SOURCE_NONE;
}

HsHeapEvent
hs_plain_event_expand(const HsPlainEvent *event, const HsOriginKey *key)
{
  return (HsHeapEvent){
      .ticks = event->ticks,
      .pid = key->pid,
      .tid = key->tid,
      .cpu = event->cpu,
      .op = event->op,
      .has_source = true,
      .wide = key->wide,
      .source_id = event->source,
      .handle = key->handle,
      .address = event->address,
      .size = event->size,
  };
}
