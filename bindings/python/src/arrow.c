/* Values of expressions as columns: the Arrow C Data Interface
 * (https://arrow.apache.org/docs/format/CDataInterface.html), handed over in capsules (its PyCapsule interface). */
#include "binding.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "yyjson.h"

struct ArrowSchema {
  const char *format, *name, *metadata;
  int64_t flags, n_children;
  struct ArrowSchema **children, *dictionary;
  void (*release)(struct ArrowSchema *);
  void *private_data;
};

struct ArrowArray {
  int64_t length, null_count, offset, n_buffers, n_children;
  const void **buffers;
  struct ArrowArray **children, *dictionary;
  void (*release)(struct ArrowArray *);
  void *private_data;
};

enum { NULLABLE = 2, MAX_DEPTH = 512 };

/* Types of columns; AUTO is what all values of the column are, STRING if they are of several types. */
static const char *const type_names[] = {"auto", "bool", "int", "double", "string", "bytes", "time", "duration", NULL};
enum column_type { AUTO, BOOL, INT, DOUBLE, STRING, BYTES, TIME, DURATION, NOTHING };
static const char *const formats[] = {NULL, "b", "l", "g", "u", "z", "tsn:UTC", "tDn", "n"};

typedef struct column {
  int type;
  size_t rows, nulls;
  uint8_t *validity;
  void *fixed;      /* 8 bytes a row, or a bit */
  int32_t *offsets; /* STRING, BYTES */
  char *text;
  size_t text_len, text_size;
} column;

typedef struct table_source {
  binding_state *state;
  ottl_exec *exec;
  size_t rows;
  bool raise;
} table_source;

/* ---- handing over ---- */

static void schema_release(struct ArrowSchema *s) {
  for (int64_t i = 0; s->children && i < s->n_children; i++) {
    if (s->children[i] && s->children[i]->release) s->children[i]->release(s->children[i]);
    free(s->children[i]);
  }
  free(s->children);
  free((char *)s->name);
  s->release = NULL;
}

static void array_release(struct ArrowArray *a) {
  for (int64_t i = 0; a->children && i < a->n_children; i++) {
    if (a->children[i] && a->children[i]->release) a->children[i]->release(a->children[i]);
    free(a->children[i]);
  }
  for (int64_t i = 0; a->buffers && i < a->n_buffers; i++) free((void *)a->buffers[i]);
  free(a->children);
  free(a->buffers);
  a->release = NULL;
}

static void schema_capsule_free(PyObject *capsule) {
  struct ArrowSchema *s = PyCapsule_GetPointer(capsule, "arrow_schema");
  if (s->release) s->release(s);
  free(s);
}

static void array_capsule_free(PyObject *capsule) {
  struct ArrowArray *a = PyCapsule_GetPointer(capsule, "arrow_array");
  if (a->release) a->release(a);
  free(a);
}

static struct ArrowSchema *schema_new(const char *format, const char *name, int64_t n) {
  struct ArrowSchema *s = calloc(1, sizeof *s);
  if (!s) return NULL;
  s->format = format;
  s->name = strdup(name);
  s->flags = n ? 0 : NULLABLE;
  s->n_children = n;
  s->children = n ? calloc((size_t)n, sizeof *s->children) : NULL;
  s->release = schema_release;
  if (s->name && (s->children || !n)) return s;
  schema_release(s);
  free(s);
  return NULL;
}

static struct ArrowArray *array_new(int64_t length, int64_t nulls, int64_t n_buffers, int64_t n) {
  struct ArrowArray *a = calloc(1, sizeof *a);
  if (!a) return NULL;
  *a = (struct ArrowArray){
      .length = length, .null_count = nulls, .n_buffers = n_buffers, .n_children = n, .release = array_release};
  a->buffers = n_buffers ? calloc((size_t)n_buffers, sizeof *a->buffers) : NULL;
  a->children = n ? calloc((size_t)n, sizeof *a->children) : NULL;
  if ((a->buffers || !n_buffers) && (a->children || !n)) return a;
  array_release(a);
  free(a);
  return NULL;
}

/* The column's memory goes to the array. */
static struct ArrowArray *column_array(column *c) {
  const bool text = c->type == STRING || c->type == BYTES;
  const int64_t n_buffers = c->type == NOTHING ? 0 : text ? 3 : 2;
  struct ArrowArray *a = array_new((int64_t)c->rows, (int64_t)c->nulls, n_buffers, 0);
  if (!a || !n_buffers) return a;
  a->buffers[0] = c->validity;
  a->buffers[1] = text ? (void *)c->offsets : c->fixed;
  if (text) a->buffers[2] = c->text;
  *c = (column){0};
  return a;
}

/* ---- values as text ---- */

