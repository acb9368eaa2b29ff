package ottlreceiver_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/plog/plogotlp"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/pmetric/pmetricotlp"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"
	"go.opentelemetry.io/collector/receiver/otlpreceiver"
	"go.opentelemetry.io/collector/receiver/receivertest"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.yaml.in/yaml/v3"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/ottl-c/ottl-c/bindings/collector/ottlreceiver"
)

func free(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	return l.Addr().String()
}

func load(t *testing.T, text string) component.Config {
	var raw map[string]any
	require.NoError(t, yaml.Unmarshal([]byte(text), &raw))
	cfg := ottlreceiver.NewFactory().CreateDefaultConfig()
	require.NoError(t, confmap.NewFromStringMap(raw).Unmarshal(cfg))
	return cfg
}

const programs = `
protocols:
  grpc: { endpoint: %s }
  http: { endpoint: %s }
programs:
  - filter:
      logs: { log_record: ["severity_number < 9"] }
      traces: { span: ['name == "GET /health"'] }
  - transform:
      error_mode: propagate
      log_statements:
        - replace_pattern(log.body, "user\\d+", "<user>")
        - set(log.attributes["parsed"], ParseJSON(log.attributes["json"])) where log.attributes["json"] != nil
      metric_statements: ['set(metric.unit, "1")']
`

type sinks struct {
	logs    consumertest.LogsSink
	traces  consumertest.TracesSink
	metrics consumertest.MetricsSink
}

func start(t *testing.T) (grpcAt, httpAt string, s *sinks) {
	grpcAt, httpAt, s = free(t), free(t), &sinks{}
	cfg := load(t, fmt.Sprintf(programs, grpcAt, httpAt))
	require.NoError(t, cfg.(*ottlreceiver.Config).Validate())
	f, ctx := ottlreceiver.NewFactory(), context.Background()
	set := receivertest.NewNopSettings(f.Type())
	logs, err := f.CreateLogs(ctx, set, cfg, &s.logs)
	require.NoError(t, err)
	traces, err := f.CreateTraces(ctx, set, cfg, &s.traces)
	require.NoError(t, err)
	metrics, err := f.CreateMetrics(ctx, set, cfg, &s.metrics)
	require.NoError(t, err)
	for _, r := range []component.Component{logs, traces, metrics} {
		require.NoError(t, r.Start(ctx, componenttest.NewNopHost()))
		t.Cleanup(func() { assert.NoError(t, r.Shutdown(ctx)) })
	}
	return grpcAt, httpAt, s
}

func logsOf(severities ...int) plog.Logs {
	d := plog.NewLogs()
	records := d.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords()
	for i, severity := range severities {
		l := records.AppendEmpty()
		l.SetSeverityNumber(plog.SeverityNumber(severity))
		l.Body().SetStr(fmt.Sprintf("by user%d", i))
	}
	return d
}

func bodies(d plog.Logs) (list []string) {
	for _, rl := range d.ResourceLogs().All() {
		for _, sl := range rl.ScopeLogs().All() {
			for _, l := range sl.LogRecords().All() {
				list = append(list, l.Body().Str())
			}
		}
	}
	return list
}

func TestGRPC(t *testing.T) {
	at, _, s := start(t)
	conn, err := grpc.NewClient(at, grpc.WithTransportCredentials(insecure.NewCredentials()))
	require.NoError(t, err)
	defer conn.Close()
	ctx, client := context.Background(), plogotlp.NewGRPCClient(conn)
	_, err = client.Export(ctx, plogotlp.NewExportRequestFromLogs(logsOf(1, 17, 5, 9)))
	require.NoError(t, err)
	assert.Equal(t, []string{"by <user>", "by <user>"}, bodies(s.logs.AllLogs()[0]))

	_, err = client.Export(ctx, plogotlp.NewExportRequestFromLogs(logsOf(1, 2)))
	require.NoError(t, err)
	assert.Len(t, s.logs.AllLogs(), 1, "of the second request nothing is left")

	bad := logsOf(17)
	bad.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(0).Attributes().PutStr("json", "{secret")
	_, err = client.Export(ctx, plogotlp.NewExportRequestFromLogs(bad))
	assert.Equal(t, codes.InvalidArgument, status.Code(err))
	assert.NotContains(t, err.Error(), "secret")

	spans := ptrace.NewTraces()
	list := spans.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans()
	list.AppendEmpty().SetName("GET /health")
	list.AppendEmpty().SetName("GET /orders")
	_, err = ptraceotlp.NewGRPCClient(conn).Export(ctx, ptraceotlp.NewExportRequestFromTraces(spans))
	require.NoError(t, err)
	assert.Equal(t, 1, s.traces.SpanCount())

	metrics := pmetric.NewMetrics()
	metrics.ResourceMetrics().AppendEmpty().ScopeMetrics().AppendEmpty().Metrics().AppendEmpty().SetEmptyGauge().DataPoints().AppendEmpty().SetIntValue(1)
	_, err = pmetricotlp.NewGRPCClient(conn).Export(ctx, pmetricotlp.NewExportRequestFromMetrics(metrics))
	require.NoError(t, err)
	assert.Equal(t, "1", s.metrics.AllMetrics()[0].ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().At(0).Unit())
}

