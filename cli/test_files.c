/* ottl test: files of cases, and the files that they name. */
#include "test.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define MOST_FILES  10000
#define MOST_LEVELS 32 /* of folders */

static bool is_case_file(const char *name) {
  return cli_ends_in(name, ".ottlt") || cli_ends_in(name, ".ottlt.yaml") || cli_ends_in(name, ".ottlt.yml");
}

static int add_suite(test_session *s, const char *path) {
  if (s->n_suites == MOST_FILES) return cli_fail(CLI_USAGE, "more than %d files of cases", MOST_FILES);
  if (s->n_suites == s->cap_suites) {
    size_t cap = s->cap_suites ? 2 * s->cap_suites : 16;
    test_suite *grown = realloc(s->suites, cap * sizeof *grown);
    if (!grown) return cli_fail(CLI_INTERNAL, "out of memory");
    s->suites = grown;
    s->cap_suites = cap;
  }
  test_suite suite = {.path = strdup(path)};
  if (!suite.path) return cli_fail(CLI_INTERNAL, "out of memory");
  s->suites[s->n_suites++] = suite;
  return CLI_OK;
}

static int by_name(const struct dirent **a, const struct dirent **b) { return strcmp((*a)->d_name, (*b)->d_name); }
static int is_visible(const struct dirent *entry) { return entry->d_name[0] != '.'; }

static int find_in(test_session *s, const char *folder, unsigned level) {
  struct dirent **entries;
  struct stat st;
  int n = scandir(folder, &entries, is_visible, by_name), status = CLI_OK;
  if (n < 0) return cli_fail(CLI_USAGE, "the folder %s cannot be read", folder);
  for (int i = 0; i < n; i++) {
    char path[4096];
    bool here = strcmp(folder, ".") == 0;
    int len = snprintf(path, sizeof path, "%s%s%s", here ? "" : folder, here || cli_ends_in(folder, "/") ? "" : "/",
                       entries[i]->d_name);
    free(entries[i]);
    if (status != CLI_OK || len < 0 || (size_t)len >= sizeof path || lstat(path, &st) != 0) continue;
    if (S_ISDIR(st.st_mode) && level < MOST_LEVELS)
      status = find_in(s, path, level + 1);
    else if (!S_ISDIR(st.st_mode) && is_case_file(path))
      status = add_suite(s, path);
  }
  free(entries);
  return status;
}

int test_files_find(test_session *s) {
  static const char *const here[] = {"."};
  const cli_texts *files = &s->options->files;
  const char *const *items = files->n ? files->items : here;
  int status = CLI_OK;
  for (size_t i = 0; i < (files->n ? files->n : 1) && status == CLI_OK; i++) {
    struct stat st;
    size_t before = s->n_suites;
    bool folder = stat(items[i], &st) == 0 && S_ISDIR(st.st_mode);
    status = folder ? find_in(s, items[i], 0) : add_suite(s, items[i]);
    if (status == CLI_OK && s->n_suites == before)
      status = cli_fail(CLI_USAGE, "no files of cases (.ottlt) in %s; `ottl help test` shows one",
                        files->n ? items[i] : "this folder");
  }
  return status;
}

/* "cases/../policy.ottl" is "policy.ottl". Only for people: a folder may be a link. */
static char *simple_name(const char *path) {
  char *name = strdup(path);
  for (char *up = name ? strstr(name, "/../") : NULL; up; up = strstr(name, "/../")) {
    char *from = up;
    while (from > name && from[-1] != '/') from--;
    bool parent = up - from == 2 && memcmp(from, "..", 2) == 0;
    if (from == up || parent) break;
    memmove(from, up + 4, strlen(up + 4) + 1);
  }
  return name;
}

const test_source *test_files_read(test_session *s, const char *path, bool tell) {
  for (const test_source *source = s->sources; source; source = source->next) {
    if (strcmp(source->path, path) == 0) return source->text ? source : NULL;
  }
  test_source *source = calloc(1, sizeof *source);
  if (!source || !(source->path = strdup(path)) || !(source->name = simple_name(path))) {
    if (source) free(source->path);
    free(source);
    return NULL;
  }
  cli_capture quiet;
  if (!tell) cli_capture_begin(&quiet);
  if (cli_file_text(path, "tests", &source->text, &source->len) != CLI_OK) source->text = NULL;
  if (!tell) free(cli_capture_end(&quiet));
  source->next = s->sources; /* one that cannot be read is watched all the same */
  s->sources = source;
  return source->text ? source : NULL;
}
