package stage

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/client"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/processor/processorhelper"

	"github.com/ottl-c/ottl-c/bindings/collector/engine"
)

// Payloads of a part of the data give what payloads of all of it give.

func randomValue(r *rand.Rand, v pcommon.Value, deep int) {
	kinds := 9
	if deep > 2 {
		kinds = 7
	}
	switch r.Intn(kinds) {
	case 0:
		v.SetStr([]string{"", "a", "GET", "user7@example.com", `{"x":1}`, strings.Repeat("long ", 40)}[r.Intn(6)])
	case 1:
		v.SetStr(fmt.Sprint("text ", r.Intn(20)))
	case 2:
		v.SetInt([]int64{0, 1, -1, 500, math.MinInt64, math.MaxInt64}[r.Intn(6)])
	case 3:
		v.SetDouble([]float64{0, math.Copysign(0, -1), 1.5, math.Inf(1)}[r.Intn(4)])
	case 4:
		v.SetBool(r.Intn(2) == 0)
	case 5:
		v.SetEmptyBytes().FromRaw([]byte{0, 1, 255}[:r.Intn(4)])
	case 6: // empty
	case 7:
		list := v.SetEmptySlice()
		for i := r.Intn(4); i > 0; i-- {
			randomValue(r, list.AppendEmpty(), deep+1)
		}
	case 8:
		randomMap(r, v.SetEmptyMap(), deep+1)
	}
}

func randomMap(r *rand.Rand, m pcommon.Map, deep int) {
	for _, i := range r.Perm(8)[:r.Intn(8)] {
		randomValue(r, m.PutEmpty([]string{"a", "b", "c", "http.method", "http.status_code", "password", "long.name.of.an.attribute", ""}[i]), deep)
	}
}

// Maps with a key twice, which no API makes, but clients do.
func twice(m pcommon.Map) {
	attributes := "\x0a\x08\x0a\x01a\x12\x03\x0a\x011" + "\x0a\x08\x0a\x01b\x12\x03\x0a\x012" + "\x0a\x08\x0a\x01a\x12\x03\x0a\x013"
	d, err := (&plog.ProtoUnmarshaler{}).UnmarshalLogs([]byte("\x0a\x20\x0a\x1e" + attributes))
	if err != nil {
		panic(err)
	}
	d.ResourceLogs().At(0).Resource().Attributes().MoveTo(m)
}

func texts(r *rand.Rand) string { return []string{"", "x", "GET /a", "schema://1"}[r.Intn(4)] }

func randomMapOrTwice(r *rand.Rand, m pcommon.Map, seed int64) {
	if seed%2 != 0 && r.Intn(20) == 0 {
		twice(m)
		return
	}
	randomMap(r, m, 0)
}

func randomLogs(seed int64) plog.Logs {
	r, d := rand.New(rand.NewSource(seed)), plog.NewLogs()
	for i := r.Intn(4); i > 0; i-- {
		rl := d.ResourceLogs().AppendEmpty()
		rl.SetSchemaUrl(texts(r))
		randomMapOrTwice(r, rl.Resource().Attributes(), seed)
		rl.Resource().SetDroppedAttributesCount(uint32(r.Intn(2)))
		for k := r.Intn(3); k > 0; k-- {
			sl := rl.ScopeLogs().AppendEmpty()
			sl.SetSchemaUrl(texts(r))
			sl.Scope().SetName(texts(r))
			sl.Scope().SetVersion(texts(r))
			randomMapOrTwice(r, sl.Scope().Attributes(), seed)
			for n := r.Intn(12); n > 0; n-- {
				l := sl.LogRecords().AppendEmpty()
				l.SetTimestamp(pcommon.Timestamp(r.Uint64() >> (r.Intn(2) * 63)))
				l.SetObservedTimestamp(pcommon.Timestamp(r.Intn(3)))
				l.SetSeverityNumber(plog.SeverityNumber(r.Intn(26) - 1))
				l.SetSeverityText(texts(r))
				randomValue(r, l.Body(), 0)
				randomMapOrTwice(r, l.Attributes(), seed)
				l.SetDroppedAttributesCount(uint32(r.Intn(2)) * math.MaxUint32)
				l.SetFlags(plog.LogRecordFlags(r.Intn(3)))
				l.SetTraceID(pcommon.TraceID{byte(r.Intn(2))})
				l.SetSpanID(pcommon.SpanID{byte(r.Intn(2))})
				l.SetEventName(texts(r))
			}
		}
	}
	return d
}

