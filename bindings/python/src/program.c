/* Programs: compiled once, run from any number of threads, each with an exec of its own. */
#include "binding.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- execs ---- */

static void exec_free(binding_exec *x) {
  if (!x) return;
  ottl_exec_free(x->exec);
  ottl_json_free(x->in);
  ottl_json_free(x->out);
  free(x);
}

static binding_exec *exec_take(binding_state *state, binding_program *p) {
  binding_exec *x = p->spare;
  if (x) {
    p->spare = x->next;
    return x;
  }
  x = calloc(1, sizeof *x);
  ottl_status status = x ? ottl_exec_create(p->program, &p->options, &x->exec) : OTTL_NOMEM;
  if (status == OTTL_OK) status = ottl_json_create(NULL, &x->in);
  if (status == OTTL_OK) status = ottl_json_create(NULL, &x->out);
  if (status == OTTL_OK) return x;
  exec_free(x);
  binding_raise(state, status, status == OTTL_INVALID_ARG ? "strict needs a program of a signal: say `signal`" : NULL);
  return NULL;
}

void binding_exec_give(binding_program *p, binding_exec *x) {
  if (!x) return;
  x->next = p->spare;
  p->spare = x;
}

static bool set_request(binding_state *state, binding_exec *x, PyObject *request) {
  bool wanted = request && request != Py_None;
  Py_ssize_t len = 0;
  if (!wanted && !x->requested) return true;
  const char *text = wanted ? PyUnicode_AsUTF8AndSize(request, &len) : NULL;
  if (wanted && !text) return false;
  ottl_status status = ottl_exec_set_request(x->exec, text, (size_t)len);
  x->requested = wanted;
  if (status != OTTL_OK)
    binding_raise(state, status, status == OTTL_INVALID_ARG ? "request: not an object with addr, metadata, grpc, auth" : NULL);
  return status == OTTL_OK;
}

static void run_wire(binding_program *p, binding_exec *x, binding_run *run) {
  const ottl_signal own = ottl_program_signal(p->program);
  Py_BEGIN_ALLOW_THREADS;
  run->encoding = ottl_message_encoding(run->in.data, run->in.len);
  run->wire = (const uint8_t *)run->in.data;
  run->wire_len = run->in.len;
  run->status = OTTL_OK;
  if (run->encoding == OTTL_ENCODING_JSON) {
    ottl_signal found = run->signal ? run->signal : own ? own : ottl_json_signal(run->in.data, run->in.len);
    run->status = ottl_json_to_wire(x->in, found, run->in.data, run->in.len, &run->wire, &run->wire_len);
    if (run->status != OTTL_OK) run->why = ottl_json_error(x->in, &run->offset);
  }
  if (run->status == OTTL_OK) {
    run->status = ottl_exec_run(x->exec, run->wire, run->wire_len, &run->result);
    if (run->status != OTTL_OK) run->why = ottl_exec_failure(x->exec, &run->offset);
  }
  Py_END_ALLOW_THREADS;
}

binding_exec *binding_run_begin(binding_state *state, binding_program *p, PyObject *payload, const char *signal,
                                PyObject *request, binding_run *run) {
  *run = (binding_run){0};
  int number = binding_word("signal", signal, binding_signals);
  binding_exec *x = number < 0 ? NULL : exec_take(state, p);
  if (!x) return NULL;
  if (!set_request(state, x, request) || !binding_bytes_get(payload, &run->in)) {
    binding_exec_give(p, x);
    return NULL;
  }
  run->signal = (ottl_signal)number;
  run_wire(p, x, run);
  return x;
}

void binding_run_end(binding_program *p, binding_exec *x, binding_run *run) {
  binding_bytes_release(&run->in);
  binding_exec_give(p, x);
}

/* ---- failures ---- */

static bool put(PyObject *dict, const char *name, PyObject *value) {
  bool ok = value && PyDict_SetItemString(dict, name, value) == 0;
  Py_XDECREF(value);
  return ok;
}

static bool put_place(PyObject *dict, const char *name, uint64_t place) {
  return place == OTTL_NO_PLACE || put(dict, name, PyLong_FromUnsignedLongLong(place));
}

static bool put_error(PyObject *dict, ottl_exec *exec, size_t i, const ottl_row_error *e) {
  ottl_record_place at = {.struct_size = sizeof at};
  bool condition = e->statement == UINT32_MAX;
  if (!put(dict, "code", PyUnicode_FromString(e->code)) || !put(dict, "message", PyUnicode_FromString(e->message)) ||
      !put(dict, "group", PyLong_FromUnsignedLong(e->group)) ||
      !put(dict, condition ? "condition" : "statement", PyLong_FromUnsignedLong(condition ? e->condition : e->statement)))
    return false;
  if (!ottl_exec_error_record(exec, i, &at)) return true;
  return put(dict, "context", PyUnicode_FromString(at.context)) && put_place(dict, "resource", at.resource) &&
         put_place(dict, "scope", at.scope) && put_place(dict, "item", at.item) && put_place(dict, "child", at.child) &&
         put_place(dict, "grandchild", at.grandchild);
}

