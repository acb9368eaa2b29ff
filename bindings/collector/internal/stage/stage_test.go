package stage_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/open-telemetry/opentelemetry-collector-contrib/processor/filterprocessor"
	"github.com/open-telemetry/opentelemetry-collector-contrib/processor/transformprocessor"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/client"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/processor"
	"go.opentelemetry.io/collector/processor/processortest"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.yaml.in/yaml/v3"

	"github.com/ottl-c/ottl-c/bindings/collector/engine"
	"github.com/ottl-c/ottl-c/bindings/collector/internal/stage"
	"github.com/ottl-c/ottl-c/bindings/collector/ottlfilter"
	"github.com/ottl-c/ottl-c/bindings/collector/ottltransform"
)

func fill(r *rand.Rand, m pcommon.Map, names ...string) {
	for _, name := range names {
		switch r.Intn(4) {
		case 0:
			m.PutStr(name, fmt.Sprintf("v%d user%d@example.com", r.Intn(5), r.Intn(9)))
		case 1:
			m.PutInt(name, int64(r.Intn(600)))
		case 2:
			m.PutDouble(name, r.Float64())
		}
	}
}

func logsOf(seed int64, n int) plog.Logs {
	r, d := rand.New(rand.NewSource(seed)), plog.NewLogs()
	for i := 0; i < 3; i++ {
		resource := d.ResourceLogs().AppendEmpty()
		fill(r, resource.Resource().Attributes(), "service.name", "host", "k8s.pod.name")
		records := resource.ScopeLogs().AppendEmpty().LogRecords()
		for k := 0; k < n; k++ {
			l := records.AppendEmpty()
			l.Body().SetStr(fmt.Sprintf("GET /orders/%d by user%d@example.com", r.Intn(1000), r.Intn(50)))
			l.SetSeverityNumber(plog.SeverityNumber(1 + r.Intn(24)))
			l.SetTimestamp(pcommon.Timestamp(1_700_000_000_000_000_000 + r.Int63n(1e9)))
			fill(r, l.Attributes(), "http.status", "password", "env", "user.email")
		}
	}
	return d
}

func tracesOf(seed int64, n int) ptrace.Traces {
	r, d := rand.New(rand.NewSource(seed)), ptrace.NewTraces()
	resource := d.ResourceSpans().AppendEmpty()
	fill(r, resource.Resource().Attributes(), "service.name", "host")
	spans := resource.ScopeSpans().AppendEmpty().Spans()
	for k := 0; k < n; k++ {
		s := spans.AppendEmpty()
		s.SetName([]string{"GET /orders", "POST /pay", "GET /health"}[r.Intn(3)])
		s.SetKind(ptrace.SpanKind(r.Intn(6)))
		s.SetStartTimestamp(1000)
		s.SetEndTimestamp(pcommon.Timestamp(1000 + r.Int63n(1e9)))
		fill(r, s.Attributes(), "http.status", "http.url", "env")
	}
	return d
}

func metricsOf(seed int64, n int) pmetric.Metrics {
	r, d := rand.New(rand.NewSource(seed)), pmetric.NewMetrics()
	resource := d.ResourceMetrics().AppendEmpty()
	fill(r, resource.Resource().Attributes(), "service.name", "host")
	metrics := resource.ScopeMetrics().AppendEmpty().Metrics()
	for k := 0; k < n; k++ {
		m := metrics.AppendEmpty()
		m.SetName([]string{"requests", "latency", "debug.x"}[r.Intn(3)])
		points := m.SetEmptyGauge().DataPoints()
		for i := 0; i < 3; i++ {
			p := points.AppendEmpty()
			p.SetIntValue(r.Int63n(100))
			fill(r, p.Attributes(), "host", "pod", "env")
		}
	}
	return d
}

func configure(t testing.TB, f processor.Factory, text string) component.Config {
	var raw map[string]any
	require.NoError(t, yaml.Unmarshal([]byte(text), &raw))
	cfg := f.CreateDefaultConfig()
	require.NoError(t, confmap.NewFromStringMap(raw).Unmarshal(cfg))
	return cfg
}

func settings(f processor.Factory) processor.Settings { return processortest.NewNopSettings(f.Type()) }

