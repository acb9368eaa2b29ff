package stage_test

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/open-telemetry/opentelemetry-collector-contrib/processor/transformprocessor"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/processor"

	"github.com/ottl-c/ottl-c/bindings/collector/engine"
	"github.com/ottl-c/ottl-c/bindings/collector/internal/stage"
	"github.com/ottl-c/ottl-c/bindings/collector/ottltransform"
)

// Workloads and payloads are those of bench/ (bench/compare makes the payloads).
const benchFolder = "../../../../bench"

type workload struct {
	Context    string   `json:"context"`
	Statements []string `json:"statements"`
}

func workloadOf(b *testing.B, name string) map[string]any {
	text, err := os.ReadFile(filepath.Join(benchFolder, "workloads", name+".json"))
	require.NoError(b, err)
	var w workload
	require.NoError(b, json.Unmarshal(text, &w))
	statements := make([]any, len(w.Statements))
	for i, s := range w.Statements {
		statements[i] = s
	}
	return map[string]any{"error_mode": "ignore", "log_statements": []any{map[string]any{"context": w.Context, "statements": statements}}}
}

// Messages behind their lengths; at most n of them.
func payloadsOf(b *testing.B, n int) (list [][]byte, records int) {
	text, err := os.ReadFile(filepath.Join(benchFolder, "build", "payloads", "web.pb"))
	if err != nil {
		b.Skip("no payloads: run bench/compare once")
	}
	for len(text) > 0 && len(list) < n {
		size, head := binary.Uvarint(text)
		list = append(list, text[head:head+int(size)])
		text = text[head+int(size):]
		d, err := (&plog.ProtoUnmarshaler{}).UnmarshalLogs(list[len(list)-1])
		require.NoError(b, err)
		records += d.LogRecordCount()
	}
	return list, records
}

func benchmarkWorkload(b *testing.B, name string) {
	config := workloadOf(b, name)
	payloads, records := payloadsOf(b, 4)
	report := func(b *testing.B) {
		b.ReportMetric(float64(b.N)*float64(records)/b.Elapsed().Seconds(), "records/s")
	}
	for _, f := range []processor.Factory{transformprocessor.NewFactory(), ottltransform.NewFactory()} {
		cfg := f.CreateDefaultConfig()
		require.NoError(b, confmap.NewFromStringMap(config).Unmarshal(cfg))
		p, err := f.CreateLogs(context.Background(), settings(f), cfg, consumertest.NewNop())
		require.NoError(b, err)
		b.Run(f.Type().String(), func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; i < b.N; i++ {
				for _, payload := range payloads {
					b.StopTimer() // what a receiver does
					d, err := (&plog.ProtoUnmarshaler{}).UnmarshalLogs(payload)
					if err != nil {
						b.Fatal(err)
					}
					b.StartTimer()
					if err := p.ConsumeLogs(context.Background(), d); err != nil {
						b.Fatal(err)
					}
				}
			}
			report(b)
		})
	}
	b.Run("engine", func(b *testing.B) { // on bytes, as in ottlreceiver
		cfg := &stage.Config{Form: engine.Transform}
		require.NoError(b, cfg.Unmarshal(confmap.NewFromStringMap(config)))
		s, err := stage.New(componenttest.NewNopTelemetrySettings(), component.MustNewID("ottltransform"), cfg, engine.Logs)
		require.NoError(b, err)
		b.ReportAllocs()
		for i := 0; i < b.N; i++ {
			for _, payload := range payloads {
				if err := s.Run(context.Background(), payload, func(*engine.Result) error { return nil }); err != nil {
					b.Fatal(err)
				}
			}
		}
		report(b)
	})
}

func BenchmarkLight(b *testing.B)  { benchmarkWorkload(b, "w04") }
func BenchmarkMedium(b *testing.B) { benchmarkWorkload(b, "w07") }
func BenchmarkHeavy(b *testing.B)  { benchmarkWorkload(b, "w08") }
