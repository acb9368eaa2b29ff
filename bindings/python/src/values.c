/* Values of expressions as Python has them. */
#include "binding.h"

static PyObject *value_list(binding_state *state, ottl_exec *exec, const ottl_value *v) {
  PyObject *list = PyList_New((Py_ssize_t)v->n);
  for (size_t i = 0; list && i < v->n; i++) {
    ottl_value member;
    ottl_status status = ottl_value_member(exec, v, i, NULL, &member);
    PyObject *item = status == OTTL_OK ? binding_value(state, exec, &member) : binding_raise(state, status, NULL);
    if (!item || PyList_SetItem(list, (Py_ssize_t)i, item) < 0) Py_CLEAR(list);
  }
  return list;
}

static PyObject *value_map(binding_state *state, ottl_exec *exec, const ottl_value *v) {
  PyObject *dict = PyDict_New();
  for (size_t i = 0; dict && i < v->n; i++) {
    ottl_value member;
    ottl_view key;
    ottl_status status = ottl_value_member(exec, v, i, &key, &member);
    PyObject *name = status == OTTL_OK ? binding_str(key) : binding_raise(state, status, NULL);
    PyObject *item = name ? binding_value(state, exec, &member) : NULL;
    if (!item || PyDict_SetItem(dict, name, item) < 0) Py_CLEAR(dict);
    Py_XDECREF(name);
    Py_XDECREF(item);
  }
  return dict;
}

PyObject *binding_value(binding_state *state, ottl_exec *exec, const ottl_value *v) {
  PyObject *result = NULL;
  switch (v->type) {
  case OTTL_VALUE_NIL: Py_RETURN_NONE;
  case OTTL_VALUE_BOOL: return PyBool_FromLong(v->boolean);
  case OTTL_VALUE_INT: return PyLong_FromLongLong(v->integer);
  case OTTL_VALUE_DOUBLE: return PyFloat_FromDouble(v->number);
  case OTTL_VALUE_STRING: return binding_str(v->text);
  case OTTL_VALUE_BYTES:
  case OTTL_VALUE_TRACE_ID:
  case OTTL_VALUE_SPAN_ID: return PyBytes_FromStringAndSize(v->text.len ? v->text.data : "", (Py_ssize_t)v->text.len);
  case OTTL_VALUE_TIME:
    return PyObject_CallFunction(state->time_type, "LIi", (long long)v->integer, (unsigned)v->nanos, (int)v->offset_seconds);
  case OTTL_VALUE_DURATION: return PyObject_CallFunction(state->duration_type, "L", (long long)v->integer);
  case OTTL_VALUE_OPAQUE: return PyObject_CallFunction(state->opaque_type, "s#", v->text.data, (Py_ssize_t)v->text.len);
  case OTTL_VALUE_MAP:
  case OTTL_VALUE_LIST:
    if (Py_EnterRecursiveCall(" in a value")) return NULL;
    result = v->type == OTTL_VALUE_MAP ? value_map(state, exec, v) : value_list(state, exec, v);
    Py_LeaveRecursiveCall();
    return result;
  }
  return binding_raise(state, OTTL_INTERNAL, NULL);
}

/* One value; where the evaluation failed: raises EvalError, or None. */
static PyObject *value_at(binding_state *state, ottl_exec *exec, size_t expression, size_t row, bool raise) {
  ottl_value v;
  const char *message = NULL;
  ottl_status status = ottl_eval_value(exec, expression, row, &v, &message);
  if (status == OTTL_OK) return binding_value(state, exec, &v);
  if (status == OTTL_RUNTIME && !raise) Py_RETURN_NONE;
  if (status != OTTL_RUNTIME) return binding_raise(state, status, message);
  PyErr_Format(state->error, "expression %zu on record %zu: %s", expression, row, message ? message : "failed");
  return NULL;
}

static PyObject *values_all(binding_state *state, binding_program *p, ottl_exec *exec, bool raise) {
  const size_t n = ottl_eval_rows(exec);
  PyObject *rows = PyList_New((Py_ssize_t)n);
  for (size_t i = 0; rows && i < n; i++) {
    PyObject *row = PyTuple_New((Py_ssize_t)p->n_expressions);
    for (size_t k = 0; row && k < p->n_expressions; k++) {
      PyObject *v = value_at(state, exec, k, i, raise);
      if (!v || PyTuple_SetItem(row, (Py_ssize_t)k, v) < 0) Py_CLEAR(row);
    }
    if (!row || PyList_SetItem(rows, (Py_ssize_t)i, row) < 0) Py_CLEAR(rows);
  }
  return rows;
}

/* eval(payload, signal, request, raise) -> [(value, ...), ...]: a row for each record */
PyObject *binding_program_eval(PyObject *self, PyObject *args) {
  binding_program *p = (binding_program *)self;
  binding_state *state = binding_of_type(self);
  PyObject *payload, *request, *rows = NULL;
  const char *signal_name;
  int raise;
  if (!PyArg_ParseTuple(args, "OzOp", &payload, &signal_name, &request, &raise)) return NULL;
  if (!p->n_expressions) return binding_raise(state, OTTL_INVALID_ARG, "not a program of values or conditions");
  binding_run run;
  binding_exec *x = binding_run_begin(state, p, payload, signal_name, request, &run);
  if (!x) return NULL;
  rows = run.status == OTTL_OK ? values_all(state, p, x->exec, raise) : binding_run_raise(state, x, &run);
  binding_run_end(p, x, &run);
  return rows;
}
