/* SPDX-License-Identifier: MIT */
#include "hs-etl-damage.h"

#include <string.h>

#include "hs-etl-writer-private.h"

/* What a damage works on: the copy, where its buffers are, and which is meant. */
typedef struct {
  GByteArray *bytes;
  GArray *offsets; /* guint64, one more than buffers: the end */
  guint64 position;
  GRand *random;
} Patient;

typedef void (*Doctor)(Patient *patient, guint32 argument);

typedef struct {
  HsEtlDamage damage;
  Doctor doctor;
  guint32 argument;
} Entry;

static guint32
get_u32(const guint8 *bytes)
{
  guint32 value;
  memcpy(&value, bytes, sizeof value);
  return GUINT32_FROM_LE(value);
}

GArray *
hs_etl_damage_buffer_offsets(GBytes *image)
{
  gsize length = 0;
  const guint8 *bytes = g_bytes_get_data(image, &length);
  GArray *offsets = g_array_new(FALSE, FALSE, sizeof(guint64));
  for (guint64 at = 0; at + HS_ETL_WRITER_BUFFER_HEADER_BYTES <= length;) {
    guint32 size = get_u32(bytes + at);
    if (size < HS_ETL_WRITER_BUFFER_HEADER_BYTES || size > length - at)
      break;
    g_array_append_val(offsets, at);
    at += size;
  }
  return offsets;
}

static guint
n_buffers(const Patient *patient)
{
  return patient->offsets->len - 1;
}

static guint
chosen(const Patient *patient)
{
  return (guint)MIN(patient->position, n_buffers(patient) - 1);
}

static guint64
begin_of(const Patient *patient, guint buffer)
{
  return g_array_index(patient->offsets, guint64, buffer);
}

static guint8 *
bytes_of(const Patient *patient, guint buffer)
{
  return patient->bytes->data + begin_of(patient, buffer);
}

static guint32
size_of(const Patient *patient, guint buffer)
{
  return (guint32)(begin_of(patient, buffer + 1) - begin_of(patient, buffer));
}

static gboolean
is_compressed(const guint8 *buffer)
{
  return (buffer[0x34] & HS_ETL_WRITER_FLAG_COMPRESSED) != 0;
}

static void
replace(Patient *patient, const void *bytes, guint length)
{
  g_byte_array_set_size(patient->bytes, 0);
  g_byte_array_append(patient->bytes, bytes, length);
}

static void
insert(Patient *patient, guint64 at, const guint8 *bytes, guint length)
{
  guint tail = patient->bytes->len - (guint)at;
  g_byte_array_set_size(patient->bytes, patient->bytes->len + length);
  memmove(patient->bytes->data + at + length, patient->bytes->data + at, tail);
  memcpy(patient->bytes->data + at, bytes, length);
}

static void
make_empty(Patient *patient, guint32 argument)
{
  replace(patient, "", 0);
}

static void
make_text(Patient *patient, guint32 argument)
{
  static const char text[] = "Dear diary,\nthis is a text file and no trace of anything.\n";
  replace(patient, text, sizeof text - 1);
  while (patient->bytes->len < argument)
    g_byte_array_append(patient->bytes, (const guint8 *)text, sizeof text - 1);
}

static void
make_png(Patient *patient, guint32 argument)
{
  static const guint8 png[] = {0x89, 'P',  'N',  'G',  0x0d, 0x0a, 0x1a, 0x0a, 0,    0,    0,    0x0d, 'I',  'H',
                               'D',  'R',  0,    0,    0,    1,    0,    0,    0,    1,    8,    6,    0,    0,
                               0,    0x1f, 0x15, 0xc4, 0x89, 0,    0,    0,    0x0d, 'I',  'D',  'A',  'T',  0x78,
                               0xda, 0x63, 0x64, 0x60, 0xf8, 0x5f, 0x0f, 0,    2,    0x87, 1,    0x80, 0xeb, 0x47,
                               0xba, 0x92, 0,    0,    0,    0,    'I',  'E',  'N',  'D',  0xae, 0x42, 0x60, 0x82};
  replace(patient, png, sizeof png);
}

static void
make_zeros(Patient *patient, guint32 argument)
{
  memset(patient->bytes->data, 0, patient->bytes->len);
}

static void
make_random(Patient *patient, guint32 argument)
{
  for (guint i = 0; i < patient->bytes->len; i++)
    patient->bytes->data[i] = (guint8)g_rand_int(patient->random);
}

