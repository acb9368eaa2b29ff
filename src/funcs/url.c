/* URL: the parts of a URL by the names of the semantic conventions, as Go's net/url (1.26) takes it apart; or, for what begins with
 * a question mark, the parameters of a query. */
#include "base/gonum.h"
#include "base/hex.h"
#include "base/map.h"
#include "funcs/handlers.h"

#define QUERY_PARAMS 10000 /* Go's limit */

typedef enum url_mode { URL_PATH, URL_HOST, URL_ZONE, URL_USER, URL_QUERY, URL_FRAGMENT } url_mode;

typedef struct url_parts {
  ottl_view scheme, opaque, host, raw_path, path, query, raw_fragment, fragment, user, password;
  bool has_user, has_password, force_query, omit_host;
} url_parts;

typedef struct url_parser {
  ottl_arena *arena;
  bool nomem;
} url_parser;

/* May the byte stand in that part without an escape? */
static bool url_plain(unsigned char c, url_mode mode) {
  static const char *const more[] = {"$&+,/:;=@", "!\"$&'()*+,:;<=>[]", "!\"$&'()*+,:;<=>[]", "$&+,;=", "", "!$&()*+,/:;=?@"};
  if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) return true;
  return c && c < 0x80 && (strchr("-._~", c) || strchr(more[mode], c));
}

static bool url_unescape(url_parser *p, ottl_view s, url_mode mode, ottl_view *ret) {
  bool host = mode == URL_HOST || mode == URL_ZONE;
  *ret = s;
  char *out = arena_text(p->arena, s.len);
  size_t n = 0;
  if (!out) {
    p->nomem = true;
    return false;
  }
  for (size_t i = 0; i < s.len; i++) {
    unsigned char c = (unsigned char)s.data[i];
    if (c == '%') {
      int hi = i + 2 < s.len ? hex_value(s.data[i + 1]) : -1, lo = i + 2 < s.len ? hex_value(s.data[i + 2]) : -1;
      if (hi < 0 || lo < 0) return false;
      unsigned char v = (unsigned char)(hi << 4 | lo);
      if (mode == URL_HOST && hi < 8 && v != '%') return false;
      if (mode == URL_ZONE && v != '%' && v != ' ' && !url_plain(v, URL_HOST)) return false;
      c = v;
      i += 2;
    } else if (c == '+' && mode == URL_QUERY) {
      c = ' ';
    } else if (host && c < 0x80 && !url_plain(c, mode)) {
      return false;
    }
    out[n++] = (char)c;
  }
  *ret = view_of(out, n);
  return true;
}

static void url_escape(ottl_sbuf *buf, ottl_view s, url_mode mode) {
  static const char digits[] = "0123456789ABCDEF";
  for (size_t i = 0; i < s.len; i++) {
    unsigned char c = (unsigned char)s.data[i];
    if (url_plain(c, mode)) {
      sbuf_byte(buf, (char)c);
    } else {
      sbuf_byte(buf, '%');
      sbuf_byte(buf, digits[c >> 4]);
      sbuf_byte(buf, digits[c & 15]);
    }
  }
}

/* A path or fragment as it was written, if that is well-formed. */
static void url_put_raw(ottl_sbuf *buf, ottl_view raw, ottl_view plain, url_mode mode) {
  for (size_t i = 0; i < raw.len; i++) {
    if (raw.data[i] && strchr("!$&'()*+,;=:@[]%", raw.data[i])) continue;
    if (url_plain((unsigned char)raw.data[i], mode)) continue;
    url_escape(buf, plain, mode);
    return;
  }
  sbuf_view(buf, raw);
}

/* -- hosts -- */

static bool ipv4_valid(ottl_view s) {
  uint32_t value = 0, digits = 0, dots = 0;
  for (size_t i = 0; i < s.len; i++) {
    char c = s.data[i];
    if (c >= '0' && c <= '9') {
      if (digits == 1 && value == 0) return false;
      value = value * 10 + (uint32_t)(c - '0');
      digits++;
      if (value > 255) return false;
    } else if (c == '.') {
      if (!digits || i + 1 == s.len || dots == 3) return false;
      dots++;
      value = digits = 0;
    } else {
      return false;
    }
  }
  return dots == 3;
}

