package stage_test

import (
	"context"
	"testing"

	"github.com/open-telemetry/opentelemetry-collector-contrib/processor/filterprocessor"
	"github.com/open-telemetry/opentelemetry-collector-contrib/processor/transformprocessor"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/processor"

	"github.com/ottl-c/ottl-c/bindings/collector/engine"
	"github.com/ottl-c/ottl-c/bindings/collector/internal/stage"
	"github.com/ottl-c/ottl-c/bindings/collector/internal/workload"
	"github.com/ottl-c/ottl-c/bindings/collector/ottlfilter"
	"github.com/ottl-c/ottl-c/bindings/collector/ottltransform"
)

// A step is a payload of 1,000 records. Decoding before a step is what a receiver does: it is not counted.
func benchmarkProcessors(b *testing.B, config map[string]any, form engine.Form, factories ...processor.Factory) {
	payloads, _ := workload.Payloads(b, 4)
	for _, f := range factories {
		cfg := f.CreateDefaultConfig()
		require.NoError(b, confmap.NewFromStringMap(config).Unmarshal(cfg))
		p, err := f.CreateLogs(context.Background(), settings(f), cfg, consumertest.NewNop())
		require.NoError(b, err)
		b.Run(f.Type().String(), func(b *testing.B) {
			b.ReportAllocs()
			var watch workload.Watch
			for i := 0; i < b.N; i++ {
				b.StopTimer()
				d := workload.Decode(b, payloads[i%len(payloads)])
				b.StartTimer()
				watch.Step(func() { err = p.ConsumeLogs(context.Background(), d) })
				if err != nil {
					b.Fatal(err)
				}
			}
			watch.Report(b, 1000)
		})
	}
	b.Run("engine", func(b *testing.B) { // on bytes, as in ottlreceiver
		cfg := &stage.Config{Form: form}
		require.NoError(b, cfg.Unmarshal(confmap.NewFromStringMap(config)))
		s, err := stage.New(componenttest.NewNopTelemetrySettings(), component.MustNewID("ottltransform"), cfg, engine.Logs)
		require.NoError(b, err)
		b.ReportAllocs()
		var watch workload.Watch
		for i := 0; i < b.N; i++ {
			watch.Step(func() {
				err = s.Run(context.Background(), payloads[i%len(payloads)], func(*engine.Result) error { return nil })
			})
			if err != nil {
				b.Fatal(err)
			}
		}
		watch.Report(b, 1000)
	})
}

func benchmarkTransform(b *testing.B, name string) {
	benchmarkProcessors(b, workload.Config(b, name), engine.Transform, transformprocessor.NewFactory(), ottltransform.NewFactory())
}

func BenchmarkLight(b *testing.B)  { benchmarkTransform(b, "w04") }
func BenchmarkMedium(b *testing.B) { benchmarkTransform(b, "w07") }
func BenchmarkHeavy(b *testing.B)  { benchmarkTransform(b, "w08") }

func BenchmarkFilter(b *testing.B) {
	config := map[string]any{"error_mode": "ignore", "logs": map[string]any{"log_record": []any{"severity_number < SEVERITY_NUMBER_WARN"}}}
	benchmarkProcessors(b, config, engine.Filter, filterprocessor.NewFactory(), ottlfilter.NewFactory())
}
