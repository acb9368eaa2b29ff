/* What editors ask of any text, at several places: always an answer, with ranges inside the text and in order. Seeds are those of
 * fuzz_format. */
#include "target.h"

static void inside(ottl_range r, size_t len, const char *what) {
  FZ_CHECK(r.begin <= r.end && r.end <= len, "%s: %zu to %zu of %zu", what, r.begin, r.end, len);
}

static void answered(ottl_status status, const fz_memory *m, const char *what) {
  FZ_CHECK(status == OTTL_OK || (status == OTTL_NOMEM && m->refused), "%s: %s", what, ottl_status_name(status));
}

static void ask_place(ottl_document *d, size_t offset, size_t len, const fz_memory *m) {
  ottl_completions c;
  ottl_hover h;
  ottl_signature s;
  ottl_definition def;
  ottl_status status = ottl_document_complete(d, offset, &c);
  answered(status, m, "completion");
  if (status == OTTL_OK) {
    inside(c.range, len, "completion");
    FZ_CHECK(c.range.end == offset, "a completion replaces what comes behind");
    for (size_t i = 0; i < c.n; i++) FZ_CHECK(c.items[i].label.len && c.items[i].cursor <= c.items[i].insert.len, "item %zu", i);
  }
  status = ottl_document_hover(d, offset, &h);
  answered(status, m, "hover");
  if (status == OTTL_OK) inside(h.range, len, "hover");
  status = ottl_document_signature(d, offset, &s);
  answered(status, m, "signature");
  for (size_t i = 0; status == OTTL_OK && i < s.n_params; i++)
    FZ_CHECK(s.params[i].end <= s.label.len && s.active <= s.n_params, "parameter %zu", i);
  status = ottl_document_definition(d, offset, &def);
  answered(status, m, "definition");
  if (status != OTTL_OK) return;
  inside(def.origin, len, "origin");
  inside(def.target, len, "target");
  inside(def.selection, len, "selection");
}

static void ask_all(ottl_document *d, size_t len, const fz_memory *m) {
  const ottl_language_token *tokens;
  const ottl_symbol *symbols;
  const ottl_fold *folds;
  size_t n;
  ottl_status status = ottl_document_tokens(d, &tokens, &n);
  answered(status, m, "tokens");
  for (size_t i = 0; status == OTTL_OK && i < n; i++) {
    inside(tokens[i].range, len, "token");
    FZ_CHECK(i == 0 || tokens[i].range.begin >= tokens[i - 1].range.end, "token %zu lies over the one before", i);
  }
  status = ottl_document_symbols(d, &symbols, &n);
  answered(status, m, "symbols");
  for (size_t i = 0; status == OTTL_OK && i < n; i++) {
    inside(symbols[i].range, len, "symbol");
    FZ_CHECK(symbols[i].selection.begin >= symbols[i].range.begin && symbols[i].selection.end <= symbols[i].range.end,
             "the selection of symbol %zu is not in its range", i);
  }
  status = ottl_document_folds(d, &folds, &n);
  answered(status, m, "folds");
  for (size_t i = 0; status == OTTL_OK && i < n; i++) inside(folds[i].range, len, "fold");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  ft_input in = {data, size};
  uint8_t option = ft_byte(&in);
  fz_memory memory = fz_memory_of(option == 255 ? size : 7, FT_BUDGET);
  ottl_allocator al = fz_allocator(&memory);
  ottl_document_options o;
  ottl_document *d = NULL;
  ottl_document_options_init(&o);
  o.allocator = &al;
  o.form = (ottl_format_form)(option % 3);
  o.config = (ottl_config_form)(option / 3 % 4);
  ottl_status status = ottl_document_create((const char *)in.data, in.len, &o, &d);
  answered(status, &memory, "create");
  if (status == OTTL_OK) {
    ask_place(d, in.len, in.len, &memory);
    ask_place(d, in.len / 2, in.len, &memory);
    ask_place(d, in.len ? (option * (size_t)7919 + size * 31) % in.len : 0, in.len, &memory);
    ask_all(d, in.len, &memory);
  }
  ottl_document_free(d);
  FZ_CHECK(memory.used == 0, "%zu bytes are not freed", memory.used);
  return 0;
}
