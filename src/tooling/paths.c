/* Paths as JSON: what they read, take, and what keys may follow. */
#include "tooling/describe.h"

#include <stdio.h>

const char *ottl__describe_keys(const ottl_path_info *p) {
  if (!p->keyable) return "";
  switch ((ottl_path_view)p->view) {
  case OTTL_V_BODY: return "string or int, then any";
  case OTTL_V_TRACE_STATE: return "one string literal";
  case OTTL_V_REQUEST_CLIENT:
  case OTTL_V_REQUEST_GRPC: return "string, then int";
  default: return "string, then any";
  }
}

/* What writing does beyond storing a value of the right type. */
static const char *path_write_note(const ottl_path_info *p) {
  switch ((ottl_path_view)p->view) {
  case OTTL_V_INT32:
  case OTTL_V_UINT32: return "cut to 32 bits";
  case OTTL_V_INTS_32: return "each cut to 32 bits";
  case OTTL_V_INT64_POSITIVE: return "a negative one fails";
  case OTTL_V_INT32_BELOW_MAX: return "fails from 2147483647 on";
  case OTTL_V_UINT32_CHECKED: return "fails out of range";
  case OTTL_V_BODY_STRING: return "replaces a body of any type";
  case OTTL_V_TRACE_ID_STRING:
  case OTTL_V_PROFILE_ID_STRING: return "32 hex digits, else it fails";
  case OTTL_V_SPAN_ID_STRING: return "16 hex digits, else it fails";
  case OTTL_V_TRACE_STATE: return "a member that is not valid is not written";
  case OTTL_V_KIND_STRING:
  case OTTL_V_KIND_DEPRECATED: return "another text fails";
  case OTTL_V_TEMPORALITY:
  case OTTL_V_IS_MONOTONIC: return "ignored where it reads nil";
  case OTTL_V_METRIC_TYPE: return "ignored";
  case OTTL_V_VALUE_INT:
  case OTTL_V_VALUE_DOUBLE: return "changes the type of the value; fails for other kinds of points";
  case OTTL_V_EXEMPLAR_INT:
  case OTTL_V_EXEMPLAR_DOUBLE: return "changes the type of the value";
  case OTTL_V_POINT_INT32:
  case OTTL_V_BUCKETS_OFFSET: return "cut to 32 bits; fails for other kinds of points";
  case OTTL_V_POINT_INT64:
  case OTTL_V_POINT_DOUBLE:
  case OTTL_V_POINT_EXEMPLARS:
  case OTTL_V_POINT_QUANTILES:
  case OTTL_V_BUCKET_COUNTS:
  case OTTL_V_BOUNDS:
  case OTTL_V_BUCKETS:
  case OTTL_V_BUCKETS_COUNTS: return "fails for other kinds of points";
  default: return "";
  }
}

void ottl__describe_takes(ottl_sbuf *out, const ottl_path_info *p) {
  ottl_types takes = p->view == OTTL_V_DATA_POINTS ? p->types : ottl__types_settable(p, false);
  bool whole = p->view != OTTL_V_METRIC_TYPE && (takes & TYPES_NIL);
  const char *note = path_write_note(p);
  ottl__describe_types(out, takes);
  if (whole) sbuf_str(out, "; nil empties it");
  if (note[0]) ottl__sbuf_printf(out, "; %s", note);
}

static void path_takes(ottl_sbuf *out, const ottl_path_info *p) {
  ottl__describe_key(out, "takes");
  if (!p->writable) {
    sbuf_str(out, "null");
    return;
  }
  sbuf_byte(out, '"');
  ottl__describe_takes(out, p);
  sbuf_byte(out, '"');
}

/* Whatever somebody may call it: the context for all of its paths, `log.body`, `body`, `log.attributes["a"]`. */
static ottl_view path_wanted(const describe *d) {
  const char *key = d->name.data ? memchr(d->name.data, '[', d->name.len) : NULL;
  return key ? (ottl_view){d->name.data, (size_t)(key - d->name.data)} : d->name;
}

void ottl__describe_paths(describe *d) {
  d->name = path_wanted(d);
  d->guess.wanted = d->name;
  ottl_view name = d->name;
  for (uint32_t i = 0; i < ottl__n_paths; i++) {
    const ottl_path_info *p = &ottl__paths[i];
    const char *context = ottl__contexts[p->context].name;
    size_t size = strlen(context) + strlen(p->spelling) + 2;
    char *full = arena_alloc(&d->arena, size);
    if (!full) {
      d->out->failed = true;
      return;
    }
    snprintf(full, size, "%s.%s", context, p->spelling);
    bool any = name.data && (view_is(name, context) || view_is(name, p->spelling));
    d->name = any ? (ottl_view){NULL, 0} : name;
    if (!ottl__describe_entry(d, full)) continue;
    ottl__describe_text(d->out, "context", context);
    ottl__describe_text(d->out, "summary", p->doc);
    ottl__describe_key(d->out, "reads");
    sbuf_byte(d->out, '"');
    ottl__describe_types_nil(d->out, p->types);
    sbuf_byte(d->out, '"');
    path_takes(d->out, p);
    if (p->keyable) ottl__describe_text(d->out, "keys", ottl__describe_keys(p));
    ottl__describe_end(d);
  }
}