func runLogs(t testing.TB, f processor.Factory, text string, d plog.Logs) plog.Logs {
	sink := &consumertest.LogsSink{}
	p, err := f.CreateLogs(context.Background(), settings(f), configure(t, f, text), sink)
	require.NoError(t, err)
	require.NoError(t, p.Start(context.Background(), componenttest.NewNopHost()))
	require.NoError(t, p.ConsumeLogs(context.Background(), d))
	require.NoError(t, p.Shutdown(context.Background()))
	if len(sink.AllLogs()) == 0 {
		return plog.NewLogs()
	}
	return sink.AllLogs()[0]
}

func runTraces(t testing.TB, f processor.Factory, text string, d ptrace.Traces) ptrace.Traces {
	sink := &consumertest.TracesSink{}
	p, err := f.CreateTraces(context.Background(), settings(f), configure(t, f, text), sink)
	require.NoError(t, err)
	require.NoError(t, p.ConsumeTraces(context.Background(), d))
	require.NoError(t, p.Shutdown(context.Background()))
	if len(sink.AllTraces()) == 0 {
		return ptrace.NewTraces()
	}
	return sink.AllTraces()[0]
}

func runMetrics(t testing.TB, f processor.Factory, text string, d pmetric.Metrics) pmetric.Metrics {
	sink := &consumertest.MetricsSink{}
	p, err := f.CreateMetrics(context.Background(), settings(f), configure(t, f, text), sink)
	require.NoError(t, err)
	require.NoError(t, p.ConsumeMetrics(context.Background(), d))
	require.NoError(t, p.Shutdown(context.Background()))
	if len(sink.AllMetrics()) == 0 {
		return pmetric.NewMetrics()
	}
	return sink.AllMetrics()[0]
}

const transformConfig = `
error_mode: ignore
log_statements:
  - context: log
    conditions: [severity_number >= 5]
    statements:
      - replace_pattern(body, "user\\d+@[a-z.]+", "<email>")
      - delete_key(attributes, "password")
      - set(attributes["env"], "prod") where attributes["http.status"] != nil and attributes["http.status"] >= 400
  - set(resource.attributes["seen"], true)
  - keep_matching_keys(log.attributes, "^(env|http|user)")
trace_statements:
  - set(span.attributes["slow"], true) where span.end_time_unix_nano - span.start_time_unix_nano > 500000000
  - set(span.name, Concat([span.name, span.kind.string], " "))
  - limit(span.attributes, 2, ["env"])
metric_statements:
  - set(metric.description, "d") where metric.name == "requests"
  - set(datapoint.attributes["pod"], "p") where datapoint.value_int > 50
  - set(metric.unit, ParseJSON("{")["x"])
`

const filterConfig = `
error_mode: ignore
logs:
  log_record:
    - severity_number < 9
    - IsMatch(body, "orders/9")
traces:
  span:
    - name == "GET /health"
    - attributes["http.status"] == 200
metrics:
  metric:
    - name == "debug.x"
  datapoint:
    - value_int < 20
`

// The reference's processors and ours, with the same configuration, in one process.
func TestSameAsReference(t *testing.T) {
	pairs := []struct {
		name, text      string
		ours, reference processor.Factory
	}{
		{"transform", transformConfig, ottltransform.NewFactory(), transformprocessor.NewFactory()},
		{"filter", filterConfig, ottlfilter.NewFactory(), filterprocessor.NewFactory()},
	}
	changed := 0
	for _, pair := range pairs {
		for seed := int64(0); seed < 20; seed++ {
			copyOf := logsOf(seed, 40)
			got := runLogs(t, pair.ours, pair.text, logsOf(seed, 40))
			want := runLogs(t, pair.reference, pair.text, logsOf(seed, 40))
			requireSame(t, pair.name, marshalLogs(t, want), marshalLogs(t, got))
			requireSame(t, pair.name, marshalTraces(t, runTraces(t, pair.reference, pair.text, tracesOf(seed, 60))),
				marshalTraces(t, runTraces(t, pair.ours, pair.text, tracesOf(seed, 60))))
			requireSame(t, pair.name, marshalMetrics(t, runMetrics(t, pair.reference, pair.text, metricsOf(seed, 30))),
				marshalMetrics(t, runMetrics(t, pair.ours, pair.text, metricsOf(seed, 30))))
			if marshalLogs(t, want) != marshalLogs(t, copyOf) {
				changed++
			}
		}
	}
	assert.Equal(t, 40, changed, "the programs do something")
}

