/* The tables of the language as JSON, and which of their entries somebody asked for. */
#include "tooling/describe.h"

#include "ottl/describe.h"

#include "diag/diag.h"
#include "syntax/renamed.h"

#define DESCRIBE_NAME 256

/* ---- JSON ---- */

void ottl__describe_comma(ottl_sbuf *out) {
  if (out->len && !strchr("{[:,", out->data[out->len - 1])) sbuf_byte(out, ',');
}

void ottl__describe_key(ottl_sbuf *out, const char *key) {
  ottl__describe_comma(out);
  ottl__sbuf_printf(out, "\"%s\":", key);
}

void ottl__describe_view(ottl_sbuf *out, ottl_view text) {
  ottl__describe_comma(out);
  ottl__diag_json_text(out, text);
}

void ottl__describe_text(ottl_sbuf *out, const char *key, const char *text) {
  ottl__describe_key(out, key);
  ottl__diag_json_text(out, view_str(text));
}

void ottl__describe_bool(ottl_sbuf *out, const char *key, bool value) {
  ottl__describe_key(out, key);
  sbuf_str(out, value ? "true" : "false");
}

void ottl__describe_int(ottl_sbuf *out, const char *key, int64_t value) {
  ottl__describe_key(out, key);
  ottl__sbuf_printf(out, "%lld", (long long)value);
}

static bool describe_same(ottl_view a, const char *b) { /* without regard to case */
  size_t n = strlen(b);
  if (a.len != n) return false;
  for (size_t i = 0; i < n; i++) {
    char x = a.data[i], y = b[i];
    if (x >= 'A' && x <= 'Z') x |= 0x20;
    if (y >= 'A' && y <= 'Z') y |= 0x20;
    if (x != y) return false;
  }
  return true;
}

bool ottl__describe_entry(describe *d, const char *name) {
  if (d->name.data && !describe_same(d->name, name)) {
    ottl__guess_try(&d->guess, name);
    if (d->name.len >= 3 && d->n_near < OTTL_COUNT(d->near) && ottl__name_contains(name, d->name)) d->near[d->n_near++] = name;
    return false;
  }
  d->n++;
  ottl__describe_comma(d->out);
  sbuf_str(d->out, "\n{");
  ottl__describe_text(d->out, "name", name);
  return true;
}

void ottl__describe_end(describe *d) { sbuf_byte(d->out, '}'); }

/* ---- types ---- */

/* One name stands for several: these are told with the reference's. */
static const ottl_types told = TYPES(LIST_STRING) | TYPES(LIST_INT) | TYPES(LIST_UINT64) | TYPES(LIST_DOUBLE) | TYPES(LIST_TIME);

static bool same_name(ottl_types types, unsigned type) { /* one before it says the same */
  for (unsigned t = 0; t < type; t++) {
    if ((types >> t & 1) && !(told >> type & 1) && strcmp(ottl__type_name((ottl_type)t), ottl__type_name((ottl_type)type)) == 0)
      return true;
  }
  return false;
}

void ottl__describe_types(ottl_sbuf *out, ottl_types types) {
  const char *before = "";
  types &= ~TYPES_NIL;
  if (types == (TYPES_ALL & ~TYPES_NIL)) {
    sbuf_str(out, "anything");
    return;
  }
  for (unsigned t = 0; t < OTTL_TYPE_COUNT; t++) {
    if (!(types >> t & 1) || same_name(types, t)) continue;
    ottl__sbuf_printf(out, "%s%s", before, ottl__type_name((ottl_type)t));
    if (told >> t & 1) ottl__sbuf_printf(out, " (`%s`)", ottl__type_go_name((ottl_type)t));
    before = ", ";
  }
}

void ottl__describe_types_nil(ottl_sbuf *out, ottl_types types) {
  ottl__describe_types(out, types);
  if (types & TYPES_NIL) sbuf_str(out, types & ~TYPES_NIL ? ", nil" : "nil");
}

