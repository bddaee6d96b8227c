/* SPDX-License-Identifier: MIT */
#include "hs-etl-fields.h"

#include <string.h>

#include "hs-etl-writer-private.h"

/* A layout is a list of NAME:WIDTH in order without gaps; P is a pointer; ! marks what frames. */
static const char buffer_layout[] =
    "BufferSize:4! SavedOffset:4 CurrentOffset:4 ReferenceCount:4 TimeStamp:8 SequenceNumber:8 Clock:8 Processor:2 "
    "LoggerId:2 State:4 Offset:4! BufferFlag:2 BufferType:2 StartTime:8 StartPerfClock:8";

#define HOOK_LAYOUT "Version:2 HeaderType:1 MarkerFlags:1! Size:2! Hook:2 "
/* Marks that nobody knows make a record that nobody reads, but one whose size is told. */
#define SIZED_LAYOUT "Size:2! HeaderType:1 MarkerFlags:1 "

static const struct {
  HsEtlWriterHeader header;
  const char *layout;
} record_layouts[] = {
    {HS_ETL_WRITER_SYSTEM32, HOOK_LAYOUT "ThreadId:4 ProcessId:4 SystemTime:8 KernelTime:4 UserTime:4"},
    {HS_ETL_WRITER_SYSTEM64, HOOK_LAYOUT "ThreadId:4 ProcessId:4 SystemTime:8 KernelTime:4 UserTime:4"},
    {HS_ETL_WRITER_COMPACT32, HOOK_LAYOUT "ThreadId:4 ProcessId:4 SystemTime:8"},
    {HS_ETL_WRITER_COMPACT64, HOOK_LAYOUT "ThreadId:4 ProcessId:4 SystemTime:8"},
    {HS_ETL_WRITER_PERFINFO32, HOOK_LAYOUT "SystemTime:8"},
    {HS_ETL_WRITER_PERFINFO64, HOOK_LAYOUT "SystemTime:8"},
    {HS_ETL_WRITER_FULL32, SIZED_LAYOUT "Type:1 Level:1 Version:2 ThreadId:4 ProcessId:4 TimeStamp:8 GuidLow:8 "
                                        "GuidHigh:8 KernelTime:4 UserTime:4"},
    {HS_ETL_WRITER_FULL64, SIZED_LAYOUT "Type:1 Level:1 Version:2 ThreadId:4 ProcessId:4 TimeStamp:8 GuidLow:8 "
                                        "GuidHigh:8 KernelTime:4 UserTime:4"},
    {HS_ETL_WRITER_INSTANCE32,
     SIZED_LAYOUT "Type:1 Level:1 Version:2 ThreadId:4 ProcessId:4 TimeStamp:8 GuidLow:8 GuidHigh:8 KernelTime:4 "
                  "UserTime:4 InstanceId:4 ParentInstanceId:4 ParentGuidLow:8 ParentGuidHigh:8"},
    {HS_ETL_WRITER_INSTANCE64,
     SIZED_LAYOUT "Type:1 Level:1 Version:2 ThreadId:4 ProcessId:4 TimeStamp:8 GuidLow:8 GuidHigh:8 KernelTime:4 "
                  "UserTime:4 InstanceId:4 ParentInstanceId:4 ParentGuidLow:8 ParentGuidHigh:8"},
    {HS_ETL_WRITER_EVENT32,
     SIZED_LAYOUT "Flags:2 EventProperty:2 ThreadId:4 ProcessId:4 TimeStamp:8 ProviderLow:8 ProviderHigh:8 Id:2 "
                  "Version:1 Channel:1 Level:1 Opcode:1 Task:2 Keyword:8 ProcessorTime:8 ActivityLow:8 ActivityHigh:8 "
                  "ItemTotal:2 ItemType:2 ItemLinkage:2 ItemSize:2"},
    {HS_ETL_WRITER_EVENT64,
     SIZED_LAYOUT "Flags:2 EventProperty:2 ThreadId:4 ProcessId:4 TimeStamp:8 ProviderLow:8 ProviderHigh:8 Id:2 "
                  "Version:1 Channel:1 Level:1 Opcode:1 Task:2 Keyword:8 ProcessorTime:8 ActivityLow:8 ActivityHigh:8 "
                  "ItemTotal:2 ItemType:2 ItemLinkage:2 ItemSize:2"},
    {HS_ETL_WRITER_TIMED, SIZED_LAYOUT "EventId:4 TimeStamp:8"},
    {HS_ETL_WRITER_ERROR, SIZED_LAYOUT "Flags:4"},
    {HS_ETL_WRITER_WNODE, SIZED_LAYOUT "Flags:4"},
    {HS_ETL_WRITER_MESSAGE, SIZED_LAYOUT "MessageNumber:2 MessageFlags:2"},
    {HS_ETL_WRITER_OTHER, SIZED_LAYOUT "Rest:4"},
};