func requireSame(t *testing.T, name, want, got string) {
	t.Helper()
	require.Equal(t, want, got, name)
}

// Attributes sorted: their order says nothing.
func sortMap(m pcommon.Map) {
	raw := m.AsRaw()
	names := make([]string, 0, len(raw))
	for name := range raw {
		names = append(names, name)
	}
	sortStrings(names)
	sorted := pcommon.NewMap()
	for _, name := range names {
		v, _ := m.Get(name)
		v.CopyTo(sorted.PutEmpty(name))
	}
	sorted.CopyTo(m)
}

func sortStrings(s []string) {
	for i := range s {
		for k := i; k > 0 && s[k] < s[k-1]; k-- {
			s[k], s[k-1] = s[k-1], s[k]
		}
	}
}

func marshalLogs(t testing.TB, in plog.Logs) string {
	d := plog.NewLogs()
	in.CopyTo(d)
	for _, rl := range d.ResourceLogs().All() {
		sortMap(rl.Resource().Attributes())
		for _, sl := range rl.ScopeLogs().All() {
			for _, l := range sl.LogRecords().All() {
				sortMap(l.Attributes())
			}
		}
	}
	text, err := (&plog.JSONMarshaler{}).MarshalLogs(d)
	require.NoError(t, err)
	return string(text)
}

func marshalTraces(t testing.TB, in ptrace.Traces) string {
	d := ptrace.NewTraces()
	in.CopyTo(d)
	for _, rs := range d.ResourceSpans().All() {
		sortMap(rs.Resource().Attributes())
		for _, ss := range rs.ScopeSpans().All() {
			for _, s := range ss.Spans().All() {
				sortMap(s.Attributes())
			}
		}
	}
	text, err := (&ptrace.JSONMarshaler{}).MarshalTraces(d)
	require.NoError(t, err)
	return string(text)
}

func marshalMetrics(t testing.TB, in pmetric.Metrics) string {
	d := pmetric.NewMetrics()
	in.CopyTo(d)
	for _, rm := range d.ResourceMetrics().All() {
		sortMap(rm.Resource().Attributes())
		for _, sm := range rm.ScopeMetrics().All() {
			for _, m := range sm.Metrics().All() {
				for _, p := range m.Gauge().DataPoints().All() {
					sortMap(p.Attributes())
				}
			}
		}
	}
	text, err := (&pmetric.JSONMarshaler{}).MarshalMetrics(d)
	require.NoError(t, err)
	return string(text)
}

func TestConfigurationIsCheckedWithItsPlace(t *testing.T) {
	f := ottltransform.NewFactory()
	cfg := configure(t, f, "log_statements:\n  - set(log.atributes[\"a\"], 1)\n")
	err := cfg.(interface{ Validate() error }).Validate()
	var refused *engine.CompileError
	require.ErrorAs(t, err, &refused)
	assert.Equal(t, "E0301", refused.Diagnostics[0].Code)
	assert.Contains(t, err.Error(), "did you mean `log.attributes`?")
	assert.Contains(t, err.Error(), "--> log_statements[0]")
	_, err = f.CreateLogs(context.Background(), settings(f), cfg, consumertest.NewNop())
	require.ErrorAs(t, err, &refused)
	require.NoError(t, configure(t, f, transformConfig).(interface{ Validate() error }).Validate())
	require.Error(t, configure(t, f, "policy_file: /no/such/file\n").(interface{ Validate() error }).Validate())
}

func TestPropagateRefusesThePayload(t *testing.T) {
	f := ottltransform.NewFactory()
	text := "error_mode: propagate\nlog_statements:\n  - set(log.attributes[\"n\"], ParseJSON(log.body))\n"
	p, err := f.CreateLogs(context.Background(), settings(f), configure(t, f, text), consumertest.NewNop())
	require.NoError(t, err)
	err = p.ConsumeLogs(context.Background(), logsOf(1, 3))
	var failed *engine.RunError
	require.ErrorAs(t, err, &failed)
	assert.EqualValues(t, 0, failed.Errors[0].Statement)
	assert.NotContains(t, err.Error(), "orders", "no values of the payload")
}