func post(t *testing.T, url, kind string, body []byte) int {
	answer, err := http.Post(url, kind, bytes.NewReader(body))
	require.NoError(t, err)
	defer answer.Body.Close()
	if answer.StatusCode == http.StatusOK {
		assert.Equal(t, kind, answer.Header.Get("Content-Type"))
	}
	return answer.StatusCode
}

func TestHTTP(t *testing.T) {
	_, at, s := start(t)
	url := "http://" + at + "/v1/logs"
	proto, err := (&plog.ProtoMarshaler{}).MarshalLogs(logsOf(17, 1))
	require.NoError(t, err)
	json, err := (&plog.JSONMarshaler{}).MarshalLogs(logsOf(17, 1))
	require.NoError(t, err)
	assert.Equal(t, 200, post(t, url, "application/x-protobuf", proto))
	assert.Equal(t, 200, post(t, url, "application/json", json))
	all := s.logs.AllLogs()
	require.Len(t, all, 2)
	assert.Equal(t, []string{"by <user>"}, bodies(all[0]))
	assert.Equal(t, bodies(all[0]), bodies(all[1]))
	assert.Equal(t, 400, post(t, url, "application/x-protobuf", []byte("\xff\xff")))
	assert.Equal(t, 400, post(t, url, "application/json", []byte("{")))
	assert.Equal(t, 400, post(t, url, "application/json", nil))
	assert.Equal(t, 415, post(t, url, "text/plain", nil))
	assert.Equal(t, 404, post(t, "http://"+at+"/v1/nothing", "application/json", json))
}

func TestPipelinesThatAreFullMakeClientsTryAgain(t *testing.T) {
	at := free(t)
	cfg := load(t, "protocols:\n  http: { endpoint: "+at+" }\n")
	f, ctx := ottlreceiver.NewFactory(), context.Background()
	r, err := f.CreateLogs(ctx, receivertest.NewNopSettings(f.Type()), cfg, consumertest.NewErr(fmt.Errorf("full")))
	require.NoError(t, err)
	require.NoError(t, r.Start(ctx, componenttest.NewNopHost()))
	proto, _ := (&plog.ProtoMarshaler{}).MarshalLogs(logsOf(17))
	assert.Equal(t, 503, post(t, "http://"+at+"/v1/logs", "application/x-protobuf", proto))
	assert.Equal(t, 404, post(t, "http://"+at+"/v1/traces", "application/x-protobuf", nil), "no pipeline takes traces")
	require.NoError(t, r.Shutdown(ctx))
}

func TestConfigurationOfTheOTLPReceiver(t *testing.T) {
	text := "protocols:\n  grpc: {}\n  http: { logs_url_path: here/logs, endpoint: %s }\n"
	at := free(t)
	text = fmt.Sprintf(text, at)
	cfg := load(t, text).(*ottlreceiver.Config)
	var raw map[string]any
	require.NoError(t, yaml.Unmarshal([]byte(text), &raw))
	want := otlpreceiver.NewFactory().CreateDefaultConfig().(*otlpreceiver.Config)
	require.NoError(t, confmap.NewFromStringMap(raw).Unmarshal(want))
	assert.Equal(t, want.Protocols, cfg.Protocols, "and its defaults: an answer may take as long as the pipeline")
	assert.Zero(t, cfg.Protocols.HTTP.Get().ServerConfig.WriteTimeout)

	cfg = load(t, strings.Replace(text, "  grpc: {}\n", "", 1)).(*ottlreceiver.Config)
	f, ctx, sink := ottlreceiver.NewFactory(), context.Background(), &consumertest.LogsSink{}
	r, err := f.CreateLogs(ctx, receivertest.NewNopSettings(f.Type()), cfg, sink)
	require.NoError(t, err)
	require.NoError(t, r.Start(ctx, componenttest.NewNopHost()))
	proto, _ := (&plog.ProtoMarshaler{}).MarshalLogs(logsOf(17))
	assert.Equal(t, 200, post(t, "http://"+at+"/here/logs", "application/x-protobuf", proto))
	assert.Equal(t, 404, post(t, "http://"+at+"/v1/logs", "application/x-protobuf", proto))
	require.NoError(t, r.Shutdown(ctx))
	assert.Equal(t, 1, sink.LogRecordCount())
}