static bool text_room(table_source *t, column *c, size_t n) {
  if (n > (size_t)INT32_MAX - c->text_len) {
    binding_raise(t->state, OTTL_LIMIT, "a column of more than 2 GiB of text: take fewer records at once");
    return false;
  }
  if (c->text_len + n <= c->text_size) return true;
  size_t size = (c->text_len + n) * 2 + 64;
  char *grown = realloc(c->text, size);
  if (!grown) return PyErr_NoMemory(), false;
  c->text = grown;
  c->text_size = size;
  return true;
}

static bool put_bytes(table_source *t, column *c, const char *data, size_t len) {
  if (!text_room(t, c, len)) return false;
  if (len) memcpy(c->text + c->text_len, data, len);
  c->text_len += len;
  return true;
}

static bool is_ascii(const char *p, size_t n) {
  uint8_t any = 0;
  for (size_t i = 0; i < n; i++) any |= (uint8_t)p[i];
  return any < 0x80;
}

/* Columns of text are UTF-8: what is not becomes U+FFFD. */
static bool put_text(table_source *t, column *c, const char *data, size_t len) {
  if (is_ascii(data, len)) return put_bytes(t, c, data, len);
  Py_ssize_t n;
  PyObject *text = PyUnicode_DecodeUTF8(data, (Py_ssize_t)len, "replace");
  const char *utf8 = text ? PyUnicode_AsUTF8AndSize(text, &n) : NULL;
  bool ok = utf8 && put_bytes(t, c, utf8, (size_t)n);
  Py_XDECREF(text);
  return ok;
}

static bool put_hex(table_source *t, column *c, ottl_view bytes) {
  static const char digits[] = "0123456789abcdef";
  if (!text_room(t, c, bytes.len * 2)) return false;
  for (size_t i = 0; i < bytes.len; i++) {
    uint8_t b = (uint8_t)bytes.data[i];
    c->text[c->text_len++] = digits[b >> 4];
    c->text[c->text_len++] = digits[b & 15];
  }
  return true;
}

static yyjson_mut_val *json_base64(yyjson_mut_doc *doc, ottl_view bytes) {
  static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const uint8_t *p = (const uint8_t *)bytes.data;
  char *text = malloc(bytes.len / 3 * 4 + 5), *to = text;
  if (!text) return NULL;
  for (size_t i = 0; i < bytes.len; i += 3) {
    size_t n = bytes.len - i;
    uint32_t v = (uint32_t)p[i] << 16 | (n > 1 ? (uint32_t)p[i + 1] << 8 : 0) | (n > 2 ? p[i + 2] : 0);
    *to++ = digits[v >> 18];
    *to++ = digits[v >> 12 & 63];
    *to++ = n > 1 ? digits[v >> 6 & 63] : '=';
    *to++ = n > 2 ? digits[v & 63] : '=';
  }
  yyjson_mut_val *result = yyjson_mut_strncpy(doc, text, (size_t)(to - text));
  free(text);
  return result;
}

/* NULL: out of memory, malformed, or nested deeper than MAX_DEPTH. */
static yyjson_mut_val *json_of(ottl_exec *exec, yyjson_mut_doc *doc, const ottl_value *v, unsigned depth) {
  switch (v->type) {
  case OTTL_VALUE_BOOL: return yyjson_mut_bool(doc, v->boolean);
  case OTTL_VALUE_INT:
  case OTTL_VALUE_DURATION: return yyjson_mut_sint(doc, v->integer);
  case OTTL_VALUE_DOUBLE: return isfinite(v->number) ? yyjson_mut_real(doc, v->number) : yyjson_mut_null(doc);
  case OTTL_VALUE_STRING: return yyjson_mut_strncpy(doc, v->text.len ? v->text.data : "", v->text.len);
  case OTTL_VALUE_BYTES: return json_base64(doc, v->text);
  case OTTL_VALUE_MAP:
  case OTTL_VALUE_LIST: break;
  default: return yyjson_mut_null(doc);
  }
  const bool map = v->type == OTTL_VALUE_MAP;
  yyjson_mut_val *result = map ? yyjson_mut_obj(doc) : yyjson_mut_arr(doc);
  for (size_t i = 0; i < v->n; i++) {
    ottl_value member;
    ottl_view key = {"", 0};
    if (depth >= MAX_DEPTH || ottl_value_member(exec, v, i, map ? &key : NULL, &member) != OTTL_OK) return NULL;
    yyjson_mut_val *item = json_of(exec, doc, &member, depth + 1);
    yyjson_mut_val *name = map ? yyjson_mut_strncpy(doc, key.len ? key.data : "", key.len) : NULL;
    if (!item || (map && !name)) return NULL;
    if (!(map ? yyjson_mut_obj_add(result, name, item) : yyjson_mut_arr_append(result, item))) return NULL;
  }
  return result;
}

