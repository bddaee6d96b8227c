/* SPDX-License-Identifier: MIT */
/* Random questions, and how they may be written. */
#include <string.h>

#include "naive.h"

#define PICK(rand, list) list[g_rand_int_range(rand, 0, (gint32)G_N_ELEMENTS(list))]

static const char *const field_names[NAIVE_N_FIELDS] = {"time",    "pid",    "tid",         "cpu",      "heap",
                                                        "address", "size",   "old_address", "old_size", "lifetime",
                                                        "op",      "source", "type",        "end",      "process"};

const char *const naive_by_names[NAIVE_N_BY] = {"process", "heap", "source", "size-class", "thread", "type", "end"};

static gboolean
chance(GRand *rand, gint32 in)
{
  return g_rand_int_range(rand, 0, in) == 0;
}

/* --- values --- */

static const NaiveEvent *
any_event(const NaiveTrace *trace, GRand *rand)
{
  return naive_event(trace, (guint)g_rand_int_range(rand, 0, (gint32)trace->events->len));
}

/* A number that the trace has, or one beside it. */
static __int128
random_number(const NaiveTrace *trace, GRand *rand, NaiveField field)
{
  const NaiveEvent *event = any_event(trace, rand);
  const NaiveBlock *block = naive_block(trace, (guint)g_rand_int_range(rand, 0, (gint32)trace->blocks->len));
  __int128 beside = chance(rand, 3) ? g_rand_int_range(rand, -1, 2) : 0;
  gint32 fraction = chance(rand, 6) ? g_rand_int_range(rand, 0, 1000) : 0;
  __int128 number = 0;
  switch (field) {
  case NAIVE_TIME:
    return (event->time_ns + beside) * 1000 + fraction;
  case NAIVE_LIFETIME:
    number = block->end_ns == NAIVE_OUTSTANDING ? 0 : block->end_ns - block->begin_ns;
    return (number + beside) * 1000 + fraction;
  case NAIVE_SIZE:
    return MAX((__int128)block->size + beside, 0) * 1000 + fraction;
  case NAIVE_OLD_SIZE:
    return MAX((__int128)event->old_size + beside, 0) * 1000 + fraction;
  case NAIVE_ADDRESS:
    number = block->address + (chance(rand, 2) ? g_rand_int_range(rand, 0, 300) : 0);
    break;
  case NAIVE_OLD_ADDRESS:
    number =
        event->has_old ? event->old_address + (chance(rand, 2) ? g_rand_int_range(rand, 0, 100) : 0) : block->address;
    break;
  case NAIVE_HEAP:
    number = event->heap;
    break;
  case NAIVE_PID:
    number = event->pid;
    break;
  case NAIVE_TID:
    number = event->tid;
    break;
  default:
    number = event->cpu;
    break;
  }
  return MAX(number + beside, 0) * 1000;
}

static const char *
random_text(const NaiveTrace *trace, GRand *rand, NaiveField field)
{
  static const char *const sources[] = {"lookaside", "lowfrag", "mainpath",    "slowpath",
                                        "invalid",   "unknown", "segment-heap"};
  static const char *const types[] = {"AIFI", "AIFO", "AOFI", "AOFO"};
  static const char *const ends[] = {"free", "realloc", "overwritten", "destroy", "process-exit", "outstanding"};
  static const char *const others[] = {"nobody.exe", "exe", "A", "b", "x \\ y"};
  const NaiveEvent *event = any_event(trace, rand);
  switch (field) {
  case NAIVE_OP:
    return event->op;
  case NAIVE_SOURCE:
    return PICK(rand, sources);
  case NAIVE_TYPE:
    return PICK(rand, types);
  case NAIVE_END:
    return PICK(rand, ends);
  default:
    return event->process != NULL && !chance(rand, 3) ? event->process : PICK(rand, others);
  }
}

/* --- filters --- */

static NaiveComparison
random_comparison(GRand *rand, NaiveField field)
{
  gboolean is_number = field < NAIVE_N_NUMBERS;
  if (chance(rand, 4))
    return NAIVE_IN_SET;
  if (is_number && chance(rand, 3))
    return NAIVE_IN_RANGE;
  if ((field == NAIVE_ADDRESS || field == NAIVE_OLD_ADDRESS || field == NAIVE_PROCESS) && chance(rand, 2))
    return NAIVE_CONTAINS;
  return (NaiveComparison)g_rand_int_range(rand, 0, is_number ? NAIVE_GE + 1 : NAIVE_NE + 1);
}

