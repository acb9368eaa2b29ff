/* The extension module ottl._ottl: the library's objects as Python has them. What people call is in ../ottl, in Python.
 *
 * Programs keep execs that nobody uses in a list; who takes one does so while it holds the interpreter's lock (GIL), and gives
 * the lock up while the engine runs. */
#ifndef BINDING_H
#define BINDING_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "ottl/ottl.h"

typedef struct binding_state {
  PyObject *program_type, *result_type, *frames_type;
  PyObject *error, *data_error, *limit_error, *run_error; /* exceptions */
  PyObject *time_type, *duration_type, *opaque_type;      /* values that Python has no type for: given by the package */
} binding_state;

binding_state *binding_state_of(PyObject *module);
binding_state *binding_of_type(PyObject *self); /* of the module that made the type of an object */

/* -- options.c: names to numbers, and back -- */
/* The number of a name in a list that ends with NULL; -1 with ValueError. name: NULL is the first. */
int binding_word(const char *what, const char *name, const char *const *names);
extern const char *const binding_signals[], *const binding_encodings[];
typedef struct binding_options {
  ottl_compile_options compile;
  ottl_exec_options exec;
  ottl_error_mode error_mode;
} binding_options;
/* Reads the members of a dict; false with an exception set. */
bool binding_options_read(PyObject *dict, binding_options *ret);

/* -- text.c -- */
/* Diagnostics as JSON (bytes); diags: freed. NULL with an exception set. */
PyObject *binding_diags(ottl_diags *diags);
/* Text of the library, piece by piece (a piece may end within a character); zero at first. */
typedef struct binding_kept {
  char *data;
  size_t len;
  bool failed; /* out of memory */
} binding_kept;
void binding_keep(void *kept, const char *data, size_t len);
/* The text as a str; kept: freed. NULL with an exception set. */
PyObject *binding_kept_str(binding_kept *kept);
/* Text of the engine: bytes that are not UTF-8 become surrogates, as in file names. */
PyObject *binding_str(ottl_view text);
/* Bytes or text of the caller, borrowed until binding_bytes_release. */
typedef struct binding_bytes {
  Py_buffer buffer;
  const char *data;
  size_t len;
  bool held;
} binding_bytes;
bool binding_bytes_get(PyObject *object, binding_bytes *ret);
void binding_bytes_release(binding_bytes *bytes);
/* Raises what a status stands for, with a text. Always NULL. */
PyObject *binding_raise(binding_state *state, ottl_status status, const char *message);

/* -- program.c -- */
/* What one run needs; one at a time uses it. */
typedef struct binding_exec {
  ottl_exec *exec;
  ottl_json *in, *out;
  bool requested; /* it was told of a request */
  struct binding_exec *next;
} binding_exec;

typedef struct binding_program {
  PyObject_HEAD ottl_program *program;
  ottl_exec_options options;
  ottl_kind kind;
  binding_exec *spare;
  PyObject *diags; /* what compiling told: JSON */
  size_t n_expressions;
} binding_program;

extern PyType_Spec binding_program_spec;
/* What compiling gave: a Program, or the diagnostics (str) of what does not compile; NULL with an exception set. diags: freed.
 * why: what INVALID_ARG means there; NULL: its name. */
PyObject *binding_compiled(binding_state *state, ottl_status status, ottl_program *program, ottl_diags *diags,
                           const binding_options *options, const char *why);
/* Is it the text that is refused? Then the diagnostics are the answer. */
bool binding_refused(ottl_status status);
PyObject *binding_compile(PyObject *module, PyObject *args);
PyObject *binding_compile_group(PyObject *module, PyObject *args);
void binding_exec_give(binding_program *p, binding_exec *exec);
/* A run on a payload in either encoding. */
typedef struct binding_run {
  binding_bytes in;
  const uint8_t *wire;
  size_t wire_len;
  ottl_encoding encoding; /* of what came in */
  ottl_signal signal;     /* that the caller named; NONE: none */
  ottl_status status;
  const char *why;
  size_t offset;
  ottl_result result;
} binding_run;
/* Takes an exec and the payload's bytes, and runs without the lock: run->status. signal: a word or NULL. request: what the paths of
 * otelcol read, JSON or None. The exec is given back and the bytes are released by binding_run_end, or by a Result that takes them over.
 * NULL with an exception set: it did not run, nothing is held. */
binding_exec *binding_run_begin(binding_state *state, binding_program *p, PyObject *payload, const char *signal,
                                PyObject *request, binding_run *run);
void binding_run_end(binding_program *p, binding_exec *x, binding_run *run);
/* Raises DataError, LimitError, RunError, ... of a run that failed. Always NULL. */
PyObject *binding_run_raise(binding_state *state, binding_exec *x, const binding_run *run);
PyObject *binding_row_errors(binding_exec *x);

/* -- result.c -- */
extern PyType_Spec binding_result_spec;
/* Takes the exec and the run's bytes over, also when it fails. */
/* to: a number of binding_encodings. */
PyObject *binding_result_make(binding_state *state, binding_program *p, binding_exec *x, binding_run *run, int to);

/* -- values.c -- */
/* A value as Python has it; NULL with an exception set. */
PyObject *binding_value(binding_state *state, ottl_exec *exec, const ottl_value *v);
PyObject *binding_program_eval(PyObject *self, PyObject *args);

/* -- arrow.c: values of expressions as columns of the Arrow C Data Interface -- */
PyObject *binding_program_columns(PyObject *self, PyObject *args);

/* -- frames.c -- */
extern PyType_Spec binding_frames_spec;

/* -- config.c -- */
PyObject *binding_config_list(PyObject *module, PyObject *args);
PyObject *binding_config_compile(PyObject *module, PyObject *args);

#endif
