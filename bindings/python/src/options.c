/* Options: a dict with the names of the command line's options, and numbers for their words. */
#include "binding.h"

#include <string.h>

const char *const binding_signals[] = {"none", "logs", "traces", "metrics", "profiles", NULL};
const char *const binding_encodings[] = {"same", "proto", "json", NULL};
static const char *const kinds[] = {"transform", "filter", "values", "conditions", NULL};
static const char *const modes[] = {"propagate", "ignore", "silent", NULL};
static const char *const failures[] = {"default", "keep", "atomic", "rollback", NULL};
static const char *const sets[] = {"all", "standard", "transform", "filter", "routing", NULL};

int binding_word(const char *what, const char *name, const char *const *names) {
  if (!name) return 0;
  for (int i = 0; names[i]; i++) {
    if (strcmp(names[i], name) == 0) return i;
  }
  PyErr_Format(PyExc_ValueError, "%s: %.100s is none of its words", what, name);
  return -1;
}

/* A member that is a word; what it is stays when there is none. */
static bool read_word(PyObject *dict, const char *name, const char *const *names, int *io) {
  PyObject *v = PyDict_GetItemString(dict, name);
  if (!v || v == Py_None) return true;
  const char *text = PyUnicode_AsUTF8AndSize(v, NULL);
  int word = text ? binding_word(name, text, names) : -1;
  if (word < 0) return false;
  *io = word;
  return true;
}

static bool read_flag(PyObject *dict, const char *name, bool *ret) {
  PyObject *v = PyDict_GetItemString(dict, name);
  int truth = v ? PyObject_IsTrue(v) : *ret;
  *ret = truth > 0;
  return truth >= 0;
}

static bool read_number(PyObject *dict, const char *name, uint64_t max, uint64_t *ret) {
  PyObject *v = PyDict_GetItemString(dict, name);
  if (!v || v == Py_None) return true;
  *ret = PyLong_AsUnsignedLongLong(v);
  if (PyErr_Occurred()) return false;
  if (*ret > max) PyErr_Format(PyExc_ValueError, "%s: too large", name);
  return *ret <= max;
}

bool binding_options_read(PyObject *dict, binding_options *o) {
  int kind = 0, signal = 0, mode = 0, failure = 0, set = 0;
  uint64_t compat = 0, max_bytes = 0, max_errors = 0, seed = 0, clock = 0;
  ottl_compile_options_init(&o->compile);
  ottl_exec_options_init(&o->exec);
  if (!read_word(dict, "kind", kinds, &kind) || !read_word(dict, "signal", binding_signals, &signal) ||
      !read_word(dict, "error_mode", modes, &mode) || !read_word(dict, "on_failure", failures, &failure) ||
      !read_word(dict, "functions", sets, &set) || !read_flag(dict, "experimental", &o->compile.experimental) ||
      !read_flag(dict, "flatten", &o->compile.flatten) || !read_flag(dict, "lint", &o->compile.lint) ||
      !read_flag(dict, "notes", &o->compile.explain) || !read_number(dict, "compat", UINT32_MAX, &compat) ||
      !read_flag(dict, "strict", &o->exec.strict) || !read_number(dict, "max_bytes", UINT64_MAX, &max_bytes) ||
      !read_number(dict, "max_errors", UINT32_MAX, &max_errors) || !read_number(dict, "random_seed", UINT64_MAX, &seed) ||
      !read_number(dict, "clock_seconds", INT64_MAX, &clock))
    return false;
  o->compile.kind = (ottl_kind)kind;
  o->compile.signal = (ottl_signal)signal;
  o->compile.on_failure = (ottl_on_failure)failure;
  o->compile.functions = (ottl_function_set)set;
  o->compile.compat = (uint32_t)compat;
  o->exec.max_bytes = max_bytes;
  o->exec.max_errors = (uint32_t)max_errors;
  o->exec.random_seed = seed;
  o->exec.clock_seconds = (int64_t)clock;
  o->error_mode = (ottl_error_mode)mode;
  return true;
}
