/* Collector configurations. */
#include "binding.h"

#include <string.h>

/* Variables of the environment as the mapping of the caller has them. The text is kept by the mapping. */
static const char *variable(void *mapping, const char *name) {
  PyObject *v = mapping ? PyMapping_GetItemString(mapping, name) : NULL;
  const char *text = v ? PyUnicode_AsUTF8AndSize(v, NULL) : NULL;
  Py_XDECREF(v);
  PyErr_Clear();
  return text;
}

/* NULL with an exception set, or with *ret_told: diagnostics of what is wrong. */
static ottl_config *parse(binding_state *state, const char *text, Py_ssize_t len, const char *name, PyObject *env,
                          PyObject **ret_told) {
  ottl_config_options options;
  ottl_config *config = NULL;
  ottl_diags *diags = NULL;
  ottl_config_options_init(&options);
  options.name = name;
  options.env = variable;
  options.env_context = env == Py_None ? NULL : env;
  ottl_status status = ottl_config_parse(text, (size_t)len, &options, &config, &diags);
  *ret_told = binding_diags(diags);
  if (*ret_told && status == OTTL_OK) return config;
  ottl_config_free(config);
  if (*ret_told && !binding_refused(status)) {
    Py_CLEAR(*ret_told);
    binding_raise(state, status, NULL);
  }
  return NULL;
}

/* config_list(text, name, env) -> [(name, "transform" | "filter", line), ...], or diagnostics (str) */
PyObject *binding_config_list(PyObject *module, PyObject *args) {
  const char *text, *name;
  Py_ssize_t len;
  PyObject *env, *told;
  if (!PyArg_ParseTuple(args, "s#zO", &text, &len, &name, &env)) return NULL;
  ottl_config *config = parse(binding_state_of(module), text, len, name, env, &told);
  if (!config) return told;
  Py_DECREF(told);
  PyObject *list = PyList_New(0);
  for (size_t i = 0; list && i < ottl_config_processors(config); i++) {
    ottl_config_processor_info info;
    if (ottl_config_processor(config, i, &info) != OTTL_OK) continue;
    PyObject *entry = Py_BuildValue("(s#sI)", info.name.data, (Py_ssize_t)info.name.len,
                                    info.type == OTTL_PROCESSOR_FILTER ? "filter" : "transform", (unsigned)info.line);
    if (!entry || PyList_Append(list, entry) < 0) Py_CLEAR(list);
    Py_XDECREF(entry);
  }
  ottl_config_free(config);
  return list;
}

static bool find(const ottl_config *config, const char *name, size_t *ret) {
  ottl_config_processor_info info;
  for (*ret = 0; ottl_config_processor(config, *ret, &info) == OTTL_OK; ++*ret) {
    if (!name || (strlen(name) == info.name.len && memcmp(name, info.name.data, info.name.len) == 0)) return true;
  }
  return false;
}

/* config_compile(text, name, processor, env, options) -> Program, or diagnostics (str) */
PyObject *binding_config_compile(PyObject *module, PyObject *args) {
  binding_state *state = binding_state_of(module);
  const char *text, *name, *processor;
  Py_ssize_t len;
  PyObject *env, *dict, *told;
  binding_options options;
  if (!PyArg_ParseTuple(args, "s#zzOO!", &text, &len, &name, &processor, &env, &PyDict_Type, &dict) ||
      !binding_options_read(dict, &options))
    return NULL;
  ottl_config *config = parse(state, text, len, name, env, &told);
  if (!config) return told;
  size_t which;
  ottl_program *program = NULL;
  ottl_diags *diags = NULL;
  if (!find(config, processor, &which)) {
    ottl_config_free(config);
    Py_DECREF(told);
    return PyErr_Format(PyExc_ValueError, "no transform or filter processor %.200s", processor ? processor : "at all");
  }
  Py_DECREF(told);
  ottl_status status = ottl_config_compile(config, which, options.compile.signal, &options.compile, &program, &diags);
  ottl_config_free(config);
  return binding_compiled(state, status, program, diags, &options, "of which signal? Say `signal`");
}
