/* What the batch keeps for itself between framing, projection, weaving and splicing. See batch.h for the whole.
 *
 * Rows of ITEM and below are woven as a whole: their new body is complete. Rows of RESOURCE and SCOPE have most of the payload
 * below them, so their new body is their own fields alone, and gaps say where which children go:
 *
 *   body of a scope   [ scope ][ item 0 ][ item 1 ]..[ item n-1 ][ schema_url ]        in the payload, rows[].start says where
 *   woven             [ new scope ]^[ schema_url ]                                     gap { at ^, first 0, end n } */
#ifndef OTTL_SRC_OTLP_IMPL_H
#define OTTL_SRC_OTLP_IMPL_H

#include "batch/batch.h"
#include "batch/keyset.h"
#include "otlp/dict.h"
#include "otlp/wire.h"

typedef struct ot_gap {
  uint32_t at, first, end; /* children first .. end stand before offset `at` of the own body */
} ot_gap;
typedef struct ot_gaps {
  uint32_t n;
  ot_gap gap[];
} ot_gaps;

/* A row that is encoded oddly, while its canonical form stands in for it. */
typedef struct ot_odd {
  const uint8_t *body, *canonical; /* body: as it came */
  struct ot_gaps *gaps;            /* as they were */
  uint32_t len, row;
  uint8_t level;
} ot_odd;

/* What the projection does with a field: one step of a switch. */
typedef enum ot_op {
  OT_BAD, /* not legal protobuf: field 0, wire types 4, 6, 7 */
  OT_SKIP_VARINT,
  OT_SKIP_64,
  OT_SKIP_LEN,
  OT_SKIP_GROUP,
  OT_SKIP_32,
  OT_WRONG, /* a field that we read, with the wrong wire type */
  OT_UNPACKED,
  OT_I32,
  OT_U32,
  OT_BOOL,
  OT_SINT32,
  OT_V64,
  OT_FIX64,
  OT_INT, /* members of NUMBER */
  OT_DOUBLE,
  OT_FIX32,
  OT_VIEW,
  OT_TRACE_ID,
  OT_SPAN_ID,
  OT_PROFILE_ID,
  OT_ANY,
  OT_REPEATED,
  OT_PACKED,
  OT_PACKED_VARINT,
  OT_DICT,    /* indices of attributes: a map in either tier */
  OT_KEYS,    /* a map in the key tier */
  OT_PRUNED,  /* one whose entries may go by a rule on keys */
  OT_COUNTED, /* one whose other entries are counted */
  OT_SEEN,    /* one that is seen as a whole, and no key of it is a column */
  OT_ENTRIES, /* a map in the entry tier */
  OT_SUB,     /* a singular message with a table of its own; `index` is its own column or OTTL_NO_COLUMN */
} ot_op;

#define OT_NUMBERS 32 /* every field that we know has a lower number */

typedef struct ot_table ot_table;
typedef struct ot_action {
  uint16_t op;
  uint16_t index; /* of the column or map */
} ot_action;
struct ot_table {
  ot_action at[OT_NUMBERS * 8]; /* by tag: number and wire type */
  ot_table *sub[OT_NUMBERS];
};
extern const ot_action ottl__ot_skip[8]; /* by wire type: fields that we do not know */

typedef struct ot_place {
  uint8_t number, sub; /* number 0: the message does not have it */
} ot_place;

/* What an entry under a column's key begins with: its key, and the tag of its value. Padded to whole OT_HEAD_BLOCKs. */
#define OT_HEAD_BLOCK 32u
typedef struct ot_head {
  const uint8_t *data;
  uint32_t len;
} ot_head;

/* Columns and maps of small payloads (columns.c). */
typedef struct ot_kept {
  ottl_reg *columns, *fresh;       /* those in use, and as they are when nothing was read yet */
  ottl_rowmaps *maps, *fresh_maps; /* the same */
  uint32_t *up_store[OTTL_LEVELS];
} ot_kept;