func randomTraces(seed int64) ptrace.Traces {
	r, d := rand.New(rand.NewSource(seed)), ptrace.NewTraces()
	for i := r.Intn(4); i > 0; i-- {
		rs := d.ResourceSpans().AppendEmpty()
		randomMapOrTwice(r, rs.Resource().Attributes(), seed)
		for k := r.Intn(3); k > 0; k-- {
			ss := rs.ScopeSpans().AppendEmpty()
			ss.Scope().SetName(texts(r))
			for n := r.Intn(12); n > 0; n-- {
				s := ss.Spans().AppendEmpty()
				s.SetTraceID(pcommon.TraceID{byte(r.Intn(2))})
				s.SetSpanID(pcommon.SpanID{byte(r.Intn(2))})
				s.SetParentSpanID(pcommon.SpanID{byte(r.Intn(2))})
				s.TraceState().FromRaw([]string{"", "a=1,b=2"}[r.Intn(2)])
				s.SetName(texts(r))
				s.SetKind(ptrace.SpanKind(r.Intn(7) - 1))
				s.SetStartTimestamp(pcommon.Timestamp(r.Intn(3)))
				s.SetEndTimestamp(pcommon.Timestamp(r.Intn(1000)))
				randomMapOrTwice(r, s.Attributes(), seed)
				s.SetDroppedAttributesCount(uint32(r.Intn(2)))
				s.SetDroppedEventsCount(uint32(r.Intn(2)))
				s.SetDroppedLinksCount(uint32(r.Intn(2)))
				s.Status().SetCode(ptrace.StatusCode(r.Intn(3)))
				s.Status().SetMessage(texts(r))
				s.SetFlags(uint32(r.Intn(3)))
				if r.Intn(3) == 0 {
					randomMap(r, s.Events().AppendEmpty().Attributes(), 0)
					s.Links().AppendEmpty().SetSpanID(pcommon.SpanID{9})
				}
			}
		}
	}
	return d
}

func randomMetrics(seed int64) pmetric.Metrics {
	r, d := rand.New(rand.NewSource(seed)), pmetric.NewMetrics()
	for i := r.Intn(4); i > 0; i-- {
		rm := d.ResourceMetrics().AppendEmpty()
		randomMapOrTwice(r, rm.Resource().Attributes(), seed)
		for k := r.Intn(3); k > 0; k-- {
			sm := rm.ScopeMetrics().AppendEmpty()
			sm.Scope().SetName(texts(r))
			for n := r.Intn(12); n > 0; n-- {
				m := sm.Metrics().AppendEmpty()
				m.SetName(texts(r))
				m.SetDescription(texts(r))
				m.SetUnit(texts(r))
				randomMapOrTwice(r, m.Metadata(), seed)
				switch r.Intn(6) {
				case 0:
					m.SetEmptyGauge().DataPoints().AppendEmpty().SetIntValue(1)
				case 1:
					m.SetEmptySum().SetIsMonotonic(true)
					randomMap(r, m.Sum().DataPoints().AppendEmpty().Attributes(), 0)
				case 2:
					m.SetEmptyHistogram().DataPoints().AppendEmpty().BucketCounts().Append(1, 2)
				case 3:
					m.SetEmptyExponentialHistogram()
				case 4:
					m.SetEmptySummary().DataPoints().AppendEmpty().SetCount(3)
				}
			}
		}
	}
	return d
}

var narrowMetrics = []string{
	`set(metric.name, Concat([metric.name, "x"], "_")) where metric.type == METRIC_DATA_TYPE_SUM`,
	`set(metric.unit, "") where metric.type == METRIC_DATA_TYPE_NONE` + "\n" + `set(metric.description, metric.unit)`,
	`set(metric.metadata["a"], metric.name)` + "\n" + `delete_key(metric.metadata, "b")`,
	`keep_matching_keys(resource.attributes, "^a")`,
	`set(scope.name, "n")`,
}