PyObject *binding_row_errors(binding_exec *x) {
  ottl_row_error e;
  PyObject *list = PyList_New(0);
  for (size_t i = 0; list && ottl_exec_error(x->exec, i, &e); i++) {
    PyObject *dict = PyDict_New();
    if (!dict || !put_error(dict, x->exec, i, &e) || PyList_Append(list, dict) < 0) Py_CLEAR(list);
    Py_XDECREF(dict);
  }
  return list;
}

PyObject *binding_run_raise(binding_state *state, binding_exec *x, const binding_run *run) {
  char text[512];
  if (run->status != OTTL_RUNTIME) {
    if (!run->why) return binding_raise(state, run->status, NULL);
    snprintf(text, sizeof text, "%s (at byte %zu)", run->why, run->offset);
    return binding_raise(state, run->status, text);
  }
  PyObject *errors = binding_row_errors(x);
  PyObject *error = errors ? PyObject_CallFunction(state->run_error, "O", errors) : NULL;
  if (error) PyErr_SetObject(state->run_error, error);
  Py_XDECREF(errors);
  Py_XDECREF(error);
  return NULL;
}

/* ---- the object ---- */

static PyObject *program_make(binding_state *state, ottl_program *program, const binding_options *options, PyObject *diags) {
  binding_program *p = diags ? PyObject_New(binding_program, (PyTypeObject *)state->program_type) : NULL;
  if (!p) {
    ottl_program_free(program);
    Py_XDECREF(diags);
    return NULL;
  }
  p->program = program;
  p->options = options->exec;
  p->kind = options->compile.kind;
  p->spare = NULL;
  p->diags = diags;
  p->n_expressions = 0;
  return (PyObject *)p;
}

static void program_dealloc(PyObject *self) {
  binding_program *p = (binding_program *)self;
  PyTypeObject *type = Py_TYPE(self);
  while (p->spare) {
    binding_exec *x = p->spare;
    p->spare = x->next;
    exec_free(x);
  }
  ottl_program_free(p->program);
  Py_XDECREF(p->diags);
  PyObject_Free(self);
  Py_DECREF(type);
}

bool binding_refused(ottl_status status) { return status == OTTL_COMPILE || status == OTTL_UNSUPPORTED || status == OTTL_LIMIT; }

PyObject *binding_compiled(binding_state *state, ottl_status status, ottl_program *program, ottl_diags *diags,
                           const binding_options *options, const char *why) {
  PyObject *told = binding_diags(diags);
  if (status == OTTL_OK) return program_make(state, program, options, told);
  if (told && binding_refused(status)) return told;
  Py_XDECREF(told);
  return binding_raise(state, status, status == OTTL_INVALID_ARG ? why : NULL);
}

/* compile(text, name, options) -> Program, or the diagnostics (str) of what does not compile */
PyObject *binding_compile(PyObject *module, PyObject *args) {
  binding_state *state = binding_state_of(module);
  const char *text, *name;
  Py_ssize_t len;
  PyObject *dict;
  binding_options options;
  if (!PyArg_ParseTuple(args, "s#zO!", &text, &len, &name, &PyDict_Type, &dict) || !binding_options_read(dict, &options))
    return NULL;
  ottl_program *program = NULL;
  ottl_diags *diags = NULL;
  ottl_status status;
  Py_BEGIN_ALLOW_THREADS;
  status = ottl_program_compile_text(text, (size_t)len, name, options.error_mode, &options.compile, &program, &diags);
  Py_END_ALLOW_THREADS;
  return binding_compiled(state, status, program, diags, &options, NULL);
}