static const char log_header_layout[] =
    "BufferSize:4 MajorVersion:1 MinorVersion:1 SubVersion:1 SubMinorVersion:1 ProviderVersion:4 NumberOfProcessors:4 "
    "EndTime:8 TimerResolution:4 MaximumFileSize:4 LogFileMode:4 BuffersWritten:4 StartBuffers:4 PointerSize:4 "
    "EventsLost:4 CpuSpeedInMHz:4 LoggerName:P LogFileName:P Bias:4 StandardName:8 StandardName2:8 StandardName3:8 "
    "StandardName4:8 StandardName5:8 StandardName6:8 StandardName7:8 StandardName8:8 StandardDate:8 StandardDate2:8 "
    "StandardBias:4 DaylightName:8 DaylightName2:8 DaylightName3:8 DaylightName4:8 DaylightName5:8 DaylightName6:8 "
    "DaylightName7:8 DaylightName8:8 DaylightDate:8 DaylightDate2:8 DaylightBias:4 Padding:4 BootTime:8 PerfFreq:8 "
    "StartTime:8 ReservedFlags:4 BuffersLost:4 Names:8";

static const struct {
  HsEtlWriterHeapOp op;
  const char *layout;
} heap_layouts[] = {
    {HS_ETL_WRITER_HEAP_CREATE, "HeapHandle:P HeapFlags:4 ReservedSpace:P CommittedSpace:P AllocatedSpace:P"},
    {HS_ETL_WRITER_HEAP_ALLOC, "HeapHandle:P AllocSize:P AllocAddress:P SourceId:4"},
    {HS_ETL_WRITER_HEAP_REALLOC, "HeapHandle:P NewAllocAddress:P OldAllocAddress:P NewAllocSize:P OldAllocSize:P "
                                 "SourceId:4"},
    {HS_ETL_WRITER_HEAP_DESTROY, "HeapHandle:P"},
    {HS_ETL_WRITER_HEAP_FREE, "HeapHandle:P FreeAddress:P SourceId:4"},
    {HS_ETL_WRITER_HEAP_EXTEND, "HeapHandle:P CommittedSize:P Address:P FreeSpace:P CommittedSpace:P ReservedSpace:P "
                                "NoOfUCRs:4 AllocatedSpace:P"},
    {HS_ETL_WRITER_HEAP_CONTRACT, "HeapHandle:P DeCommittedSize:P DeCommitAddress:P FreeSpace:P CommittedSpace:P "
                                  "ReservedSpace:P NoOfUCRs:4 AllocatedSpace:P"},
    {HS_ETL_WRITER_HEAP_SNAPSHOT, "HeapHandle:P FreeSpace:P CommittedSpace:P ReservedSpace:P HeapFlags:4 ProcessId:4 "
                                  "LargeUCRSpace:P FreeListLength:4 UCRLength:4 AllocatedSpace:P"},
    {HS_ETL_WRITER_HEAP_LOCK, "HeapHandle:P"},
    {HS_ETL_WRITER_HEAP_UNLOCK, "HeapHandle:P"},
    {HS_ETL_WRITER_HEAP_VALIDATE, "HeapHandle:P"},
    {HS_ETL_WRITER_HEAP_WALK, "HeapHandle:P"},
    {HS_ETL_WRITER_HEAP_SUBSEGMENT_ALLOC, "HeapHandle:P SubSegment:P SubSegmentSize:P BlockSize:P"},
    {HS_ETL_WRITER_HEAP_SUBSEGMENT_FREE, "HeapHandle:P SubSegment:P SubSegmentSize:P BlockSize:P"},
    {HS_ETL_WRITER_HEAP_SUBSEGMENT_ALLOC_CACHED, "HeapHandle:P SubSegment:P SubSegmentSize:P BlockSize:P"},
    {HS_ETL_WRITER_HEAP_SUBSEGMENT_FREE_CACHED, "HeapHandle:P SubSegment:P SubSegmentSize:P BlockSize:P"},
    {HS_ETL_WRITER_HEAP_COMMIT, "HeapHandle:P CommitAddress:P CommitSize:P CallerId:4"},
    {HS_ETL_WRITER_HEAP_DECOMMIT, "HeapHandle:P DeCommitAddress:P DeCommitSize:P CallerId:4"},
    {HS_ETL_WRITER_HEAP_SUBSEGMENT_INIT, "HeapHandle:P SubSegment:P BlockSize:P BlockCount:P AffinityIndex:4"},
    {HS_ETL_WRITER_HEAP_AFFINITY_ENABLE, "HeapHandle:P BucketIndex:4"},
    {HS_ETL_WRITER_HEAP_AFFINITY_SLOT, "SlotIndex:4"},
    {HS_ETL_WRITER_HEAP_SUBSEGMENT_ACTIVATED, "HeapHandle:P SubSegment:P"},
    {HS_ETL_WRITER_HEAP_AFFINITY_ASSIGN, "HeapHandle:P SubSegment:P SlotIndex:4"},
    {HS_ETL_WRITER_HEAP_REUSE_THRESHOLD, "HeapHandle:P SubSegment:P BucketIndex:4"},
};

