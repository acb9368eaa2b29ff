/* ConvertCase, ToCamelCase, ToSnakeCase: words by change of case, as the package strcase cuts them. Letters are those of ASCII. */
#include "base/unicode_case.h"
#include "base/utf8.h"
#include "funcs/handlers.h"

static inline bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
static inline bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
static inline bool is_digit(char c) { return c >= '0' && c <= '9'; }
static inline bool is_delimiter(char c) { return c == '_' || c == ' ' || c == '-' || c == '.'; }

static void put_camel(ottl_sbuf *buf, ottl_view text) {
  text = ottl__utf8_trim_space(text);
  bool upper_next = true, after_upper = false;
  for (size_t i = 0; i < text.len; i++) {
    char ch = text.data[i];
    bool upper = is_upper(ch), letter = upper || is_lower(ch);
    if (upper_next ? is_lower(ch) : after_upper && upper) ch ^= 0x20;
    after_upper = upper;
    if (letter || is_digit(ch)) {
      sbuf_byte(buf, ch);
      upper_next = !letter;
    } else {
      upper_next = is_delimiter(ch);
    }
  }
}

/* Whether a word ends between two characters. */
static bool is_change(char ch, char next) {
  if (is_upper(ch)) return is_lower(next) || is_digit(next);
  if (is_lower(ch)) return is_upper(next) || is_digit(next);
  return is_digit(ch) && (is_upper(next) || is_lower(next));
}

static void put_snake(ottl_sbuf *buf, ottl_view text) {
  text = ottl__utf8_trim_space(text);
  for (size_t i = 0; i < text.len; i++) {
    char ch = text.data[i], next = i + 1 < text.len ? text.data[i + 1] : 0, low = is_upper(ch) ? (char)(ch | 0x20) : ch;
    if (!is_change(ch, next)) {
      sbuf_byte(buf, is_delimiter(low) ? '_' : low);
      continue;
    }
    if (is_upper(ch) && is_lower(next) && i && is_upper(text.data[i - 1])) sbuf_byte(buf, '_'); /* JSONData: json_data */
    sbuf_byte(buf, low);
    if (!is_upper(ch) || is_digit(next)) sbuf_byte(buf, '_');
  }
}

typedef void case_put(ottl_sbuf *buf, ottl_view text);

static ottl_status case_rows(ottl_call *c, case_put *put) {
  SEL_EACH(c->sel, c->n, row) {
    ottl_sbuf *buf = scratch_text(c);
    put(buf, reg_view(c->arg[0].reg, row));
    OTTL_TRY(out_text(c, row, buf));
  }
  return OTTL_OK;
}

ottl_status ottl__fn_camel(ottl_call *c) { return case_rows(c, put_camel); }
ottl_status ottl__fn_snake(ottl_call *c) { return case_rows(c, put_snake); }

/* -- ConvertCase: target, to_case -- */

static const struct {
  const char *name;
  ottl_handler *handler;
} cases[] = {{"lower", ottl__fn_lower}, {"upper", ottl__fn_upper}, {"snake", ottl__fn_snake}, {"camel", ottl__fn_camel}};

static ottl_handler *case_handler(ottl_cell name) {
  for (size_t i = 0; i < OTTL_COUNT(cases); i++) {
    if (view_is(cell_view(name), cases[i].name)) return cases[i].handler;
  }
  return NULL;
}

ottl_status ottl__prep_convert_case(ottl_prepare *p) {
  if (case_handler(p->arg[1].literal)) return OTTL_OK;
  return ottl__refuse(p, 1, "invalid case: it is lower, upper, snake or camel");
}
ottl_status ottl__fn_convert_case(ottl_call *c) { return case_handler(c->arg[1].literal)(c); }
