/* The function table, made from grammar/functions.def, which is sorted by name. */
#include "funcs/handlers.h"

#define FUNCTION(id, name, kind, result, flags, handler, prepare, doc) static const ottl_param params_##id[] = {
#define PARAM(id, name, field, kind, optional)                         {name, field, OTTL_P_##kind, optional},
#define END(id)                                                                                                                  \
  {                                                                                                                              \
    NULL, NULL, 0, false                                                                                                         \
  }                                                                                                                              \
  }                                                                                                                              \
  ;
#include "functions.def"
#undef FUNCTION
#undef PARAM
#undef END

const ottl_function ottl__functions[] = {
#define FUNCTION(id, name, kind, result, flags, handler, prepare, doc)                                                           \
  {name, OTTL_F_##kind, flags, result, params_##id, OTTL_COUNT(params_##id) - 1, handler, prepare, doc},
#define PARAM(id, name, field, kind, optional)
#define END(id)
#include "functions.def"
#undef FUNCTION
#undef PARAM
#undef END
};
const uint32_t ottl__n_functions = OTTL_COUNT(ottl__functions);

uint32_t ottl__function_find(ottl_view name) {
  uint32_t lo = 0, hi = ottl__n_functions;
  while (lo < hi) {
    uint32_t mid = lo + (hi - lo) / 2;
    int c = view_cmp(name, view_str(ottl__functions[mid].name));
    if (c == 0) return mid;
    if (c < 0)
      hi = mid;
    else
      lo = mid + 1;
  }
  return UINT32_MAX;
}
