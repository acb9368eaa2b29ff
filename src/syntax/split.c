/* Splitting a file into statements by its lines alone, so that one bad statement does not hide the next. */
#include "syntax/split.h"

static bool split_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\f'; }

bool ottl__split_context(const char *line, size_t len, ottl_view *ret) {
  static const char word[] = "context";
  size_t i = sizeof word - 1;
  if (len < i || memcmp(line, word, i) != 0) return false;
  while (i < len && split_blank(line[i])) i++;
  if (i == len || line[i++] != ':') return false;
  while (i < len && split_blank(line[i])) i++;
  size_t begin = i;
  while (i < len && ((line[i] >= 'a' && line[i] <= 'z') || line[i] == '_' || (i > begin && line[i] >= '0' && line[i] <= '9')))
    i++;
  size_t end = i;
  while (i < len && split_blank(line[i])) i++;
  if (i < len || end == begin) return false;
  *ret = view_of(line + begin, end - begin);
  return true;
}

ottl_status ottl__split(ottl_arena *arena, ottl_view file, ottl_pieces *ret) {
  char *text = arena_text(arena, file.len + 1);
  size_t n_lines = 1;
  for (size_t i = 0; i < file.len; i++) n_lines += file.data[i] == '\n';
  ottl_piece *items = arena_array(arena, n_lines, sizeof *items);
  if (!text || !items) return OTTL_NOMEM;
  if (file.len) memcpy(text, file.data, file.len);

  size_t n = 0, at = file.len >= 3 && memcmp(file.data, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
  bool open = false; /* the last piece may go on */
  ottl_view context = {"", 0};
  for (uint32_t line = 1; at < file.len; line++) {
    const char *newline = memchr(text + at, '\n', file.len - at);
    size_t end = newline ? (size_t)(newline - text) : file.len, next = newline ? end + 1 : end;
    size_t first = at, last = end;
    while (first < end && split_blank(text[first])) first++;
    while (last > first && split_blank(text[last - 1])) last--;
    ottl_view name;
    if (first == last) {
      /* an empty line changes nothing */
    } else if (text[first] == '#') {
      memset(text + first, ' ', last - first);
    } else if (first == at && ottl__split_context(text + at, end - at, &name)) {
      context = name;
      open = false;
    } else if (first > at && open) {
      items[n - 1].text.len = last - items[n - 1].offset;
    } else {
      items[n++] = (ottl_piece){view_of(text + first, last - first), context, first, line, (uint32_t)(first - at + 1)};
      open = true;
    }
    at = next;
  }
  *ret = (ottl_pieces){items, n};
  return OTTL_OK;
}
