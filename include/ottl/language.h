/* What an editor asks while somebody writes statements: completion, hover, signatures, definitions, symbols, tokens, folding.
 *
 *   ottl_document_create      a text as it stands, finished or not: statements, or a configuration of a collector with statements in it
 *   ottl_document_complete    and its kin answer for a place in it, counted in bytes
 *   ottl_sample_add           payloads whose attribute keys are offered too
 *
 * A document does not change: whoever edits makes a new one, which is cheap. Mistakes are told by compiling (program.h, config.h),
 * layout is changed by ottl_format (format.h). `ottl lsp` and the playground are built on this. */
#ifndef OTTL_LANGUAGE_H
#define OTTL_LANGUAGE_H

#include "ottl/describe.h"
#include "ottl/format.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Keys of maps that payloads have, by path: what is offered behind `attributes["`. */
typedef struct ottl_sample ottl_sample;

/* allocator: NULL for malloc; must outlive the sample. Owns: the caller frees with ottl_sample_free, after the documents that were
 * made with it. Fails: NOMEM. Threads: any; adding: one at a time, while no document uses it. Since 0.1. */
OTTL_API OTTL_MUST_CHECK ottl_status ottl_sample_create(const ottl_allocator *allocator, ottl_sample **ret_sample);
/* NULL is accepted. Never fails; since 0.1. */
OTTL_API void ottl_sample_free(ottl_sample *sample);
/* Remembers the keys of one export request (OTLP protobuf; ottl_json_to_wire makes it of JSON): those of attributes, bodies and what lies
 * in them, 10,000 in all; more are passed over. Values are not kept. Fails: DATA (malformed), LIMIT, NOMEM, INVALID_ARG (no such
 * signal). Threads: as above. Since 0.1. */
OTTL_API OTTL_MUST_CHECK ottl_status ottl_sample_add(ottl_sample *sample, ottl_signal signal, const uint8_t *payload, size_t len);
/* How many keys there are; sample may be NULL: 0. Never fails; since 0.1. */
OTTL_API size_t ottl_sample_keys(const ottl_sample *sample);

typedef struct ottl_document ottl_document;

typedef struct ottl_document_options {
  size_t struct_size;              /* sizeof(ottl_document_options) */
  const ottl_allocator *allocator; /* NULL: malloc; must outlive the document. The YAML reader itself uses malloc */
  ottl_format_form form;           /* what the text is: a file of statements, one snippet, a configuration */
  ottl_config_form config;         /* CONFIG: what the configuration is */
  const ottl_compile_options
      *compile;              /* FILE, SNIPPET: kind, signal, paths, functions and experimental count; CONFIG: experimental.
                                          NULL: defaults; borrowed for the call */
  const char *context;       /* SNIPPET: its context; NULL: inferred; borrowed for the call */
  const ottl_sample *sample; /* NULL: none; must outlive the document */
} ottl_document_options;

/* Defaults: a file of statements, everything else 0. Never fails; any thread; since 0.1. */
OTTL_API void ottl_document_options_init(ottl_document_options *options);

/* Reads a text. Nothing in it is refused: what cannot be understood has no answers. options: may be NULL; the text is copied.
 * Owns: the caller frees with ottl_document_free. Fails: NOMEM, LIMIT (longer than 16 MiB; configurations: 4 MiB), INVALID_ARG.
 * Threads: any; a document: one at a time. Since 0.1. */
OTTL_API OTTL_MUST_CHECK ottl_status ottl_document_create(const char *text, size_t len, const ottl_document_options *options,
                                                          ottl_document **ret_document);
/* NULL is accepted. Never fails; since 0.1. */
OTTL_API void ottl_document_free(ottl_document *document);

/* Bytes [begin, end) of the text. */
typedef struct ottl_range {
  size_t begin, end;
} ottl_range;

/* Of all questions below: offset is a place in the text, in bytes, at most its length (else INVALID_ARG). What is handed out lives
 * until the next question to the document. Fails: NOMEM, INVALID_ARG. Threads: one at a time per document. Since 0.1. */

typedef enum ottl_completion_kind {
  OTTL_COMPLETION_EDITOR = 0,
  OTTL_COMPLETION_CONVERTER = 1,
  OTTL_COMPLETION_PATH = 2,
  OTTL_COMPLETION_ENUM = 3,
  OTTL_COMPLETION_KEYWORD = 4,   /* and, where, nil, ...; operators */
  OTTL_COMPLETION_KEY = 5,       /* of a map */
  OTTL_COMPLETION_PARAMETER = 6, /* `name=` of an argument */
  OTTL_COMPLETION_LOCAL = 7,     /* a parameter of a lambda */
  OTTL_COMPLETION_CONTEXT = 8,   /* behind `context:` */
  OTTL_COMPLETION_LAMBDA = 9     /* `(k, v) => ` */
} ottl_completion_kind;

typedef struct ottl_completion {
  ottl_completion_kind kind;
  ottl_view label;   /* what is chosen, such as `log.attributes`; what is typed is matched against it */
  ottl_view insert;  /* replaces the range, in the form that the text needs (escapes in quoted YAML) */
  size_t cursor;     /* where the cursor goes, in bytes of `insert` */
  ottl_view detail;  /* on one line: signature, types, value */
  ottl_view summary; /* one sentence; may be empty. ottl_language_manual has more about functions */
  uint32_t rank;     /* 0: fits best */
} ottl_completion;

