/* The module: its types, exceptions and functions. */
#include "binding.h"

#include <stdlib.h>
#include <string.h>

binding_state *binding_state_of(PyObject *module) { return PyModule_GetState(module); }

binding_state *binding_of_type(PyObject *self) { return PyModule_GetState(PyType_GetModule(Py_TYPE(self))); }

static void set_reference(PyObject **to, PyObject *value) {
  PyObject *old = *to;
  *to = Py_NewRef(value);
  Py_XDECREF(old);
}

/* register(Time, Duration, Opaque, RunError): types of the package, for values that Python has no type for and for failures of rows */
static PyObject *module_register(PyObject *module, PyObject *args) {
  binding_state *s = binding_state_of(module);
  PyObject *time, *duration, *opaque, *run_error;
  if (!PyArg_ParseTuple(args, "OOOO", &time, &duration, &opaque, &run_error)) return NULL;
  set_reference(&s->time_type, time);
  set_reference(&s->duration_type, duration);
  set_reference(&s->opaque_type, opaque);
  set_reference(&s->run_error, run_error);
  Py_RETURN_NONE;
}

/* format(text, yaml) -> (formatted, diagnostics) */
static PyObject *module_format(PyObject *module, PyObject *args) {
  const char *text;
  Py_ssize_t len;
  int yaml;
  if (!PyArg_ParseTuple(args, "s#p", &text, &len, &yaml)) return NULL;
  ottl_format_options options;
  ottl_diags *diags = NULL;
  ottl_format_options_init(&options);
  options.form = yaml ? OTTL_FORMAT_CONFIG : OTTL_FORMAT_FILE;
  binding_kept kept = {0};
  ottl_status status = ottl_format(text, (size_t)len, &options, binding_keep, &kept, &diags);
  PyObject *told = binding_diags(diags), *formatted = told ? binding_kept_str(&kept) : NULL, *result = NULL;
  if (formatted && (status == OTTL_OK || status == OTTL_COMPILE))
    result = PyTuple_Pack(2, formatted, told);
  else if (!PyErr_Occurred())
    binding_raise(binding_state_of(module), status, NULL);
  free(kept.data);
  Py_XDECREF(formatted);
  Py_XDECREF(told);
  return result;
}

static PyObject *module_info(PyObject *module, PyObject *unused) {
  (void)module, (void)unused;
  return Py_BuildValue("(sss)", ottl_version(), OTTL_REFERENCE_VERSION, ottl_isa());
}

static PyMethodDef functions[] = {{"compile", binding_compile, METH_VARARGS, NULL},
                                  {"compile_group", binding_compile_group, METH_VARARGS, NULL},
                                  {"config_list", binding_config_list, METH_VARARGS, NULL},
                                  {"config_compile", binding_config_compile, METH_VARARGS, NULL},
                                  {"format", module_format, METH_VARARGS, NULL},
                                  {"info", module_info, METH_NOARGS, NULL},
                                  {"register", module_register, METH_VARARGS, NULL},
                                  {0}};

static PyObject *add_type(PyObject *module, PyType_Spec *spec) {
  PyObject *type = PyType_FromModuleAndSpec(module, spec, NULL);
  if (type && PyModule_AddType(module, (PyTypeObject *)type) < 0) Py_CLEAR(type);
  return type;
}

static PyObject *add_error(PyObject *module, const char *name, PyObject *base) {
  char full[64] = "ottl.";
  strncat(full, name, sizeof full - 8);
  PyObject *type = PyErr_NewException(full, base, NULL);
  if (type && PyModule_AddObjectRef(module, name, type) < 0) Py_CLEAR(type);
  return type;
}

static int module_exec(PyObject *module) {
  binding_state *s = binding_state_of(module);
  s->program_type = add_type(module, &binding_program_spec);
  s->result_type = add_type(module, &binding_result_spec);
  s->frames_type = add_type(module, &binding_frames_spec);
  s->error = add_error(module, "Error", NULL);
  if (!s->error) return -1;
  s->data_error = add_error(module, "DataError", s->error);
  s->limit_error = add_error(module, "LimitError", s->error);
  return s->program_type && s->result_type && s->frames_type && s->data_error && s->limit_error ? 0 : -1;
}

static PyObject **member(binding_state *s, size_t i) {
  PyObject **all[] = {&s->program_type, &s->result_type, &s->frames_type, &s->error,         &s->data_error,
                      &s->limit_error,  &s->run_error,   &s->time_type,   &s->duration_type, &s->opaque_type};
  return i < sizeof all / sizeof *all ? all[i] : NULL;
}

static int module_traverse(PyObject *module, visitproc visit, void *arg) {
  binding_state *s = binding_state_of(module);
  for (size_t i = 0; s && member(s, i); i++) Py_VISIT(*member(s, i));
  return 0;
}

static int module_clear(PyObject *module) {
  binding_state *s = binding_state_of(module);
  for (size_t i = 0; s && member(s, i); i++) Py_CLEAR(*member(s, i));
  return 0;
}

static void module_free(void *module) { module_clear(module); }

static PyModuleDef_Slot slots[] = {{Py_mod_exec, module_exec}, {0, NULL}};
static PyModuleDef definition = {.m_base = PyModuleDef_HEAD_INIT,
                                 .m_name = "ottl._ottl",
                                 .m_size = sizeof(binding_state),
                                 .m_methods = functions,
                                 .m_slots = slots,
                                 .m_traverse = module_traverse,
                                 .m_clear = module_clear,
                                 .m_free = module_free};

PyMODINIT_FUNC PyInit__ottl(void) { return PyModuleDef_Init(&definition); }
