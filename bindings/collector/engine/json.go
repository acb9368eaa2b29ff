package engine

/*
#include <ottl/ottl.h>
*/
import "C"

import (
	"fmt"
	"unsafe"
)

// FromJSON hands the wire form of an export request in OTLP/JSON to use, whose slice is gone when it returns.
func FromJSON(text []byte, signal Signal, use func(wire []byte) error) error {
	var t *C.ottl_json
	if status := C.ottl_json_create(nil, &t); status != C.OTTL_OK {
		return ErrNoMemory
	}
	defer C.ottl_json_free(t)
	if len(text) == 0 {
		return fmt.Errorf("%w: empty", ErrData)
	}
	var wire *C.uint8_t
	var length C.size_t
	switch status := C.ottl_json_to_wire(t, C.ottl_signal(signal), (*C.char)(unsafe.Pointer(&text[0])), C.size_t(len(text)), &wire, &length); status {
	case C.OTTL_OK:
		return use(view(wire, length))
	case C.OTTL_NOMEM:
		return ErrNoMemory
	case C.OTTL_LIMIT:
		return fmt.Errorf("%w: %s", ErrLimit, C.GoString(C.ottl_json_error(t, nil)))
	default:
		return fmt.Errorf("%w: %s", ErrData, C.GoString(C.ottl_json_error(t, nil)))
	}
}
