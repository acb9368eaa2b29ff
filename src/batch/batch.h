/* A batch: the rows of one payload, the columns that a pass of a program reads and writes, and what was written.
 *
 *   payload ─ index ─► rows[level]: body, len, parent, ...          (otlp/index.c; levels that nobody names stay closed)
 *   pass:    bind(layout)      columns and maps of the levels above the pass's level, for all their rows
 *            window(first, n)  columns and maps of the pass's own level, for rows first..first+n      (otlp/project.c)
 *              ... the VM reads and writes columns, marks dirty bits, drops rows ...
 *            close_window      dirty rows of the window get new bodies in the arena                   (otlp/weave.c)
 *            unbind            the same for the levels above
 *   finish:  bodies are put together: clean runs are one copy                                         (otlp/splice.c)
 *
 * Row ids are absolute within their level. Columns of the pass's own level are indexed by row - first; columns of levels above
 * by the row id itself. A pass after another pass sees what the first one wrote, because a row's body is what was woven. */
#ifndef OTTL_SRC_BATCH_BATCH_H
#define OTTL_SRC_BATCH_BATCH_H

#include "batch/reg.h"
#include "batch/schema.h"

typedef enum ottl_column_source {
  OTTL_COL_FIELD, /* a field of the schema, other than MAP */
  OTTL_COL_KEY,   /* the value under a constant key of a map */
} ottl_column_source;

typedef struct ottl_column_spec {
  uint8_t source; /* ottl_column_source */
  uint8_t level;
  uint16_t field; /* FIELD */
  uint16_t map;   /* KEY: index into maps */
  ottl_view key;  /* KEY */
  bool written;   /* some statement may write it */
} ottl_column_spec;

/* Entries without a column are looked at where entries, seen, cut, prune or counted say so: api/touch.c tells hosts. */
typedef struct ottl_map_spec {
  uint16_t field; /* a MAP field; OTTL_FIELD_COUNT: a cache, which starts empty and is never encoded */
  uint8_t level;
  bool entries; /* entry tier: rows have their entries in a list; else only the key columns are read */
  bool ordered; /* something sees the order of entries: writes to key columns are flushed at once by the VM */
  bool written;
  bool seen;         /* key tier of the own level: something sees it as a whole, before anything is written to it */
  bool shared;       /* a cache that rows hand on from one to the next: whoever runs them does it */
  bool cut;          /* keep_keys in the key tier: all entries but those of key columns may go */
  uint16_t prune;    /* 1 + number of the rule by which entries go, in the key tier of the own level; 0: none */
  bool counted;      /* key tier of the own level: limit, or an editor of values, looks at all entries (counted.c) */
  bool no_texts;     /* counted: values that are no texts are noted, under keys that are no columns */
  uint32_t least;    /* counted: and texts of at least so many bytes */
  uint32_t n_places; /* counted, with a limit: instructions that note when keys come and go */
  uint16_t first_column, n_columns; /* its KEY columns, contiguous, distinct keys */
} ottl_map_spec;

/* What one pass of a program needs; immutable, made by the compiler. */
typedef struct ottl_layout {
  uint8_t level; /* of the pass */
  uint16_t n_columns, n_maps;
  const ottl_column_spec *columns;
  const ottl_map_spec *maps;
  /* Not 0: a batch binds no other layout with this id, and always for the same signal. What it found out is kept. Small numbers. */
  uint32_t id;
} ottl_layout;

enum { /* row states */
       OTTL_ROW_DROPPED = 1,
       OTTL_ROW_MOVED = 2,  /* body is in the arena, not in the payload: it changed */
       OTTL_ROW_EDITED = 4, /* parent levels: some child changed or went, or own fields changed; body must be put together */
       OTTL_ROW_HELD = 8,   /* stays with all that is below it, whatever the rest of a filter's stage says: it failed there */
};

typedef struct ottl_rows {
  uint32_t n, cap;
  const uint8_t **body;
  uint32_t *len;
  uint32_t *start, *end; /* what was framed, with its tag: offsets, ITEM and up: in the payload; below: in the parent's body */
  uint32_t *parent;      /* row of the level above; unused at RESOURCE */
  uint32_t *first_child; /* n + 1 of them: children are first_child[i] .. first_child[i + 1]; valid when the next level is open */
  uint8_t *message;      /* ottl_message of the row */
  uint8_t *kind;         /* METRIC rows and their points: ottl_metric_kind */
  uint8_t *state;
  bool open;
} ottl_rows;

