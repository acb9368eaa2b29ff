/* What editors show of functions, paths and symbols, as Markdown; and the words of the tables, for grammars. */
#include "base/map.h"
#include "tooling/describe.h"
#include "tooling/language.h"

ottl_status ottl__lang_keep(ottl_document *d, ottl_sbuf *out, ottl_view *ret) {
  OTTL_TRY(sbuf_status(out));
  *ret = arena_copy(&d->query, out->data, out->len);
  return ret->data ? OTTL_OK : OTTL_NOMEM;
}

void ottl__lang_signature(ottl_sbuf *out, const ottl_function *f) {
  sbuf_str(out, f->name);
  sbuf_byte(out, '(');
  for (uint32_t i = 0; i < ottl__function_given(f); i++) {
    if (i) sbuf_str(out, ", ");
    ottl__describe_param(out, &f->params[i]);
  }
  sbuf_byte(out, ')');
  if (f->kind != OTTL_F_CONVERTER) return;
  sbuf_str(out, " -> ");
  ottl__describe_types_nil(out, f->result);
}

static void put_param(ottl_sbuf *out, const ottl_function *f, const ottl_param *p) {
  const char *text = "", *standard = ottl__manual_default(f->name, p->name, &text);
  if (!standard[0] && !text[0]) return;
  ottl__sbuf_printf(out, "\n- `%s`", p->name);
  if (text[0]) ottl__sbuf_printf(out, ": %s", text);
  if (standard[0]) ottl__sbuf_printf(out, "%s default: `%s`", text[0] ? ";" : ":", standard);
}

static void put_example(ottl_sbuf *out, const ottl_function *f) {
  const char *input = "", *result = "", *example = ottl__manual_example(f->name, &input, &result);
  if (!example) return;
  sbuf_str(out, "\n\nExample");
  if (input[0]) ottl__sbuf_printf(out, ", of `%s`", input);
  ottl__sbuf_printf(out, ":\n\n```ottl\n%s\n```\n\ngives `%s`", example, result);
}

void ottl__lang_manual(ottl_sbuf *out, const ottl_function *f) {
  const char *about = ottl__manual_about(f->name);
  sbuf_str(out, "```ottl\n");
  ottl__lang_signature(out, f);
  ottl__sbuf_printf(out, "\n```\n\n%s", f->doc);
  if (about[0]) ottl__sbuf_printf(out, "\n\n%s", about);
  if (f->flags & (OTTL_FN_EXPERIMENTAL | OTTL_FN_XPROFILE)) sbuf_str(out, "\n\nExperimental.");
  sbuf_str(out, "\n");
  for (uint32_t i = 0; i < ottl__function_given(f); i++) put_param(out, f, &f->params[i]);
  put_example(out, f);
  sbuf_str(out, "\n");
}

ottl_status ottl_language_manual(const char *function, const ottl_allocator *allocator, ottl_describe_write write,
                                 void *context) {
  const ottl_function *f = function && write ? ottl__lang_function(view_str(function)) : NULL;
  if (!f) return OTTL_INVALID_ARG;
  ottl_allocator al = ottl__alloc_or_default(allocator);
  ottl_sbuf out;
  ottl__sbuf_init(&out, &al);
  ottl__lang_manual(&out, f);
  ottl_status status = sbuf_status(&out);
  if (status == OTTL_OK) write(context, out.data, out.len);
  ottl__sbuf_done(&out);
  return status;
}

/* ---- words ---- */

static const char *const keywords[] = {
#define KEYWORD(spelling, token, kind, doc) spelling,
#include "keywords.def"
#undef KEYWORD
};

static const char *function_word(uint8_t kind, size_t i) {
  for (uint32_t k = 0; k < ottl__n_functions; k++) {
    if (ottl__functions[k].kind == kind && i-- == 0) return ottl__functions[k].name;
  }
  return NULL;
}

static const char *path_word(size_t i) {
  for (uint32_t k = 0; k < ottl__n_paths; k++) {
    bool seen = false;
    for (uint32_t b = 0; b < k && !seen; b++) seen = strcmp(ottl__paths[b].spelling, ottl__paths[k].spelling) == 0;
    if (!seen && i-- == 0) return ottl__paths[k].spelling;
  }
  return NULL;
}

static const char *enum_word(size_t i) {
  for (uint32_t k = 0; k < ottl__n_enums; k++) {
    bool seen = false;
    for (uint32_t b = 0; b < k && !seen; b++) seen = strcmp(ottl__enums[b].symbol, ottl__enums[k].symbol) == 0;
    if (!seen && i-- == 0) return ottl__enums[k].symbol;
  }
  return NULL;
}

const char *ottl_language_word(ottl_token_kind kind, size_t i) {
  switch (kind) {
  case OTTL_TOKEN_KEYWORD: return i < OTTL_COUNT(keywords) ? keywords[i] : NULL;
  case OTTL_TOKEN_EDITOR: return function_word(OTTL_F_EDITOR, i);
  case OTTL_TOKEN_CONVERTER: return function_word(OTTL_F_CONVERTER, i);
  case OTTL_TOKEN_CONTEXT: return i < OTTL_CONTEXT_COUNT ? ottl__contexts[i].name : NULL;
  case OTTL_TOKEN_PATH: return path_word(i);
  case OTTL_TOKEN_ENUM: return enum_word(i);
  default: return NULL;
  }
}
