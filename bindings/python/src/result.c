/* What a run gave: counts, failures, and the payload as a buffer that is not copied. It keeps the exec until it is gone. */
#include "binding.h"

typedef struct binding_result {
  PyObject_HEAD binding_program *program; /* held */
  binding_exec *exec;                     /* NULL: released */
  binding_bytes in;
  ottl_result result;
  const char *data;
  size_t len;
  ottl_encoding encoding;
  Py_ssize_t exports;
} binding_result;

static void release(binding_result *r) {
  if (!r->exec) return;
  binding_exec_give(r->program, r->exec);
  r->exec = NULL;
  r->data = NULL;
  r->len = 0;
  binding_bytes_release(&r->in);
}

/* to: what is wanted (binding_encodings), the signal that the caller named. */
static ottl_status encode(binding_result *r, int to, ottl_signal signal, const char **why) {
  bool json = to ? to == 2 : r->encoding == OTTL_ENCODING_JSON;
  r->data = (const char *)r->result.data;
  r->len = r->result.len;
  if (!r->data) { /* nothing is left */
    r->encoding = json ? OTTL_ENCODING_JSON : OTTL_ENCODING_PROTO;
    return OTTL_OK;
  }
  if (json && r->encoding == OTTL_ENCODING_JSON && r->result.unchanged) { /* as it came in */
    r->data = r->in.data;
    r->len = r->in.len;
    return OTTL_OK;
  }
  if (!signal) signal = ottl_program_signal(r->program->program);
  if (!signal && r->encoding == OTTL_ENCODING_JSON) signal = ottl_json_signal(r->in.data, r->in.len);
  r->encoding = json ? OTTL_ENCODING_JSON : OTTL_ENCODING_PROTO;
  if (!json) return OTTL_OK;
  ottl_status status;
  Py_BEGIN_ALLOW_THREADS;
  status = ottl_json_from_wire(r->exec->out, signal, r->result.data, r->result.len, &r->data, &r->len);
  Py_END_ALLOW_THREADS;
  if (status != OTTL_OK) *why = signal ? ottl_json_error(r->exec->out, NULL) : "JSON of which signal? Say `signal`";
  return status;
}

PyObject *binding_result_make(binding_state *state, binding_program *p, binding_exec *x, binding_run *run, int to) {
  binding_result *r = PyObject_New(binding_result, (PyTypeObject *)state->result_type);
  if (!r) {
    binding_run_end(p, x, run);
    return NULL;
  }
  Py_INCREF(p);
  r->program = p;
  r->exec = x;
  r->in = run->in;
  r->result = run->result;
  r->encoding = run->encoding;
  r->exports = 0;
  const char *why = NULL;
  ottl_status status = encode(r, to, run->signal, &why);
  if (status == OTTL_OK) return (PyObject *)r;
  binding_raise(state, status, why);
  Py_DECREF(r);
  return NULL;
}

static void result_dealloc(PyObject *self) {
  binding_result *r = (binding_result *)self;
  PyTypeObject *type = Py_TYPE(self);
  release(r);
  Py_XDECREF(r->program);
  PyObject_Free(self);
  Py_DECREF(type);
}

static int result_get_buffer(PyObject *self, Py_buffer *view, int flags) {
  binding_result *r = (binding_result *)self;
  if (!r->exec) {
    view->obj = NULL;
    PyErr_SetString(PyExc_BufferError, "the result was released");
    return -1;
  }
  if (PyBuffer_FillInfo(view, self, (void *)(r->data ? r->data : ""), (Py_ssize_t)r->len, 1, flags) < 0) return -1;
  r->exports++;
  return 0;
}

static void result_release_buffer(PyObject *self, Py_buffer *view) {
  (void)view;
  ((binding_result *)self)->exports--;
}

static PyObject *result_release(PyObject *self, PyObject *unused) {
  (void)unused;
  binding_result *r = (binding_result *)self;
  if (r->exports) {
    PyErr_SetString(PyExc_BufferError, "somebody still looks at the payload");
    return NULL;
  }
  release(r);
  Py_RETURN_NONE;
}

static PyObject *result_errors(PyObject *self, PyObject *unused) {
  (void)unused;
  binding_result *r = (binding_result *)self;
  return r->exec ? binding_row_errors(r->exec) : PyList_New(0);
}

static PyObject *result_counts(PyObject *self, void *unused) {
  (void)unused;
  const ottl_result *o = &((binding_result *)self)->result;
  return Py_BuildValue("(KKKKK)", (unsigned long long)o->rows_in, (unsigned long long)o->rows_changed,
                       (unsigned long long)o->rows_dropped, (unsigned long long)o->rows_failed, (unsigned long long)o->errors);
}

static PyObject *result_unchanged(PyObject *self, void *unused) {
  (void)unused;
  return PyBool_FromLong(((binding_result *)self)->result.unchanged);
}

static PyObject *result_encoding(PyObject *self, void *unused) {
  (void)unused;
  return PyUnicode_FromString(((binding_result *)self)->encoding == OTTL_ENCODING_JSON ? "json" : "proto");
}

/* The payload as it came in, when that is what goes out: then nobody needs a copy. None else. */
static PyObject *result_same(PyObject *self, void *unused) {
  (void)unused;
  binding_result *r = (binding_result *)self;
  PyObject *in = r->exec && r->result.unchanged ? r->in.buffer.obj : NULL;
  bool same = in && PyBytes_CheckExact(in) && r->len == r->in.len &&
              (r->encoding == OTTL_ENCODING_JSON) == (ottl_message_encoding(r->in.data, r->in.len) == OTTL_ENCODING_JSON);
  return Py_NewRef(same ? in : Py_None);
}

static PyMethodDef methods[] = {
    {"release", result_release, METH_NOARGS, NULL}, {"errors", result_errors, METH_NOARGS, NULL}, {0}};
static PyGetSetDef members[] = {{"counts", result_counts, NULL, NULL, NULL},
                                {"unchanged", result_unchanged, NULL, NULL, NULL},
                                {"encoding", result_encoding, NULL, NULL, NULL},
                                {"same", result_same, NULL, NULL, NULL},
                                {0}};
static PyType_Slot slots[] = {{Py_tp_dealloc, result_dealloc},
                              {Py_tp_methods, methods},
                              {Py_tp_getset, members},
                              {Py_bf_getbuffer, result_get_buffer},
                              {Py_bf_releasebuffer, result_release_buffer},
                              {0, NULL}};
PyType_Spec binding_result_spec = {.name = "ottl._ottl.Result",
                                   .basicsize = sizeof(binding_result),
                                   .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
                                   .slots = slots};