var narrowMetricFilters = []string{`metric.name == "x"`, `metric.type == METRIC_DATA_TYPE_SUMMARY`, `resource.attributes["a"] == nil`, `true`}

var narrowLogs = []string{
	`set(log.attributes["a"], 1)`,
	`set(log.attributes["a"], log.attributes["b"]) where log.severity_number > 10`,
	`delete_key(log.attributes, "a")` + "\n" + `set(log.attributes["z"], "x") where log.attributes["b"] == nil`,
	`delete_key(resource.attributes, "a")` + "\n" + `set(scope.attributes["b"], resource.attributes["b"])`,
	`set(log.attributes["a"]["b"], log.body)` + "\n" + `set(log.body, log.attributes["c"])`,
	`set(log.body, nil) where log.severity_text == ""`,
	`set(log.severity_number, 0)` + "\n" + `set(log.severity_text, "") where log.flags == 1` + "\n" + `set(log.flags, 0)`,
	`set(log.time_unix_nano, 0)` + "\n" + `set(log.observed_time_unix_nano, log.time_unix_nano)` + "\n" + `set(log.dropped_attributes_count, 3)`,
	`set(log.trace_id, TraceID(0x00000000000000000000000000000000))` + "\n" + `set(log.span_id, SpanID(0x0102030405060708))` + "\n" + `set(log.event_name, log.severity_text)`,
	`set(scope.name, "n") where scope.version == ""` + "\n" + `set(scope.version, scope.schema_url)` + "\n" + `set(resource.schema_url, scope.name)` + "\n" + `set(scope.schema_url, "")`,
	`set(resource.dropped_attributes_count, 0)` + "\n" + `set(scope.dropped_attributes_count, 2)`,
	`keep_keys(log.attributes, ["a", "b"])`,
	`delete_matching_keys(log.attributes, "^http")`,
	`keep_matching_keys(resource.attributes, "^.$")`,
	`limit(log.attributes, 3, ["password"])`,
	`truncate_all(log.attributes, 3)`,
	`replace_all_patterns(log.attributes, "value", "user\\d", "u")` + "\n" + `set(log.attributes["n"], Len(log.attributes))`,
	`merge_maps(log.attributes, log.body, "upsert") where IsMap(log.body)`,
	`merge_maps(log.attributes, {"a": 1, "n": "x"}, "insert")`,
	`flatten(log.attributes)`,
	`set(log.attributes["copy"], log.attributes)`,
	`set(log.attributes, {"only": [1, "a", {"b": true}]})`,
	`set(log.attributes, resource.attributes)` + "\n" + `set(resource.attributes["seen"], true)`,
	`append(log.attributes["list"], "x")` + "\n" + `append(log.attributes["list"], log.body)`,
	`set(log.attributes["a"], 1)` + "\n" + `set(log.attributes["b"], 2)` + "\n" + `set(log.attributes["c"], 3)` + "\n" + `set(log.attributes["d"], 4)` + "\n" + `delete_key(log.attributes, "password")`,
	`set(log.cache["x"], log.body)` + "\n" + `set(log.attributes[""], log.cache["x"])`,
	`set(log.attributes["j"], ParseJSON(log.body))`,
	`set(log.body["k"], 1) where IsMap(log.body)`,
	`set(log.attributes["k"], log.attributes["a"]["b"])`,
	`set(log.attributes["tenant"], otelcol.client.metadata["t"][0])`,
	`set(resource.attributes["last"], log.body)` + "\n" + `set(log.attributes["last"], resource.attributes["last"])`,
}