static NaiveFilter *
random_leaf(const NaiveTrace *trace, GRand *rand)
{
  NaiveFilter *f = g_new0(NaiveFilter, 1);
  f->kind = 'c';
  f->field = (NaiveField)g_rand_int_range(rand, 0, NAIVE_N_FIELDS);
  f->comparison = random_comparison(rand, f->field);
  f->n_values = f->comparison == NAIVE_IN_SET     ? (guint)g_rand_int_range(rand, 0, NAIVE_MAX_VALUES + 1)
                : f->comparison == NAIVE_IN_RANGE ? 2
                                                  : 1;
  for (guint i = 0; i < f->n_values; i++) {
    gboolean is_number = f->field < NAIVE_N_NUMBERS, by_number = f->field == NAIVE_SOURCE && chance(rand, 3);
    if (is_number)
      f->values[i].milli = random_number(trace, rand, f->field);
    else if (by_number)
      f->values[i].milli = g_rand_int_range(rand, 0, 12) * 1000;
    else
      f->values[i].text = random_text(trace, rand, f->field);
  }
  if (f->comparison == NAIVE_IN_RANGE && f->values[0].milli > f->values[1].milli) {
    NaiveValue first = f->values[0];
    f->values[0] = f->values[1];
    f->values[1] = first;
  }
  return f;
}

NaiveFilter *
naive_filter_random(const NaiveTrace *trace, GRand *rand, int depth)
{
  if (depth == 0 || chance(rand, 3))
    return random_leaf(trace, rand);
  NaiveFilter *f = g_new0(NaiveFilter, 1);
  f->kind = "&&||!"[g_rand_int_range(rand, 0, 5)];
  f->a = naive_filter_random(trace, rand, depth - 1);
  f->b = f->kind == '!' ? NULL : naive_filter_random(trace, rand, depth - 1);
  return f;
}

/* --- as text --- */

static void
print_word(GRand *rand, GString *out, const char *word)
{
  g_autofree char *upper = g_ascii_strup(word, -1);
  g_string_append(out, chance(rand, 8) ? upper : word);
}

/* `milli` thousandths in a unit, to the last decimal. */
static void
print_decimal(GString *out, __int128 milli, gint64 factor)
{
  __int128 unit = (__int128)factor * 1000, size = milli < 0 ? -milli : milli, rest = size % unit;
  g_string_append_printf(out, "%s%" G_GINT64_FORMAT, milli < 0 ? "-" : "", (gint64)(size / unit));
  if (rest != 0)
    g_string_append_c(out, '.');
  for (; rest != 0; rest = rest % unit) {
    rest *= 10;
    g_string_append_c(out, (char)('0' + (int)(rest / unit)));
  }
}

typedef struct {
  const char *name;
  gint64 factor;
} Unit;

static void
print_time(GRand *rand, GString *out, __int128 milli)
{
  static const Unit units[] = {{"", 1}, {"ns", 1}, {"us", 1000}, {"µs", 1000}, {"ms", 1000000}, {"s", 1000000000}};
  Unit unit = PICK(rand, units);
  print_decimal(out, milli, unit.factor);
  g_string_append(out, unit.name);
}

static void
print_number(GRand *rand, GString *out, NaiveField field, __int128 milli)
{
  static const Unit units[] = {{"", 1}, {"B", 1}, {"KB", 1000}, {"KiB", 1024}};
  if (field == NAIVE_TIME || field == NAIVE_LIFETIME) {
    print_time(rand, out, milli);
  } else if (field == NAIVE_SIZE || field == NAIVE_OLD_SIZE) {
    /* None that needs more decimals than are read. */
    Unit unit = PICK(rand, units);
    print_decimal(out, milli, unit.factor);
    g_string_append(out, unit.name);
  } else if (chance(rand, 2)) {
    g_string_append_printf(out, "0x%" G_GINT64_MODIFIER "x", (guint64)(milli / 1000));
  } else {
    print_decimal(out, milli, 1);
  }
}

static gboolean
is_bare(const char *text)
{
  static const char *const keywords[] = {"and", "or", "not", "in", "contains"};
  for (guint i = 0; i < G_N_ELEMENTS(keywords); i++) {
    if (g_ascii_strcasecmp(text, keywords[i]) == 0)
      return FALSE;
  }
  return g_ascii_isalpha(text[0]) &&
         strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-") == strlen(text);
}

static void
print_value(GRand *rand, GString *out, NaiveField field, const NaiveValue *value)
{
  if (value->text == NULL) {
    print_number(rand, out, field, value->milli);
  } else if (is_bare(value->text) && chance(rand, 2)) {
    print_word(rand, out, value->text);
  } else {
    g_string_append_c(out, '"');
    for (const char *c = value->text; *c != '\0'; c++)
      g_string_append_printf(out, "%s%c", *c == '"' || *c == '\\' ? "\\" : "", *c);
    g_string_append_c(out, '"');
  }
}

static void
print_leaf(const NaiveFilter *f, GRand *rand, GString *out)
{
  static const char *const signs[] = {"==", "!=", "<", "<=", ">", ">="};
  print_word(rand, out, field_names[f->field]);
  if (f->comparison <= NAIVE_GE) {
    g_string_append_printf(out, chance(rand, 3) ? "%s" : " %s ", signs[f->comparison]);
    print_value(rand, out, f->field, &f->values[0]);
    return;
  }
  g_string_append_c(out, ' ');
  print_word(rand, out, f->comparison == NAIVE_CONTAINS ? "contains" : "in");
  g_string_append(out, f->comparison == NAIVE_IN_SET ? " {" : " ");
  for (guint i = 0; i < f->n_values; i++) {
    if (i > 0)
      g_string_append(out, f->comparison == NAIVE_IN_RANGE ? ".." : ", ");
    print_value(rand, out, f->field, &f->values[i]);
  }
  g_string_append(out, f->comparison == NAIVE_IN_SET ? "}" : "");
}