/* What a layout means for the messages of a signal: made once for layouts that have an id. */
typedef struct ot_plan {
  ottl_arena arena;
  ot_kept *kept;                   /* NULL: not made yet */
  uint8_t read, written;           /* a bit for each level: columns or maps of it are */
  ot_table *tables[OTTL_MESSAGES]; /* NULL: nothing of the message is read */
  ottl_keyset *keysets;            /* by map */
  ot_head *heads;                  /* by column: of keys */
  ot_place *places;                /* [column * OTTL_MESSAGES + message] */
  bool *plain;                     /* by column: see wv_column */
  ot_place *map_places;
  bool made;
} ot_plan;

typedef enum wv_kind {
  WV_CUT,     /* nothing instead */
  WV_VARINT,  /* tag, varint word */
  WV_64,      /* tag, 8 bytes of word */
  WV_32,      /* tag, 4 bytes of word */
  WV_BYTES,   /* tag, length, len bytes at word */
  WV_ANY,     /* tag, length, AnyValue of { word, len, tag } */
  WV_KEYS,    /* entries of a map in the key tier: im->keys and im->fresh */
  WV_ENTRIES, /* the entries of the rowmap at word, each with its tag */
  WV_RAW,     /* `size` bytes at word */
  WV_SUB,     /* tag, length, the sub-message with the edits of the second list */
  WV_GAP,     /* nothing; children first .. last go here */
} wv_kind;

typedef struct wv_edit {
  uint32_t begin, end; /* of the row's body: what is replaced */
  uint32_t size;       /* WV_RAW */
  uint32_t len;        /* WV_GAP: first child */
  uint64_t word;       /* WV_GAP: end of the children */
  uint8_t kind, number, tag;
} wv_edit;

/* An entry of the row being woven: what stands at begin .. end of the old body is kept, or this stands there now. */
typedef struct wv_key {
  uint64_t word;
  uint32_t len, begin, end;
  uint16_t column;
  uint8_t tag; /* ABSENT: nothing does */
  bool keep;
} wv_key;

/* A column with dirty bits, of the level being woven: its arrays, and the word of dirty bits that the row is in. */
typedef struct wv_column {
  uint64_t bits;
  const uint64_t *dirty, *word;
  const uint32_t *len, *off, *end;
  const uint8_t *tag;
  uint32_t head; /* bytes that an entry under its key begins with */
  uint16_t column;
  bool plain; /* fields: one tag and one value in the row itself */
} wv_column;

typedef struct wv_list {
  wv_edit *items;
  size_t n, cap;
} wv_list;

typedef struct ot_field { /* a field as it stands on the wire, for the canonical form */
  const uint8_t *tag, *value, *end;
  uint32_t number;
  uint8_t wire_type;
} ot_field;

/* A record that a statement appended, until it becomes a row. Its body stands in the arena, behind its tag and length. */
typedef struct ot_appended {
  const uint8_t *body;
  uint32_t len;
  uint32_t scope; /* row of its scope */
  uint32_t row;   /* of the pass's level: whose statement it was */
  uint32_t order; /* among those of that row */
} ot_appended;

/* What a row above others consists of but for those: `a` stands before them, `b` behind. */
typedef struct ot_shell {
  const uint8_t *a, *b;
  uint32_t alen, blen;
  uint32_t size; /* of its body in the part that is being written */
  uint8_t tag;   /* metrics: of the container of the points, whose own fields `b` are; 0: not known yet */
} ot_shell;

/* A row of ITEM that is put together in the output: of which children changed, and what its shell says. */
typedef struct ot_item {
  uint32_t size;     /* of its body */
  uint32_t tag, box; /* metrics: where the container of the points and its body begin; else 0 */
  uint32_t end;      /* and where that ends */
  uint32_t inner;    /* and what its size will be */
} ot_item;

/* A key that entries of the entry tier had in this pass, so that the next one with it needs no look-up. Hostile keys that share slots
 * cost what the look-ups cost. */