static bool put_json(table_source *t, column *c, const ottl_value *v) {
  yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
  yyjson_mut_val *root = doc ? json_of(t->exec, doc, v, 0) : NULL;
  size_t len = 0;
  char *text = root ? yyjson_mut_val_write(root, YYJSON_WRITE_ALLOW_INVALID_UNICODE, &len) : NULL;
  bool ok = text && put_text(t, c, text, len);
  if (!text) binding_raise(t->state, OTTL_LIMIT, "a value cannot be written as JSON: too deep, or out of memory");
  free(text);
  yyjson_mut_doc_free(doc);
  return ok;
}

/* ---- columns ---- */

static int type_of(const ottl_value *v) {
  switch (v->type) {
  case OTTL_VALUE_NIL: return NOTHING;
  case OTTL_VALUE_BOOL: return BOOL;
  case OTTL_VALUE_INT: return INT;
  case OTTL_VALUE_DOUBLE: return DOUBLE;
  case OTTL_VALUE_BYTES: return BYTES;
  case OTTL_VALUE_TIME: return TIME;
  case OTTL_VALUE_DURATION: return DURATION;
  default: return STRING;
  }
}

/* False with an exception set. Where the evaluation failed and that is no matter: nil. */
static bool value_at(table_source *t, size_t expression, size_t row, ottl_value *ret) {
  const char *message = NULL;
  ottl_status status = ottl_eval_value(t->exec, expression, row, ret, &message);
  if (status == OTTL_OK) return true;
  *ret = (ottl_value){.type = OTTL_VALUE_NIL};
  if (status == OTTL_RUNTIME && !t->raise) return true;
  if (status == OTTL_RUNTIME)
    PyErr_Format(t->state->error, "expression %zu on record %zu: %s", expression, row, message ? message : "failed");
  else
    binding_raise(t->state, status, message);
  return false;
}

static bool find_type(table_source *t, size_t expression, int *ret) {
  int type = NOTHING;
  for (size_t i = 0; i < t->rows && type != STRING; i++) {
    ottl_value v;
    if (!value_at(t, expression, i, &v)) return false;
    int own = type_of(&v);
    if (own == NOTHING || own == type) continue;
    bool numbers = (own == INT || own == DOUBLE) && (type == INT || type == DOUBLE);
    type = type == NOTHING ? own : numbers ? DOUBLE : STRING;
  }
  *ret = type;
  return true;
}

/* Nanoseconds since 1970; false: they do not fit. */
static bool time_nanos(const ottl_value *v, int64_t *ret) {
  return !__builtin_mul_overflow(v->integer, (int64_t)1000000000, ret) && !__builtin_add_overflow(*ret, (int64_t)v->nanos, ret);
}

/* One value; *ret_there: it is one of the column's type. */
static bool put_value(table_source *t, column *c, size_t row, const ottl_value *v, bool *ret_there) {
  int64_t *words = c->fixed;
  *ret_there = true;
  switch (c->type) {
  case BOOL:
    if (v->type != OTTL_VALUE_BOOL) break;
    if (v->boolean) ((uint8_t *)c->fixed)[row / 8] |= (uint8_t)(1u << row % 8);
    return true;
  case INT:
    if (v->type != OTTL_VALUE_INT) break;
    words[row] = v->integer;
    return true;
  case DOUBLE:
    if (v->type != OTTL_VALUE_DOUBLE && v->type != OTTL_VALUE_INT) break;
    ((double *)c->fixed)[row] = v->type == OTTL_VALUE_INT ? (double)v->integer : v->number;
    return true;
  case TIME:
    if (v->type != OTTL_VALUE_TIME || !time_nanos(v, &words[row])) break;
    return true;
  case DURATION:
    if (v->type != OTTL_VALUE_DURATION) break;
    words[row] = v->integer;
    return true;
  case BYTES:
    if (v->type != OTTL_VALUE_BYTES && v->type != OTTL_VALUE_TRACE_ID && v->type != OTTL_VALUE_SPAN_ID &&
        v->type != OTTL_VALUE_STRING)
      break;
    return put_bytes(t, c, v->text.data, v->text.len);
  case STRING:
    if (v->type == OTTL_VALUE_NIL) break;
    if (v->type == OTTL_VALUE_STRING || v->type == OTTL_VALUE_OPAQUE) return put_text(t, c, v->text.data, v->text.len);
    if (v->type == OTTL_VALUE_TRACE_ID || v->type == OTTL_VALUE_SPAN_ID) return put_hex(t, c, v->text);
    return put_json(t, c, v);
  default: break;
  }
  *ret_there = false;
  return true;
}