/* The state of one map of the layout over the rows of its level. */
typedef struct ottl_rowmaps {
  uint32_t spare;                /* entry tier: room behind the entries of each row, for new ones */
  ottl_rowmap *rows;             /* entry tier: one for each row (index as for columns of the level); key tier: private */
  uint64_t *dirty;               /* entry tier: rows whose entries changed (set it when you edit them); cap as rows */
  uint32_t *raw_begin, *raw_end; /* range of the map's entries in the row's body; equal: none; entry tier and written key tier */
  uint64_t *dups;                /* rows in which some key of the program came twice; valid when any_dups */
  bool any_dups;
  uint64_t *bad; /* DICT_MAP: rows that name an attribute which the dictionary lacks: they cannot be read; valid when any_bad */
  bool any_bad;
  uint64_t *cut; /* key tier: rows whose entries are gone but for those of the key columns; NULL unless the map is cut */
  bool any_cut;
  uint64_t *pruned; /* key tier: rows of which entries go by a rule on keys, or by a limit; NULL unless the map has one */
  bool any_pruned;
  uint32_t *others; /* counted: entries of each row that no column stands for; NULL unless the map is */
  uint32_t cap;
} ottl_rowmaps;

/* Which entries go, by their keys: of maps with `prune`. Asked about once for each distinct key. */
typedef struct ottl_key_rule {
  ottl_status (*goes)(void *context, uint32_t rule, ottl_view key, bool *ret);
  void *context;
} ottl_key_rule;

typedef struct ottl_batch ottl_batch;
struct ottl_batch {
  ottl_allocator al;
  ottl_arena arena; /* lives until the next open: woven bodies, entries, edited trees, results of functions */
  const uint8_t *in;
  size_t in_len;
  uint8_t signal; /* ottl_signal */
  ottl_rows rows[OTTL_LEVELS];

  const ottl_layout *layout;                 /* of the bound pass */
  ottl_reg *columns;                         /* layout->n_columns of them */
  ottl_rowmaps *maps;                        /* layout->n_maps of them */
  const struct ottl_keyset *keysets;         /* by map: the keys that are columns */
  uint32_t first, n;                         /* the window: rows of layout->level */
  uint32_t *up[OTTL_LEVELS];                 /* window row -> row id of that level, for levels above; set by window */
  uint32_t lo[OTTL_LEVELS], hi[OTTL_LEVELS]; /* rows lo .. hi - 1 of the levels above that the window spans */

  /* dictionary of keys seen in entry-tier maps of this batch */
  uint64_t *key_slots; /* private to batch.c */
  size_t cap_key_slots;
  ottl_view *key_names;
  size_t n_keys, cap_keys;

  ottl_key_rule key_rule; /* set between bind and the first window when a map of the layout has `prune`: one at most has */

  uint64_t n_appended, appended_bytes; /* records that were appended since the open */

  size_t error_offset; /* after DATA: where in the payload */
  const char *error_text;
  bool too_much; /* records that were written got larger than a payload may be: what says NOMEM is LIMIT */
  void *impl;    /* private to src/otlp */
};

OTTL_MUST_CHECK ottl_status ottl__batch_create(const ottl_allocator *al, ottl_batch **ret);
void ottl__batch_free(ottl_batch *batch);

/* Frames resources, scopes and items of a payload, which is borrowed until the next open. DATA: malformed, with error_offset. */
OTTL_MUST_CHECK ottl_status ottl__batch_open(ottl_batch *batch, int signal, const uint8_t *in, size_t in_len);
/* Frames level CHILD or GRANDCHILD (and what is above it) from the current bodies, if it is not open. */
OTTL_MUST_CHECK ottl_status ottl__batch_open_level(ottl_batch *batch, ottl_level level);

/* Right after open: each item gets a resource and a scope of its own, as rows; bytes are shared, not copied. `finish` then puts
 * items together again whose resources and scopes are equal. LIMIT: more than 2 GiB of resources and scopes. */
OTTL_MUST_CHECK ottl_status ottl__batch_flatten(ottl_batch *batch);

/* Begins a pass: opens its level, makes columns and maps for `window_rows` rows of the own level, and projects the levels above. */
OTTL_MUST_CHECK ottl_status ottl__batch_bind(ottl_batch *batch, const ottl_layout *layout, uint32_t window_rows);
/* Projects rows first .. first + n of the pass's level; n <= window_rows. All dirty bits of the window's columns are clear. */
OTTL_MUST_CHECK ottl_status ottl__batch_window(ottl_batch *batch, uint32_t first, uint32_t n);
/* Weaves the dirty rows of the window. */
OTTL_MUST_CHECK ottl_status ottl__batch_close_window(ottl_batch *batch);
/* Ends the pass: weaves the dirty rows of the levels above. Items whose children changed are put together; levels below a row
 * that got a new body are closed, and framed again by the next pass that needs them. */