static void
truncate_at(Patient *patient, guint32 argument)
{
  g_byte_array_set_size(patient->bytes, (guint)MIN(patient->position, patient->bytes->len));
}

static void
zero_buffer(Patient *patient, guint32 argument)
{
  memset(bytes_of(patient, chosen(patient)), 0, size_of(patient, chosen(patient)));
}

static void
swap_buffers(Patient *patient, guint32 argument)
{
  guint buffer = chosen(patient);
  if (buffer + 1 >= n_buffers(patient))
    return;
  guint32 first = size_of(patient, buffer), second = size_of(patient, buffer + 1);
  guint8 *begin = bytes_of(patient, buffer);
  g_autofree guint8 *copy = g_memdup2(begin, first);
  memmove(begin, begin + first, second);
  memcpy(begin + second, copy, first);
}

static void
duplicate_buffer(Patient *patient, guint32 argument)
{
  guint buffer = chosen(patient);
  g_autofree guint8 *copy = g_memdup2(bytes_of(patient, buffer), size_of(patient, buffer));
  insert(patient, begin_of(patient, buffer), copy, size_of(patient, buffer));
}

static void
remove_buffer(Patient *patient, guint32 argument)
{
  guint buffer = chosen(patient);
  g_byte_array_remove_range(patient->bytes, (guint)begin_of(patient, buffer), size_of(patient, buffer));
}

static void
set_buffer_size(Patient *patient, guint32 argument)
{
  hs_etl_put_u32(bytes_of(patient, chosen(patient)), argument);
}

/* A size that is merely wrong: the next buffer is sought in the midst of data. */
static void
set_buffer_size_off(Patient *patient, guint32 argument)
{
  guint buffer = chosen(patient);
  hs_etl_put_u32(bytes_of(patient, buffer), size_of(patient, buffer) + argument);
}

static void
set_offset(Patient *patient, guint32 argument)
{
  hs_etl_put_u32(bytes_of(patient, chosen(patient)) + 0x30, argument);
}

static void
set_offset_past(Patient *patient, guint32 argument)
{
  guint8 *buffer = bytes_of(patient, chosen(patient));
  hs_etl_put_u32(buffer + 0x30, get_u32(buffer + (is_compressed(buffer) ? 0x30 : 0)) + argument);
}

static void
set_processor(Patient *patient, guint32 argument)
{
  hs_etl_put_u16(bytes_of(patient, chosen(patient)) + 0x28, (guint16)argument);
}

static void
set_buffer_type(Patient *patient, guint32 argument)
{
  hs_etl_put_u16(bytes_of(patient, chosen(patient)) + 0x36, (guint16)argument);
}

static void
set_buffer_flags(Patient *patient, guint32 argument)
{
  guint8 *buffer = bytes_of(patient, chosen(patient));
  hs_etl_put_u16(buffer + 0x34, (guint16)((buffer[0x34] | (guint)buffer[0x35] << 8) ^ argument));
}

/* The first record of a plain buffer, or NULL. */
static guint8 *
first_record(Patient *patient)
{
  guint8 *buffer = bytes_of(patient, chosen(patient));
  if (is_compressed(buffer) || get_u32(buffer + 0x30) < HS_ETL_WRITER_BUFFER_HEADER_BYTES + 8 ||
      size_of(patient, chosen(patient)) < HS_ETL_WRITER_BUFFER_HEADER_BYTES + 8)
    return NULL;
  return buffer + HS_ETL_WRITER_BUFFER_HEADER_BYTES;
}

static void
set_record_size(Patient *patient, guint32 argument)
{
  guint8 *record = first_record(patient);
  if (record == NULL)
    return;
  gboolean size_first = record[2] >= 0x0a && record[2] != 0x10 && record[2] != 0x11;
  hs_etl_put_u16(record + (size_first ? 0 : 4), (guint16)argument);
}

static void
set_record_marker(Patient *patient, guint32 argument)
{
  guint8 *record = first_record(patient);
  if (record == NULL)
    return;
  record[2] = (guint8)(argument & 0xff);
  record[3] = (guint8)(argument >> 8);
}

static void
set_payload(Patient *patient, const guint8 *bytes, gsize length)
{
  guint buffer = chosen(patient);
  if (size_of(patient, buffer) < HS_ETL_WRITER_BUFFER_HEADER_BYTES + length)
    return;
  guint8 *begin = bytes_of(patient, buffer);
  begin[0x34] |= HS_ETL_WRITER_FLAG_COMPRESSED;
  memcpy(begin + HS_ETL_WRITER_BUFFER_HEADER_BYTES, bytes, length);
}