/* compile_group([expression], context, options) -> Program or diagnostics: values and conditions, all of one context */
PyObject *binding_compile_group(PyObject *module, PyObject *args) {
  binding_state *state = binding_state_of(module);
  PyObject *list, *dict;
  const char *context;
  binding_options options;
  if (!PyArg_ParseTuple(args, "O!zO!", &PyList_Type, &list, &context, &PyDict_Type, &dict) ||
      !binding_options_read(dict, &options))
    return NULL;
  const Py_ssize_t n = PyList_Size(list);
  ottl_snippet *snippets = n > 0 ? calloc((size_t)n, sizeof *snippets) : NULL;
  if (!snippets) return n > 0 ? PyErr_NoMemory() : binding_raise(state, OTTL_INVALID_ARG, "no expression");
  bool ok = true;
  for (Py_ssize_t i = 0; ok && i < n; i++) {
    Py_ssize_t len;
    snippets[i].text = PyUnicode_AsUTF8AndSize(PyList_GetItem(list, i), &len); /* the list keeps it */
    ok = snippets[i].text != NULL;
    snippets[i].len = (size_t)len;
  }
  ottl_group group = {.struct_size = sizeof group, .context = context, .statements = snippets, .n_statements = (size_t)n};
  group.error_mode = OTTL_ERROR_IGNORE;
  ottl_program *program = NULL;
  ottl_diags *diags = NULL;
  ottl_status status = ok ? ottl_program_compile(&group, 1, &options.compile, &program, &diags) : OTTL_OK;
  free(snippets);
  PyObject *result = ok ? binding_compiled(state, status, program, diags, &options, NULL) : NULL;
  if (result && status == OTTL_OK) ((binding_program *)result)->n_expressions = (size_t)n;
  return result;
}

/* run(payload, to, signal, request) -> Result */
static PyObject *program_run(PyObject *self, PyObject *args) {
  binding_program *p = (binding_program *)self;
  binding_state *state = binding_of_type(self);
  PyObject *payload, *request;
  const char *to_name, *signal_name;
  if (!PyArg_ParseTuple(args, "OzzO", &payload, &to_name, &signal_name, &request)) return NULL;
  int to = binding_word("to", to_name, binding_encodings);
  if (to < 0) return NULL;
  if (p->kind != OTTL_KIND_TRANSFORM && p->kind != OTTL_KIND_FILTER)
    return binding_raise(state, OTTL_INVALID_ARG, "a program of values or conditions is evaluated, not run");
  binding_run run;
  binding_exec *x = binding_run_begin(state, p, payload, signal_name, request, &run);
  if (!x) return NULL;
  if (run.status == OTTL_OK) return binding_result_make(state, p, x, &run, to);
  binding_run_raise(state, x, &run);
  binding_run_end(p, x, &run);
  return NULL;
}

static PyObject *program_signal(PyObject *self, void *unused) {
  (void)unused;
  ottl_signal signal = ottl_program_signal(((binding_program *)self)->program);
  if (signal == OTTL_SIGNAL_NONE) Py_RETURN_NONE;
  return PyUnicode_FromString(binding_signals[signal]);
}

static PyObject *program_contexts(PyObject *self, void *unused) {
  (void)unused;
  const ottl_program *program = ((binding_program *)self)->program;
  const size_t n = ottl_program_groups(program);
  PyObject *list = PyTuple_New((Py_ssize_t)n);
  for (size_t i = 0; list && i < n; i++) {
    PyObject *name = PyUnicode_FromString(ottl_program_context(program, i));
    if (!name || PyTuple_SetItem(list, (Py_ssize_t)i, name) < 0) Py_CLEAR(list);
  }
  return list;
}

static PyObject *program_diags(PyObject *self, void *unused) {
  (void)unused;
  return Py_NewRef(((binding_program *)self)->diags);
}

static PyObject *program_bytecode(PyObject *self, PyObject *unused) {
  (void)unused;
  binding_program *p = (binding_program *)self;
  char *text;
  size_t len;
  ottl_status status = ottl_program_disassemble(p->program, &text, &len);
  if (status != OTTL_OK) return binding_raise(binding_of_type(self), status, NULL);
  PyObject *result = binding_str((ottl_view){text, len});
  ottl_text_free(p->program, text, len);
  return result;
}

static PyMethodDef methods[] = {{"run", program_run, METH_VARARGS, NULL},
                                {"eval", binding_program_eval, METH_VARARGS, NULL},
                                {"columns", binding_program_columns, METH_VARARGS, NULL},
                                {"bytecode", program_bytecode, METH_NOARGS, NULL},
                                {0}};
static PyGetSetDef members[] = {{"signal", program_signal, NULL, NULL, NULL},
                                {"contexts", program_contexts, NULL, NULL, NULL},
                                {"diagnostics", program_diags, NULL, NULL, NULL},
                                {0}};
static PyType_Slot slots[] = {{Py_tp_dealloc, program_dealloc}, {Py_tp_methods, methods}, {Py_tp_getset, members}, {0, NULL}};
PyType_Spec binding_program_spec = {.name = "ottl._ottl.Program",
                                    .basicsize = sizeof(binding_program),
                                    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
                                    .slots = slots};
