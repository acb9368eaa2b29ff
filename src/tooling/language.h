/* What editors ask (ottl/language.h): a document is cut into regions, each of which holds one statement or condition; a place in the
 * document is a place in a region; tokens around it tell what it is. Trees are asked for types alone, since what is being typed
 * has none. */
#ifndef OTTL_SRC_TOOLING_LANGUAGE_H
#define OTTL_SRC_TOOLING_LANGUAGE_H

#include "base/map.h"
#include "config/config.h"
#include "ottl/language.h"
#include "sema/sema.h"
#include "syntax/parse.h"

/* How text stands in the file. */
typedef enum lang_form { LANG_AS_IS, LANG_SINGLE_QUOTED, LANG_DOUBLE_QUOTED } lang_form;

/* One statement, condition or value. */
typedef struct lang_region {
  ottl_snippet snippet;
  ottl_view text;
  const uint32_t *map; /* where each byte of the text, and its end, stand in the document; NULL: nobody knows */
  uint8_t entry;       /* ottl_parse_entry */
  uint8_t form;        /* lang_form */
  bool goes_on;        /* lines behind it that are indented and empty belong to it */
  bool condition;      /* of a group of statements */
  uint32_t group, owner;
} lang_region;

static inline uint32_t region_begin(const lang_region *r) { return r->map[0]; }
static inline uint32_t region_end(const lang_region *r) { return r->map[r->text.len]; }

/* Regions that are checked together. */
typedef struct lang_group {
  ottl_compile_options options;
  const char *context; /* NULL: inferred */
  uint32_t first, n;   /* regions */
  bool asked;          /* `found` is set */
  uint8_t found;       /* ottl_context_id; COUNT: it cannot be told */
} lang_group;

/* A processor or connector. */
typedef struct lang_owner {
  ottl_view name;
  uint32_t begin, end; /* of its key */
} lang_owner;

#define LANG_NO_OWNER UINT32_MAX

struct ottl_document {
  ottl_allocator al;
  ottl_arena arena, query; /* query: what was handed out last */
  ottl_document_options options;
  ottl_compile_options compile;
  ottl_view text;
  lang_region *regions; /* those of a group one behind the other */
  lang_group *groups;
  lang_owner *owners;
  size_t n_regions, cap_regions, n_groups, cap_groups, n_owners, cap_owners;
  ottl_config config; /* CONFIG */
  const cfg_node *root;
};

/* -- document.c -- */

/* A new group, or region of the newest group. NULL: out of memory. */
lang_group *ottl__lang_add_group(ottl_document *d, const ottl_compile_options *options, const char *context);
lang_region *ottl__lang_add_region(ottl_document *d, const ottl_snippet *snippet, ottl_parse_entry entry);
/* As ottl_document_create, without looking at the arguments. */
OTTL_MUST_CHECK ottl_status ottl__lang_open(ottl_view text, const ottl_document_options *options, ottl_document **ret);
/* Begins a question: forgets the answer before. */
OTTL_MUST_CHECK ottl_status ottl__lang_ask(ottl_document *d, size_t offset);
/* The region that the place is in or at the end of, and the place in its text; NULL: none. */
const lang_region *ottl__lang_region_at(const ottl_document *d, size_t offset, uint32_t *ret_at);
/* The context of the group of a region; COUNT: it cannot be told. Fails (through *ret_status): NOMEM. */
ottl_context_id ottl__lang_context(ottl_document *d, const lang_region *r, ottl_status *ret_status);
const ottl_compile_options *ottl__lang_options(const ottl_document *d, const lang_region *r);
/* The functions that the region has. */
ottl_function_set ottl__lang_functions(const ottl_document *d, const lang_region *r);

/* -- regions.c: those of configurations -- */
OTTL_MUST_CHECK ottl_status ottl__lang_read_config(ottl_document *d);
/* What is being typed at a place that has no region: an empty line or item, a line that is no YAML yet. The region is
 * put into *ret, its text ends at the place. False: no statement can stand there, or *ret_status is not OK. */
bool ottl__lang_typed(ottl_document *d, size_t offset, lang_region *ret, ottl_document **ret_repaired, ottl_status *ret_status);

/* -- cursor.c: tokens -- */

typedef struct lang_tokens {
  ottl_token *items; /* in the query's arena; without the end */
  uint32_t n;
  bool open_string; /* the last one is a string that does not end */
} lang_tokens;