static void describe_types(describe *d) {
  static const char *const docs[] = {
#define TYPE(id, name, go_name, doc) doc,
#include "types.def"
#undef TYPE
  };
  for (unsigned t = 0; t < OTTL_TYPE_COUNT; t++) {
    if (t == OTTL_T_ABSENT || !ottl__describe_entry(d, ottl__type_name((ottl_type)t))) continue;
    ottl__describe_text(d->out, "reference", ottl__type_go_name((ottl_type)t));
    ottl__describe_text(d->out, "summary", docs[t]);
    ottl__describe_end(d);
  }
}

/* ---- contexts, enums, limits, codes, renamed functions ---- */

static void describe_contexts(describe *d) {
  static const char *const docs[] = {
#define CONTEXT(id, name, level, signals, doc) doc,
#include "contexts.def"
#undef CONTEXT
  };
  static const char *const signals[] = {"", "logs", "traces", "metrics", "profiles"};
  for (unsigned c = 0; c < OTTL_CONTEXT_COUNT; c++) {
    if (!ottl__describe_entry(d, ottl__contexts[c].name)) continue;
    ottl__describe_text(d->out, "summary", docs[c]);
    ottl__describe_key(d->out, "signals");
    sbuf_byte(d->out, '[');
    for (unsigned s = 1; s < OTTL_COUNT(signals); s++) {
      if (ottl__contexts[c].signals >> s & 1) ottl__describe_view(d->out, view_str(signals[s]));
    }
    sbuf_byte(d->out, ']');
    ottl__describe_key(d->out, "sees");
    sbuf_byte(d->out, '[');
    for (unsigned o = OTTL_CONTEXT_COUNT; o-- > 0;) {
      if (o != c && ottl__context_sees((ottl_context_id)c, (ottl_context_id)o))
        ottl__describe_view(d->out, view_str(ottl__contexts[o].name));
    }
    sbuf_byte(d->out, ']');
    ottl__describe_end(d);
  }
}

static void describe_enums(describe *d) {
  ottl_view all = d->name;
  for (uint32_t i = 0; i < ottl__n_enums; i++) {
    const ottl_enum_info *e = &ottl__enums[i];
    const char *context = ottl__contexts[e->context].name;
    d->name = all.data && describe_same(all, context) ? (ottl_view){NULL, 0} : all;
    if (ottl__describe_entry(d, e->symbol)) {
      ottl__describe_text(d->out, "context", context);
      ottl__describe_int(d->out, "value", e->value);
      ottl__describe_end(d);
    }
  }
}

static void describe_limits(describe *d) {
  for (unsigned i = 0; i < OTTL_LIMIT_COUNT; i++) {
    const ottl_limit_info *l = &ottl__limits[i];
    if (!ottl__describe_entry(d, l->name)) continue;
    ottl__describe_int(d->out, "value", l->standard);
    if (l->maximum > l->standard) ottl__describe_int(d->out, "maximum", l->maximum);
    ottl__describe_text(d->out, "unit", l->unit);
    ottl__describe_text(d->out, "summary", l->doc);
    ottl__describe_end(d);
  }
}

static void describe_code(describe *d, const char *code, const char *symbol, const char *severity, const char *summary,
                          const char *help) {
  if (!ottl__describe_entry(d, code)) return;
  ottl__describe_text(d->out, "symbol", symbol);
  ottl__describe_text(d->out, "severity", severity);
  ottl__describe_text(d->out, "summary", summary);
  if (help[0]) ottl__describe_text(d->out, "help", help);
  ottl__describe_code_manual(d->out, code);
  ottl__describe_end(d);
}

static void describe_diagnostics(describe *d) {
  static const char *const severities[] = {"error", "warning", "note"};
  static const char *const rows[][3] = {
#define ROWERR(id, code, text) {code, #id, text},
#include "rowerrors.def"
#undef ROWERR
  };
  for (unsigned i = 0; i < DIAG_N_CODES; i++) {
    const ottl_diag_info *info = &ottl__diag_infos[i];
    describe_code(d, info->code, info->name, severities[info->severity], info->summary, info->help);
  }
  for (size_t i = 1; i < OTTL_COUNT(rows); i++) /* 0: none */
    describe_code(d, rows[i][0], rows[i][1], "failure of a record", rows[i][2], "");
}