OTTL_MUST_CHECK ottl_status ottl__batch_unbind(ottl_batch *batch);
/* Before a window runs: remembers the bodies of its rows, and, of a window of one row, what the pass may write above it. */
OTTL_MUST_CHECK ottl_status ottl__batch_save(ottl_batch *batch);
/* Before the window closes: what was written to its rows `rows` is forgotten, and, when the window was saved, what was written above. */
OTTL_MUST_CHECK ottl_status ottl__batch_undo(ottl_batch *batch, const uint64_t *rows);
/* The row goes, and with it every row below it that is open. Rows dropped are still in the row table: look at state. */
void ottl__batch_drop_row(ottl_batch *batch, ottl_level level, uint32_t row);
/* The same of the rows first + i of which bit i is set, i < n. */
void ottl__batch_drop_rows(ottl_batch *batch, ottl_level level, uint32_t first, const uint64_t *rows, uint32_t n);

/* What has nothing below it goes, from rows of `level` upward (not held ones): at ITEM metrics of some kind without points, at SCOPE
 * scopes without items, at RESOURCE resources without scopes. *ret_left: is there a resource left? Fails: NOMEM, DATA. */
OTTL_MUST_CHECK ottl_status ottl__batch_drop_empty(ottl_batch *batch, ottl_level level, bool *ret_left);

/* The payload as it is now, in a buffer of the batch's own, until the next open. Ends the pass if one is bound. drop_empty: scopes
 * and resources without children are left out, as the filter does (also those that came empty), and once data points were framed
 * metrics of some kind without points too; a payload without resources is 0 bytes. */
OTTL_MUST_CHECK ottl_status ottl__batch_finish(ottl_batch *batch, bool drop_empty, const uint8_t **ret, size_t *ret_len);

/* -- parts of a payload (part.c): some of its rows, under copies of what is above them -- */
typedef struct ottl_part { /* grows; whoever has it frees it with the batch's allocator */
  uint8_t *data;
  size_t len, cap;
} ottl_part;
/* Frames the level again, without rows that were dropped: whatever is written, its rows then keep their numbers until one is dropped. */
OTTL_MUST_CHECK ottl_status ottl__batch_reframe(ottl_batch *batch, ottl_level level);
/* Before parts of rows of this level are made, after whatever changed or dropped rows. Ends the pass if one is bound; opens the level. */
OTTL_MUST_CHECK ottl_status ottl__batch_parts_begin(ottl_batch *batch, ottl_level level);
/* Appends rows of the level, in ascending order, to the part: as they are now, with all that is below them. ITEM: under copies of
 * their scopes and resources. CHILD (data points): also of their metrics. None of them is dropped. Fails: NOMEM, LIMIT. */
OTTL_MUST_CHECK ottl_status ottl__batch_part(ottl_batch *batch, ottl_level level, const uint32_t *rows, uint32_t n,
                                             ottl_part *part);
/* Appends bytes. Fails: NOMEM, LIMIT. */
OTTL_MUST_CHECK ottl_status ottl__batch_part_put(ottl_batch *batch, ottl_part *part, const uint8_t *data, size_t len);

/* -- whole records (record.c): row i of the window, as it is now -- */
typedef struct ottl_record {
  const uint8_t *body; /* of its message; lives until the row is written again */
  uint32_t len;
  uint8_t kind; /* ottl_metric_kind of metrics and data points */
} ottl_record;
/* What was written to the row goes into its body. Fails: NOMEM, LIMIT, DATA. */
OTTL_MUST_CHECK ottl_status ottl__batch_record(ottl_batch *batch, uint32_t i, ottl_record *ret);
/* The same of the record that the row is a child of; in passes that go row by row. */
OTTL_MUST_CHECK ottl_status ottl__batch_record_above(ottl_batch *batch, uint32_t i, ottl_record *ret);
/* What row i of the window is now, or the row of a level above it: its message, for the look of it. RESOURCE and SCOPE: their own
 * fields, and what is below them where they were not written. Changes nothing that shows. In passes that go row by row; *ret_tag: of
 * the field that it is in its parent. Fails: NOMEM, LIMIT, DATA. */