#define OT_MEMO_SLOTS 128u
typedef struct ot_key_memo {
  const char *key;
  uint32_t len, keyid;
  uint16_t map, column; /* 1 + the map's number; 0: free */
  bool goes;            /* maps with `prune` */
  uint8_t next;         /* lists: the slot of the key that came behind this one the last time */
} ot_key_memo;
_Static_assert(OT_MEMO_SLOTS <= UINT8_MAX + 1, "slots are bytes");

/* Bytes of entries of a row that go by a rule on keys, if a statement says so; neighbours are one hole. */
typedef struct ot_hole {
  uint32_t begin, end;
} ot_hole;
typedef struct ot_holes {
  uint32_t first, n;
} ot_holes;

/* An entry of a row that is over a limit, in its place among the others. */
typedef struct ot_placed {
  uint32_t begin, end; /* in the row's body, where no column stands for it */
  uint16_t key;        /* of the map's columns, counted from its first one; OTTL_NO_COLUMN: none */
} ot_placed;

/* counted.c: bitmaps of `words` words over the window */
typedef struct ot_counted {
  uint64_t *there;   /* by column: rows that have the key */
  uint64_t *toggled; /* by place: rows in which its key came or went */
  uint16_t *key;     /* by place: of which column, counted from the map's first one */
  size_t words;
  ot_placed *order; /* of one row */
  uint32_t *at;     /* by column: where it stands in `order` */
  size_t order_cap, at_cap;
  ot_holes *noted_of; /* by row of the window: among these */
  ottl_entry *noted;
  size_t n_noted, noted_cap;
} ot_counted;

typedef struct ot_impl {
  ottl_arena pass;     /* columns, tables: reset by bind */
  ottl_arena window;   /* entries of the own level: reset by window */
  const ot_plan *plan; /* of the bound pass */
  ot_plan **plans;     /* by id of the layout; [0]: of those without, made anew by each bind */
  size_t n_plans, plans_cap;
  ot_key_memo *memo;  /* OT_MEMO_SLOTS of them, and one for `next` of none, when some map is in the entry tier or pruned */
  ot_holes *holes_of; /* by row of the window, when a map has `prune` */
  ot_hole *holes;
  size_t n_holes, holes_cap;
  uint64_t *verdicts; /* two bits a key number: the rule was asked, the entry goes */
  size_t verdicts_cap;
  ot_counted counted;      /* when a map is */
  uint16_t **dict_columns; /* by map that lies in the dictionary: the column of each attribute's key */
  uint32_t window_rows;
  bool bound;
  bool kept; /* columns are those that the plan keeps */
  bool in_window;
  bool flat;        /* items have resources and scopes of their own */
  bool touched;     /* the output is not the input */
  bool ungathered;  /* rows of ITEM may be EDITED, and what changed below them is in the rows below alone */
  bool kinds_known; /* of METRIC rows */
  bool points_seen; /* a pass looked at the points of metrics: drop_empty then holds for metrics too */
  uint32_t *up_store[OTTL_LEVELS];
  struct ot_saved *saved;  /* undo.c; NULL: nothing was saved in this pass */
  ottl_arena saved_values; /* reset by each save */

  ot_dict dict;
  ot_gaps **gaps[OTTL_L_ITEM]; /* by row; NULL: no row of the level has any */
  ot_odd *odd;
  size_t n_odd, odd_cap;
  uint64_t woven;         /* bytes of blocks for woven bodies */
  uint8_t *pen, *pen_end; /* where the next woven body goes: bodies are packed, so that runs of them are one copy */
  wv_list edits, sub_edits;
  wv_column *dirty;      /* of the level being woven: keys map by map, then fields */
  uint32_t *dirty_first; /* by map: its first one among them; behind those of maps: the first field */
  size_t n_dirty, dirty_cap, dirty_first_cap;
  uint64_t dirty_plain, dirty_fields; /* the words of fields that are plain, together, and of others */
  wv_key *keys;                       /* of the row being woven, which has one map at most: in the order of the body */
  wv_key *fresh;                      /* and those that stand behind them */
  size_t n_keys, keys_cap, n_fresh, fresh_cap;
  uint64_t keys_bound; /* bytes that they take at most */
  bool keys_cut;       /* other entries go */
  ot_gap *new_gaps;    /* of the row being woven */
  size_t n_new_gaps, new_gaps_cap;
  ot_field *fields;
  size_t n_fields, fields_cap;

  ot_appended *appended; /* not rows yet */
  size_t n_appended, appended_cap;
  uint32_t *sources; /* by row of the pass's level from own_before on: the row that it goes back to */
  size_t n_sources, sources_cap;
  uint32_t own_before;
  ottl_rows settled;                /* the other row table that ITEM rows move between */
  uint32_t items_before;            /* ITEM rows from here on were appended in this pass: in no order, in no first_child */
  uint32_t above_rows[OTTL_LEVELS]; /* rows that columns of the levels above the pass's have room for */

  uint8_t *canon; /* regroup: what is compared, while it grows */
  size_t canon_len, canon_cap;
  const struct rg_row *regrouped; /* in the order that they were written in; in the batch's arena */
  uint32_t n_regrouped;
  ot_shell *own[OTTL_L_CHILD]; /* parts: by row of RESOURCE, SCOPE and ITEM; in the pass's arena */

  const ot_shell **shells; /* by row of ITEM that is EDITED and has new fields around its points; NULL: none has */
  ot_item *items;          /* finish: by row of ITEM that is EDITED */
  size_t items_cap;
  uint32_t *sizes[OTTL_L_ITEM]; /* finish: bodies of edited resources and scopes */
  size_t sizes_cap[OTTL_L_ITEM];
  uint8_t *out;
  size_t out_cap;
} ot_impl;

