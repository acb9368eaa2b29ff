package ottlreceiver

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"testing"

	"github.com/open-telemetry/opentelemetry-collector-contrib/processor/filterprocessor"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/plog/plogotlp"
	"go.opentelemetry.io/collector/processor/processortest"
	"go.opentelemetry.io/collector/receiver"
	"go.opentelemetry.io/collector/receiver/otlpreceiver"
	"go.opentelemetry.io/collector/receiver/receivertest"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/mem"

	"github.com/ottl-c/ottl-c/bindings/collector/engine"
	"github.com/ottl-c/ottl-c/bindings/collector/internal/workload"
)

// One record of ten stays.
func tenths(b *testing.B) (list [][]byte) {
	payloads, _ := workload.Payloads(b, 4)
	for _, payload := range payloads {
		d, n := workload.Decode(b, payload), 0
		for _, rl := range d.ResourceLogs().All() {
			for _, sl := range rl.ScopeLogs().All() {
				for _, l := range sl.LogRecords().All() {
					l.SetSeverityNumber(plog.SeverityNumberInfo)
					if n++; n%10 == 0 {
						l.SetSeverityNumber(plog.SeverityNumberError)
					}
				}
			}
		}
		list = append(list, workload.Encode(b, d))
	}
	return list
}

type end struct{ records atomic.Int64 }

func (*end) Capabilities() consumer.Capabilities { return consumer.Capabilities{} }
func (e *end) ConsumeLogs(_ context.Context, d plog.Logs) error {
	e.records.Add(int64(d.LogRecordCount()))
	return nil
}

var condition = map[string]any{"error_mode": "ignore", "logs": map[string]any{"log_record": []any{"severity_number < SEVERITY_NUMBER_WARN"}}}

func loopback(b *testing.B) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(b, err)
	defer l.Close()
	return l.Addr().String()
}

func filtered(b *testing.B, next consumer.Logs) consumer.Logs {
	f := filterprocessor.NewFactory()
	cfg := f.CreateDefaultConfig()
	require.NoError(b, confmap.NewFromStringMap(condition).Unmarshal(cfg))
	p, err := f.CreateLogs(context.Background(), processortest.NewNopSettings(f.Type()), cfg, next)
	require.NoError(b, err)
	return p
}

func serving(b *testing.B, f receiver.Factory, more map[string]any, next consumer.Logs) (r receiver.Logs, grpcAt, httpAt string) {
	grpcAt, httpAt = loopback(b), loopback(b)
	raw := map[string]any{"protocols": map[string]any{"grpc": map[string]any{"endpoint": grpcAt}, "http": map[string]any{"endpoint": httpAt}}}
	for name, value := range more {
		raw[name] = value
	}
	cfg := f.CreateDefaultConfig()
	require.NoError(b, confmap.NewFromStringMap(raw).Unmarshal(cfg))
	r, err := f.CreateLogs(context.Background(), receivertest.NewNopSettings(f.Type()), cfg, next)
	require.NoError(b, err)
	require.NoError(b, r.Start(context.Background(), componenttest.NewNopHost()))
	b.Cleanup(func() { require.NoError(b, r.Shutdown(context.Background())) })
	return r, grpcAt, httpAt
}

// A client that sends bytes as they are: both sides pay the same for it.
type asIs struct{}

func (asIs) Name() string { return "proto" }
func (asIs) Marshal(v any) (mem.BufferSlice, error) {
	return mem.BufferSlice{mem.SliceBuffer(v.([]byte))}, nil
}
func (asIs) Unmarshal(mem.BufferSlice, any) error { return nil }

func measure(b *testing.B, e *end, payloads [][]byte, send func(payload []byte) error) {
	var watch workload.Watch
	before := e.records.Load()
	b.ReportAllocs()
	for i := 0; i < b.N; i++ {
		watch.Step(func() { require.NoError(b, send(payloads[i%len(payloads)])) })
	}
	watch.Report(b, 1000)
	require.EqualValues(b, 100*b.N, e.records.Load()-before)
}

// What one record in ten costs that is left by a filter, from the bytes of a request to the pipeline: the reference's receiver and filter, and
// ours. `bytes`: without a network.
func BenchmarkReceiver(b *testing.B) {
	payloads := tenths(b)
	sink := &end{}
	next := filtered(b, sink)
	ours, oursGRPC, oursHTTP := serving(b, NewFactory(), map[string]any{"programs": []any{map[string]any{"filter": condition}}}, sink)
	_, grpcAt, httpAt := serving(b, otlpreceiver.NewFactory(), nil, next)

	b.Run("bytes/reference", func(b *testing.B) {
		measure(b, sink, payloads, func(payload []byte) error {
			request := plogotlp.NewExportRequest()
			if err := request.UnmarshalProto(payload); err != nil {
				return err
			}
			return next.ConsumeLogs(context.Background(), request.Logs())
		})
	})
	b.Run("bytes/ottl", func(b *testing.B) {
		r := ours.(*ottlReceiver)
		measure(b, sink, payloads, func(payload []byte) error {
			return r.handle(context.Background(), engine.Logs, body{data: payload, free: func() {}})
		})
	})
	for _, side := range []struct{ name, http, grpc string }{{"reference", httpAt, grpcAt}, {"ottl", oursHTTP, oursGRPC}} {
		b.Run("http/"+side.name, func(b *testing.B) {
			client := &http.Client{Transport: &http.Transport{DisableCompression: true}}
			measure(b, sink, payloads, func(payload []byte) error {
				answer, err := client.Post("http://"+side.http+"/v1/logs", "application/x-protobuf", bytes.NewReader(payload))
				if err != nil {
					return err
				}
				defer answer.Body.Close()
				if _, err := io.Copy(io.Discard, answer.Body); err != nil || answer.StatusCode != 200 {
					return fmt.Errorf("%d %w", answer.StatusCode, err)
				}
				return nil
			})
			client.CloseIdleConnections()
		})
		b.Run("grpc/"+side.name, func(b *testing.B) {
			conn, err := grpc.NewClient(side.grpc, grpc.WithTransportCredentials(insecure.NewCredentials()), grpc.WithDefaultCallOptions(grpc.ForceCodecV2(asIs{})))
			require.NoError(b, err)
			defer conn.Close()
			measure(b, sink, payloads, func(payload []byte) error {
				return conn.Invoke(context.Background(), "/opentelemetry.proto.collector.logs.v1.LogsService/Export", payload, nil)
			})
		})
	}
}