OTTL_MUST_CHECK ottl_status ottl__batch_look(ottl_batch *batch, ottl_level level, uint32_t i, ottl_record *ret, uint8_t *ret_tag);
/* The row gets a new body, which is copied; its columns and maps are read again, its caches stay. Fails: NOMEM, DATA. */
OTTL_MUST_CHECK ottl_status ottl__batch_record_set(ottl_batch *batch, uint32_t i, const void *body, uint32_t len);
/* A new record, which is copied, behind all of its scope, that of row i. It becomes a row when it is taken. Fails: NOMEM, LIMIT. */
OTTL_MUST_CHECK ottl_status ottl__batch_append(ottl_batch *batch, uint32_t i, const void *body, uint32_t len);
/* Between windows: what was appended becomes rows; *ret_first .. + *ret_n - 1 are those of the pass's level, in the order of
 * the rows that appended them. They find their place at the end of the pass. Fails: NOMEM, LIMIT, DATA. */
OTTL_MUST_CHECK ottl_status ottl__batch_take_appended(ottl_batch *batch, uint32_t *ret_first, uint32_t *ret_n);
/* The row of the payload that a row of the pass's level goes back to: itself, unless it was appended. */
uint32_t ottl__batch_source_row(const ottl_batch *batch, uint32_t row);

/* Where a record stands in the payload: places from 0 (UINT32_MAX: it is above that), its bytes with their tag, and the bodies
 * of resource, scope and item that it is or is under. */
typedef struct ottl_located {
  uint32_t resource, scope, item, child, grandchild;
  uint32_t offset, len;
  ottl_view above[OTTL_L_ITEM + 1];
} ottl_located;

/* Did the item come with the payload? Else a statement appended it. */
bool ottl__batch_came(const ottl_batch *batch, uint32_t item);
/* start: offset of the row of ITEM or above; below ITEM the record is found by its place among the item's children. False: it is not
 * in the payload that came in. */
bool ottl__batch_locate(const ottl_batch *batch, ottl_level level, uint32_t start, uint32_t child, uint32_t grandchild,
                        ottl_located *ret);
/* A payload of that record alone, as it came in, with its resource and scope; a record below ITEM with its whole item. Lives until
 * the next open. */
OTTL_MUST_CHECK ottl_status ottl__batch_alone(ottl_batch *batch, const ottl_located *where, ottl_view *ret);

/* Of a payload that was finished: for each row of RESOURCE, SCOPE or ITEM that it has, in its order, the offset that the row began
 * at in the payload that came in; UINT32_MAX: it was appended. Flattened, a resource or scope counts by the first item below it.
 * Lives until the next open. */
OTTL_MUST_CHECK ottl_status ottl__batch_origins(ottl_batch *batch, ottl_level level, const uint32_t **ret, uint32_t *ret_n);

/* -- profiles -- */
#define OTTL_HIDDEN_KEY UINT32_MAX /* klen of entries of a DICT_MAP that are no part of the map, but of the row */
/* A value type that was written: VALUE_TYPE cells and columns point to one when their len is OTTL_PROFILE_TYPE_NEW; else they are a
 * view of the message's body. */
#define OTTL_PROFILE_TYPE_NEW UINT32_MAX
typedef struct ottl_profile_type {
  ottl_view body;    /* ValueType { int32 type_strindex = 1; int32 unit_strindex = 2; }, well-formed */
  ottl_view text[2]; /* instead of those, where set */
  bool set[2];
} ottl_profile_type;
/* String of the payload's dictionary; false: out of range. For passes with a column of a value type. */
bool ottl__batch_text(const ottl_batch *batch, int64_t index, ottl_view *ret);

/* -- maps in the key tier -- */
/* keep_keys: every entry of the row goes but those whose key is that of a column with its bit set in `kept` (bit 0: the map's
 * first column). `row` is the index into the map's columns. Fails: NOMEM, DATA (rows with duplicate keys are read again). */
OTTL_MUST_CHECK ottl_status ottl__map_keep(ottl_batch *batch, uint32_t map, uint32_t row, const uint64_t *kept);
/* The same of the rows of the window whose bit is set in `sel`; a map of the pass's level. */
OTTL_MUST_CHECK ottl_status ottl__map_keep_rows(ottl_batch *batch, uint32_t map, const uint64_t *sel, uint32_t n,
                                                const uint64_t *kept);
/* Entries that go by the rule on keys go from the rows of the window whose bit is set in `sel`. Fails as ottl__map_keep. */
OTTL_MUST_CHECK ottl_status ottl__map_prune(ottl_batch *batch, uint32_t map, const uint64_t *sel, uint32_t n);

