/* set_semconv_span_name(semconv_version, original_span_name_attribute): a span's name as the semantic conventions want it. */
#include "base/gonum.h"
#include "batch/value_text.h"
#include "batch/value_wire.h"
#include "funcs/record.h"

/* -- the version: the conventions from 1.37.0 to 1.43.0 have the same names -- */

typedef struct sc_version {
  uint64_t part[3];
  bool prerelease;
} sc_version;

static bool is_digit(char ch) { return ch >= '0' && ch <= '9'; }
static bool is_word(char ch) { return is_digit(ch) || (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || ch == '-'; }

/* Words with dots between them, from `at` on; *ret_end is behind them. Numbers of a prerelease have no zeros in front. */
static bool words(ottl_view v, size_t at, bool prerelease, size_t *ret_end) {
  for (;;) {
    size_t begin = at;
    bool number = true;
    for (; at < v.len && is_word(v.data[at]); at++) number &= is_digit(v.data[at]);
    if (at == begin || (prerelease && number && at - begin > 1 && v.data[begin] == '0')) return false;
    if (at == v.len || v.data[at] != '.') break;
    at++;
  }
  *ret_end = at;
  return true;
}

/* What semver.NewVersion of github.com/Masterminds/semver/v3 takes. */
static bool version_of(ottl_view v, sc_version *ret) {
  *ret = (sc_version){0};
  size_t at = v.len && v.data[0] == 'v';
  for (int i = 0; i < 3; i++) {
    if (i && (at >= v.len || v.data[at] != '.')) break;
    size_t begin = at += i > 0;
    while (at < v.len && is_digit(v.data[at])) at++;
    if (ottl__gonum_parse_uint(view_of(v.data + begin, at - begin), 10, &ret->part[i]) != OTTL_NUM_OK) return false;
  }
  if (at < v.len && v.data[at] == '-') {
    ret->prerelease = true;
    if (!words(v, at + 1, true, &at)) return false;
  }
  if (at < v.len && v.data[at] == '+' && !words(v, at + 1, false, &at)) return false;
  return at == v.len && v.len <= 256;
}

static int compare_version(const sc_version *v, uint64_t minor) { /* with 1.minor.0 */
  const uint64_t with[3] = {1, minor, 0};
  for (int i = 0; i < 3; i++) {
    if (v->part[i] != with[i]) return v->part[i] < with[i] ? -1 : 1;
  }
  return -v->prerelease;
}

ottl_status ottl__prep_set_semconv_span_name(ottl_prepare *p) {
  sc_version v;
  if (!version_of(cell_view(p->arg[0].literal), &v)) return ottl__refuse(p, 0, "this is no version of the semantic conventions");
  if (compare_version(&v, 37) < 0 || compare_version(&v, 43) > 0)
    return ottl__refuse(p, 0, "the version must be between 1.37.0 and 1.43.0");
  if (p->arg[1].given && cell_view(p->arg[1].literal).len == 0)
    return ottl__refuse(p, 1, "the attribute's name must not be empty");
  return OTTL_OK;
}

/* -- the attributes that names are made of -- */

#define SC_KEYS(X)                                                                                                               \
  X(HTTP_ROUTE, "http.route")                                                                                                    \
  X(URL_TEMPLATE, "url.template")                                                                                                \
  X(HTTP_METHOD, "http.request.method")                                                                                          \
  X(HTTP_METHOD_OLD, "http.method")                                                                                              \
  X(RPC_SYSTEM, "rpc.system.name")                                                                                               \
  X(RPC_SYSTEM_OLD, "rpc.system")                                                                                                \
  X(RPC_METHOD, "rpc.method")                                                                                                    \
  X(RPC_METHOD_OLD, "rpc.grpc.method")                                                                                           \
  X(RPC_SERVICE, "rpc.service")                                                                                                  \
  X(RPC_SERVICE_OLD, "rpc.grpc.service")                                                                                         \
  X(DB_SYSTEM, "db.system.name")                                                                                                 \
  X(DB_SYSTEM_OLD, "db.system")                                                                                                  \
  X(DB_SUMMARY, "db.query.summary")                                                                                              \
  X(DB_OPERATION, "db.operation.name")                                                                                           \
  X(DB_OPERATION_OLD, "db.operation")                                                                                            \
  X(DB_NAMESPACE, "db.namespace")                                                                                                \
  X(DB_NAMESPACE_OLD, "db.name")                                                                                                 \
  X(DB_COLLECTION, "db.collection.name")                                                                                         \
  X(DB_PROCEDURE, "db.stored_procedure.name")                                                                                    \
  X(SERVER_ADDRESS, "server.address")                                                                                            \
  X(SERVER_PORT, "server.port")                                                                                                  \
  X(MSG_SYSTEM, "messaging.system")                                                                                              \
  X(MSG_OPERATION, "messaging.operation.name")                                                                                   \
  X(MSG_OPERATION_OLD, "messaging.operation")                                                                                    \
  X(MSG_TEMPORARY, "messaging.destination.temporary")                                                                            \
  X(MSG_ANONYMOUS, "messaging.destination.anonymous")                                                                            \
  X(MSG_TEMPLATE, "messaging.destination.template")                                                                              \
  X(MSG_DESTINATION, "messaging.destination.name")                                                                               \
  X(MSG_DESTINATION_OLD, "messaging.destination")

typedef enum sc_key {
#define SC_ID(id, name) SC_##id,
  SC_KEYS(SC_ID)
#undef SC_ID
      SC_COUNT,
  SC_NONE = SC_COUNT
} sc_key;
static const ottl_view key_names[] = {
#define SC_NAME(id, name) {name, sizeof(name) - 1},
    SC_KEYS(SC_NAME)
#undef SC_NAME
};

typedef struct sc_span {
  ottl_view name;
  uint64_t kind;
  bool has[SC_COUNT];
  ottl_cell value[SC_COUNT];
  ottl_arena *arena;
  ottl_sbuf *out; /* the new name */
  ottl_status status;
} sc_span;

static bool span_of(ottl_view body, sc_span *ret) {
  rec_walk w = rec_open(body);
  rec_field f;
  ret->name = VIEW("");
  while (ottl__rec_next(&w, &f)) {
    if ((f.number == 5 || f.number == 9) && f.type != WR_LEN) return false;
    if (f.number == 6 && f.type != WR_VARINT) return false;
    if (f.number == 5) ret->name = f.bytes;
    if (f.number == 6) ret->kind = f.word;
    if (f.number != 9) continue;
    ottl_view key;
    ottl_cell value;
    if (!ottl__wire_entry(f.bytes, &key, &value)) return false;
    for (unsigned k = 0; k < SC_COUNT; k++) {
      if (ret->has[k] || !view_eq(key, key_names[k])) continue;
      ret->has[k] = true; /* of equal keys the first counts */
      ret->value[k] = value;
    }
  }
  return !w.bad;
}

/* -- names: each is appended to `out`, and found when it is not empty -- */

static sc_key either(const sc_span *s, sc_key key, sc_key old) { return s->has[key] ? key : s->has[old] ? old : SC_NONE; }

static void put_value(sc_span *s, sc_key key) {
  if (s->status == OTTL_OK) s->status = ottl__value_as_string(s->arena, s->out, s->value[key]);
}
static bool put_one(sc_span *s, sc_key key) {
  size_t before = s->out->len;
  put_value(s, key);
  return s->out->len > before;
}
static bool put_two(sc_span *s, sc_key a, const char *between, sc_key b) {
  put_value(s, a);
  sbuf_str(s->out, between);
  put_value(s, b);
  return true;
}

static bool put_http(sc_span *s, sc_key subject) {
  sc_key method = either(s, SC_HTTP_METHOD, SC_HTTP_METHOD_OLD);
  if (method == SC_NONE) return false;
  return s->has[subject] ? put_two(s, method, " ", subject) : put_one(s, method);
}

static bool put_rpc(sc_span *s) {
  sc_key system = either(s, SC_RPC_SYSTEM, SC_RPC_SYSTEM_OLD), method = either(s, SC_RPC_METHOD, SC_RPC_METHOD_OLD),
         service = either(s, SC_RPC_SERVICE, SC_RPC_SERVICE_OLD);
  if (system == SC_NONE) return false;
  if (method != SC_NONE && service != SC_NONE) return put_two(s, service, "/", method);
  if (method != SC_NONE) return put_one(s, method);
  if (service == SC_NONE) return put_one(s, system);
  put_value(s, service);
  sbuf_str(s->out, "/*");
  return true;
}

static bool put_server(sc_span *s) {
  if (!s->has[SC_SERVER_ADDRESS]) return false;
  return s->has[SC_SERVER_PORT] ? put_two(s, SC_SERVER_ADDRESS, ":", SC_SERVER_PORT) : put_one(s, SC_SERVER_ADDRESS);
}

static bool put_db_target(sc_span *s) {
  sc_key space = either(s, SC_DB_NAMESPACE, SC_DB_NAMESPACE_OLD), object = either(s, SC_DB_COLLECTION, SC_DB_PROCEDURE);
  bool has_space = space != SC_NONE && put_one(s, space);
  if (object == SC_NONE) return has_space || put_server(s);
  if (has_space) sbuf_str(s->out, ".");
  return put_one(s, object) || has_space;
}

static bool put_db(sc_span *s) {
  sc_key system = either(s, SC_DB_SYSTEM, SC_DB_SYSTEM_OLD), operation = either(s, SC_DB_OPERATION, SC_DB_OPERATION_OLD);
  if (system == SC_NONE) return false;
  if (s->has[SC_DB_SUMMARY]) return put_one(s, SC_DB_SUMMARY);
  bool has_operation = operation != SC_NONE && put_one(s, operation);
  size_t before = s->out->len;
  if (has_operation) sbuf_str(s->out, " ");
  bool has_target = put_db_target(s);
  if (!has_target) s->out->len = before;
  return has_operation || has_target || put_one(s, system);
}

static bool is_true(const sc_span *s, sc_key key) {
  return s->has[key] && s->value[key].tag == OTTL_T_BOOL && s->value[key].word;
}

static bool put_destination(sc_span *s) {
  if (is_true(s, SC_MSG_TEMPORARY)) {
    sbuf_str(s->out, "(temporary)");
    return true;
  }
  if (is_true(s, SC_MSG_ANONYMOUS)) {
    sbuf_str(s->out, "(anonymous)");
    return true;
  }
  if (s->has[SC_MSG_TEMPLATE]) return put_one(s, SC_MSG_TEMPLATE);
  sc_key name = either(s, SC_MSG_DESTINATION, SC_MSG_DESTINATION_OLD);
  return name != SC_NONE ? put_one(s, name) : put_server(s);
}

static bool put_messaging(sc_span *s) {
  sc_key operation = either(s, SC_MSG_OPERATION, SC_MSG_OPERATION_OLD);
  if (!s->has[SC_MSG_SYSTEM]) return false;
  if (operation != SC_NONE) {
    put_value(s, operation);
    size_t before = s->out->len;
    sbuf_str(s->out, " ");
    if (put_destination(s)) return true;
    s->out->len = before;
    return before > 0;
  }
  return put_destination(s) || put_one(s, SC_MSG_SYSTEM);
}

static bool put_name(sc_span *s) {
  enum { SERVER = 2, CLIENT = 3, PRODUCER = 4, CONSUMER = 5 };
  switch (s->kind) {
  case SERVER: return put_http(s, SC_HTTP_ROUTE) || put_rpc(s) || put_messaging(s);
  case CLIENT: return put_http(s, SC_URL_TEMPLATE) || put_rpc(s) || put_db(s) || put_messaging(s);
  case PRODUCER:
  case CONSUMER: return put_messaging(s);
  default: return false;
  }
}

/* -- the span -- */

static void put_original(ottl_sbuf *out, ottl_view key, ottl_view name) {
  size_t entry = ottl__rec_begin(out, 9);
  rec_put_text(out, 1, key);
  size_t any = ottl__rec_begin(out, 2);
  rec_put_bytes(out, 1, name);
  ottl__rec_end(out, any);
  ottl__rec_end(out, entry);
}

/* The span with another name; the old one goes into the attribute of that key (none: empty). */
static void put_span(ottl_sbuf *out, ottl_view body, ottl_view name, ottl_view old, ottl_view key) {
  rec_walk w = rec_open(body);
  rec_field f;
  bool done = key.len == 0;
  while (ottl__rec_next(&w, &f)) {
    ottl_view of;
    ottl_cell value;
    if (f.number == 5) continue;
    bool there = !done && f.number == 9 && ottl__wire_entry(f.bytes, &of, &value) && view_eq(of, key);
    if (there)
      put_original(out, key, old);
    else
      rec_put_raw(out, &f);
    done |= there;
  }
  rec_put_text(out, 5, name);
  if (!done) put_original(out, key, old);
}

ottl_status ottl__fn_set_semconv_span_name(ottl_call *c) {
  ottl_view original = c->arg[1].given ? cell_view(c->arg[1].literal) : (ottl_view){0};
  SEL_EACH(c->sel, c->n, row) {
    ottl_call_record *r = &c->record[row];
    ottl_sbuf *name = &c->scratch->text2, *out = scratch_text(c);
    sbuf_clear(name);
    sc_span s = {.arena = rec_arena(c), .out = name};
    if (!span_of(r->body, &s)) {
      call_fail(c, row, OTTL_ROWERR(BAD_WIRE, 0));
      continue;
    }
    bool named = put_name(&s);
    if (s.status != OTTL_OK) {
      OTTL_TRY(fail_status(c, row, s.status));
      continue;
    }
    if (name->failed) return OTTL_NOMEM;
    if (!named || view_eq(sbuf_all(name), s.name)) continue;
    put_span(out, r->body, sbuf_all(name), s.name, original);
    OTTL_TRY(ottl__rec_keep(c, row, out, &r->edited));
  }
  return OTTL_OK;
}
