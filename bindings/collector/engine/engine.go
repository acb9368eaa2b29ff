// Package engine is libottl for Go: programs that any number of goroutines share, run on export requests in protobuf.
//
// Calls of C take tens of nanoseconds, so everything is done a payload at a time. C keeps no pointer to Go memory beyond a call of Run: the payload
// is pinned while it is looked at and forgotten before Run returns.
package engine

/*
#cgo pkg-config: --static ottl
#include <stdlib.h>
#include <string.h>
#include <ottl/ottl.h>

extern void ottlGoWrite(void *context, char *data, size_t len);

static ottl_status go_render(const ottl_diags *diags, ottl_diags_format format, void *context) {
  return ottl_diags_render(diags, format, false, (ottl_diags_write)ottlGoWrite, context);
}

// Reads one processor's configuration and compiles it for a signal. *ret_diags: of what failed, or warnings.
static ottl_status go_compile(const char *text, size_t len, const char *name, ottl_config_form form, ottl_signal signal,
                              bool flatten, ottl_program **ret, ottl_diags **ret_diags) {
  ottl_config_options options;
  ottl_config *config = NULL;
  ottl_config_options_init(&options);
  options.form = form;
  options.name = *name ? name : NULL;
  options.keep_variables = true; // the collector has put them in
  options.flatten_logs = flatten;
  *ret = NULL;
  ottl_status status = ottl_config_parse(text, len, &options, &config, ret_diags);
  if (status != OTTL_OK) return status;
  ottl_diags_free(*ret_diags);
  *ret_diags = NULL;
  status = form == OTTL_CONFIG_ROUTING ? ottl_config_connector_compile(config, 0, signal, NULL, ret, ret_diags)
                                       : ottl_config_compile(config, 0, signal, NULL, ret, ret_diags);
  ottl_config_free(config);
  return status;
}
*/
import "C"

import (
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"runtime/cgo"
	"strings"
	"sync"
	"unsafe"
)

// Form is what a configuration is for.
type Form int

const (
	Transform Form = C.OTTL_CONFIG_TRANSFORM
	Filter    Form = C.OTTL_CONFIG_FILTER
	Routing   Form = C.OTTL_CONFIG_ROUTING
)

// Signal is what payloads carry.
type Signal int

const (
	Logs    Signal = C.OTTL_SIGNAL_LOGS
	Traces  Signal = C.OTTL_SIGNAL_TRACES
	Metrics Signal = C.OTTL_SIGNAL_METRICS
)

// Version of the library, and of the reference whose results it gives.
func Version() (library, reference string) {
	return C.GoString(C.ottl_version()), C.OTTL_REFERENCE_VERSION
}

// Diagnostic is one error or warning about statements.
type Diagnostic struct {
	Code     string `json:"code"`
	Severity string `json:"severity"`
	Message  string `json:"message"`
	Line     int    `json:"line"`
	Column   int    `json:"column"`
	Help     string `json:"help"`
}

// CompileError is a configuration that is refused. Text is for people: source lines, carets, help.
type CompileError struct {
	Diagnostics []Diagnostic
	Text        string
}

func (e *CompileError) Error() string { return strings.TrimRight(e.Text, "\n") }

// Errors of runs.
var (
	ErrData     = errors.New("the payload is not valid OTLP")
	ErrLimit    = errors.New("a limit was reached")
	ErrNoMemory = errors.New("out of memory")
)

// RowError is a failure of a statement on a record. Its text never shows values of the payload.
type RowError struct {
	Item      uint64
	Group     uint32
	Statement uint32 // NoStatement: a condition failed
	Condition uint32
	Code      string
	Message   string
}

// NoStatement stands in RowError.Statement when a condition failed.
const NoStatement = ^uint32(0)

// RunError is a record that failed under error mode propagate.
type RunError struct{ Errors []RowError }

func (e *RunError) Error() string {
	if len(e.Errors) == 0 {
		return "a statement failed"
	}
	first := e.Errors[0]
	return fmt.Sprintf("statement %d failed on record %d: %s [%s]", first.Statement, first.Item, first.Message, first.Code)
}

//export ottlGoWrite
func ottlGoWrite(context unsafe.Pointer, data *C.char, length C.size_t) {
	text := (*cgo.Handle)(context).Value().(*strings.Builder)
	text.WriteString(unsafe.String((*byte)(unsafe.Pointer(data)), int(length)))
}