static GArray *
read_layout(const char *layout, guint pointer_width)
{
  GArray *fields = g_array_new(FALSE, FALSE, sizeof(HsEtlField));
  g_auto(GStrv) words = g_strsplit(layout, " ", -1);
  guint offset = 0;
  for (char **word = words; *word != NULL; word++) {
    char *colon = strchr(*word, ':');
    g_assert(colon != NULL && colon - *word < (gint)sizeof((HsEtlField *)NULL)->name);
    HsEtlField field = {.offset = offset, .is_frame = colon[2] == '!'};
    memcpy(field.name, *word, (gsize)(colon - *word));
    field.width = colon[1] == 'P' ? pointer_width : (guint)(colon[1] - '0');
    offset += field.width;
    g_array_append_val(fields, field);
  }
  return fields;
}

GArray *
hs_etl_fields_of_buffer(void)
{
  return read_layout(buffer_layout, 8);
}

GArray *
hs_etl_fields_of_record(HsEtlWriterHeader header)
{
  for (gsize i = 0; i < G_N_ELEMENTS(record_layouts); i++) {
    if (record_layouts[i].header == header)
      return read_layout(record_layouts[i].layout, hs_etl_writer_pointer_size(header));
  }
  g_assert_not_reached();
}

GArray *
hs_etl_fields_of_log_header(guint width)
{
  return read_layout(log_header_layout, width);
}

GArray *
hs_etl_fields_of_heap(HsEtlWriterHeapOp op, guint width)
{
  /* The snapshots of other events are laid out as SnapShot is. */
  if (op > HS_ETL_WRITER_HEAP_SNAPSHOT && op <= HS_ETL_WRITER_HEAP_EXTEND_SNAPSHOT)
    op = HS_ETL_WRITER_HEAP_SNAPSHOT;
  for (gsize i = 0; i < G_N_ELEMENTS(heap_layouts); i++) {
    if (heap_layouts[i].op == op)
      return read_layout(heap_layouts[i].layout, width);
  }
  g_assert_not_reached();
}

const char *
hs_etl_value_name(HsEtlValue value)
{
  static const char *const names[HS_ETL_N_VALUES] = {"zero",     "one",  "all ones",        "one more",
                                                     "one less", "half", "past the buffer", "past the file"};
  return names[value];
}

gboolean
hs_etl_field_set(GByteArray *bytes, guint64 at, guint64 buffer_end, const HsEtlField *field, HsEtlValue value)
{
  guint8 *place = bytes->data + at + field->offset;
  guint64 old = 0, mask = field->width == 8 ? G_MAXUINT64 : (G_GUINT64_CONSTANT(1) << 8 * field->width) - 1;
  memcpy(&old, place, field->width);
  old = GUINT64_FROM_LE(old);
  const guint64 values[HS_ETL_N_VALUES] = {0,       1,       G_MAXUINT64,         old + 1,
                                           old - 1, old / 2, buffer_end - at + 1, bytes->len - at + 1};
  guint64 new = values[value] & mask;
  if (new == old)
    return FALSE;
  new = GUINT64_TO_LE(new);
  memcpy(place, &new, field->width);
  return TRUE;
}

GArray *
hs_etl_records_of_buffer(const guint8 *bytes, guint64 begin)
{
  GArray *records = g_array_new(FALSE, FALSE, sizeof(HsEtlRecordPlace));
  const guint8 *buffer = bytes + begin;
  guint32 end;
  memcpy(&end, buffer + 0x30, sizeof end);
  g_assert((buffer[0x34] & HS_ETL_WRITER_FLAG_COMPRESSED) == 0);
  for (guint32 at = HS_ETL_WRITER_BUFFER_HEADER_BYTES; at + 8 <= end;) {
    const guint8 *record = buffer + at;
    gboolean is_event = record[3] == 0xc0;
    guint8 type = is_event ? record[2] : record[3] == 0x90 ? HS_ETL_WRITER_MESSAGE : HS_ETL_WRITER_OTHER;
    gboolean is_hook =
        type <= HS_ETL_WRITER_COMPACT64 || type == HS_ETL_WRITER_PERFINFO32 || type == HS_ETL_WRITER_PERFINFO64;
    guint size = is_hook ? record[4] | (guint)record[5] << 8 : record[0] | (guint)record[1] << 8;
    HsEtlRecordPlace place = {begin + at, size, type};
    g_assert(size >= 8 && record[3] >= 0x80);
    g_array_append_val(records, place);
    at += (size + 7) & ~7u;
  }
  return records;
}