static void describe_renamed(describe *d) {
  for (size_t i = 0; i < ottl__n_renamed; i++) {
    const ottl_renamed *r = &ottl__renamed[i];
    if (!ottl__describe_entry(d, r->name)) continue;
    if (r->function[0]) ottl__describe_text(d->out, "function", r->function);
    ottl__describe_text(d->out, "instead", r->help);
    ottl__describe_end(d);
  }
}

/* ---- one of them ---- */

static const struct {
  const char *name, *doc;
  void (*write)(describe *d);
} tables[] = {
    {"functions", "editors and converters, with examples", ottl__describe_functions},
    {"paths", "what statements read and write", ottl__describe_paths},
    {"contexts", "what statements run on", describe_contexts},
    {"enums", "symbols that stand for numbers", describe_enums},
    {"types", "types of values", describe_types},
    {"limits", "how much of everything", describe_limits},
    {"diagnostics", "codes of errors, warnings and failures", describe_diagnostics},
    {"renamed", "names that are no functions, and what to write instead", describe_renamed},
};

const char *ottl_describe_table(size_t i, const char **ret_doc) {
  if (i >= OTTL_COUNT(tables)) return NULL;
  if (ret_doc) *ret_doc = tables[i].doc;
  return tables[i].name;
}

/* What renamed.def says of a name that is no function. */
static const ottl_renamed *describe_instead(ottl_view name) {
  for (size_t i = 0; i < ottl__n_renamed; i++) {
    if (describe_same(name, ottl__renamed[i].name)) return &ottl__renamed[i];
  }
  return NULL;
}

static void describe_suggestions(describe *d, bool functions) {
  const ottl_renamed *renamed = functions ? describe_instead(d->name) : NULL;
  if (renamed) ottl__describe_text(d->out, "instead", renamed->help);
  ottl__describe_key(d->out, "suggestions");
  sbuf_byte(d->out, '[');
  if (renamed && renamed->function[0]) ottl__describe_view(d->out, view_str(renamed->function));
  if (d->guess.name) ottl__describe_view(d->out, view_str(d->guess.name));
  for (size_t i = 0; i < d->n_near; i++) {
    if (d->near[i] != d->guess.name) ottl__describe_view(d->out, view_str(d->near[i]));
  }
  sbuf_byte(d->out, ']');
}

ottl_status ottl_describe(const char *table, const char *name, const ottl_allocator *al, ottl_describe_write write,
                          void *context) {
  if (!table || !write || (name && strlen(name) > DESCRIBE_NAME)) return OTTL_INVALID_ARG;
  size_t t = 0;
  while (t < OTTL_COUNT(tables) && strcmp(tables[t].name, table) != 0) t++;
  if (t == OTTL_COUNT(tables)) return OTTL_INVALID_ARG;
  ottl_allocator allocator = ottl__alloc_or_default(al);
  ottl_sbuf out;
  ottl__sbuf_init(&out, &allocator);
  ottl_view wanted = name ? view_str(name) : (ottl_view){NULL, 0};
  describe d = {.out = &out, .name = wanted, .guess = ottl__guess(wanted)};
  ottl__arena_init(&d.arena, &allocator, 0);
  sbuf_byte(&out, '{');
  ottl__describe_text(&out, "table", table);
  ottl__describe_key(&out, "entries");
  sbuf_byte(&out, '[');
  tables[t].write(&d);
  sbuf_str(&out, "\n]");
  if (!d.n && name) describe_suggestions(&d, t == 0);
  if (t == 0 && !name) ottl__describe_kinds(&out);
  sbuf_str(&out, "}\n");
  ottl_status status = sbuf_status(&out);
  if (status == OTTL_OK) write(context, out.data, out.len);
  ottl__arena_done(&d.arena);
  ottl__sbuf_done(&out);
  return status;
}