func render(diags *C.ottl_diags, format C.ottl_diags_format) string {
	var text strings.Builder
	handle := cgo.NewHandle(&text)
	defer handle.Delete()
	if diags != nil {
		_ = C.go_render(diags, format, unsafe.Pointer(&handle))
	}
	return text.String()
}

// Program is a processor's configuration, compiled for one signal.
type Program struct {
	program   *C.ottl_program
	warnings  []Diagnostic
	pipelines []string

	mu    sync.Mutex
	spare []*exec
}

type exec struct {
	exec    *C.ottl_exec
	request string
}

// Options of compiling.
type Options struct {
	Name        string // of the file that the text is of, for diagnostics
	FlattenLogs bool   // the collector's feature gate transform.flatten.logs is on
}

// Compile compiles what stands below a processor's name in a collector's configuration, as YAML or JSON, variables put in.
func Compile(text string, form Form, signal Signal, options Options) (*Program, error) {
	ctext := C.CString(text)
	defer C.free(unsafe.Pointer(ctext))
	name := C.CString(options.Name)
	defer C.free(unsafe.Pointer(name))
	var program *C.ottl_program
	var diags *C.ottl_diags
	status := C.go_compile(ctext, C.size_t(len(text)), name, C.ottl_config_form(form), C.ottl_signal(signal), C.bool(options.FlattenLogs), &program, &diags)
	defer C.ottl_diags_free(diags)
	var found []Diagnostic
	if diags != nil {
		if err := json.Unmarshal([]byte(render(diags, C.OTTL_DIAGS_JSON)), &found); err != nil {
			return nil, fmt.Errorf("diagnostics: %w", err)
		}
	}
	switch status {
	case C.OTTL_OK:
	case C.OTTL_COMPILE, C.OTTL_UNSUPPORTED, C.OTTL_LIMIT:
		return nil, &CompileError{found, render(diags, C.OTTL_DIAGS_TEXT)}
	case C.OTTL_NOMEM:
		return nil, ErrNoMemory
	default:
		return nil, fmt.Errorf("compile: %s", C.GoString(C.ottl_status_name(status)))
	}
	p := &Program{program: program, warnings: found}
	for i := C.size_t(0); i < C.ottl_route_pipelines(program); i++ {
		name := C.ottl_route_pipeline(program, i)
		p.pipelines = append(p.pipelines, C.GoStringN(name.data, C.int(name.len)))
	}
	runtime.SetFinalizer(p, (*Program).free)
	return p, nil
}

func (p *Program) free() {
	for _, x := range p.spare {
		C.ottl_exec_free(x.exec)
	}
	C.ottl_program_free(p.program)
	p.spare, p.program = nil, nil
}

// Warnings of the compiler.
func (p *Program) Warnings() []Diagnostic { return p.warnings }

// Pipelines of a routing program, each once.
func (p *Program) Pipelines() []string { return p.pipelines }

// Empty: nothing would be done to any payload.
func (p *Program) Empty() bool { return C.ottl_program_groups(p.program) == 0 && len(p.pipelines) == 0 }

// Result of a run. Data and Outputs are memory of the engine, valid within the function that Run calls.
type Result struct {
	Data      []byte // the payload to hand on; nil: nothing is left
	Unchanged bool   // what came in goes out
	In        uint64 // records
	Changed   uint64
	Dropped   uint64
	Failed    uint64
	Errors    uint64
	RowErrors []RowError
	Outputs   []Output // of routing programs, as Pipelines

	exec *exec
}

// Output is what a pipeline gets.
type Output struct {
	Data    []byte // nil: nothing
	Whole   bool   // what came in, all of it
	Records uint64
}

func (p *Program) take() (*exec, error) {
	p.mu.Lock()
	if n := len(p.spare); n > 0 {
		x := p.spare[n-1]
		p.spare = p.spare[:n-1]
		p.mu.Unlock()
		return x, nil
	}
	p.mu.Unlock()
	x := &exec{}
	if status := C.ottl_exec_create(p.program, nil, &x.exec); status != C.OTTL_OK {
		return nil, ErrNoMemory
	}
	return x, nil
}