static bool column_fill(table_source *t, size_t expression, column *c) {
  const size_t n = t->rows;
  c->rows = n;
  if (c->type == AUTO && !find_type(t, expression, &c->type)) return false;
  c->nulls = c->type == NOTHING ? n : 0;
  if (c->type == NOTHING) return true;
  c->validity = calloc(n / 8 + 1, 1);
  if (c->type == STRING || c->type == BYTES) {
    c->offsets = calloc(n + 1, sizeof *c->offsets);
    c->text = malloc(c->text_size = 64);
  } else {
    c->fixed = calloc(n + 1, 8);
  }
  if (!c->validity || (!c->fixed && (!c->offsets || !c->text))) return PyErr_NoMemory(), false;
  for (size_t i = 0; i < n; i++) {
    ottl_value v;
    bool there;
    if (!value_at(t, expression, i, &v) || !put_value(t, c, i, &v, &there)) return false;
    c->nulls += !there;
    if (there) c->validity[i / 8] |= (uint8_t)(1u << i % 8);
    if (c->offsets) c->offsets[i + 1] = (int32_t)c->text_len;
  }
  return true;
}

static void column_free(column *c) {
  free(c->validity);
  free(c->fixed);
  free(c->offsets);
  free(c->text);
}

/* Names and types are lists of str, one for each expression. */
static bool table_fill(table_source *t, PyObject *names, PyObject *types, size_t n, struct ArrowSchema *schema,
                       struct ArrowArray *array) {
  for (size_t i = 0; i < n; i++) {
    const char *name = PyUnicode_AsUTF8AndSize(PyList_GetItem(names, (Py_ssize_t)i), NULL);
    const char *word = name ? PyUnicode_AsUTF8AndSize(PyList_GetItem(types, (Py_ssize_t)i), NULL) : NULL;
    column c = {.type = word ? binding_word("type", word, type_names) : -1};
    if (c.type < 0) return false;
    if (!column_fill(t, i, &c)) {
      column_free(&c);
      return false;
    }
    schema->children[i] = schema_new(formats[c.type], name, 0);
    array->children[i] = column_array(&c);
    column_free(&c);
    if (!schema->children[i] || !array->children[i]) return PyErr_NoMemory(), false;
  }
  return true;
}

static PyObject *table_make(table_source *t, PyObject *names, PyObject *types, size_t n) {
  struct ArrowSchema *schema = schema_new("+s", "", (int64_t)n);
  struct ArrowArray *array = array_new((int64_t)t->rows, 0, 1, (int64_t)n);
  PyObject *result = NULL, *schema_capsule = NULL, *array_capsule = NULL;
  if (!schema || !array) {
    PyErr_NoMemory();
  } else if (table_fill(t, names, types, n, schema, array)) {
    schema_capsule = PyCapsule_New(schema, "arrow_schema", schema_capsule_free);
    if (schema_capsule) schema = NULL;
    array_capsule = schema_capsule ? PyCapsule_New(array, "arrow_array", array_capsule_free) : NULL;
    if (array_capsule) array = NULL;
    if (array_capsule) result = PyTuple_Pack(2, schema_capsule, array_capsule);
  }
  Py_XDECREF(schema_capsule);
  Py_XDECREF(array_capsule);
  if (schema) schema_release(schema);
  if (array) array_release(array);
  free(schema);
  free(array);
  return result;
}

/* columns(payload, names, types, signal, request, raise) -> (schema capsule, array capsule): a struct with a row for each record */
PyObject *binding_program_columns(PyObject *self, PyObject *args) {
  binding_program *p = (binding_program *)self;
  binding_state *state = binding_of_type(self);
  PyObject *payload, *names, *types, *request, *result = NULL;
  const char *signal_name;
  int raise;
  if (!PyArg_ParseTuple(args, "OO!O!zOp", &payload, &PyList_Type, &names, &PyList_Type, &types, &signal_name, &request, &raise))
    return NULL;
  if (!p->n_expressions || (size_t)PyList_Size(names) != p->n_expressions || (size_t)PyList_Size(types) != p->n_expressions)
    return binding_raise(state, OTTL_INVALID_ARG, "a name and a type for each expression of a program of values");
  binding_run run;
  binding_exec *x = binding_run_begin(state, p, payload, signal_name, request, &run);
  if (!x) return NULL;
  table_source t = {state, x->exec, run.status == OTTL_OK ? ottl_eval_rows(x->exec) : 0, raise != 0};
  result = run.status == OTTL_OK ? table_make(&t, names, types, p->n_expressions) : binding_run_raise(state, x, &run);
  binding_run_end(p, x, &run);
  return result;
}