/* "not" binds closest, then "and"; what binds as close need no brackets. */
static int
closeness(char kind)
{
  return kind == '|' ? 0 : kind == '&' ? 1 : kind == '!' ? 2 : 3;
}

static void
print(const NaiveFilter *f, GRand *rand, GString *out, int outer)
{
  gboolean in_brackets = closeness(f->kind) < outer || chance(rand, 6);
  g_string_append(out, in_brackets ? "(" : "");
  if (f->kind == 'c') {
    print_leaf(f, rand, out);
  } else if (f->kind == '!') {
    if (chance(rand, 2))
      g_string_append_c(out, '!');
    else
      print_word(rand, out, "not");
    g_string_append_c(out, ' ');
    print(f->a, rand, out, closeness('!'));
  } else {
    print(f->a, rand, out, closeness(f->kind));
    g_string_append_c(out, ' ');
    if (chance(rand, 2))
      g_string_append(out, f->kind == '&' ? "&&" : "||");
    else
      print_word(rand, out, f->kind == '&' ? "and" : "or");
    g_string_append_c(out, ' ');
    print(f->b, rand, out, closeness(f->kind));
  }
  g_string_append(out, in_brackets ? ")" : "");
}

char *
naive_filter_print(const NaiveFilter *filter, GRand *rand)
{
  GString *out = g_string_new(NULL);
  print(filter, rand, out, 0);
  return g_string_free(out, FALSE);
}

/* --- questions --- */

static gint64
random_moment(const NaiveTrace *trace, GRand *rand)
{
  gint64 moment = any_event(trace, rand)->time_ns;
  if (chance(rand, 3))
    moment += g_rand_int_range(rand, -150, 151);
  return chance(rand, 20) ? trace->last_ns + g_rand_int_range(rand, 0, 1000000) : moment;
}

static void
random_range(const NaiveTrace *trace, GRand *rand, NaiveQuestion *question)
{
  gint64 a = random_moment(trace, rand), b = random_moment(trace, rand), t0_ns = MIN(a, b), t1_ns = MAX(a, b);
  GString *text = g_string_new(NULL);
  gint32 open = g_rand_int_range(rand, 0, 12);
  question->has_range = TRUE;
  question->t0_ns = open == 0 ? G_MININT64 : naive_moment(trace, t0_ns, 0);
  question->t1_ns = open == 1 ? G_MAXINT64 : naive_moment(trace, t1_ns, 0);
  if (open != 0)
    print_time(rand, text, (__int128)t0_ns * 1000);
  g_string_append(text, "..");
  if (open != 1)
    print_time(rand, text, (__int128)t1_ns * 1000);
  question->range_text = g_string_free(text, FALSE);
}

NaiveQuestion *
naive_question_random(const NaiveTrace *trace, GRand *rand)
{
  NaiveQuestion *question = g_new0(NaiveQuestion, 1);
  question->t0_ns = G_MININT64;
  question->t1_ns = G_MAXINT64;
  if (!chance(rand, 10)) {
    question->filter = naive_filter_random(trace, rand, 3);
    question->filter_text = naive_filter_print(question->filter, rand);
  }
  if (!chance(rand, 6))
    random_range(trace, rand, question);
  guint wanted = (guint)g_rand_int_range(rand, question->has_range ? 0 : 1, 4);
  while (question->n_by < wanted) {
    NaiveBy by = (NaiveBy)g_rand_int_range(rand, 0, NAIVE_N_BY);
    gboolean is_new = TRUE;
    for (guint i = 0; i < question->n_by; i++)
      is_new = is_new && question->by[i] != by;
    if (is_new)
      question->by[question->n_by++] = by;
  }
  return question;
}

void
naive_question_free(NaiveQuestion *question)
{
  naive_filter_free(question->filter);
  g_free(question->filter_text);
  g_free(question->range_text);
  g_free(question);
}

GStrv
naive_question_arguments(const NaiveQuestion *question)
{
  g_autoptr(GPtrArray) arguments = g_ptr_array_new();
  if (question->filter_text != NULL)
    g_ptr_array_add(arguments, g_strconcat("--filter=", question->filter_text, NULL));
  if (question->range_text != NULL)
    g_ptr_array_add(arguments, g_strconcat("--range=", question->range_text, NULL));
  if (question->n_by > 0) {
    GString *by = g_string_new("--by=");
    for (guint i = 0; i < question->n_by; i++)
      g_string_append_printf(by, "%s%s", i > 0 ? "," : "", naive_by_names[question->by[i]]);
    g_ptr_array_add(arguments, g_string_free(by, FALSE));
  }
  g_ptr_array_add(arguments, NULL);
  return (GStrv)g_ptr_array_steal(arguments, NULL);
}
