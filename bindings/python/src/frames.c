/* Messages of a stream, fed in pieces. */
#include "binding.h"

#include <string.h>

typedef struct binding_frames {
  PyObject_HEAD ottl_frame_reader *reader;
} binding_frames;

static PyObject *frames_new(PyTypeObject *type, PyObject *args, PyObject *kwargs) {
  static char *names[] = {"framing", "max_message_bytes", NULL};
  const char *name = "auto";
  Py_ssize_t max = 0;
  ottl_framing framing;
  if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|sn", names, &name, &max)) return NULL;
  if (!ottl_framing_parse(name, strlen(name), &framing)) return PyErr_Format(PyExc_ValueError, "no framing %.100s", name);
  if (max < 0) return PyErr_Format(PyExc_ValueError, "max_message_bytes: negative");
  PyObject *(*alloc)(PyTypeObject *, Py_ssize_t) = (PyObject * (*)(PyTypeObject *, Py_ssize_t)) PyType_GetSlot(type, Py_tp_alloc);
  binding_frames *f = (binding_frames *)alloc(type, 0);
  if (!f) return NULL;
  if (ottl_frame_reader_create(NULL, framing, (size_t)max, &f->reader) == OTTL_OK) return (PyObject *)f;
  Py_DECREF(f);
  return PyErr_NoMemory();
}

static void frames_dealloc(PyObject *self) {
  PyTypeObject *type = Py_TYPE(self);
  void (*release)(void *) = (void (*)(void *))PyType_GetSlot(type, Py_tp_free);
  ottl_frame_reader_free(((binding_frames *)self)->reader);
  release(self);
  Py_DECREF(type);
}

static PyObject *fail(PyObject *self, ottl_status status) {
  ottl_frame_reader *reader = ((binding_frames *)self)->reader;
  uint64_t offset = 0;
  const char *why = ottl_frame_reader_error(reader, &offset);
  binding_state *state = binding_of_type(self);
  if (status == OTTL_INVALID_ARG) return binding_raise(state, status, "the stream is at its end");
  PyObject *text = PyUnicode_FromFormat("%s (at byte %llu)", why, (unsigned long long)offset);
  const char *utf8 = text ? PyUnicode_AsUTF8AndSize(text, NULL) : NULL;
  if (utf8) binding_raise(state, status, utf8);
  Py_XDECREF(text);
  return NULL;
}

/* feed(data) -> [message, ...]; no data: the end */
static PyObject *frames_feed(PyObject *self, PyObject *data) {
  ottl_frame_reader *reader = ((binding_frames *)self)->reader;
  binding_bytes in;
  if (!binding_bytes_get(data, &in)) return NULL;
  ottl_status status = ottl_frame_reader_push(reader, in.data, in.len);
  binding_bytes_release(&in);
  PyObject *list = status == OTTL_OK ? PyList_New(0) : fail(self, status);
  for (;;) {
    bool found = false;
    ottl_view message;
    status = list ? ottl_frame_reader_next(reader, &found, &message) : OTTL_OK;
    if (status != OTTL_OK) {
      Py_DECREF(list);
      return fail(self, status);
    }
    if (!found) return list;
    PyObject *bytes = PyBytes_FromStringAndSize(message.len ? message.data : "", (Py_ssize_t)message.len);
    if (!bytes || PyList_Append(list, bytes) < 0) Py_CLEAR(list);
    Py_XDECREF(bytes);
  }
}

static PyObject *frames_framing(PyObject *self, void *unused) {
  (void)unused;
  return PyUnicode_FromString(ottl_framing_name(ottl_frame_reader_framing(((binding_frames *)self)->reader)));
}

static PyMethodDef methods[] = {{"feed", frames_feed, METH_O, NULL}, {0}};
static PyGetSetDef members[] = {{"framing", frames_framing, NULL, NULL, NULL}, {0}};
static PyType_Slot slots[] = {
    {Py_tp_new, frames_new}, {Py_tp_dealloc, frames_dealloc}, {Py_tp_methods, methods}, {Py_tp_getset, members}, {0, NULL}};
PyType_Spec binding_frames_spec = {
    .name = "ottl._ottl.Frames", .basicsize = sizeof(binding_frames), .flags = Py_TPFLAGS_DEFAULT, .slots = slots};
