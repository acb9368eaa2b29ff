/* Framings: how export requests follow one another in a file or a stream.
 *
 * A reader is fed the bytes of a stream in pieces of any size and gives the messages, one at a time; its memory is bounded by
 * the largest message. It finds the framing by itself where the first bytes leave no doubt. Compression is not its business. */
#ifndef OTTL_FRAME_H
#define OTTL_FRAME_H

#include "ottl/base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* How messages follow one another. Values are never renumbered. */
typedef enum ottl_framing {
  OTTL_FRAMING_AUTO = 0,            /* "auto": found from the first bytes */
  OTTL_FRAMING_PROTO = 1,           /* "proto": the whole stream is one protobuf message */
  OTTL_FRAMING_PROTO_DELIMITED = 2, /* "proto-delimited": each message after its length as a varint */
  OTTL_FRAMING_PROTO_FRAMED = 3,    /* "proto-framed": each after a 4-byte big-endian length (the collector's file exporter) */
  OTTL_FRAMING_JSON = 4,            /* "json": the whole stream is one OTLP/JSON object */
  OTTL_FRAMING_JSONL = 5            /* "jsonl": OTLP/JSON objects, one a line; read also if pretty-printed or concatenated */
} ottl_framing;

/* How one message is written. */
typedef enum ottl_encoding { OTTL_ENCODING_PROTO = 0, OTTL_ENCODING_JSON = 1 } ottl_encoding;

/* Largest message of a reader that is not told otherwise. */
#define OTTL_FRAME_MAX_BYTES ((size_t)256 << 20)

/* Name of a framing, as the command line has it. Never fails; any thread; since 0.1. */
OTTL_API const char *ottl_framing_name(ottl_framing framing);
/* The framing of that name. name: len bytes. False, and *ret_framing not touched, if there is none. Any thread; since 0.1. */
OTTL_API bool ottl_framing_parse(const char *name, size_t len, ottl_framing *ret_framing);
/* What messages in this framing are written in (PROTO_FRAMED ones may hold JSON all the same, or be compressed: look at each with
 * ottl_message_encoding). Never fails; any thread; since 0.1. */
OTTL_API ottl_encoding ottl_framing_encoding(ottl_framing framing);
/* Tells OTLP/JSON from protobuf by the first bytes of one message: JSON is `{` with a member name or `}` behind it, blanks
 * apart; anything else is protobuf. Never fails; any thread; since 0.1. */
OTTL_API ottl_encoding ottl_message_encoding(const void *message, size_t len);

/* Cuts a stream into messages. */
typedef struct ottl_frame_reader ottl_frame_reader;

/* Makes a reader.
 * allocator: NULL for malloc and friends; copied. framing: AUTO, or what the stream is known to be.
 * max_message_bytes: larger messages are refused before they are read; 0 stands for OTTL_FRAME_MAX_BYTES.
 * Owns: the caller frees *ret with ottl_frame_reader_free. Fails: NOMEM, INVALID_ARG. Threads: one at a time per reader.
 * Since: 0.1. */
OTTL_API OTTL_MUST_CHECK ottl_status ottl_frame_reader_create(const ottl_allocator *allocator, ottl_framing framing,
                                                              size_t max_message_bytes, ottl_frame_reader **ret);

/* Frees a reader and the messages borrowed from it. reader: may be NULL. Fails: never. Since: 0.1. */
OTTL_API void ottl_frame_reader_free(ottl_frame_reader *reader);

/* Gives room to read into, so that bytes are not copied twice; ottl_frame_reader_fed tells how many came.
 * bytes: how much is wanted, 1 or more. Owns: *ret_room is borrowed until the next call on the reader; messages are gone.
 * Fails: NOMEM, INVALID_ARG (after the end). Threads: one at a time per reader. Since: 0.1. */
OTTL_API OTTL_MUST_CHECK ottl_status ottl_frame_reader_room(ottl_frame_reader *reader, size_t bytes, void **ret_room);
/* Tells that the first `bytes` of the room are filled; 0 is the end of the stream.
 * Fails: INVALID_ARG (more than the room). Threads: one at a time per reader. Since: 0.1. */
OTTL_API OTTL_MUST_CHECK ottl_status ottl_frame_reader_fed(ottl_frame_reader *reader, size_t bytes);
/* Both in one: copies bytes in. len 0 is the end of the stream. Fails: NOMEM, INVALID_ARG. Since: 0.1. */
OTTL_API OTTL_MUST_CHECK ottl_status ottl_frame_reader_push(ottl_frame_reader *reader, const void *data, size_t len);

/* Takes the next message out.
 * ret_found: false if more bytes are needed, or if the stream is at its end.
 * ret_message: without its length or line end; may be empty.
 * Owns: borrowed until the next room, push or free. Fails: DATA (see ottl_frame_reader_error), LIMIT (message too large); a
 * reader that has failed fails for ever. Threads: one at a time per reader. Since: 0.1. */
OTTL_API OTTL_MUST_CHECK ottl_status ottl_frame_reader_next(ottl_frame_reader *reader, bool *ret_found, ottl_view *ret_message);

/* Lets the messages given so far stay while the reader goes on (to work on them on other threads, say): hands the buffer over
 * that they lie in. What is not given out yet moves to another one: to `spare`, or to a new one.
 * spare: a buffer taken from a reader of the same allocator and no longer needed, `spare_bytes` long; becomes the reader's; NULL
 * for none. ret_buffer: NULL if there is none yet. ret_bytes: its length, for the allocator.
 * Owns: the caller frees *ret_buffer with the reader's allocator (free(3) for the default one).
 * Fails: NOMEM (spare stays the caller's), INVALID_ARG. Threads: one at a time per reader. Since: 0.1. */
OTTL_API OTTL_MUST_CHECK ottl_status ottl_frame_reader_take(ottl_frame_reader *reader, void *spare, size_t spare_bytes,
                                                            void **ret_buffer, size_t *ret_bytes);

/* The framing: as chosen, or as found, or AUTO while it is not known. JSON that was found is JSONL, which one object is too.
 * Fails: never. Since: 0.1. */
OTTL_API ottl_framing ottl_frame_reader_framing(const ottl_frame_reader *reader);
/* Why the reader failed, for people; "" if it has not. ret_offset: byte offset into the stream; may be NULL. Since: 0.1. */
OTTL_API const char *ottl_frame_reader_error(const ottl_frame_reader *reader, uint64_t *ret_offset);

/* What goes before and behind a message on output. */
typedef struct ottl_frame_edges {
  uint8_t before[10];
  uint8_t after[2];
  uint8_t n_before, n_after; /* bytes */
} ottl_frame_edges;

/* Tells what goes around a message.
 * index: 0 for the first message of the stream. Several PROTO messages need nothing between them (together they are one
 * request); a second JSON object does not fit its framing.
 * Fails: INVALID_ARG (AUTO; second JSON object; a line end within a JSONL message), LIMIT (longer than the framing can say).
 * Threads: any. Since: 0.1. */
OTTL_API OTTL_MUST_CHECK ottl_status ottl_frame_edges_of(ottl_framing framing, uint64_t index, const void *message, size_t len,
                                                         ottl_frame_edges *ret);

#ifdef __cplusplus
}
#endif
#endif