/* A match at once, 8,192 bytes before the beginning. */
static void
compressed_bad_distance(Patient *patient, guint32 argument)
{
  static const guint8 payload[] = {0xff, 0xff, 0xff, 0xff, 0xf8, 0xff};
  set_payload(patient, payload, sizeof payload);
}

/* One literal, then a match of 4 GiB of it. */
static void
compressed_endless(Patient *patient, guint32 argument)
{
  static const guint8 payload[] = {0xff, 0xff, 0xff, 0x7f, 'a', 0x07, 0, 0x0f, 0xff, 0, 0, 0xff, 0xff, 0xff, 0xff};
  set_payload(patient, payload, sizeof payload);
}

/* A 16-bit length below the 22 it must have. */
static void
compressed_bad_length(Patient *patient, guint32 argument)
{
  static const guint8 payload[] = {0xff, 0xff, 0xff, 0x7f, 'a', 0x07, 0, 0x0f, 0xff, 3, 0};
  set_payload(patient, payload, sizeof payload);
}

/* The buffer says it is compressed, and holds only `argument` bytes of what it held. */
static void
compressed_short(Patient *patient, guint32 argument)
{
  guint buffer = chosen(patient);
  guint32 keep = HS_ETL_WRITER_BUFFER_HEADER_BYTES + argument;
  if (size_of(patient, buffer) <= keep)
    return;
  guint8 *begin = bytes_of(patient, buffer);
  begin[0x34] |= HS_ETL_WRITER_FLAG_COMPRESSED;
  hs_etl_put_u32(begin, keep);
  g_byte_array_remove_range(patient->bytes, (guint)begin_of(patient, buffer) + keep, size_of(patient, buffer) - keep);
}

static void
random_bytes(Patient *patient, guint32 argument)
{
  guint count = 1 + g_rand_int_range(patient->random, 0, (gint32)argument);
  for (guint i = 0; i < count && patient->bytes->len > 0; i++)
    patient->bytes->data[g_rand_int(patient->random) % patient->bytes->len] = (guint8)g_rand_int(patient->random);
}

static void
random_in_buffer(Patient *patient, guint32 argument)
{
  guint buffer = chosen(patient);
  guint32 reach = argument == 0 ? size_of(patient, buffer) : MIN(argument, size_of(patient, buffer));
  guint count = 1 + g_rand_int_range(patient->random, 0, 8);
  for (guint i = 0; i < count; i++)
    bytes_of(patient, buffer)[g_rand_int(patient->random) % reach] = (guint8)g_rand_int(patient->random);
}

static void
random_tail(Patient *patient, guint32 argument)
{
  for (guint i = 0; i < argument; i++) {
    guint8 byte = (guint8)g_rand_int(patient->random);
    g_byte_array_append(patient->bytes, &byte, 1);
  }
}

static void
zero_tail(Patient *patient, guint32 argument)
{
  guint length = patient->bytes->len;
  g_byte_array_set_size(patient->bytes, length + argument);
  memset(patient->bytes->data + length, 0, argument);
}

/* Positions in the log-file header's payload, which begins 72 + 32 bytes into the file. */
static guint8 *
header_field(Patient *patient, guint offset)
{
  guint8 *payload = patient->bytes->data + HS_ETL_WRITER_BUFFER_HEADER_BYTES + 0x20;
  gboolean wide = patient->bytes->data[HS_ETL_WRITER_BUFFER_HEADER_BYTES + 2] == HS_ETL_WRITER_SYSTEM64;
  return payload + offset + (wide && offset > 0x38 ? 8 : 0);
}

static void
set_header_hook(Patient *patient, guint32 argument)
{
  hs_etl_put_u16(patient->bytes->data + HS_ETL_WRITER_BUFFER_HEADER_BYTES + 6, (guint16)argument);
}

static void
set_header_record_size(Patient *patient, guint32 argument)
{
  hs_etl_put_u16(patient->bytes->data + HS_ETL_WRITER_BUFFER_HEADER_BYTES + 4, (guint16)argument);
}

static void
set_header_buffer_size(Patient *patient, guint32 argument)
{
  hs_etl_put_u32(header_field(patient, 0x00), argument);
}

static void
set_header_cpus(Patient *patient, guint32 argument)
{
  hs_etl_put_u32(header_field(patient, 0x0c), argument);
}