/* A name: letters that stand together are one, though the scanner has a token for each case. */
typedef struct lang_word {
  uint32_t first, last; /* tokens */
  ottl_view text;
} lang_word;

#define LANG_MAX_KEYS 8

/* A path with keys as far as it is written: `log.attributes["a"]`. */
typedef struct lang_chain {
  uint32_t first, last; /* tokens */
  uint32_t n_segments;
  uint32_t segments[8];         /* first tokens of the names */
  uint32_t keys[LANG_MAX_KEYS]; /* tokens of the keys behind the last name; UINT32_MAX: no string */
  uint32_t n_keys;
  char text[128]; /* names with dots between; "" when they are too many or have keys between them */
} lang_chain;

/* A bracket that is open at the place. */
typedef struct lang_open {
  uint32_t token;
  uint32_t kind;      /* TOK_LPAREN, ... */
  uint32_t arg;       /* commas before the place */
  uint32_t item;      /* the first token of the item that the place is in */
  lang_word function; /* a call's; text.len 0: no call */
} lang_open;

OTTL_MUST_CHECK ottl_status ottl__lang_lex(ottl_document *d, ottl_view text, lang_tokens *ret);
/* The name that the token is a part of; text.len 0: none. */
lang_word ottl__lang_word(const lang_tokens *t, uint32_t token);
/* The path that goes through the token; false: there is none. to: no token from here on counts. */
bool ottl__lang_chain(const lang_tokens *t, uint32_t token, uint32_t to, lang_chain *ret);
/* The brackets that are open before token `to`, innermost last. No more than `most`: the outermost are left out. */
uint32_t ottl__lang_brackets(const lang_tokens *t, uint32_t to, lang_open *ret, uint32_t most);
/* The token that declares the lambda's parameter of that name which the token sees; UINT32_MAX: none. */
uint32_t ottl__lang_local(const lang_tokens *t, uint32_t token, ottl_view name);
/* Each parameter of a lambda that the token sees, innermost first. */
void ottl__lang_locals(const lang_tokens *t, uint32_t token, void (*each)(void *context, uint32_t declared, ottl_view name),
                       void *context);
/* Is the word the name of a call, and of which function? NULL: none. */
bool ottl__lang_is_call(const lang_tokens *t, const lang_word *w);
const ottl_function *ottl__lang_function(ottl_view name);
/* The parameter that the item of a call is for; NULL: none. *ret_named: it begins with the name. */
const ottl_param *ottl__lang_param(const ottl_function *f, const lang_tokens *t, const lang_open *call, bool *ret_named);
const ottl_param *ottl__lang_param_named(const ottl_function *f, ottl_view name);
/* The path that the chain's names are: in *ret_context its own context. NULL: none. */
const ottl_path_info *ottl__lang_path(ottl_context_id context, bool own, const char *chain, ottl_context_id *ret_context);
/* The same with its first n_keys keys, into `out` in one spelling whatever way it is written, as sample.c has it: "log.attributes",
 * a zero, "http". NULL: it is no path, or a key is no string. */
const ottl_path_info *ottl__lang_keyed(const lang_tokens *t, const lang_chain *c, uint32_t n_keys, ottl_context_id context,
                                       bool own, ottl_sbuf *out);
/* May paths be written without their context? */
bool ottl__lang_own(const ottl_document *d, const lang_region *r);

/* -- sample.c -- */

struct ottl_sample {
  ottl_allocator al;
  ottl_arena arena;
  ottl_map index; /* path, a zero, key */
  ottl_view *names;
  ottl_types *types;
  size_t n, cap, cap_types;
};

/* Remembers a key of a map: map is `log.attributes`, with keys of maps inside maps behind zeros. */
OTTL_MUST_CHECK ottl_status ottl__sample_key(ottl_sample *s, ottl_view map, ottl_view key, ottl_types types);

/* -- answers.c: texts for people -- */

void ottl__lang_signature(ottl_sbuf *out, const ottl_function *f);
/* Markdown of a function; full: with parameters and an example. */
void ottl__lang_manual(ottl_sbuf *out, const ottl_function *f);
/* A copy of what was written, in the query's arena. */
OTTL_MUST_CHECK ottl_status ottl__lang_keep(ottl_document *d, ottl_sbuf *out, ottl_view *ret);

#endif