/* netip.ParseAddr, for addresses of version 6. */
static bool ipv6_valid(ottl_view s) {
  const char *zone = memchr(s.data, '%', s.len);
  if (zone && zone + 1 == s.data + s.len) return false;
  if (zone) s.len = (size_t)(zone - s.data);
  if (!s.len || !memchr(s.data, ':', s.len)) return false;
  size_t at = 0;
  uint32_t bytes = 0;
  bool ellipsis = s.len >= 2 && s.data[0] == ':' && s.data[1] == ':';
  if (ellipsis) at = 2;
  if (at == s.len) return true;
  while (bytes < 16) {
    size_t begin = at;
    while (at < s.len && hex_value(s.data[at]) >= 0) at++;
    if (at == begin || at - begin > 4) return false;
    if (at < s.len && s.data[at] == '.') {
      if ((!ellipsis && bytes != 12) || bytes + 4 > 16 || !ipv4_valid(view_of(s.data + begin, s.len - begin))) return false;
      bytes += 4;
      at = s.len;
      break;
    }
    bytes += 2;
    if (at == s.len) break;
    if (s.data[at] != ':' || at + 1 == s.len) return false;
    at++;
    if (s.data[at] != ':') continue;
    if (ellipsis) return false;
    ellipsis = true;
    if (++at == s.len) break;
  }
  return at == s.len && (bytes < 16) == ellipsis;
}

/* "" or a colon and digits. */
static bool port_valid(ottl_view port) {
  if (port.len && port.data[0] != ':') return false;
  for (size_t i = 1; i < port.len; i++) {
    if (port.data[i] < '0' || port.data[i] > '9') return false;
  }
  return true;
}

static const char *find_last(ottl_view s, char c) {
  for (size_t i = s.len; i-- > 0;) {
    if (s.data[i] == c) return s.data + i;
  }
  return NULL;
}
static ottl_view view_from(ottl_view s, const char *at) { return view_of(at, (size_t)(s.data + s.len - at)); }
static ottl_view view_until(ottl_view s, const char *at) { return view_of(s.data, (size_t)(at - s.data)); }

/* [address%25zone]:port */
static bool url_literal_host(url_parser *p, ottl_view host, ottl_view *ret) {
  const char *close = find_last(host, ']');
  if (!close) return false;
  ottl_view port = view_from(host, close + 1), name = view_of(host.data + 1, (size_t)(close - host.data) - 1), zone = VIEW("");
  if (!port_valid(port)) return false;
  for (size_t i = 0; i + 3 <= name.len; i++) {
    if (memcmp(name.data + i, "%25", 3) != 0) continue;
    zone = view_of(name.data + i, name.len - i);
    name.len = i;
    break;
  }
  if (!url_unescape(p, name, URL_HOST, &name) || !url_unescape(p, zone, URL_ZONE, &zone)) return false;
  size_t len = name.len + zone.len + port.len + 2;
  char *out = arena_text(p->arena, len);
  if (!out) {
    p->nomem = true;
    return false;
  }
  out[0] = '[';
  if (name.len) memcpy(out + 1, name.data, name.len);
  if (zone.len) memcpy(out + 1 + name.len, zone.data, zone.len);
  out[1 + name.len + zone.len] = ']';
  if (port.len) memcpy(out + 2 + name.len + zone.len, port.data, port.len);
  *ret = view_of(out, len);
  return ipv6_valid(view_of(out + 1, name.len + zone.len));
}

static bool url_host(url_parser *p, ottl_view scheme, ottl_view host, ottl_view *ret) {
  const char *bracket = find_last(host, '['), *colon = host.len ? memchr(host.data, ':', host.len) : NULL;
  if (bracket) return bracket == host.data && url_literal_host(p, host, ret);
  if (colon) {
    bool http = view_is(scheme, "http") || view_is(scheme, "https");
    if (!http) colon = find_last(host, ':');
    if (!port_valid(view_from(host, colon))) return false;
  }
  return url_unescape(p, host, URL_HOST, ret);
}