static void
set_header_pointer_size(Patient *patient, guint32 argument)
{
  hs_etl_put_u32(header_field(patient, 0x2c), argument);
}

static void
set_header_frequency(Patient *patient, guint32 argument)
{
  guint8 *field = header_field(patient, 0xf8);
  hs_etl_put_u32(field, argument);
  hs_etl_put_u32(field + 4, argument == 0 ? 0 : G_MAXUINT32);
}

static void
set_header_clock(Patient *patient, guint32 argument)
{
  hs_etl_put_u32(header_field(patient, 0x108), argument);
}

static void
set_compression_format(Patient *patient, guint32 argument)
{
  hs_etl_put_u32(patient->bytes->data + 0x2c, argument);
}

/* The names run to the end of the record without a NUL. */
static void
set_header_names(Patient *patient, guint32 argument)
{
  guint8 *record = patient->bytes->data + HS_ETL_WRITER_BUFFER_HEADER_BYTES;
  guint size = record[4] | (guint)record[5] << 8;
  for (guint8 *at = header_field(patient, 0x110); at < record + size; at++)
    *at = 'A';
}

static const Entry entries[] = {
#define POSITION .takes_position = TRUE
#define SEED .takes_seed = TRUE
#define NO_TRACE .not_a_trace = TRUE
    {{"empty", "an empty file", NO_TRACE}, make_empty, 0},
    {{"text", "a short text file", NO_TRACE}, make_text, 0},
    {{"text-long", "a text file longer than a buffer", NO_TRACE}, make_text, 100000},
    {{"png", "a PNG picture", NO_TRACE}, make_png, 0},
    {{"zeros", "nothing but zeros", NO_TRACE}, make_zeros, 0},
    {{"random-file", "nothing but random bytes", SEED, NO_TRACE}, make_random, 0},
    {{"truncate", "the file ends at the position", POSITION}, truncate_at, 0},
    {{"zero-buffer", "a buffer is all zeros", POSITION}, zero_buffer, 0},
    {{"swap-buffers", "a buffer and the next change places", POSITION}, swap_buffers, 0},
    {{"duplicate-buffer", "a buffer is there twice", POSITION}, duplicate_buffer, 0},
    {{"remove-buffer", "a buffer is missing", POSITION}, remove_buffer, 0},
    {{"buffer-size-0", "BufferSize 0", POSITION}, set_buffer_size, 0},
    {{"buffer-size-1", "BufferSize 1", POSITION}, set_buffer_size, 1},
    {{"buffer-size-71", "BufferSize one less than a header", POSITION}, set_buffer_size, 71},
    {{"buffer-size-72", "BufferSize of a header alone", POSITION}, set_buffer_size, 72},
    {{"buffer-size-max", "BufferSize 0xffffffff", POSITION}, set_buffer_size, 0xffffffff},
    {{"buffer-size-4gib", "BufferSize just under 4 GiB", POSITION}, set_buffer_size, 0xffff0000},
    {{"buffer-size-2gib", "BufferSize 2 GiB", POSITION}, set_buffer_size, 0x80000000},
    {{"buffer-size-more", "BufferSize 8 too many", POSITION}, set_buffer_size_off, 8},
    {{"buffer-size-less", "BufferSize 8 too few", POSITION}, set_buffer_size_off, (guint32)-8},
    {{"offset-0", "Offset 0", POSITION}, set_offset, 0},
    {{"offset-71", "Offset inside the buffer's header", POSITION}, set_offset, 71},
    {{"offset-max", "Offset 0xffffffff: 4 GiB of data, decompressed", POSITION}, set_offset, 0xffffffff},
    {{"offset-past-end", "Offset 4,096 past the end of the data", POSITION}, set_offset_past, 4096},
    {{"offset-unaligned", "Offset 3 past the end of the data", POSITION}, set_offset_past, 3},
    {{"processor-max", "processor index 0xffff", POSITION}, set_processor, 0xffff},
    {{"buffer-type-6", "an empty marker with records in it", POSITION}, set_buffer_type, 6},
    {{"buffer-type-99", "an unknown buffer type", POSITION}, set_buffer_type, 99},
    {{"compressed-flag", "the compressed flag turned over", POSITION}, set_buffer_flags, 0x40},
    {{"unknown-flags", "buffer flags nobody knows", POSITION}, set_buffer_flags, 0xff80},
    {{"compressed-bad-distance", "a match before the beginning", POSITION}, compressed_bad_distance, 0},
    {{"compressed-endless", "a match of 4 GiB", POSITION}, compressed_endless, 0},
    {{"compressed-bad-length", "a 16-bit length below 22", POSITION}, compressed_bad_length, 0},
    {{"compressed-empty", "a compressed buffer without data", POSITION}, compressed_short, 0},
    {{"compressed-short", "a compressed buffer that breaks off", POSITION}, compressed_short, 100},
    {{"record-size-0", "a record of size 0 (plain buffers)", POSITION}, set_record_size, 0},
    {{"record-size-7", "a record smaller than any header (plain buffers)", POSITION}, set_record_size, 7},
    {{"record-size-16", "a record smaller than its header (plain buffers)", POSITION}, set_record_size, 16},
    {{"record-size-max", "a record longer than its buffer (plain buffers)", POSITION}, set_record_size, 0xffff},
    {{"record-marker", "a record without marker (plain buffers)", POSITION}, set_record_marker, 0x0002},
    {{"record-type", "a record of an unknown header type (plain buffers)", POSITION}, set_record_marker, 0xc07f},
    {{"random-bytes", "up to 64 random bytes anywhere", SEED}, random_bytes, 64},
    {{"random-in-header", "up to 8 random bytes in a buffer's header", POSITION, SEED}, random_in_buffer, 72},
    {{"random-in-buffer", "up to 8 random bytes in a buffer", POSITION, SEED}, random_in_buffer, 0},
    {{"random-tail", "1,000 random bytes behind the end", SEED}, random_tail, 1000},
    {{"zero-tail", "100,000 zeros behind the end"}, zero_tail, 100000},
    {{"no-header-event", "the first record is no log-file header", NO_TRACE}, set_header_hook, 0x0008},
    {{"header-record-short", "the log-file header breaks off"}, set_header_record_size, 0x40},
    {{"header-buffer-size-0", "the session's buffer size is 0"}, set_header_buffer_size, 0},
    {{"header-buffer-size-max", "the session's buffer size is 4 GiB"}, set_header_buffer_size, 0xffffffff},
    {{"header-cpus-0", "no processors"}, set_header_cpus, 0},
    {{"header-cpus-max", "four milliard processors"}, set_header_cpus, 0xffffffff},
    {{"header-pointer-size-3", "pointers of three bytes"}, set_header_pointer_size, 3},
    {{"header-frequency-0", "a clock that stands still"}, set_header_frequency, 0},
    {{"header-frequency-max", "a clock of 2^64 - 1 Hz"}, set_header_frequency, 0xffffffff},
    {{"header-clock-9", "a clock nobody knows"}, set_header_clock, 9},
    {{"header-names", "names without an end"}, set_header_names, 0},
    {{"compression-lznt1", "compression format 2 in the header buffer"}, set_compression_format, 2},
    {{"compression-huffman", "compression format 4 in the header buffer"}, set_compression_format, 4},
    {{"compression-99", "compression format 99 in the header buffer"}, set_compression_format, 99},
#undef POSITION
#undef SEED
#undef NO_TRACE
};