/* The entries of row i of the window as they came, as a value: of a map that is seen. Fails: NOMEM, DATA. */
OTTL_MUST_CHECK ottl_status ottl__map_came(ottl_batch *batch, uint32_t map, uint32_t i, ottl_cell *ret);

/* -- maps that are counted -- */
/* After writes to a key column: for which of the rows of the window did its entry come or go? `place`: number of the instruction. */
OTTL_MUST_CHECK ottl_status ottl__map_note(ottl_batch *batch, uint32_t column, uint32_t place, const uint64_t *sel, uint32_t n);
/* Moves rows of `sel` that go by a list of their entries to `listed`, which is all zero; their lists are up to date then. */
OTTL_MUST_CHECK ottl_status ottl__map_listed(ottl_batch *batch, uint32_t map, uint64_t *sel, uint64_t *listed, uint32_t n,
                                             bool *any);
/* The first entries of each row stay, `limit` of them; those of the `n_first` columns before all others. For rows without lists. */
OTTL_MUST_CHECK ottl_status ottl__map_limit(ottl_batch *batch, uint32_t map, const uint64_t *sel, uint32_t n, int64_t limit,
                                            const uint16_t *first, uint32_t n_first);

/* Were values noted in the window? */
bool ottl__map_any_noted(const ottl_batch *batch);
/* Entries of row i of the window that were, to be made texts or other ones: no entry comes or goes. For rows without lists. */
ottl_rowmap ottl__map_noted(const ottl_batch *batch, uint32_t i);
/* Some of them were made dirty. */
void ottl__map_noted_changed(ottl_batch *batch, uint32_t map, uint32_t i);

/* -- maps in the entry tier -- */
/* Brings dirty key columns of the map into the entries of the selected rows (set, append, remove with swap); sel NULL: of all. */
OTTL_MUST_CHECK ottl_status ottl__map_flush(ottl_batch *batch, uint32_t map, const uint64_t *sel, uint32_t n);
/* Of a written key column, what shows in the order of entries: rows first + i, i in sel, whose entry is new or gone. Values of entries
 * that were there already stay in the column until a flush. */
OTTL_MUST_CHECK ottl_status ottl__map_place(ottl_batch *batch, uint32_t column, const uint64_t *sel, uint32_t first, uint32_t n);
/* Brings the entries of the selected rows back into the key columns after something edited the entries. */
OTTL_MUST_CHECK ottl_status ottl__map_reload(ottl_batch *batch, uint32_t map, const uint64_t *sel, uint32_t n);
/* Entry tier: index of the key in the dictionary, new keys are added; OTTL_NO_KEY when it is full, or out of memory: ids only
 * spare work, so that everything must go without them. */
uint32_t ottl__key_id(ottl_batch *batch, ottl_view key);
void ottl__keys_clear(ottl_batch *batch); /* keeps its memory */

/* DICT_MAP: the row names an attribute that the dictionary lacks. */
static inline bool map_is_bad(const ottl_rowmaps *map, uint32_t row) {
  return OTTL_UNLIKELY(map->any_bad) && bm_get(map->bad, row);
}

/* -- writing key columns. `row` is the index into the column. -- */
static inline void col_touch(ottl_reg *col, uint32_t row) {
  bm_set(col->dirty, row);
  col->any_dirty = true;
}
static inline void col_set(ottl_reg *col, uint32_t row, ottl_cell c) { /* store CELL; nil becomes an empty value that is there */
  col->word[row] = c.word;
  col->len[row] = c.len;
  col->tag[row] = c.tag <= OTTL_T_NIL ? OTTL_T_NIL : c.tag;
  col_touch(col, row);
}
/* Key tier, rows with duplicate keys: makes the next entry with the column's key the visible one. */
OTTL_MUST_CHECK ottl_status ottl__column_delete_dup(ottl_batch *batch, uint32_t column, uint32_t row);
OTTL_MUST_CHECK static inline ottl_status col_delete(ottl_batch *batch, uint32_t column, uint32_t row) {
  ottl_reg *col = &batch->columns[column];
  if (col->tag[row] == OTTL_T_ABSENT) return OTTL_OK;
  const ottl_rowmaps *m = &batch->maps[batch->layout->columns[column].map];
  if (OTTL_UNLIKELY(m->any_dups) && bm_get(m->dups, row)) return ottl__column_delete_dup(batch, column, row);
  col->tag[row] = OTTL_T_ABSENT;
  col_touch(col, row);
  return OTTL_OK;
}

#endif
