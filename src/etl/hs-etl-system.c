/* SPDX-License-Identifier: MIT */
#include "hs-etl-system.h"

#include <glib.h>

#include "hs-etl-guid.h"

#define MAX_SUB_AUTHORITIES 15
#define PROCESS_FLAG_WOW64 2u

/* 3d6fa8d0-fe05-11d0-9dda-00c04fd7ba7c */
static const uint8_t process_guid[16] = {0xd0, 0xa8, 0x6f, 0x3d, 0x05, 0xfe, 0xd0, 0x11,
                                         0x9d, 0xda, 0x00, 0xc0, 0x4f, 0xd7, 0xba, 0x7c};
/* 3d6fa8d1-fe05-11d0-9dda-00c04fd7ba7c */
static const uint8_t thread_guid[16] = {0xd1, 0xa8, 0x6f, 0x3d, 0x05, 0xfe, 0xd0, 0x11,
                                        0x9d, 0xda, 0x00, 0xc0, 0x4f, 0xd7, 0xba, 0x7c};
/* 2cb15d1d-5fc1-11d2-abe1-00a0c911f518 */
static const uint8_t image_guid[16] = {0x1d, 0x5d, 0xb1, 0x2c, 0xc1, 0x5f, 0xd2, 0x11,
                                       0xab, 0xe1, 0x00, 0xa0, 0xc9, 0x11, 0xf5, 0x18};

typedef enum { CLASS_NONE, CLASS_PROCESS, CLASS_THREAD, CLASS_IMAGE } Class;

enum {
  PROCESS_TERMINATE = 0x0b,
  PROCESS_DEFUNCT = 0x27,
  THREAD_SET_NAME = 0x48,
  IMAGE_LOAD = 0x0a /* of the image class, but in the process group's hooks */
};

static Class
class_of_guid(const HsEtlRecord *record)
{
  /* All three differ in their first byte from each other and from most of what a trace holds. */
  switch (record->guid[0]) {
  case 0xd0:
    return hs_etl_is_classic(record, process_guid) ? CLASS_PROCESS : CLASS_NONE;
  case 0xd1:
    return hs_etl_is_classic(record, thread_guid) ? CLASS_THREAD : CLASS_NONE;
  case 0x1d:
    return hs_etl_is_classic(record, image_guid) ? CLASS_IMAGE : CLASS_NONE;
  default:
    return CLASS_NONE;
  }
}

static Class
class_of(const HsEtlRecord *record)
{
  if (record->guid != NULL)
    return class_of_guid(record);
  switch (record->hook >> 8) {
  case 0x03:
    return record->opcode == IMAGE_LOAD ? CLASS_IMAGE : CLASS_PROCESS;
  case 0x05:
    return CLASS_THREAD;
  case 0x14:
    return CLASS_IMAGE;
  default:
    return CLASS_NONE;
  }
}

/* Start, end and the two rundowns are opcodes 1 to 4 in processes and threads. False for any other. */
static bool
life_of_opcode(unsigned opcode, HsEtlLife *life)
{
  if (opcode < 1 || opcode > 4)
    return false;
  *life = (HsEtlLife)(opcode - 1);
  return true;
}

static bool
process_life(unsigned opcode, HsEtlLife *life)
{
  if (opcode != PROCESS_TERMINATE && opcode != PROCESS_DEFUNCT)
    return life_of_opcode(opcode, life);
  *life = HS_ETL_END;
  return true;
}

static bool
thread_life(unsigned opcode, HsEtlLife *life)
{
  if (opcode != THREAD_SET_NAME)
    return life_of_opcode(opcode, life);
  *life = HS_ETL_START;
  return true;
}

/* Images: 0a load, 2 unload, 3 and 4 rundowns. */
static bool
image_life(unsigned opcode, HsEtlLife *life)
{
  if (opcode == IMAGE_LOAD) {
    *life = HS_ETL_START;
    return true;
  }
  return opcode != 1 && life_of_opcode(opcode, life);
}

bool
hs_etl_is_system(const HsEtlRecord *record)
{
  HsEtlLife life;
  switch (class_of(record)) {
  case CLASS_PROCESS:
    return process_life(record->opcode, &life);
  case CLASS_THREAD:
    return thread_life(record->opcode, &life);
  case CLASS_IMAGE:
    return image_life(record->opcode, &life);
  case CLASS_NONE:
  default:
    return false;
  }
}

static bool
finish(const HsBytes *b, bool *malformed)
{
  if (malformed != NULL)
    *malformed = b->failed;
  return !b->failed;
}

static bool
not_of_this_kind(bool *malformed)
{
  if (malformed != NULL)
    *malformed = false;
  return false;
}

/* A SID as kernel events carry it: four zero bytes, or TOKEN_USER (two pointers) and the SID itself. */
static void
skip_sid(HsBytes *b, unsigned width)
{
  if (hs_bytes_left(b) < 4) {
    b->failed = true;
    return;
  }
  if (hs_le32(b->data + b->pos) == 0) {
    hs_bytes_skip(b, 4);
    return;
  }
  hs_bytes_skip(b, (size_t)2 * width);
  hs_bytes_skip(b, 1); /* Revision */
  uint8_t tainted_count = hs_bytes_u8(b);
  if (tainted_count > MAX_SUB_AUTHORITIES)
    b->failed = true;
  hs_bytes_skip(b, 6 + (size_t)4 * tainted_count);
}

