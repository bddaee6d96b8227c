/* SPDX-License-Identifier: MIT */
/* Any bytes as the payload of one record: the first says to whose decoder it goes, the next are version, opcode and
 * pointer width. */
#include <glib.h>

#include "hs-etl-heap.h"
#include "hs-etl-system.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define HEAD_BYTES 4

static void
check_text(const char *text)
{
  g_assert_true(text == NULL || g_utf8_validate(text, -1, NULL));
}

static void
decode_heap(const HsEtlRecord *record)
{
  HsHeapEvent event;
  g_assert_true(hs_etl_is_heap(record));
  if (hs_etl_heap_decode(record, &event))
    g_assert_cmpuint(event.op, <, HS_N_OPS);
}

static void
decode_range(const HsEtlRecord *record)
{
  HsEtlHeapRange range;
  uint64_t address, size;
  size_t n = 0;
  if (!hs_etl_heap_range_decode(record, &range))
    return;
  while (hs_etl_range_next(&range, &address, &size))
    n++;
  g_assert_cmpuint(n, <=, record->payload.size / (2 * record->pointer_width));
}

static void
decode_system(const HsEtlRecord *record)
{
  HsEtlProcess process;
  HsEtlThread thread;
  HsEtlImage image;
  bool malformed = false;
  if (hs_etl_process_decode(record, &process, &malformed)) {
    check_text(process.image);
    check_text(process.command_line);
  }
  if (hs_etl_thread_decode(record, &thread, &malformed))
    check_text(thread.name);
  if (hs_etl_image_decode(record, &image, &malformed))
    check_text(image.path);
  hs_etl_process_clear(&process);
  hs_etl_thread_clear(&thread);
  hs_etl_image_clear(&image);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  /* Groups of the hook family: process, thread, memory, heap, image. */
  static const uint16_t groups[] = {0x0300, 0x0500, 0x0200, 0x1000, 0x1400};
  if (size < HEAD_BYTES)
    return 0;
  uint16_t group = groups[data[0] % G_N_ELEMENTS(groups)];
  HsEtlRecord record = {.kind = data[3] % 2 == 0 ? HS_ETL_SYSTEM64 : HS_ETL_SYSTEM32,
                        .hook = group | data[2],
                        .opcode = data[2],
                        .version = data[1],
                        .pointer_width = data[3] % 2 == 0 ? 8 : 4,
                        .pid = 1,
                        .tid = 2,
                        .has_time = true,
                        .payload = hs_bytes(data + HEAD_BYTES, size - HEAD_BYTES)};
  if (group == 0x1000)
    decode_heap(&record);
  else if (group == 0x0200)
    decode_range(&record);
  else
    decode_system(&record);
  return 0;
}