static inline ot_impl *ot_of(const ottl_batch *b) { return b->impl; }

/* Refuses the payload; `at` may lie in the arena, then the offset is 0. Returns DATA. */
ottl_status ottl__ot_refuse(ottl_batch *b, const uint8_t *at, const char *text);

/* index.c */
void ottl__ot_rows_done(ottl_batch *b, ottl_rows *rows);
OTTL_MUST_CHECK ottl_status ottl__ot_rows_reserve(ottl_batch *b, ottl_rows *rows, uint32_t n);
OTTL_MUST_CHECK ottl_status ottl__ot_metric_kinds(ottl_batch *b);
/* The same of one row, whose body is new. */
OTTL_MUST_CHECK ottl_status ottl__ot_metric_kind(ottl_batch *b, uint32_t row);
/* A new ITEM row behind all others; its children are framed when `children`. */
OTTL_MUST_CHECK ottl_status ottl__ot_add_item(ottl_batch *b, const ot_appended *from, bool children);
/* Puts the ITEM rows from items_before on behind their siblings. Nothing below ITEM is open afterwards. */
OTTL_MUST_CHECK ottl_status ottl__ot_settle_items(ottl_batch *b);

/* flatten.c: the own fields of a resource or scope, side by side; *ret_gap: where its children stood. */
typedef struct ot_own {
  const uint8_t *body;
  uint32_t len, gap, start;
} ot_own;
OTTL_MUST_CHECK ottl_status ottl__ot_own_fields(ottl_batch *b, const uint8_t *body, uint32_t len, ot_own *ret);

/* equal.c: for each of n rows of a level above ITEM, the first row that is equal to it; attributes in any order. */
OTTL_MUST_CHECK ottl_status ottl__ot_equal_rows(ottl_batch *b, ottl_level level, const uint32_t *rows, uint32_t n, uint32_t *ret);

/* regroup.c: finish of a flattened batch. */
OTTL_MUST_CHECK ottl_status ottl__ot_regroup(ottl_batch *b, const uint8_t **ret, size_t *ret_len);
/* After that, origins (origin.c) of the rows as they were written; returns how many. */
uint32_t ottl__ot_regroup_origins(const ottl_batch *b, ottl_level level, uint32_t *out);