const HsEtlDamage *
hs_etl_damage_list(gsize *n_damages)
{
  static HsEtlDamage list[G_N_ELEMENTS(entries)];
  static gsize once;
  if (g_once_init_enter(&once)) {
    for (gsize i = 0; i < G_N_ELEMENTS(entries); i++)
      list[i] = entries[i].damage;
    g_once_init_leave(&once, 1);
  }
  *n_damages = G_N_ELEMENTS(entries);
  return list;
}

static const Entry *
find_entry(const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS(entries); i++)
    if (strcmp(entries[i].damage.name, name) == 0)
      return &entries[i];
  g_error("no damage is called %s", name);
}

GBytes *
hs_etl_damage_apply(GBytes *image, const char *name, guint64 position, guint32 seed)
{
  const Entry *entry = find_entry(name);
  gsize length = 0;
  const guint8 *bytes = g_bytes_get_data(image, &length);
  g_autoptr(GRand) random = g_rand_new_with_seed(seed);
  g_autoptr(GArray) offsets = hs_etl_damage_buffer_offsets(image);
  g_assert(offsets->len > 0);
  guint64 last = g_array_index(offsets, guint64, offsets->len - 1);
  guint64 end = last + get_u32(bytes + last);
  g_array_append_val(offsets, end);
  Patient patient = {g_byte_array_new(), offsets, position, random};
  g_byte_array_append(patient.bytes, bytes, (guint)length);
  entry->doctor(&patient, entry->argument);
  return g_byte_array_free_to_bytes(patient.bytes);
}
