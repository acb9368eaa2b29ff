/* Between JavaScript and the library: requests and replies as JSON, payloads as bytes. */
#ifndef GLUE_H
#define GLUE_H

#include <ottl/ottl.h>

#include "yyjson.h"

#define EXPORT(name) __attribute__((export_name(name)))

/* What every exported function hands back; the caller frees it with `ottl_free`. NULL: out of memory. */
typedef struct glue_reply {
  uint32_t json_len, data_len; /* bytes */
  char bytes[];                /* JSON, then data: a payload, or nothing */
} glue_reply;

/* Text that grows. */
typedef struct glue_text {
  char *data;
  size_t len, room;
  bool failed;
} glue_text;

void glue_put(void *text, const char *data, size_t len);
void glue_text_free(glue_text *text);

/* A call under way. */
typedef struct glue_call {
  yyjson_doc *request;
  yyjson_val *in;      /* an object */
  yyjson_mut_doc *doc; /* of the reply */
  yyjson_mut_val *out;
} glue_call;

/* Reads a request: one JSON object. False: it is none, or memory is out; glue_end is called all the same. */
bool glue_begin(glue_call *c, const char *json, size_t len);
/* Makes the reply of what is in c->out, the status and data, and ends the call. */
glue_reply *glue_end(glue_call *c, ottl_status status, const void *data, size_t len);

/* Members of the request. */
const char *glue_string(const glue_call *c, const char *name, size_t *ret_len); /* NULL, 0: not there, or null */
bool glue_flag(const glue_call *c, const char *name);
uint64_t glue_number(const glue_call *c, const char *name);
/* The number of a word in a list that NULL ends; `fallback` when the member is not there. False: it is none of them. */
bool glue_word(const glue_call *c, const char *name, const char *const *words, int fallback, int *ret);

/* Members of an object of the reply; texts are copied. */
void glue_add_text(glue_call *c, yyjson_mut_val *to, const char *name, ottl_view text);
void glue_add_string(glue_call *c, yyjson_mut_val *to, const char *name, const char *text);
void glue_add_json(glue_call *c, yyjson_mut_val *to, const char *name, const glue_text *json); /* text that is JSON */
/* Adds "diagnostics", a list, and frees them. */
void glue_add_diags(glue_call *c, ottl_diags *diags);

/* Adds "message" and "offset": why reading a payload stopped, and at which byte of it. */
void glue_add_failure(glue_call *c, const char *why, size_t offset);

/* Words, each list in the order of the library's enumeration. */
extern const char *const glue_signals[];
extern const char *const glue_kinds[];
extern const char *const glue_configs[]; /* what a configuration is */
bool glue_signal(const glue_call *c, ottl_signal *ret);
/* "form" (what a configuration is), "name", "compat"; false: one is not what it can be. */
bool glue_config_options(const glue_call *c, ottl_config_options *ret);

/* What protobuf is, by what its fields can be: the first signal whose messages it fits; NONE: none. */
ottl_signal glue_signal_of(const char *data, size_t len);

/* A payload in wire form: as it came, or made of OTLP/JSON. */
typedef struct glue_payload {
  const uint8_t *data;
  size_t len;
  ottl_signal signal; /* as told, or as found */
  bool was_json;
} glue_payload;

/* json: a transcoder that the payload lies in. On failure "message" and "offset" are in the reply. */
ottl_status glue_payload_read(glue_call *c, ottl_json *json, ottl_signal signal, const char *data, size_t len, glue_payload *ret);

/* A program that was compiled, and what it runs in. */
typedef struct glue_program {
  ottl_program *program;
  ottl_exec *exec; /* made when it is needed first */
  ottl_json *json;
} glue_program;

/* Options of the request; false: one is not what it can be. */
bool glue_options(const glue_call *c, bool lint, ottl_compile_options *ret, ottl_error_mode *ret_mode);
/* Compiles what the request says; adds "diagnostics". lint: for people. */
ottl_status glue_compile(glue_call *c, bool lint, ottl_program **ret);
ottl_status glue_exec(glue_call *c, glue_program *p);
/* Adds "message" and "offset" of a viewer that failed; it may be NULL. */
void glue_add_viewer_failure(glue_call *c, const ottl_viewer *v);
/* Adds what a routing program names: "pipelines"; nothing of others. */
void glue_add_pipelines(glue_call *c, const ottl_program *program);
/* After a run of a routing program: "outputs", which lie in `out` as JSON or protobuf. */
ottl_status glue_add_outputs(glue_call *c, glue_program *p, ottl_signal signal, bool as_json, glue_text *out);
/* Adds counts and row errors of a run. */
void glue_add_result(glue_call *c, ottl_exec *exec, const ottl_result *result);

#endif
