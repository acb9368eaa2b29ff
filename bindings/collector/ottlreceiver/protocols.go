package ottlreceiver

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"
	"sync"
	"time"

	"go.opentelemetry.io/collector/consumer/consumererror"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/mem"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/ottl-c/ottl-c/bindings/collector/engine"
)

var errNoPipeline = errors.New("no pipeline takes this signal")

// What a failure is to a client: what it is to who failed, if that says so; else bad data must not be sent again, the rest may.
func statusOf(err error) *status.Status {
	if s, ok := status.FromError(err); ok {
		return s
	}
	return status.New(codeOf(err), err.Error())
}

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
				return nil, statusOf(err).Err()
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

func httpStatusOf(code codes.Code) int {
	switch code {
	case codes.InvalidArgument:
		return http.StatusBadRequest
	case codes.Unauthenticated:
		return http.StatusUnauthorized
	case codes.PermissionDenied:
		return http.StatusForbidden
	case codes.Unimplemented:
		return http.StatusNotFound
	case codes.ResourceExhausted:
		return http.StatusTooManyRequests
	case codes.Canceled, codes.DeadlineExceeded, codes.Aborted, codes.OutOfRange, codes.Unavailable, codes.DataLoss:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

func refuse(w http.ResponseWriter, kind string, why *status.Status) {
	body, err := proto.Marshal(why.Proto())
	if kind == typeJSON {
		body, err = protojson.Marshal(why.Proto())
	}
	if err != nil {
		body = nil
	}
	for _, detail := range why.Details() {
		if retry, ok := detail.(*errdetails.RetryInfo); ok {
			w.Header().Set("Retry-After", strconv.FormatInt(int64(retry.GetRetryDelay().AsDuration()/time.Second), 10))
		}
	}
	w.Header().Set("Content-Type", kind)
	w.WriteHeader(httpStatusOf(why.Code()))
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
			refuse(w, kind, status.New(codes.InvalidArgument, err.Error()))
			return
		}
		err := r.handle(request.Context(), signal, body{buffer.Bytes(), kind == typeJSON, free})
		if err != nil {
			refuse(w, kind, statusOf(err))
			return
		}
		w.Header().Set("Content-Type", kind)
		if kind == typeJSON {
			_, _ = io.WriteString(w, "{}")
		}
	})
}
