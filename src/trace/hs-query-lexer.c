/* SPDX-License-Identifier: MIT */
#include "hs-query-lexer.h"

#include "hs-config.h"

#define GETTEXT_PACKAGE HS_GETTEXT_PACKAGE
#include <glib/gi18n-lib.h>
#include <string.h>

#define MAX_DECIMALS 18
/* Longer quotations would drown what a message has to say. */
#define MAX_QUOTE_BYTES 60u

bool
hs_query_fail(HsQueryError *error, uint32_t offset, uint32_t length, char *message)
{
  if (error != NULL)
    *error = (HsQueryError){offset, length, message};
  else
    g_free(message);
  return false;
}

/* Bytes [offset, offset + length) in quotation marks, fit to be shown. */
static char *
quote(const char *text, uint32_t offset, uint32_t length)
{
  g_autofree char *valid = g_utf8_make_valid(text + offset, (gssize)MIN(length, MAX_QUOTE_BYTES));
  g_autoptr(GString) shown = g_string_new(NULL);
  for (const char *c = valid; *c != '\0'; c = g_utf8_next_char(c)) {
    gunichar letter = g_utf8_get_char(c);
    g_string_append_unichar(shown, g_unichar_iscntrl(letter) ? ' ' : letter);
  }
  return g_strdup_printf("“%s%s”", shown->str, length > MAX_QUOTE_BYTES ? "…" : "");
}

char *
hs_token_quote(const HsToken *first, const HsToken *last, const char *text)
{
  if (first->kind == HS_TOKEN_END)
    return g_strdup(_("the end"));
  return quote(text, first->offset, last->offset + last->length - first->offset);
}

char *
hs_token_text(const HsToken *token, const char *text)
{
  if (token->kind != HS_TOKEN_TEXT)
    return g_strndup(text + token->offset, token->length);
  GString *value = g_string_new(NULL);
  const char *end = text + token->offset + token->length - 1;
  for (const char *c = text + token->offset + 1; c < end; c++) {
    if (*c == '\\' && c + 1 < end && (c[1] == '"' || c[1] == '\\'))
      c++;
    g_string_append_c(value, *c);
  }
  return g_string_free(value, FALSE);
}

/* --- numbers --- */

static const struct {
  const char *name;
  HsUnit unit;
  int64_t factor;
} units[] = {
    {"B", HS_UNIT_BYTES, 1},           {"KB", HS_UNIT_BYTES, 1000},     {"MB", HS_UNIT_BYTES, 1000000},
    {"GB", HS_UNIT_BYTES, 1000000000}, {"KiB", HS_UNIT_BYTES, 1 << 10}, {"MiB", HS_UNIT_BYTES, 1 << 20},
    {"GiB", HS_UNIT_BYTES, 1 << 30},   {"ns", HS_UNIT_TIME, 1},         {"us", HS_UNIT_TIME, 1000},
    {"\u00b5s", HS_UNIT_TIME, 1000},   {"\u03bcs", HS_UNIT_TIME, 1000}, {"ms", HS_UNIT_TIME, 1000000},
    {"s", HS_UNIT_TIME, 1000000000},
};

static bool
is_word_byte(char c)
{
  return g_ascii_isalnum(c) || c == '_' || (unsigned char)c >= 0x80;
}

/* The byte at `at`, or NUL beyond the end. */
static char
peek(const HsLexer *lexer, uint32_t at)
{
  return at < lexer->length ? lexer->text[at] : '\0';
}

static uint32_t
word_end(const HsLexer *lexer, uint32_t at)
{
  while (is_word_byte(peek(lexer, at)))
    at++;
  return at;
}

static bool
too_large(const HsLexer *lexer, const HsToken *token, HsQueryError *error)
{
  g_autofree char *shown = quote(lexer->text, token->offset, lexer->at - token->offset);
  return hs_query_fail(error, token->offset, lexer->at - token->offset,
                       g_strdup_printf(_("%s is too large a number"), shown));
}

