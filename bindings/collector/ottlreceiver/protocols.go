package ottlreceiver

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"sync"

	"go.opentelemetry.io/collector/consumer/consumererror"
	spb "google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/mem"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/ottl-c/ottl-c/bindings/collector/engine"
)

var errNoPipeline = errors.New("no pipeline takes this signal")

// What a failure is to a client: bad data must not be sent again, the rest may.
func codeOf(err error) codes.Code {
	var failed *engine.RunError
	switch {
	case errors.Is(err, errNoPipeline):
		return codes.Unimplemented
	case errors.Is(err, engine.ErrData), errors.Is(err, engine.ErrLimit), errors.As(err, &failed), consumererror.IsPermanent(err):
		return codes.InvalidArgument
	case errors.Is(err, engine.ErrNoMemory):
		return codes.ResourceExhausted
	}
	return codes.Unavailable
}

// ---- gRPC: the bytes of messages, not decoded ----

var services = map[engine.Signal]string{
	engine.Logs:    "opentelemetry.proto.collector.logs.v1.LogsService",
	engine.Traces:  "opentelemetry.proto.collector.trace.v1.TraceService",
	engine.Metrics: "opentelemetry.proto.collector.metrics.v1.MetricsService",
}

// A message as it came: buffer is of gRPC's pool, and whoever takes the message frees it.
type rawMessage struct{ buffer mem.Buffer }

type rawCodec struct{}

func (rawCodec) Name() string { return "proto" }

func (rawCodec) Marshal(v any) (mem.BufferSlice, error) {
	if v != any(nothing) {
		return nil, fmt.Errorf("not an answer: %T", v)
	}
	return nil, nil
}

func (rawCodec) Unmarshal(data mem.BufferSlice, v any) error {
	m, ok := v.(*rawMessage)
	if !ok {
		return fmt.Errorf("not a raw message: %T", v)
	}
	m.buffer = data.MaterializeToBuffer(mem.DefaultBufferPool())
	return nil
}

// The answer of all Export calls that took everything: a message without fields.
var nothing = &rawMessage{}

func serviceOf(r *ottlReceiver, signal engine.Signal, name string) *grpc.ServiceDesc {
	export := func(_ any, ctx context.Context, decode func(any) error, intercept grpc.UnaryServerInterceptor) (any, error) {
		var request rawMessage
		if err := decode(&request); err != nil {
			return nil, err
		}
		call := func(ctx context.Context, request any) (any, error) {
			m := request.(*rawMessage)
			if err := r.handle(ctx, signal, body{data: m.buffer.ReadOnlyData(), free: m.buffer.Free}); err != nil {
				return nil, status.Error(codeOf(err), err.Error())
			}
			return nothing, nil
		}
		if intercept == nil {
			return call(ctx, &request)
		}
		return intercept(ctx, &request, &grpc.UnaryServerInfo{Server: r, FullMethod: "/" + name + "/Export"}, call)
	}
	return &grpc.ServiceDesc{ServiceName: name, HandlerType: (*any)(nil), Methods: []grpc.MethodDesc{{MethodName: "Export", Handler: export}}}
}

// ---- HTTP ----

const (
	typeProto = "application/x-protobuf"
	typeJSON  = "application/json"
)

func statusOf(code codes.Code) int {
	switch code {
	case codes.InvalidArgument:
		return http.StatusBadRequest
	case codes.Unimplemented:
		return http.StatusNotFound
	case codes.ResourceExhausted:
		return http.StatusTooManyRequests
	}
	return http.StatusServiceUnavailable
}

func refuse(w http.ResponseWriter, kind string, httpStatus int, code codes.Code, text string) {
	answer := &spb.Status{Code: int32(code), Message: text}
	body, err := proto.Marshal(answer)
	if kind == typeJSON {
		body, err = protojson.Marshal(answer)
	}
	if err != nil {
		body = nil
	}
	w.Header().Set("Content-Type", kind)
	w.WriteHeader(httpStatus)
	_, _ = w.Write(body)
}

// Bodies of requests.
var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// So much memory is taken because a client says that so much will come; the rest when it is there.
const maxHint = 1 << 20

func (r *ottlReceiver) handler(signal engine.Signal) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		kind, _, _ := mime.ParseMediaType(request.Header.Get("Content-Type"))
		if kind != typeProto && kind != typeJSON {
			http.Error(w, "415 unsupported media type, supported: [application/json, application/x-protobuf]", http.StatusUnsupportedMediaType)
			return
		}
		buffer := buffers.Get().(*bytes.Buffer)
		buffer.Reset()
		free := func() { buffers.Put(buffer) }
		if request.ContentLength > 0 {
			buffer.Grow(int(min(request.ContentLength, maxHint)) + bytes.MinRead)
		}
		if _, err := buffer.ReadFrom(request.Body); err != nil {
			free()
			refuse(w, kind, http.StatusBadRequest, codes.InvalidArgument, err.Error())
			return
		}
		err := r.handle(request.Context(), signal, body{buffer.Bytes(), kind == typeJSON, free})
		if err != nil {
			code := codeOf(err)
			refuse(w, kind, statusOf(code), code, err.Error())
			return
		}
		w.Header().Set("Content-Type", kind)
		if kind == typeJSON {
			_, _ = io.WriteString(w, "{}")
		}
	})
}