var narrowTraces = []string{
	`set(span.attributes["a"], span.name)`,
	`set(span.name, "n") where span.kind == 1` + "\n" + `set(span.kind, 2)`,
	`set(span.status.code, 0) where span.status.message == ""` + "\n" + `set(span.status.message, "m") where span.name == ""`,
	`set(span.status.code, 2)`,
	`set(span.trace_state["c"], "3")` + "\n" + `set(span.flags, 0)`,
	`set(span.trace_id, TraceID(0x01020304050607080102030405060708))` + "\n" + `set(span.span_id, SpanID(0x0000000000000000))` + "\n" + `set(span.parent_span_id, span.span_id)`,
	`set(span.start_time_unix_nano, span.end_time_unix_nano)` + "\n" + `set(span.end_time_unix_nano, 0)`,
	`set(span.dropped_attributes_count, 0)` + "\n" + `set(span.dropped_events_count, 4)` + "\n" + `set(span.dropped_links_count, 1)`,
	`limit(span.attributes, 1, ["a"])`,
	`set(span.attributes["d"], span.end_time - span.start_time)`,
}

var narrowFilters = []string{
	`log.severity_number < 9`, `log.attributes["a"] == nil`, `IsMatch(log.body, "text")`, `resource.attributes["a"] != nil`, `true`, `false`,
	`scope.name == "x" or log.flags == 0`, `Len(log.attributes) > 3`, `ParseJSON(log.body)["x"] == 1`,
}

var narrowSpanFilters = []string{`span.name == "x"`, `span.status.code == 1 and resource.attributes["b"] == nil`, `true`}

func stageOf(t *testing.T, form engine.Form, signal engine.Signal, config map[string]any) *Stage {
	config["error_mode"] = "ignore"
	text, err := json.Marshal(config)
	require.NoError(t, err)
	s, err := New(componenttest.NewNopTelemetrySettings(), component.MustNewID("t"), &Config{Form: form, Text: string(text)}, signal)
	require.NoError(t, err, string(text))
	return s
}

// The same program on all of the data and on what it needs. Returns how often that made a difference.
func same[T any](t *testing.T, s *Stage, c *codec[T], random func(int64) T, text func(T) string) (changed int) {
	ctx := client.NewContext(context.Background(), client.Info{Metadata: client.NewMetadata(map[string][]string{"t": {"acme"}})})
	require.NotNil(t, s.Active().plan)
	for seed := int64(0); seed < 60; seed++ {
		want, wantErr := wholly(ctx, s, s.Active(), random(seed), c)
		got := random(seed)
		err := narrowly(ctx, s, s.Active(), got, c)
		if errors.Is(wantErr, processorhelper.ErrSkipProcessingData) {
			if err == nil { // of nothing, nothing is left
				require.Equal(t, text(want), text(got))
				continue
			}
			require.ErrorIs(t, err, wantErr)
			changed++
			continue
		}
		require.NoError(t, wantErr)
		require.NoError(t, err)
		if seed%2 != 0 {
			require.Equal(t, sorted(t, text(want)), sorted(t, text(got)), "seed %d", seed)
		} else {
			require.Equal(t, text(want), text(got), "seed %d", seed)
		}
		if text(got) != text(random(seed)) {
			changed++
		}
	}
	return changed
}

// With attributes in an order of their own: that of maps with a key twice is nobody's business.
func sorted(t *testing.T, text string) string {
	var all any
	require.NoError(t, json.Unmarshal([]byte(text), &all))
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			for _, inside := range v {
				walk(inside)
			}
			if list, ok := v["attributes"].([]any); ok {
				slices.SortFunc(list, func(a, b any) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
			}
		case []any:
			for _, inside := range v {
				walk(inside)
			}
		}
	}
	walk(all)
	out, _ := json.Marshal(all)
	return string(out)
}

func logsText(d plog.Logs) string {
	text, _ := (&plog.JSONMarshaler{}).MarshalLogs(d)
	return string(text)
}

func tracesText(d ptrace.Traces) string {
	text, _ := (&ptrace.JSONMarshaler{}).MarshalTraces(d)
	return string(text)
}