func TestUnchangedDataIsNotConverted(t *testing.T) {
	f := ottltransform.NewFactory()
	in := logsOf(1, 10)
	sink := &consumertest.LogsSink{}
	p, err := f.CreateLogs(context.Background(), settings(f), configure(t, f, "log_statements:\n  - set(log.body, \"x\") where log.body == \"y\"\n"), sink)
	require.NoError(t, err)
	require.NoError(t, p.ConsumeLogs(context.Background(), in))
	in.ResourceLogs().At(0).Resource().Attributes().PutStr("marked", "later")
	_, same := sink.AllLogs()[0].ResourceLogs().At(0).Resource().Attributes().Get("marked")
	assert.True(t, same, "the very data that came in goes on")
}

func TestRequestIsRead(t *testing.T) {
	f := ottltransform.NewFactory()
	text := "log_statements:\n  - set(log.attributes[\"tenant\"], otelcol.client.metadata[\"x-tenant\"][0])\n"
	sink := &consumertest.LogsSink{}
	p, err := f.CreateLogs(context.Background(), settings(f), configure(t, f, text), sink)
	require.NoError(t, err)
	for _, tenant := range []string{"acme", "umbrella"} {
		ctx := client.NewContext(context.Background(), client.Info{Metadata: client.NewMetadata(map[string][]string{"x-tenant": {tenant}})})
		require.NoError(t, p.ConsumeLogs(ctx, logsOf(1, 1)))
		all := sink.AllLogs()
		v, _ := all[len(all)-1].ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(0).Attributes().Get("tenant")
		assert.Equal(t, tenant, v.Str())
	}
}

func newStage(t *testing.T, cfg *stage.Config) (*stage.Stage, *sdkmetric.ManualReader) {
	reader := sdkmetric.NewManualReader()
	set := componenttest.NewNopTelemetrySettings()
	set.MeterProvider = sdkmetric.NewMeterProvider(sdkmetric.WithReader(reader))
	s, err := stage.New(set, component.MustNewID("ottltransform"), cfg, engine.Logs)
	require.NoError(t, err)
	return s, reader
}

func sumOf(t *testing.T, reader *sdkmetric.ManualReader, name string) (sum int64, attributes []string) {
	var all metricdata.ResourceMetrics
	require.NoError(t, reader.Collect(context.Background(), &all))
	for _, scope := range all.ScopeMetrics {
		for _, m := range scope.Metrics {
			if data, ok := m.Data.(metricdata.Sum[int64]); ok && m.Name == name {
				for _, p := range data.DataPoints {
					sum += p.Value
					for _, a := range p.Attributes.ToSlice() {
						attributes = append(attributes, string(a.Key)+"="+a.Value.Emit())
					}
				}
			}
		}
	}
	return sum, attributes
}

func TestTelemetry(t *testing.T) {
	s, reader := newStage(t, &stage.Config{Form: engine.Transform, Text: `{"error_mode":"ignore","log_statements":["set(log.body, \"x\") where log.severity_number > 12","set(log.attributes[\"j\"], ParseJSON(\"{\"))"]}`})
	payload, err := (&plog.ProtoMarshaler{}).MarshalLogs(logsOf(3, 10))
	require.NoError(t, err)
	require.NoError(t, s.Run(context.Background(), payload, func(*engine.Result) error { return nil }))
	in, _ := sumOf(t, reader, "otelcol_ottl_records_in")
	failures, attributes := sumOf(t, reader, "otelcol_ottl_errors")
	assert.EqualValues(t, 30, in)
	assert.EqualValues(t, 30, failures)
	assert.Contains(t, attributes, "statement=1")
	changed, _ := sumOf(t, reader, "otelcol_ottl_records_changed")
	assert.Positive(t, changed)
}

