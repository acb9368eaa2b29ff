/* The fields of OTLP messages that paths reach, as tables from schema.def; checked against the protobuf descriptors by a test. */
#ifndef OTTL_SRC_BATCH_SCHEMA_H
#define OTTL_SRC_BATCH_SCHEMA_H

#include "batch/value.h"

/* Levels of rows. A row's parent is always one level down in number. */
typedef enum ottl_level {
  OTTL_L_RESOURCE,   /* ResourceLogs, ResourceSpans, ... */
  OTTL_L_SCOPE,      /* ScopeLogs, ... */
  OTTL_L_ITEM,       /* LogRecord, Span, Metric, Profile */
  OTTL_L_CHILD,      /* Span.Event, data points, Sample */
  OTTL_L_GRANDCHILD, /* Exemplar */
  OTTL_LEVELS
} ottl_level;

/* Messages whose bodies are rows. Data points of a metric depend on its kind. */
typedef enum ottl_message {
  OTTL_M_RESOURCE,
  OTTL_M_SCOPE,
  OTTL_M_LOG,
  OTTL_M_SPAN,
  OTTL_M_EVENT,
  OTTL_M_METRIC,
  OTTL_M_NUMBER_POINT,
  OTTL_M_HISTOGRAM_POINT,
  OTTL_M_EXP_POINT,
  OTTL_M_SUMMARY_POINT,
  OTTL_M_EXEMPLAR,
  OTTL_M_PROFILE,
  OTTL_M_SAMPLE,
  OTTL_MESSAGES
} ottl_message;

/* metric kinds, as METRIC_DATA_TYPE_* */
typedef enum ottl_metric_kind {
  OTTL_MK_NONE,
  OTTL_MK_GAUGE,
  OTTL_MK_SUM,
  OTTL_MK_HISTOGRAM,
  OTTL_MK_EXP_HISTOGRAM,
  OTTL_MK_SUMMARY
} ottl_metric_kind;

/* How a field lies on the wire, and so in a column.
 *   FIX64, FIX32, SFIX64, VARINT (int32 and enums sign-extended, uint32, 64 bits, bool), SINT32, F64: store WORD
 *   STRING, BYTES: store VIEW · ANY (AnyValue): store CELL · MAP (repeated KeyValue): no column of its own, see ottl_map_spec
 *   REPEATED (messages): store VIEW, word = first occurrence's tag, len = count · PACKED (fixed64 or double): store VIEW of the
 *   packed bytes · PACKED_VARINT: the same of varints · MESSAGE (singular): store VIEW of its body · NUMBER (as_int or
 *   as_double): store CELL: INT, DOUBLE or NIL · DICT_MAP (packed indices into the attribute table of a profiles dictionary): a
 *   map as MAP, see src/otlp/dict.h
 * Types of WORD columns: INT, DOUBLE (F64), BOOL (BOOL). Of VIEW columns: STRING, TRACE_ID, SPAN_ID, the opaque type; BYTES (PACKED).
 * When a row's MESSAGE column and columns of fields in it are both dirty, the MESSAGE is what is written. */
typedef enum ottl_wire_kind {
  OTTL_W_FIX64,
  OTTL_W_FIX32,
  OTTL_W_SFIX64,
  OTTL_W_VARINT_I32,
  OTTL_W_VARINT_U32,
  OTTL_W_BOOL,
  OTTL_W_SINT32,
  OTTL_W_F64,
  OTTL_W_STRING,
  OTTL_W_BYTES,
  OTTL_W_ANY,
  OTTL_W_MAP,
  OTTL_W_REPEATED,
  OTTL_W_PACKED,
  OTTL_W_MESSAGE,
  OTTL_W_NUMBER,
  OTTL_W_VARINT_64,
  OTTL_W_PACKED_VARINT,
  OTTL_W_DICT_MAP
} ottl_wire_kind;

typedef enum ottl_field {
#define FIELD(id, level, wire) OTTL_FIELD_##id,
#define AT(id, message, sub, number)
#include "batch/schema.def"
#undef FIELD
#undef AT
  OTTL_FIELD_COUNT
} ottl_field;

typedef struct ottl_field_info {
  const char *name;
  uint8_t level; /* ottl_level */
  uint8_t wire;  /* ottl_wire_kind */
} ottl_field_info;
extern const ottl_field_info ottl__fields[OTTL_FIELD_COUNT];

/* Where a field lies: the AT rows of schema.def, those of one field side by side. */
typedef struct ottl_field_place {
  uint8_t field; /* ottl_field */
  uint8_t message;
  uint8_t sub; /* number of the singular message that holds it, or 0 */
  uint8_t number;
} ottl_field_place;
_Static_assert(OTTL_FIELD_COUNT < UINT8_MAX, "field ids fit a byte");
extern const ottl_field_place ottl__places[];
extern const uint32_t ottl__n_places;

/* A map of attributes that lie in a profiles dictionary. OTTL_FIELD_COUNT (a cache): false. */
static inline bool field_is_dict_map(unsigned field) {
  return field < OTTL_FIELD_COUNT && ottl__fields[field].wire == OTTL_W_DICT_MAP;
}

/* The number of the container of a metric's points: 5, 7, 9, 10 or 11; 0 for NONE. */
uint8_t ottl__metric_container(ottl_metric_kind kind);
/* The kind of the metric whose points are in that field; NONE for other fields. */
ottl_metric_kind ottl__metric_kind_of(uint32_t container);
ottl_message ottl__point_message(ottl_metric_kind kind);

#endif