/* origin.c: offset in the payload of a row of ITEM or above; UINT32_MAX: it was appended. */
uint32_t ottl__ot_origin(const ottl_batch *b, ottl_level level, uint32_t row);

/* splice.c: room for an output of that size, in im->out. */
OTTL_MUST_CHECK ottl_status ottl__ot_output(ottl_batch *b, uint64_t size);

/* project_plan.c */
OTTL_MUST_CHECK ottl_status ottl__ot_plan(ottl_batch *b, const ottl_layout *layout);
void ottl__ot_plans_done(ottl_batch *b);

/* project.c: columns and maps of the level for rows first .. first + n, at indexes 0 .. n. */
OTTL_MUST_CHECK ottl_status ottl__ot_project(ottl_batch *b, ottl_level level, uint32_t first, uint32_t n);
/* The same of one row, at index i: all but the caches is forgotten first. */
OTTL_MUST_CHECK ottl_status ottl__ot_project_again(ottl_batch *b, ottl_level level, uint32_t row, uint32_t i);
/* The entries of a map between begin and end of the row's body. */
OTTL_MUST_CHECK ottl_status ottl__ot_entries(ottl_batch *b, ottl_arena *arena, ot_place place, const uint8_t *body,
                                             uint32_t begin, uint32_t end, ottl_rowmap *ret);

/* canonical.c: the row's message in canonical form, in the batch's arena. Parents above ITEM lose their children: *ret_gap is
 * where they go. */
OTTL_MUST_CHECK ottl_status ottl__ot_canonical(ottl_batch *b, unsigned message, const uint8_t *body, uint32_t len,
                                               const uint8_t **ret, uint32_t *ret_len, uint32_t *ret_gap);

/* dict_map.c: the indices of a row whose attributes were written, as a packed field, in the batch's arena. */
OTTL_MUST_CHECK ottl_status ottl__ot_dict_indices(ottl_batch *b, unsigned map, ottl_level level, uint32_t row, uint32_t i,
                                                  ottl_view *ret);

/* The body of a value type with texts that are no indices yet. */
OTTL_MUST_CHECK ottl_status ottl__ot_value_type(ottl_batch *b, const ottl_profile_type *v, ottl_view *ret);

/* weave_level.c */
/* Weaves the rows first .. first + n of a level that need it: `columns`: those with dirty bits in columns
 * or maps, at index row - first; `edited`: those that are EDITED, which get their children's changes (ITEM and below only). */
OTTL_MUST_CHECK ottl_status ottl__ot_weave_level(ottl_batch *b, ottl_level level, uint32_t first, uint32_t n, bool columns,
                                                 bool edited);
/* Weaves one row, with what was written to its columns and maps, and its children's changes. */
OTTL_MUST_CHECK ottl_status ottl__ot_weave_one(ottl_batch *b, ottl_level level, uint32_t row, uint32_t i);
/* Everything below ITEM that changed is put together up to ITEM; columns: the levels above the pass's have edits of their own. Not
 * `items`: rows of ITEM of which children changed, or a metric's own fields, stay EDITED; the splice puts them together where it
 * writes them. */
OTTL_MUST_CHECK ottl_status ottl__ot_gather(ottl_batch *b, bool columns, bool items);
/* Marks what is above the row as EDITED. */
void ottl__ot_mark_up(ottl_batch *b, ottl_level level, uint32_t row);
/* Puts the bodies of odd rows of the level back that nobody wrote. */
void ottl__ot_restore(ottl_batch *b, ottl_level level);

