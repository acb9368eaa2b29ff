package engine

/*
#include <ottl/ottl.h>
*/
import "C"

import (
	"fmt"
	"runtime"
	"sync"
	"unsafe"
)

// A transcoder and its scratch memory, which is kept from request to request. What the pool lets go is freed by its finalizer.
type transcoder struct{ json *C.ottl_json }

var transcoders = sync.Pool{New: func() any {
	t := &transcoder{}
	if status := C.ottl_json_create(nil, &t.json); status != C.OTTL_OK {
		return t
	}
	runtime.SetFinalizer(t, func(t *transcoder) { C.ottl_json_free(t.json) })
	return t
}}

// FromJSON hands the wire form of an export request in OTLP/JSON to use, whose slice is gone when it returns.
func FromJSON(text []byte, signal Signal, use func(wire []byte) error) error {
	if len(text) == 0 {
		return fmt.Errorf("%w: empty", ErrData)
	}
	t := transcoders.Get().(*transcoder)
	if t.json == nil {
		return ErrNoMemory
	}
	defer transcoders.Put(t)
	var wire *C.uint8_t
	var length C.size_t
	switch status := C.ottl_json_to_wire(t.json, C.ottl_signal(signal), (*C.char)(unsafe.Pointer(&text[0])), C.size_t(len(text)), &wire, &length); status {
	case C.OTTL_OK:
		return use(view(wire, length))
	case C.OTTL_NOMEM:
		return ErrNoMemory
	case C.OTTL_LIMIT:
		return fmt.Errorf("%w: %s", ErrLimit, C.GoString(C.ottl_json_error(t.json, nil)))
	default:
		return fmt.Errorf("%w: %s", ErrData, C.GoString(C.ottl_json_error(t.json, nil)))
	}
}
