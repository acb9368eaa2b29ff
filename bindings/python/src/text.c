/* Texts and bytes between the library and Python, and failures as exceptions. */
#include "binding.h"

#include <stdlib.h>
#include <string.h>

void binding_keep(void *kept, const char *data, size_t len) {
  binding_kept *k = kept;
  char *grown = k->failed ? NULL : realloc(k->data, k->len + len + 1);
  if (!grown) {
    k->failed = true;
    return;
  }
  memcpy(grown + k->len, data, len);
  k->data = grown;
  k->len += len;
}

PyObject *binding_kept_str(binding_kept *kept) {
  PyObject *text =
      kept->failed ? PyErr_NoMemory() : PyUnicode_DecodeUTF8(kept->data ? kept->data : "", (Py_ssize_t)kept->len, "replace");
  free(kept->data);
  *kept = (binding_kept){0};
  return text;
}

PyObject *binding_diags(ottl_diags *diags) {
  if (!diags) return PyUnicode_FromString("[]");
  binding_kept kept = {0};
  kept.failed = ottl_diags_render(diags, OTTL_DIAGS_JSON, false, binding_keep, &kept) != OTTL_OK || kept.failed;
  ottl_diags_free(diags);
  return binding_kept_str(&kept);
}

PyObject *binding_str(ottl_view text) {
  return PyUnicode_DecodeUTF8(text.len ? text.data : "", (Py_ssize_t)text.len, "surrogateescape");
}

bool binding_bytes_get(PyObject *object, binding_bytes *ret) {
  *ret = (binding_bytes){0};
  Py_ssize_t len;
  if (PyUnicode_Check(object)) {
    ret->data = PyUnicode_AsUTF8AndSize(object, &len);
    if (!ret->data) return false;
    ret->len = (size_t)len;
    Py_INCREF(object);
    ret->buffer.obj = object; /* it keeps the text */
    return true;
  }
  if (PyObject_GetBuffer(object, &ret->buffer, PyBUF_SIMPLE) < 0) return false;
  ret->held = true;
  ret->data = ret->buffer.buf;
  ret->len = (size_t)ret->buffer.len;
  return true;
}

void binding_bytes_release(binding_bytes *bytes) {
  if (bytes->held)
    PyBuffer_Release(&bytes->buffer);
  else
    Py_XDECREF(bytes->buffer.obj);
  *bytes = (binding_bytes){0};
}

PyObject *binding_raise(binding_state *state, ottl_status status, const char *message) {
  PyObject *type = state->error;
  if (status == OTTL_NOMEM) return PyErr_NoMemory();
  if (status == OTTL_INVALID_ARG) type = PyExc_ValueError;
  if (status == OTTL_DATA) type = state->data_error;
  if (status == OTTL_LIMIT) type = state->limit_error;
  PyErr_SetString(type, message ? message : ottl_status_name(status));
  return NULL;
}
