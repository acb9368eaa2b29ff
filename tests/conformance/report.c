/* Counts by topic, the summary, and the recorded floor. */
#include "conformance.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static conf_topic *report_topic(conf_report *report, const char *name, size_t len) {
  for (size_t i = report->n; i-- > 0;) { /* cases of a topic come together */
    conf_topic *topic = &report->topics[i];
    if (strlen(topic->name) == len && !memcmp(topic->name, name, len)) return topic;
  }
  report->topics = conf_realloc(report->topics, (report->n + 1) * sizeof *report->topics);
  conf_topic *topic = &report->topics[report->n++];
  *topic = (conf_topic){.name = conf_realloc(NULL, len + 1)};
  memcpy(topic->name, name, len);
  topic->name[len] = '\0';
  return topic;
}

void conf_report_add(conf_report *report, const conf_case *c, conf_outcome outcome) {
  conf_topic *topic = report_topic(report, c->id, c->topic_len);
  topic->counts[outcome]++;
  report->counts[outcome]++;
  if (outcome == CONF_FAILED) {
    if (topic->failing.len) conf_buf_puts(&topic->failing, ", ");
    conf_buf_put_json(&topic->failing, c->id, strlen(c->id));
  }
}

static size_t report_total(const size_t *counts) { return counts[CONF_PASSED] + counts[CONF_FAILED] + counts[CONF_SKIPPED]; }

void conf_report_print(const conf_report *report) {
  printf("%-55s %6s %6s %7s %6s\n", "topic", "passed", "failed", "skipped", "total");
  for (size_t i = 0; i < report->n; i++) {
    const conf_topic *topic = &report->topics[i];
    const size_t *n = topic->counts;
    printf("%-55s %6zu %6zu %7zu %6zu\n", topic->name, n[CONF_PASSED], n[CONF_FAILED], n[CONF_SKIPPED], report_total(n));
  }
  printf("%zu passed, %zu failed, %zu skipped\n", report->counts[CONF_PASSED], report->counts[CONF_FAILED],
         report->counts[CONF_SKIPPED]);
}

bool conf_report_write(const conf_report *report, const char *path) {
  FILE *f = fopen(path, "w");
  if (!f) return false;
  fprintf(f, "{\"passed\": %zu, \"failed\": %zu, \"skipped\": %zu, \"topics\": [", report->counts[CONF_PASSED],
          report->counts[CONF_FAILED], report->counts[CONF_SKIPPED]);
  for (size_t i = 0; i < report->n; i++) {
    const conf_topic *topic = &report->topics[i];
    const size_t *n = topic->counts;
    fprintf(f, "%s\n  {\"topic\": \"%s\", \"passed\": %zu, \"failed\": %zu, \"skipped\": %zu, \"total\": %zu, \"failing\": [%s]}",
            i ? "," : "", topic->name, n[CONF_PASSED], n[CONF_FAILED], n[CONF_SKIPPED], report_total(n),
            topic->failing.data ? topic->failing.data : "");
  }
  fputs("\n]}\n", f);
  bool failed = ferror(f) != 0;
  return fclose(f) == 0 && !failed;
}

/* ---- the floor: lines of topic, tab, number of cases that passed ---- */

typedef struct floor_line {
  char *topic; /* in the text of the file, or in the report */
  size_t passed;
} floor_line;

typedef struct floor_table {
  conf_buf text;
  floor_line *lines;
  size_t n;
} floor_table;

static void floor_append(floor_table *table, char *topic, size_t passed) {
  table->lines = conf_realloc(table->lines, (table->n + 1) * sizeof *table->lines);
  table->lines[table->n++] = (floor_line){topic, passed};
}

static bool floor_read(const char *path, floor_table *table) {
  if (!conf_file_read(path, &table->text)) return false;
  for (char *line = strtok(table->text.data, "\n"); line; line = strtok(NULL, "\n")) {
    char *tab = strchr(line, '\t');
    if (*line == '#' || !tab) continue;
    *tab = '\0';
    floor_append(table, line, strtoull(tab + 1, NULL, 10));
  }
  return true;
}

static floor_line *floor_find(floor_table *table, const char *topic) {
  for (size_t i = 0; i < table->n; i++) {
    if (!strcmp(table->lines[i].topic, topic)) return &table->lines[i];
  }
  return NULL;
}

static void floor_free(floor_table *table) {
  conf_buf_free(&table->text);
  free(table->lines);
}

int conf_floor_check(const conf_report *report, const char *path) {
  floor_table table = {0};
  int held = 1;
  if (!floor_read(path, &table)) held = -1;
  for (size_t i = 0; held >= 0 && i < report->n; i++) {
    const conf_topic *topic = &report->topics[i];
    const floor_line *line = floor_find(&table, topic->name);
    if (line && topic->counts[CONF_PASSED] < line->passed) {
      fprintf(stderr, "%s: %zu passed, the floor is %zu\n", topic->name, topic->counts[CONF_PASSED], line->passed);
      held = 0;
    }
  }
  floor_free(&table);
  return held;
}

static int floor_order(const void *a, const void *b) {
  return strcmp(((const floor_line *)a)->topic, ((const floor_line *)b)->topic);
}

bool conf_floor_raise(const conf_report *report, const char *path) {
  floor_table table = {0};
  (void)floor_read(path, &table); /* none yet: all topics are new */
  for (size_t i = 0; i < report->n; i++) {
    const conf_topic *topic = &report->topics[i];
    floor_line *line = floor_find(&table, topic->name);
    if (!line) {
      floor_append(&table, topic->name, topic->counts[CONF_PASSED]);
    } else if (line->passed < topic->counts[CONF_PASSED]) {
      line->passed = topic->counts[CONF_PASSED];
    }
  }
  if (table.n) qsort(table.lines, table.n, sizeof *table.lines, floor_order);
  FILE *f = fopen(path, "w");
  if (f) {
    fputs("# topic, cases that pass; raised by ottl-conformance --raise-floor\n", f);
    for (size_t i = 0; i < table.n; i++) fprintf(f, "%s\t%zu\n", table.lines[i].topic, table.lines[i].passed);
  }
  bool ok = f && fclose(f) == 0;
  floor_free(&table);
  return ok;
}

void conf_report_free(conf_report *report) {
  for (size_t i = 0; i < report->n; i++) {
    free(report->topics[i].name);
    conf_buf_free(&report->topics[i].failing);
  }
  free(report->topics);
}