static bool
read_unit(HsLexer *lexer, HsToken *token, int64_t *factor, HsQueryError *error)
{
  uint32_t begin = lexer->at;
  *factor = 1;
  lexer->at = word_end(lexer, begin);
  if (lexer->at == begin)
    return true;
  for (size_t i = 0; i < G_N_ELEMENTS(units); i++) {
    if (strlen(units[i].name) == lexer->at - begin &&
        g_ascii_strncasecmp(lexer->text + begin, units[i].name, lexer->at - begin) == 0) {
      token->unit = units[i].unit;
      *factor = units[i].factor;
      return true;
    }
  }
  g_autofree char *shown = quote(lexer->text, begin, lexer->at - begin);
  return hs_query_fail(
      error, begin, lexer->at - begin,
      g_strdup_printf(
          _("%s is no unit; there are ns, us, ms and s for times, and B, KB, MB, GB, KiB, MiB and GiB for sizes"),
          shown));
}

/* "12.5ms", digit by digit: 0.1 is not a binary fraction. The sign has been passed. */
static bool
read_decimal(HsLexer *lexer, HsToken *token, bool is_negative, HsQueryError *error)
{
  __int128 whole = 0, part = 0, scale = 1;
  bool is_cut = false, is_huge = false;
  int64_t factor;
  for (; g_ascii_isdigit(peek(lexer, lexer->at)); lexer->at++) {
    whole = whole * 10 + (peek(lexer, lexer->at) - '0');
    is_huge = is_huge || whole > UINT64_MAX;
    whole = is_huge ? 0 : whole;
  }
  if (peek(lexer, lexer->at) == '.' && g_ascii_isdigit(peek(lexer, lexer->at + 1))) {
    lexer->at++;
    for (unsigned n = 0; g_ascii_isdigit(peek(lexer, lexer->at)); lexer->at++, n++) {
      int digit = peek(lexer, lexer->at) - '0';
      if (n >= MAX_DECIMALS) {
        is_cut = is_cut || digit != 0;
        continue;
      }
      part = part * 10 + digit;
      scale *= 10;
    }
  }
  if (!read_unit(lexer, token, &factor, error))
    return false;
  token->floor = whole * factor + part * factor / scale;
  token->is_whole = part * factor % scale == 0 && !is_cut;
  if (is_huge || token->floor > UINT64_MAX)
    return too_large(lexer, token, error);
  if (is_negative)
    token->floor = -token->floor - (token->is_whole ? 0 : 1);
  return true;
}

static bool
read_hex(HsLexer *lexer, HsToken *token, HsQueryError *error)
{
  uint32_t first = lexer->at + 2;
  bool is_huge = false;
  lexer->at = first;
  token->is_whole = true;
  for (; g_ascii_isxdigit(peek(lexer, lexer->at)); lexer->at++) {
    is_huge = is_huge || token->floor >> 60 != 0;
    token->floor = is_huge ? 0 : token->floor << 4 | g_ascii_xdigit_value(peek(lexer, lexer->at));
  }
  uint32_t end = word_end(lexer, lexer->at);
  if (lexer->at == first || end != lexer->at) {
    g_autofree char *shown = quote(lexer->text, token->offset, end - token->offset);
    return hs_query_fail(error, token->offset, end - token->offset,
                         g_strdup_printf(_("%s is no hexadecimal number"), shown));
  }
  return !is_huge || too_large(lexer, token, error);
}

static bool
read_number(HsLexer *lexer, HsToken *token, HsQueryError *error)
{
  token->kind = HS_TOKEN_NUMBER;
  bool is_negative = peek(lexer, lexer->at) == '-';
  if (is_negative)
    lexer->at++;
  if (!is_negative && peek(lexer, lexer->at) == '0' && (peek(lexer, lexer->at + 1) | 0x20) == 'x')
    return read_hex(lexer, token, error);
  return read_decimal(lexer, token, is_negative, error);
}

/* --- words and signs --- */