/* weave.c: a new body for one row from the edits that im->edits and im->sub_edits hold; they are emptied. */
OTTL_MUST_CHECK ottl_status ottl__ot_weave_row(ottl_batch *b, ottl_level level, uint32_t row);
/* The list of a row's entries, in the key tier too (duplicates.c). */
OTTL_MUST_CHECK ottl_status ottl__ot_row_list(ottl_batch *b, uint32_t map, uint32_t row);
/* Does an entry with that key go? Of a map with `prune`. Fails: NOMEM. */
OTTL_MUST_CHECK ottl_status ottl__ot_key_goes(ottl_batch *b, unsigned map, ottl_view key, bool *ret);
/* Notes a hole of row i of the window, behind those it has. Fails: NOMEM. */
OTTL_MUST_CHECK ottl_status ottl__ot_hole(ottl_batch *b, uint32_t i, uint32_t begin, uint32_t end);
/* weave_keys.c: what was written to the key columns of the map, in row i, into im->keys and im->fresh. *begin .. *end is what of the old body that
 * replaces; equal: it is inserted there. *any: is there something? */
OTTL_MUST_CHECK ottl_status ottl__wk_gather(ottl_batch *b, unsigned map, uint32_t i, uint32_t *begin, uint32_t *end, bool *any);
/* New bytes for what stands in a metric before `begin` and behind `end`, from im->edits, which do not reach in between. The row's body is
 * what it was. */
OTTL_MUST_CHECK ottl_status ottl__ot_weave_shell(ottl_batch *b, uint32_t row, uint32_t begin, uint32_t end);
/* A new body for a row of ITEM or below of which nothing changed but what was written to the key columns of the map (n_maps: none).
 * The rows below are to be closed. */
OTTL_MUST_CHECK ottl_status ottl__wk_weave(ottl_batch *b, ottl_level level, uint32_t row, uint32_t i, unsigned map);
/* The same where plain fields changed too, less than WK_EDITS. */
#define WK_EDITS 8u
OTTL_MUST_CHECK ottl_status ottl__wk_weave_fields(ottl_batch *b, ottl_level level, uint32_t row, uint32_t i, unsigned map);
/* The same of a row whose map (of the layout) has a list of its entries, which changed. */
OTTL_MUST_CHECK ottl_status ottl__wk_weave_list(ottl_batch *b, ottl_level level, uint32_t row, uint32_t i, unsigned map);
/* weave_list.c: leaves out what a list begins with, where it stands in the old body at `begin`; returns where that ends. */
uint32_t ottl__wl_stands(ottl_rowmap *map, uint32_t begin);
/* Bytes that the entries of a list take at most beside those that stand in the old body; writes them, each with its tag. */
OTTL_MUST_CHECK ottl_status ottl__wl_bound(const ottl_rowmap *map, uint64_t *sum);
uint8_t *ottl__wl_write(uint8_t *at, unsigned number, const ottl_rowmap *map, const uint8_t *body);
/* weave_level.c: what is to be written of a field of row i, other than REPEATED: kind, number, word, len and tag. *empty: nothing. */
OTTL_MUST_CHECK ottl_status ottl__wv_field(ottl_batch *b, unsigned column, unsigned message, uint32_t i, wv_edit *e, bool *empty);
/* Writes the entries between *begin and *end anew; returns the end. There are keys_bound bytes of room, and those that stood there. */
uint8_t *ottl__wk_write(const ot_impl *im, const uint8_t *body, uint8_t *at, const wv_edit *e);
/* Rows with a list of their own: see duplicates.c. */
static inline bool ot_listed(const ottl_rowmaps *map, uint32_t i) {
  return (map->any_dups && bm_get(map->dups, i)) || (map->rows && bm_get(map->dirty, i));
}
/* counted.c: arrays for a map that is counted, in the pass's arena; what a window begins with, after its projection. */
OTTL_MUST_CHECK ottl_status ottl__counted_make(ottl_batch *b, unsigned m, uint32_t rows);
void ottl__counted_clear(ottl_batch *b, unsigned m, uint32_t n);
/* Room for one more entry that is noted; false: out of memory. */
bool ottl__counted_grow(ottl_batch *b);
/* Is that in a hole of the row? */
bool ottl__counted_gone(const ottl_batch *b, uint32_t i, uint32_t begin);
void ottl__counted_begin(ottl_batch *b, unsigned m, uint32_t n);
/* Room for `bytes` in the arena, packed behind the last body; NULL: out of memory. */
uint8_t *ottl__wv_block(ottl_batch *b, size_t bytes);
static inline uint8_t *ottl__wv_room(ottl_batch *b, size_t bytes) {
  const ot_impl *im = ot_of(b);
  return OTTL_LIKELY((size_t)(im->pen_end - im->pen) >= bytes) ? im->pen : ottl__wv_block(b, bytes);
}
/* A copy of a body in the arena, behind its tag and length. *ret NULL: out of memory. */
OTTL_MUST_CHECK ottl_status ottl__wv_keep(ottl_batch *b, uint8_t tag, const void *body, uint32_t len, const uint8_t **ret);
wv_edit *ottl__wv_add(ottl_batch *b, wv_list *list, wv_kind kind, uint32_t begin, uint32_t end);

