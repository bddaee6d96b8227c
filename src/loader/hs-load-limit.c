/* SPDX-License-Identifier: MIT */
/* What memory this process may still take. */
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "hs-load-choice.h"

#define CGROUP_ROOT "/sys/fs/cgroup"

static char *
read_text(const char *path)
{
  char *text = NULL;
  return g_file_get_contents(path, &text, NULL, NULL) ? text : NULL;
}

/* The number behind a word at the beginning of a line ("MemAvailable:  1234 kB"); false if there is none. */
static bool
find_number(const char *text, const char *word, uint64_t *number)
{
  size_t length = strlen(word);
  for (const char *line = text; line != NULL && *line != '\0';) {
    if (strncmp(line, word, length) == 0 && (line[length] == ' ' || line[length] == ':' || line[length] == '\t')) {
      const char *digits = line + length + strspn(line + length, ": \t");
      char *end;
      *number = g_ascii_strtoull(digits, &end, 10);
      return end != digits;
    }
    line = strchr(line, '\n');
    line = line != NULL ? line + 1 : NULL;
  }
  return false;
}

static uint64_t
of_system(void)
{
  uint64_t kib;
  g_autofree char *text = read_text("/proc/meminfo");
  return text != NULL && find_number(text, "MemAvailable", &kib) ? kib * 1024 : UINT64_MAX;
}

/* A group's limit less what it holds; but what it holds of files is given back when memory is wanted. */
static uint64_t
of_group(const char *folder)
{
  g_autofree char *max_path = g_build_filename(folder, "memory.max", NULL);
  g_autofree char *current_path = g_build_filename(folder, "memory.current", NULL);
  g_autofree char *stat_path = g_build_filename(folder, "memory.stat", NULL);
  g_autofree char *max_text = read_text(max_path);
  g_autofree char *current_text = read_text(current_path);
  g_autofree char *stat_text = read_text(stat_path);
  if (max_text == NULL || current_text == NULL || !g_ascii_isdigit(max_text[0]))
    return UINT64_MAX;
  uint64_t max = g_ascii_strtoull(max_text, NULL, 10), current = g_ascii_strtoull(current_text, NULL, 10), files = 0;
  if (stat_text == NULL || !find_number(stat_text, "file", &files))
    files = 0;
  current -= MIN(files, current);
  return max - MIN(current, max);
}

/* Its own group and all above it. */
static uint64_t
of_groups(void)
{
  g_autofree char *text = read_text("/proc/self/cgroup");
  const char *own = text != NULL ? strstr(text, "0::/") : NULL;
  uint64_t least = UINT64_MAX;
  if (own == NULL)
    return least;
  g_autofree char *path = g_strndup(own + 3, strcspn(own + 3, "\n"));
  while (path[0] != '\0') {
    g_autofree char *folder = g_build_filename(CGROUP_ROOT, path, NULL);
    least = MIN(least, of_group(folder));
    char *slash = strrchr(path, '/');
    if (slash == NULL)
      break;
    *slash = '\0';
  }
  return least;
}

static uint64_t
of_limit(__rlimit_resource_t resource, uint64_t used)
{
  struct rlimit limit;
  if (getrlimit(resource, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY)
    return UINT64_MAX;
  return limit.rlim_cur - MIN(used, limit.rlim_cur);
}

static uint64_t
of_process(void)
{
  unsigned long long size = 0, data = 0;
  g_autofree char *text = read_text("/proc/self/statm");
  if (text != NULL)
    (void)sscanf(text, "%llu %*u %*u %*u %*u %llu", &size, &data);
  uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
  /* Of address space more is taken than of memory: chunks are aligned, threads have stacks. */
  uint64_t space = of_limit(RLIMIT_AS, size * page);
  return MIN(space != UINT64_MAX ? space - space / 4 : space, of_limit(RLIMIT_DATA, data * page));
}

uint64_t
hs_load_available_memory(void)
{
  return MIN(of_process(), MIN(of_system(), of_groups()));
}