// A supervisor delivers configurations: one is taken, one is refused while the old one goes on, one is taken again; no payload is lost meanwhile.
func TestReload(t *testing.T) {
	file := filepath.Join(t.TempDir(), "policy.yaml")
	deliver := func(text string) { // as supervisors do: a new file in the place of the old one
		require.NoError(t, os.WriteFile(file+".new", []byte(text), 0o600))
		require.NoError(t, os.Rename(file+".new", file))
	}
	policy := func(name string) string { return "log_statements:\n  - set(log.body, \"" + name + "\")\n" }
	deliver(policy("one"))
	s, _ := newStage(t, &stage.Config{Form: engine.Transform, PolicyFile: file, ReloadInterval: 5 * time.Millisecond})
	require.NoError(t, s.Start(context.Background(), componenttest.NewNopHost()))
	first := s.Status().Hash

	payload, err := (&plog.ProtoMarshaler{}).MarshalLogs(logsOf(1, 50))
	require.NoError(t, err)
	var seen sync.Map
	stop := make(chan struct{})
	var workers sync.WaitGroup
	for i := 0; i < 4; i++ {
		workers.Add(1)
		go func() {
			defer workers.Done()
			for {
				select {
				case <-stop:
					return
				default:
				}
				err := s.Run(context.Background(), payload, func(r *engine.Result) error {
					d, err := (&plog.ProtoUnmarshaler{}).UnmarshalLogs(r.Data)
					if err != nil {
						return err
					}
					bodies := map[string]int{}
					for _, rl := range d.ResourceLogs().All() {
						for _, l := range rl.ScopeLogs().At(0).LogRecords().All() {
							bodies[l.Body().Str()]++
						}
					}
					if len(bodies) != 1 {
						return errors.New("a payload went through two programs")
					}
					for body, n := range bodies {
						if n != 150 {
							return errors.New("records are missing")
						}
						seen.Store(body, true)
					}
					return nil
				})
				if err != nil {
					t.Error(err)
					return
				}
			}
		}()
	}
	was := func(body string) func() bool { return func() bool { _, ok := seen.Load(body); return ok } }
	require.Eventually(t, was("one"), 10*time.Second, time.Millisecond)
	deliver("log_statements:\n  - sett(log.body, 1)\n")
	require.Eventually(t, func() bool { return s.Status().Refusals == 1 }, 10*time.Second, time.Millisecond)
	assert.Equal(t, first, s.Status().Hash)
	refused := s.Status().Refused
	assert.Contains(t, refused.Text, "did you mean `set`?")
	assert.Contains(t, refused.Text, file+":2:5", "the place in the file")
	assert.Equal(t, "E0501", refused.Diagnostics[0].Code)
	assert.NotEqual(t, first, refused.Hash)
	deliver(policy("two"))
	require.Eventually(t, was("two"), 10*time.Second, time.Millisecond)
	assert.NotEqual(t, first, s.Status().Hash)
	assert.Nil(t, s.Status().Refused)
	assert.EqualValues(t, 1, s.Status().Reloads)
	require.NoError(t, os.Remove(file)) // a file that is gone changes nothing
	time.Sleep(20 * time.Millisecond)
	close(stop)
	workers.Wait()
	require.NoError(t, s.Shutdown(context.Background()))
}

// A component is made for each pipeline that it is part of; its report is one.
func TestStatusOfSeveralPipelines(t *testing.T) {
	file, reported := filepath.Join(t.TempDir(), "policy.yaml"), filepath.Join(t.TempDir(), "status.json")
	require.NoError(t, os.WriteFile(file, []byte("log_statements: ['set(log.body, 1)']"), 0o600))
	payload, err := (&plog.ProtoMarshaler{}).MarshalLogs(logsOf(1, 10))
	require.NoError(t, err)
	in := func() uint64 {
		var report map[string]map[string]stage.Status
		text, err := os.ReadFile(reported)
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(text, &report))
		return report["ottltransform"]["logs"].Records.In
	}
	var stages []*stage.Stage
	for i := 0; i < 3; i++ {
		s, _ := newStage(t, &stage.Config{Form: engine.Transform, PolicyFile: file, StatusFile: reported, ReloadInterval: 5 * time.Millisecond})
		require.NoError(t, s.Start(context.Background(), componenttest.NewNopHost()))
		stages = append(stages, s)
		for n := 0; n <= i; n++ {
			require.NoError(t, s.Run(context.Background(), payload, func(*engine.Result) error { return nil }))
		}
	}
	require.Eventually(t, func() bool { return in() == 6*30 }, 10*time.Second, time.Millisecond)
	for n := 0; n < 10; n++ {
		time.Sleep(5 * time.Millisecond)
		require.EqualValues(t, 6*30, in(), "whichever reported last")
	}
	require.NoError(t, stages[0].Shutdown(context.Background()))
	for n := 0; n < 2; n++ {
		require.NoError(t, stages[1].Run(context.Background(), payload, func(*engine.Result) error { return nil }))
	}
	require.Eventually(t, func() bool { return in() == 7*30 }, 10*time.Second, time.Millisecond, "what is gone counts no more")
	require.NoError(t, errors.Join(stages[1].Shutdown(context.Background()), stages[2].Shutdown(context.Background())))
}