static void
read_word(HsLexer *lexer, HsToken *token)
{
  static const struct {
    const char *name;
    HsTokenKind kind;
  } keywords[] = {{"and", HS_TOKEN_AND},
                  {"or", HS_TOKEN_OR},
                  {"not", HS_TOKEN_NOT},
                  {"in", HS_TOKEN_IN},
                  {"contains", HS_TOKEN_CONTAINS}};
  const char *word = lexer->text + lexer->at;
  /* Names have dashes and dots inside: "segment-heap", "a.exe"; but "a..b" is a range. */
  for (;;) {
    lexer->at = word_end(lexer, lexer->at);
    char c = peek(lexer, lexer->at);
    if ((c != '-' && c != '.') || !is_word_byte(peek(lexer, lexer->at + 1)))
      break;
    lexer->at++;
  }
  size_t length = lexer->at - token->offset;
  token->kind = HS_TOKEN_WORD;
  for (size_t i = 0; i < G_N_ELEMENTS(keywords); i++) {
    if (strlen(keywords[i].name) == length && g_ascii_strncasecmp(word, keywords[i].name, length) == 0)
      token->kind = keywords[i].kind;
  }
}

static bool
read_text(HsLexer *lexer, HsToken *token, HsQueryError *error)
{
  token->kind = HS_TOKEN_TEXT;
  for (lexer->at++; lexer->at < lexer->length; lexer->at++) {
    char c = lexer->text[lexer->at], next = peek(lexer, lexer->at + 1);
    if (c == '\\' && (next == '"' || next == '\\'))
      lexer->at++;
    else if (c == '"') {
      lexer->at++;
      return true;
    }
  }
  return hs_query_fail(error, token->offset, lexer->length - token->offset,
                       g_strdup(_("the quotation mark is not closed")));
}

static bool
read_sign(HsLexer *lexer, HsToken *token, HsQueryError *error)
{
  static const struct {
    char name[3];
    HsTokenKind kind;
  } signs[] = {{"==", HS_TOKEN_EQUAL},     {"!=", HS_TOKEN_NOT_EQUAL},  {"<=", HS_TOKEN_AT_MOST},
               {">=", HS_TOKEN_AT_LEAST},  {"&&", HS_TOKEN_AND},        {"||", HS_TOKEN_OR},
               {"..", HS_TOKEN_DOTS},      {"<", HS_TOKEN_LESS},        {">", HS_TOKEN_GREATER},
               {"!", HS_TOKEN_NOT},        {"(", HS_TOKEN_OPEN},        {")", HS_TOKEN_CLOSE},
               {"{", HS_TOKEN_OPEN_BRACE}, {"}", HS_TOKEN_CLOSE_BRACE}, {",", HS_TOKEN_COMMA}};
  const char *at = lexer->text + lexer->at;
  for (size_t i = 0; i < G_N_ELEMENTS(signs); i++) {
    size_t length = strlen(signs[i].name);
    if (lexer->length - lexer->at >= length && memcmp(at, signs[i].name, length) == 0) {
      token->kind = signs[i].kind;
      lexer->at += (uint32_t)length;
      return true;
    }
  }
  uint32_t length = 1;
  while (lexer->at + length < lexer->length && ((unsigned char)at[length] & 0xc0) == 0x80)
    length++;
  if (*at == '=' || *at == '&' || *at == '|')
    return hs_query_fail(error, lexer->at, 1, g_strdup_printf(_("expected “%c%c”, found “%c”"), *at, *at, *at));
  g_autofree char *shown = quote(lexer->text, lexer->at, length);
  return hs_query_fail(error, lexer->at, length, g_strdup_printf(_("%s means nothing here"), shown));
}

bool
hs_lexer_next(HsLexer *lexer, HsToken *token, HsQueryError *error)
{
  while (lexer->at < lexer->length && g_ascii_isspace(lexer->text[lexer->at]))
    lexer->at++;
  *token = (HsToken){.kind = HS_TOKEN_END, .offset = lexer->at};
  if (lexer->at == lexer->length)
    return true;
  bool is_read = true;
  char c = lexer->text[lexer->at];
  if (g_ascii_isdigit(c) || (c == '-' && g_ascii_isdigit(peek(lexer, lexer->at + 1))))
    is_read = read_number(lexer, token, error);
  else if (c == '"')
    is_read = read_text(lexer, token, error);
  else if (is_word_byte(c))
    read_word(lexer, token);
  else
    is_read = read_sign(lexer, token, error);
  token->length = lexer->at - token->offset;
  return is_read;
}
