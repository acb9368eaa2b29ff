package engine

/*
#include <ottl/ottl.h>

static bool go_touch(const ottl_program *program, size_t i, ottl_touch *ret) { return ottl_program_touch(program, i, ret); }

// Offsets of what the result has at a level, from number `first` on, in the payload that came in; how many there were.
static size_t go_origins(ottl_exec *exec, ottl_block_level level, size_t first, size_t n, uint64_t *ret) {
  size_t i = 0;
  while (i < n && ottl_exec_origin(exec, level, first + i, &ret[i]) == OTTL_OK) i++;
  return i;
}
*/
import "C"

import (
	"slices"
	"unsafe"
)

// Level of what a payload consists of.
type Level int

const (
	ResourceLevel Level = C.OTTL_BLOCK_RESOURCE
	ScopeLevel    Level = C.OTTL_BLOCK_SCOPE
	RecordLevel   Level = C.OTTL_BLOCK_RECORD
)

// Touch is a field of OTLP's protobuf schema that a program reads or writes.
type Touch struct {
	Level   Level
	Inner   int // number of the message inside of that of the level which has the field; 0: none
	Number  int
	Map     bool
	Key     string // of a map: the one entry
	Whole   bool   // of a map: any entry
	Written bool
}

// Touches of the program; ok: payloads of nothing else give the same results.
func (p *Program) Touches() (list []Touch, ok bool) {
	var t C.ottl_touch
	for i := C.size_t(0); bool(C.go_touch(p.program, i, &t)); i++ {
		list = append(list, Touch{Level(t.level), int(t.inner), int(t.number), bool(t._map), C.GoStringN(t.key.data, C.int(t.key.len)),
			bool(t._map) && t.key.data == nil, bool(t.written)})
	}
	return list, bool(C.ottl_program_narrow(p.program))
}

// Origins are the offsets in the payload that came in of the resources, scopes or records that are left, in their order. For use within the function
// that Run calls.
func (r *Result) Origins(level Level, into []uint64) []uint64 {
	into = into[:0]
	for {
		into = slices.Grow(into, 512)
		first, room := len(into), cap(into)-len(into)
		n := int(C.go_origins(r.exec.exec, C.ottl_block_level(level), C.size_t(first), C.size_t(room), (*C.uint64_t)(unsafe.Pointer(&into[:cap(into)][first]))))
		into = into[:first+n]
		if n < room {
			return into
		}
	}
}