func TestNarrowLogs(t *testing.T) {
	for _, program := range narrowLogs {
		t.Run(program, func(t *testing.T) {
			s := stageOf(t, engine.Transform, engine.Logs, map[string]any{"log_statements": strings.Split(program, "\n")})
			assert.Positive(t, same(t, s, logsCodec, randomLogs, logsText))
		})
	}
	for _, condition := range []string{`resource.attributes["a"] == nil`, `scope.name == "x"`, `log.severity_number < 9`} { // each in its own context
		t.Run("context of "+condition, func(t *testing.T) {
			s := stageOf(t, engine.Filter, engine.Logs, map[string]any{"log_conditions": []string{condition}})
			assert.Positive(t, same(t, s, logsCodec, randomLogs, logsText))
		})
	}
	for _, condition := range narrowFilters {
		t.Run(condition, func(t *testing.T) {
			s := stageOf(t, engine.Filter, engine.Logs, map[string]any{"logs": map[string]any{"log_record": []string{condition}}})
			assert.Positive(t, same(t, s, logsCodec, randomLogs, logsText))
		})
	}
}

func TestNarrowTraces(t *testing.T) {
	for _, program := range narrowTraces {
		t.Run(program, func(t *testing.T) {
			s := stageOf(t, engine.Transform, engine.Traces, map[string]any{"trace_statements": strings.Split(program, "\n")})
			assert.Positive(t, same(t, s, tracesCodec, randomTraces, tracesText))
		})
	}
	for _, condition := range narrowSpanFilters {
		t.Run(condition, func(t *testing.T) {
			s := stageOf(t, engine.Filter, engine.Traces, map[string]any{"traces": map[string]any{"span": []string{condition}}})
			assert.Positive(t, same(t, s, tracesCodec, randomTraces, tracesText))
		})
	}
}

func metricsText(d pmetric.Metrics) string {
	text, _ := (&pmetric.JSONMarshaler{}).MarshalMetrics(d)
	return string(text)
}

func TestNarrowMetrics(t *testing.T) {
	for _, program := range narrowMetrics {
		t.Run(program, func(t *testing.T) {
			s := stageOf(t, engine.Transform, engine.Metrics, map[string]any{"metric_statements": strings.Split(program, "\n")})
			assert.Positive(t, same(t, s, metricsCodec, randomMetrics, metricsText))
		})
	}
	for _, condition := range narrowMetricFilters {
		t.Run(condition, func(t *testing.T) {
			s := stageOf(t, engine.Filter, engine.Metrics, map[string]any{"metrics": map[string]any{"metric": []string{condition}}})
			assert.Positive(t, same(t, s, metricsCodec, randomMetrics, metricsText))
		})
	}
}

// What looks at more than resources, scopes and records gets all of the data.
func TestWholeWhereThatIsNeeded(t *testing.T) {
	for _, program := range []string{`set(span.attributes["n"], Len(span.events))`, `set(spanevent.name, "x")`, `set_semconv_span_name("1.37.0")`} {
		statements := []any{map[string]any{"context": "span", "statements": []string{program}}}
		if strings.Contains(program, "spanevent") {
			statements = []any{program}
		}
		s := stageOf(t, engine.Transform, engine.Traces, map[string]any{"trace_statements": statements})
		assert.Nil(t, s.Active().plan, program)
	}
	for _, program := range []string{`set(datapoint.value_int, 1)`, `set(metric.aggregation_temporality, 1)`, `set(metric.name, "x") where Len(metric.data_points) == 0`} {
		s := stageOf(t, engine.Transform, engine.Metrics, map[string]any{"metric_statements": []string{program}})
		assert.Nil(t, s.Active().plan, program)
	}
	s := stageOf(t, engine.Filter, engine.Metrics, map[string]any{"metrics": map[string]any{"metric": []string{`HasAttrKeyOnDatapoint("a")`}}})
	assert.Nil(t, s.Active().plan)
}

func TestNothingIsWrittenWhenARecordFails(t *testing.T) {
	s := stageOf(t, engine.Transform, engine.Logs, map[string]any{"log_statements": []string{`set(log.attributes["a"], ParseJSON("{"))`}})
	s.config.Text = `{"error_mode":"propagate","log_statements":["set(log.body, 1)","set(log.attributes[\"a\"], ParseJSON(\"{\"))"]}`
	require.NoError(t, s.Offer(s.config.Text))
	d := randomLogs(1)
	var failed *engine.RunError
	require.ErrorAs(t, narrowly(context.Background(), s, s.Active(), d, logsCodec), &failed)
	assert.Equal(t, logsText(randomLogs(1)), logsText(d))
}