static bool url_authority(url_parser *p, ottl_view authority, url_parts *u) {
  const char *at = find_last(authority, '@');
  ottl_view host = at ? view_from(authority, at + 1) : authority;
  if (!url_host(p, u->scheme, host, &u->host)) return false;
  if (!at) return true;
  ottl_view user = view_until(authority, at);
  for (size_t i = 0; i < user.len; i++) {
    if (!user.data[i] || (!url_plain((unsigned char)user.data[i], URL_USER) && !strchr(":!'()*%@", user.data[i]))) return false;
  }
  const char *colon = user.len ? memchr(user.data, ':', user.len) : NULL;
  u->has_user = true;
  u->has_password = colon != NULL;
  if (colon && !url_unescape(p, view_from(user, colon + 1), URL_USER, &u->password)) return false;
  return url_unescape(p, colon ? view_until(user, colon) : user, URL_USER, &u->user);
}

/* -- the whole -- */

/* *ret_rest: what is behind the scheme, if there is one. */
static bool url_scheme(url_parser *p, ottl_view s, ottl_view *ret, ottl_view *ret_rest) {
  size_t i = 0;
  *ret = VIEW("");
  *ret_rest = s;
  for (; i < s.len; i++) {
    char c = s.data[i];
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (!letter && (i == 0 || !((c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.'))) break;
  }
  if (i == s.len || s.data[i] != ':') return true;
  if (i == 0) return false;
  char *lower = arena_text(p->arena, i);
  if (!lower) {
    p->nomem = true;
    return false;
  }
  for (size_t k = 0; k < i; k++) lower[k] = (char)(s.data[k] >= 'A' && s.data[k] <= 'Z' ? s.data[k] | 0x20 : s.data[k]);
  *ret = view_of(lower, i);
  *ret_rest = view_of(s.data + i + 1, s.len - i - 1);
  return true;
}

static bool colon_in_first_segment(ottl_view path) {
  const char *slash = path.len ? memchr(path.data, '/', path.len) : NULL;
  size_t n = slash ? (size_t)(slash - path.data) : path.len;
  return n && memchr(path.data, ':', n);
}

static bool url_begins(ottl_view s, const char *what) {
  size_t n = strlen(what);
  return s.len >= n && memcmp(s.data, what, n) == 0;
}

static bool url_parse(url_parser *p, ottl_view s, url_parts *u) {
  const char *hash = memchr(s.data, '#', s.len);
  ottl_view rest = hash ? view_until(s, hash) : s;
  if (hash) u->raw_fragment = view_from(s, hash + 1);
  for (size_t i = 0; i < rest.len; i++) {
    if ((unsigned char)rest.data[i] < ' ' || rest.data[i] == 0x7f) return false;
  }
  if (!url_unescape(p, u->raw_fragment, URL_FRAGMENT, &u->fragment)) return false;
  if (!url_scheme(p, rest, &u->scheme, &rest)) return false;
  const char *mark = rest.len ? memchr(rest.data, '?', rest.len) : NULL;
  if (mark) {
    u->query = view_from(rest, mark + 1);
    u->force_query = u->query.len == 0;
    rest = view_until(rest, mark);
  }
  if (!url_begins(rest, "/")) {
    if (u->scheme.len) {
      u->opaque = rest;
      return true;
    }
    if (colon_in_first_segment(rest)) return false;
  }
  if (url_begins(rest, "//") && (u->scheme.len || !url_begins(rest, "///"))) {
    ottl_view authority = view_of(rest.data + 2, rest.len - 2);
    const char *slash = authority.len ? memchr(authority.data, '/', authority.len) : NULL;
    rest = slash ? view_from(authority, slash) : VIEW("");
    if (!url_authority(p, slash ? view_until(authority, slash) : authority, u)) return false;
  } else {
    u->omit_host = u->scheme.len && url_begins(rest, "/");
  }
  u->raw_path = rest;
  return url_unescape(p, rest, URL_PATH, &u->path);
}

/* URL.String */
static void url_put(ottl_sbuf *buf, const url_parts *u) {
  if (u->scheme.len) {
    sbuf_view(buf, u->scheme);
    sbuf_byte(buf, ':');
  }
  if (u->opaque.len) {
    sbuf_view(buf, u->opaque);
  } else {
    bool authority = u->host.len || u->has_user;
    if (authority || (u->scheme.len && !u->omit_host && u->path.len)) sbuf_str(buf, "//");
    if (u->has_user) {
      url_escape(buf, u->user, URL_USER);
      if (u->has_password) sbuf_byte(buf, ':');
      url_escape(buf, u->password, URL_USER);
      sbuf_byte(buf, '@');
    }
    url_escape(buf, u->host, URL_HOST);
    if (u->path.len && u->path.data[0] != '/' && u->host.len) sbuf_byte(buf, '/');
    url_put_raw(buf, u->raw_path, u->path, URL_PATH);
  }
  if (u->force_query || u->query.len) {
    sbuf_byte(buf, '?');
    sbuf_view(buf, u->query);
  }
  if (!u->fragment.len) return;
  sbuf_byte(buf, '#');
  url_put_raw(buf, u->raw_fragment, u->fragment, URL_FRAGMENT);
}

/* -- results -- */

static ottl_status url_add(ottl_call *c, ottl_rowmap *map, const char *key, ottl_cell value) {
  ottl_entry *e = ottl__rowmap_push(c->arena, map, view_str(key));
  if (!e) return OTTL_NOMEM;
  entry_set(e, value);
  return OTTL_OK;
}

/* What stands in scratch text, as an entry. */
static ottl_status url_add_text(ottl_call *c, ottl_rowmap *map, const char *key, const ottl_sbuf *buf) {
  ottl_view text = arena_copy(c->arena, buf->data, buf->len);
  return text.data && !buf->failed ? url_add(c, map, key, cell_string(text)) : OTTL_NOMEM;
}

static ottl_status url_add_user(ottl_call *c, ottl_rowmap *map, const url_parts *u) {
  if (!u->has_user) return OTTL_OK;
  ottl_sbuf *buf = scratch_text(c);
  url_escape(buf, u->user, URL_USER);
  if (u->has_password) sbuf_byte(buf, ':');
  url_escape(buf, u->password, URL_USER);
  OTTL_TRY(url_add_text(c, map, "url.user_info", buf));
  if (u->user.len) OTTL_TRY(url_add(c, map, "url.username", cell_string(u->user)));
  return u->has_password ? url_add(c, map, "url.password", cell_string(u->password)) : OTTL_OK;
}

static ottl_status url_map(ottl_call *c, const url_parts *u, ottl_rowmap *map, bool *ret_ok) {
  ottl_view host = u->host, port = VIEW("");
  const char *colon = find_last(host, ':'), *dot = find_last(u->path, '.');
  if (colon && port_valid(view_from(host, colon))) {
    port = view_from(host, colon + 1);
    host = view_until(host, colon);
  }
  if (host.len >= 2 && host.data[0] == '[' && host.data[host.len - 1] == ']') host = view_of(host.data + 1, host.len - 2);
  int64_t number = 0;
  *ret_ok = !port.len || ottl__gonum_parse_int(port, 10, &number) == OTTL_NUM_OK;
  if (!*ret_ok) return OTTL_OK;
  ottl_sbuf *buf = scratch_text(c);
  url_put(buf, u);
  OTTL_TRY(url_add_text(c, map, "url.original", buf));
  OTTL_TRY(url_add(c, map, "url.domain", cell_string(host)));
  OTTL_TRY(url_add(c, map, "url.scheme", cell_string(u->scheme)));
  OTTL_TRY(url_add(c, map, "url.path", cell_string(u->path)));
  if (port.len) OTTL_TRY(url_add(c, map, "url.port", (ottl_cell){(uint64_t)number, 0, OTTL_T_GO_INT}));
  if (u->fragment.len) OTTL_TRY(url_add(c, map, "url.fragment", cell_string(u->fragment)));
  OTTL_TRY(url_add_user(c, map, u));
  if (u->query.len) OTTL_TRY(url_add(c, map, "url.query", cell_string(u->query)));
  ottl_view extension = dot ? view_from(u->path, dot + 1) : VIEW("");
  return extension.len ? url_add(c, map, "url.extension", cell_string(extension)) : OTTL_OK;
}

static ottl_status query_add(ottl_call *c, ottl_rowmap *map, ottl_map *index, ottl_view key, ottl_view value) {
  uint32_t at = ottl__map_find(index, key);
  if (at == OTTL_MAP_NONE) {
    ottl_list *list = arena_zero(c->arena, sizeof *list);
    ottl_entry *e = list ? ottl__rowmap_push(c->arena, map, key) : NULL;
    if (!e) return OTTL_NOMEM;
    entry_set(e, cell_tree(OTTL_T_LIST_ANY, list));
    at = map->n - 1;
    OTTL_TRY(ottl__map_put(index, key, at));
  }
  return ottl__list_push(c->arena, cell_list(entry_cell(&map->items[at])), cell_string(value));
}

/* a=1&b: one bad parameter spoils all. */
static ottl_status query_map(ottl_call *c, url_parser *p, ottl_view query, ottl_rowmap *map, ottl_map *index, bool *ret_ok) {
  size_t n = 1;
  for (size_t i = 0; i < query.len; i++) n += query.data[i] == '&';
  *ret_ok = n <= QUERY_PARAMS;
  while (query.len && *ret_ok) {
    const char *end = memchr(query.data, '&', query.len);
    ottl_view key = end ? view_until(query, end) : query, value = VIEW("");
    query = end ? view_from(query, end + 1) : VIEW("");
    if (!key.len) continue;
    *ret_ok = memchr(key.data, ';', key.len) == NULL;
    const char *equals = memchr(key.data, '=', key.len);
    if (equals) {
      value = view_from(key, equals + 1);
      key = view_until(key, equals);
    }
    *ret_ok = *ret_ok && url_unescape(p, key, URL_QUERY, &key) && url_unescape(p, value, URL_QUERY, &value);
    if (*ret_ok) OTTL_TRY(query_add(c, map, index, key, value));
  }
  return OTTL_OK;
}

static ottl_status query_row(ottl_call *c, url_parser *p, ottl_view query, ottl_rowmap *map, bool *ret_ok) {
  ottl_map index;
  ottl_rowmap *parameters = arena_zero(c->arena, sizeof *parameters);
  if (!parameters) return OTTL_NOMEM;
  ottl__map_init(&index, &c->scratch->al);
  ottl_status status = query_map(c, p, query, parameters, &index, ret_ok);
  ottl__map_done(&index);
  if (status != OTTL_OK || !*ret_ok || !parameters->n) return status;
  return url_add(c, map, "query", cell_tree(OTTL_T_MAP, parameters));
}

ottl_status ottl__fn_url(ottl_call *c) {
  SEL_EACH(c->sel, c->n, row) {
    ottl_view text = reg_view(c->arg[0].reg, row);
    if (!text.len) {
      call_fail(c, row, OTTL_ROWERR(EMPTY_TARGET, 0));
      continue;
    }
    url_parser p = {.arena = c->arena};
    url_parts u = {0};
    bool ok = true;
    ottl_rowmap *map = arena_zero(c->arena, sizeof *map);
    if (!map) return OTTL_NOMEM;
    if (text.data[0] == '?')
      OTTL_TRY(query_row(c, &p, view_of(text.data + 1, text.len - 1), map, &ok));
    else if ((ok = url_parse(&p, text, &u)))
      OTTL_TRY(url_map(c, &u, map, &ok));
    if (p.nomem) return OTTL_NOMEM;
    if (ok)
      out_put(c, row, cell_tree(OTTL_T_MAP, map));
    else
      call_fail(c, row, OTTL_ROWERR(BAD_URL, 0));
  }
  return OTTL_OK;
}