/* Is the row still the bytes that came, kept or not? Then its field ends where its body does. */
static inline bool ot_as_came(const ottl_rows *r, uint32_t row) { return r->state[row] <= OTTL_ROW_DROPPED; }

static inline ot_gaps *ot_gaps_of(const ot_impl *im, unsigned level, uint32_t row) {
  return level < OTTL_L_ITEM && im->gaps[level] ? im->gaps[level][row] : NULL;
}
/* The tag of a row in its parent; one byte. */
static inline uint8_t ot_row_tag(const ottl_batch *b, unsigned level, uint32_t row) {
  switch (level) {
  case OTTL_L_RESOURCE: return WR_TAG(1, WR_LEN);
  case OTTL_L_SCOPE:
  case OTTL_L_ITEM: return WR_TAG(2, WR_LEN);
  case OTTL_L_CHILD:
    switch (b->rows[level].message[row]) {
    case OTTL_M_EVENT: return WR_TAG(11, WR_LEN);
    case OTTL_M_SAMPLE: return WR_TAG(2, WR_LEN);
    default: return WR_TAG(1, WR_LEN);
    }
  default:
    switch (b->rows[OTTL_L_CHILD].message[b->rows[level].parent[row]]) {
    case OTTL_M_HISTOGRAM_POINT: return WR_TAG(8, WR_LEN);
    case OTTL_M_EXP_POINT: return WR_TAG(11, WR_LEN);
    default: return WR_TAG(5, WR_LEN);
    }
  }
}
/* A woven row of ITEM or below with its tag and length, which stand before its body. */
static inline const uint8_t *ot_woven(const ottl_rows *r, uint32_t row, uint32_t *ret_len) {
  uint32_t head = 1 + varint_size(r->len[row]);
  *ret_len = head + r->len[row];
  return r->body[row] - head;
}
/* splice.c: resources as they are now, with tag and length. Sizes are those of the last measure. */
OTTL_MUST_CHECK ottl_status ottl__sp_measure(ottl_batch *b);
uint64_t ottl__sp_resource_bytes(const ottl_batch *b, uint32_t row);
uint8_t *ottl__sp_put_resource(ottl_batch *b, uint32_t row, uint8_t *at);

/* columns.c: after the plan; then level by level, arrays for `rows` rows; nothing is in them yet. */
OTTL_MUST_CHECK ottl_status ottl__ot_columns_begin(ottl_batch *b);
OTTL_MUST_CHECK ottl_status ottl__ot_columns_make(ottl_batch *b, ottl_level level, uint32_t rows);
/* Nothing is there in n rows of the level. */
void ottl__ot_columns_clear(ottl_batch *b, ottl_level level, uint32_t n);
/* Room for `rows` rows in the columns and maps of a level above the pass's. */
OTTL_MUST_CHECK ottl_status ottl__ot_reserve_above(ottl_batch *b, ottl_level level, uint32_t rows);

/* The end of the length-delimited field at `at`, which was framed before. */
static inline const uint8_t *ot_field_end(const uint8_t *at, const uint8_t *end) {
  uint32_t number, type, len;
  const uint8_t *p = wr_tag(at, end, &number, &type);
  p = p ? wr_len(p, end, &len) : NULL;
  return p ? p + len : end;
}

#endif