func TestFailuresCountOnce(t *testing.T) {
	at := free(t)
	cfg := load(t, "protocols: { http: { endpoint: "+at+" } }\nprograms:\n  - transform: { log_statements: ['set(log.severity_text, \"x\")'] }\n"+
		"  - transform: { error_mode: propagate, log_statements: ['set(log.body, ParseJSON(log.body))'] }\n")
	f, ctx, reader := ottlreceiver.NewFactory(), context.Background(), sdkmetric.NewManualReader()
	set := receivertest.NewNopSettings(f.Type())
	set.MeterProvider = sdkmetric.NewMeterProvider(sdkmetric.WithReader(reader))
	r, err := f.CreateLogs(ctx, set, cfg, consumertest.NewNop())
	require.NoError(t, err)
	require.NoError(t, r.Start(ctx, componenttest.NewNopHost()))
	proto, _ := (&plog.ProtoMarshaler{}).MarshalLogs(logsOf(17))
	assert.Equal(t, 400, post(t, "http://"+at+"/v1/logs", "application/x-protobuf", proto))
	require.NoError(t, r.Shutdown(ctx))
	var all metricdata.ResourceMetrics
	require.NoError(t, reader.Collect(ctx, &all))
	failures := map[string]int64{}
	for _, scope := range all.ScopeMetrics {
		for _, m := range scope.Metrics {
			if data, ok := m.Data.(metricdata.Sum[int64]); ok && m.Name == "otelcol_ottl_errors" {
				for _, p := range data.DataPoints {
					of, _ := p.Attributes.Value("component")
					failures[of.AsString()[strings.LastIndex(of.AsString(), "/"):]] += p.Value
				}
			}
		}
	}
	assert.Equal(t, map[string]int64{"/programs[1]": 1}, failures)
}

// What an exporter says of a failure is what the client hears, as with the OTLP receiver.
func TestStatusOfThePipeline(t *testing.T) {
	full, err := status.New(codes.ResourceExhausted, "full").WithDetails(&errdetails.RetryInfo{RetryDelay: durationpb.New(7 * time.Second)})
	require.NoError(t, err)
	for _, c := range []struct {
		err   error
		http  int
		grpc  codes.Code
		after string
	}{
		{fmt.Errorf("exporter: %w", full.Err()), 429, codes.ResourceExhausted, "7"},
		{consumererror.NewPermanent(status.Error(codes.PermissionDenied, "no")), 403, codes.PermissionDenied, ""},
		{consumererror.NewPermanent(errors.New("never")), 400, codes.InvalidArgument, ""},
		{status.Error(codes.Internal, "broken"), 500, codes.Internal, ""},
		{context.DeadlineExceeded, 503, codes.Unavailable, ""},
	} {
		grpcAt, at := free(t), free(t)
		cfg := load(t, fmt.Sprintf("protocols: { grpc: { endpoint: %s }, http: { endpoint: %s } }\n", grpcAt, at))
		f, ctx := ottlreceiver.NewFactory(), context.Background()
		r, err := f.CreateLogs(ctx, receivertest.NewNopSettings(f.Type()), cfg, consumertest.NewErr(c.err))
		require.NoError(t, err)
		require.NoError(t, r.Start(ctx, componenttest.NewNopHost()))
		proto, _ := (&plog.ProtoMarshaler{}).MarshalLogs(logsOf(17))
		answer, err := http.Post("http://"+at+"/v1/logs", "application/x-protobuf", bytes.NewReader(proto))
		require.NoError(t, err)
		answer.Body.Close()
		assert.Equal(t, c.http, answer.StatusCode, c.err)
		assert.Equal(t, c.after, answer.Header.Get("Retry-After"))
		conn, err := grpc.NewClient(grpcAt, grpc.WithTransportCredentials(insecure.NewCredentials()))
		require.NoError(t, err)
		_, err = plogotlp.NewGRPCClient(conn).Export(ctx, plogotlp.NewExportRequestFromLogs(logsOf(17)))
		assert.Equal(t, c.grpc, status.Code(err))
		assert.Len(t, status.Convert(err).Details(), len(c.after))
		require.NoError(t, conn.Close())
		require.NoError(t, r.Shutdown(ctx))
	}
}

func TestConfigurationsThatAreWrong(t *testing.T) {
	f := ottlreceiver.NewFactory()
	for _, text := range []string{
		"protocols: { http: {} }\nprograms: { transform: {} }\n",
		"protocols: { http: {} }\nprograms: [{ transfer: {} }]\n",
		"protocols: { http: {} }\nprograms: [{ transform: {}, filter: {} }]\n",
	} {
		var raw map[string]any
		require.NoError(t, yaml.Unmarshal([]byte(text), &raw))
		assert.ErrorContains(t, confmap.NewFromStringMap(raw).Unmarshal(f.CreateDefaultConfig()), "programs")
	}
	assert.ErrorContains(t, load(t, "programs: []\n").(*ottlreceiver.Config).Validate(), "neither grpc nor http")
	wrong := load(t, "protocols: { http: {} }\nprograms: [{ transform: { log_statements: ['sett(log.body, 1)'] } }]\n")
	assert.ErrorContains(t, wrong.(*ottlreceiver.Config).Validate(), "did you mean `set`?")
}