typedef struct ottl_completions {
  const ottl_completion *items; /* by rank, then by label */
  size_t n;
  ottl_range range; /* what all of them replace: what is typed already of the word */
} ottl_completions;

/* What can be written at the place. Not filtered by what is typed of the word already. */
OTTL_API OTTL_MUST_CHECK ottl_status ottl_document_complete(ottl_document *document, size_t offset, ottl_completions *ret);

typedef struct ottl_hover {
  ottl_range range;   /* of the word */
  ottl_view markdown; /* empty: there is nothing to say */
} ottl_hover;

/* What stands at the place: functions with their manual, paths, symbols, keywords, parameters; the types of expressions. */
OTTL_API OTTL_MUST_CHECK ottl_status ottl_document_hover(ottl_document *document, size_t offset, ottl_hover *ret);

typedef struct ottl_signature_param {
  size_t begin, end; /* bytes of the label */
  ottl_view summary; /* may be empty */
} ottl_signature_param;

typedef struct ottl_signature {
  ottl_view label; /* "Concat(vals: stringlikes, delimiter: string) -> string"; empty: no call there */
  ottl_view summary;
  const ottl_signature_param *params;
  size_t n_params;
  size_t active; /* the parameter that is being written; n_params: none */
} ottl_signature;

/* The call whose arguments the place is in. */
OTTL_API OTTL_MUST_CHECK ottl_status ottl_document_signature(ottl_document *document, size_t offset, ottl_signature *ret);

typedef struct ottl_definition {
  ottl_range origin;    /* the word that was asked about */
  ottl_range target;    /* all of what defines it; empty: nothing is known */
  ottl_range selection; /* its name */
} ottl_definition;

/* Where it comes from: parameters of lambdas, keys that an earlier `set` wrote, and in configurations anchors of aliases, and
 * components and pipelines that are named. */
OTTL_API OTTL_MUST_CHECK ottl_status ottl_document_definition(ottl_document *document, size_t offset, ottl_definition *ret);

typedef enum ottl_symbol_kind {
  OTTL_SYMBOL_SECTION = 0,   /* `context:` and what follows */
  OTTL_SYMBOL_COMPONENT = 1, /* a processor or connector */
  OTTL_SYMBOL_STATEMENT = 2,
  OTTL_SYMBOL_CONDITION = 3
} ottl_symbol_kind;

typedef struct ottl_symbol {
  ottl_symbol_kind kind;
  ottl_view name;   /* cut where it is long */
  ottl_view detail; /* the context; may be empty */
  ottl_range range, selection;
  uint32_t depth; /* 0: at the top; deeper ones belong to the one before */
} ottl_symbol;

/* The outline, in the order of the text. */
OTTL_API OTTL_MUST_CHECK ottl_status ottl_document_symbols(ottl_document *document, const ottl_symbol **ret, size_t *ret_n);

typedef enum ottl_token_kind {
  OTTL_TOKEN_COMMENT = 0,
  OTTL_TOKEN_KEYWORD = 1,
  OTTL_TOKEN_EDITOR = 2,
  OTTL_TOKEN_CONVERTER = 3,
  OTTL_TOKEN_CONTEXT = 4, /* `log` of a path */
  OTTL_TOKEN_PATH = 5,    /* what follows it */
  OTTL_TOKEN_ENUM = 6,
  OTTL_TOKEN_LOCAL = 7,     /* a parameter of a lambda */
  OTTL_TOKEN_PARAMETER = 8, /* the name of an argument */
  OTTL_TOKEN_STRING = 9,
  OTTL_TOKEN_KEY = 10, /* a string between [ ], or before a `:` */
  OTTL_TOKEN_NUMBER = 11,
  OTTL_TOKEN_OPERATOR = 12
} ottl_token_kind;

typedef struct ottl_language_token {
  ottl_range range;
  ottl_token_kind kind;
  bool unknown;  /* no such function, path or symbol */
  bool declares; /* a parameter of a lambda where it is declared */
} ottl_language_token;

/* All tokens of statements and conditions, in the order of the text; brackets and commas are left out. */
OTTL_API OTTL_MUST_CHECK ottl_status ottl_document_tokens(ottl_document *document, const ottl_language_token **ret,
                                                          size_t *ret_n);

typedef struct ottl_fold {
  ottl_range range; /* from its first line to its last */
  bool comment;
} ottl_fold;

/* What can be folded: sections, statements of several lines, comments of several lines. */
OTTL_API OTTL_MUST_CHECK ottl_status ottl_document_folds(ottl_document *document, const ottl_fold **ret, size_t *ret_n);

/* The i-th word of a kind of token as the tables have it, for grammars of editors: KEYWORD, EDITOR, CONVERTER, CONTEXT, PATH (without its
 * context), ENUM; each once. NULL behind the last. Never fails; any thread; since 0.1. */
OTTL_API const char *ottl_language_word(ottl_token_kind kind, size_t i);

/* The manual of a function as Markdown: signature, what it does, parameters, an example. False: no such function.
 * write is called several times. Any thread; since 0.1. */
OTTL_API OTTL_MUST_CHECK ottl_status ottl_language_manual(const char *function, const ottl_allocator *allocator,
                                                          ottl_describe_write write, void *context);

#ifdef __cplusplus
}
#endif
#endif