/* The numbers before the SID (wmicore.mof: Process_V0_TypeGroup1 … Process_V4_TypeGroup1). */
static void
read_process_numbers(HsBytes *b, unsigned version, unsigned width, HsEtlProcess *process)
{
  if (version == 0) {
    process->pid = (uint32_t)hs_bytes_pointer(b, width);
    process->parent_pid = (uint32_t)hs_bytes_pointer(b, width);
    return;
  }
  hs_bytes_skip(b, width); /* page directory or unique key */
  process->pid = hs_bytes_u32(b);
  process->parent_pid = hs_bytes_u32(b);
  process->session_id = hs_bytes_u32(b);
  process->exit_status = (int32_t)hs_bytes_u32(b);
  if (version >= 3)
    hs_bytes_skip(b, width); /* directory table base */
  if (version >= 4)
    process->flags = hs_bytes_u32(b);
  process->wow64 = (process->flags & PROCESS_FLAG_WOW64) != 0;
}

bool
hs_etl_process_decode(const HsEtlRecord *record, HsEtlProcess *process, bool *malformed)
{
  *process = (HsEtlProcess){0};
  if (class_of(record) != CLASS_PROCESS || !process_life(record->opcode, &process->life))
    return not_of_this_kind(malformed);
  HsBytes b = record->payload;
  if (record->opcode == PROCESS_TERMINATE) {
    process->pid = hs_bytes_u32(&b);
    return finish(&b, malformed);
  }
  read_process_numbers(&b, record->version, record->pointer_width, process);
  skip_sid(&b, record->pointer_width);
  if (!finish(&b, malformed))
    return false;
  process->image = hs_bytes_latin1(&b);
  if (record->version >= 2 && hs_bytes_left(&b) >= 2)
    process->command_line = hs_bytes_utf16(&b);
  return true;
}

/* The rest of a thread's name, or NULL where there is none. */
static char *
read_name(HsBytes *b)
{
  if (hs_bytes_left(b) < 2)
    return NULL;
  g_autofree char *name = hs_bytes_utf16(b);
  return name[0] != '\0' ? g_steal_pointer(&name) : NULL;
}

bool
hs_etl_thread_decode(const HsEtlRecord *record, HsEtlThread *thread, bool *malformed)
{
  *thread = (HsEtlThread){0};
  if (class_of(record) != CLASS_THREAD || !thread_life(record->opcode, &thread->life))
    return not_of_this_kind(malformed);
  HsBytes b = record->payload;
  uint32_t first = hs_bytes_u32(&b);
  uint32_t second = hs_bytes_u32(&b);
  if (!finish(&b, malformed))
    return false;
  thread->name_only = record->opcode == THREAD_SET_NAME;
  bool thread_first = record->version == 0 && !thread->name_only;
  thread->pid = thread_first ? second : first;
  thread->tid = thread_first ? first : second;
  if (thread->name_only) {
    thread->name = read_name(&b);
  } else if (record->version >= 3) {
    /* Seven pointers, SubProcessTag and four bytes of priorities stand before the name (Thread_V3_TypeGroup1). */
    hs_bytes_skip(&b, (size_t)7 * record->pointer_width + 8);
    thread->name = read_name(&b);
  }
  return true;
}

/* wmicore.mof: Image_V0 … Image_V3; Image_V3 only splits a reserved word of Image_V2. */
static void
read_image_numbers(HsBytes *b, const HsEtlRecord *record, HsEtlImage *image)
{
  unsigned width = record->pointer_width;
  image->base = hs_bytes_pointer(b, width);
  if (record->version == 0) {
    image->size = hs_bytes_u32(b);
    image->pid = record->pid;
    return;
  }
  image->size = hs_bytes_pointer(b, width);
  image->pid = hs_bytes_u32(b);
  if (record->version == 1)
    return;
  image->checksum = hs_bytes_u32(b);
  image->time_stamp = hs_bytes_u32(b);
  hs_bytes_skip(b, 4);          /* signature or reserved */
  hs_bytes_skip(b, width + 16); /* default base and four reserved words */
}

bool
hs_etl_image_decode(const HsEtlRecord *record, HsEtlImage *image, bool *malformed)
{
  *image = (HsEtlImage){0};
  if (class_of(record) != CLASS_IMAGE || !image_life(record->opcode, &image->life))
    return not_of_this_kind(malformed);
  HsBytes b = record->payload;
  read_image_numbers(&b, record, image);
  if (!finish(&b, malformed))
    return false;
  image->path = hs_bytes_utf16(&b);
  return true;
}

void
hs_etl_process_clear(HsEtlProcess *process)
{
  g_clear_pointer(&process->image, g_free);
  g_clear_pointer(&process->command_line, g_free);
}

void
hs_etl_thread_clear(HsEtlThread *thread)
{
  g_clear_pointer(&thread->name, g_free);
}

void
hs_etl_image_clear(HsEtlImage *image)
{
  g_clear_pointer(&image->path, g_free);
}