// An exec computes without waiting: more than the processors can use at a time are not kept.
func (p *Program) give(x *exec) {
	p.mu.Lock()
	keep := len(p.spare) < 2*runtime.GOMAXPROCS(0)
	if keep {
		p.spare = append(p.spare, x)
	}
	p.mu.Unlock()
	if !keep {
		C.ottl_exec_free(x.exec)
	}
}

func (x *exec) setRequest(request string) error {
	if request == x.request {
		return nil
	}
	var text *C.char // nothing is known
	if request != "" {
		text = C.CString(request)
		defer C.free(unsafe.Pointer(text))
	}
	if status := C.ottl_exec_set_request(x.exec, text, C.size_t(len(request))); status != C.OTTL_OK {
		return fmt.Errorf("request: %s", C.GoString(C.ottl_status_name(status)))
	}
	x.request = request
	return nil
}

// At most so many failures of a run are handed on.
const maxRowErrors = 16

func (x *exec) rowErrors() []RowError {
	var list []RowError
	var e C.ottl_row_error
	for i := C.size_t(0); i < maxRowErrors && bool(C.ottl_exec_error(x.exec, i, &e)); i++ {
		list = append(list, RowError{uint64(e.item), uint32(e.group), uint32(e.statement), uint32(e.condition), C.GoString(e.code), C.GoString(e.message)})
	}
	return list
}

func (x *exec) failure(status C.ottl_status) error {
	var offset C.size_t
	why := ""
	if text := C.ottl_exec_failure(x.exec, &offset); text != nil {
		why = fmt.Sprintf(": %s (at byte %d)", C.GoString(text), uint64(offset))
	}
	switch status {
	case C.OTTL_RUNTIME:
		return &RunError{x.rowErrors()}
	case C.OTTL_DATA:
		return fmt.Errorf("%w%s", ErrData, why)
	case C.OTTL_LIMIT:
		return fmt.Errorf("%w%s", ErrLimit, why)
	case C.OTTL_NOMEM:
		return ErrNoMemory
	}
	return errors.New(C.GoString(C.ottl_status_name(status)) + why)
}

func view(data *C.uint8_t, length C.size_t) []byte {
	if data == nil {
		return nil
	}
	return unsafe.Slice((*byte)(unsafe.Pointer(data)), int(length))
}

func (p *Program) outputs(x *exec) ([]Output, error) {
	list := make([]Output, len(p.pipelines))
	for i := range list {
		var out C.ottl_route_payload
		if status := C.ottl_route_output(x.exec, C.size_t(i), &out); status != C.OTTL_OK {
			return nil, x.failure(status)
		}
		list[i] = Output{view(out.data, out.len), bool(out.whole), uint64(out.records)}
	}
	return list, nil
}

// Run runs on one export request and hands the result to use, whose slices are gone when it returns. request: what the paths of otelcol read, as
// JSON ("": nothing is known).
func (p *Program) Run(payload []byte, request string, use func(*Result) error) error {
	x, err := p.take()
	if err != nil {
		return err
	}
	defer p.give(x)
	if err := x.setRequest(request); err != nil {
		return err
	}
	var pinner runtime.Pinner
	defer pinner.Unpin()
	var in *C.uint8_t
	if len(payload) > 0 {
		pinner.Pin(&payload[0])
		in = (*C.uint8_t)(unsafe.Pointer(&payload[0]))
	}
	var r C.ottl_result
	// The exec looks at the payload until its next run: one on nothing makes it forget.
	defer func() {
		var nothing C.ottl_result
		_ = C.ottl_exec_run(x.exec, nil, 0, &nothing)
	}()
	if status := C.ottl_exec_run(x.exec, in, C.size_t(len(payload)), &r); status != C.OTTL_OK {
		return x.failure(status)
	}
	result := Result{Data: view(r.data, r.len), Unchanged: bool(r.unchanged), In: uint64(r.rows_in), Changed: uint64(r.rows_changed),
		Dropped: uint64(r.rows_dropped), Failed: uint64(r.rows_failed), Errors: uint64(r.errors), exec: x}
	if r.errors > 0 {
		result.RowErrors = x.rowErrors()
	}
	if len(p.pipelines) > 0 {
		if result.Outputs, err = p.outputs(x); err != nil {
			return err
		}
	}
	err = use(&result)
	runtime.KeepAlive(p)
	return err
}
