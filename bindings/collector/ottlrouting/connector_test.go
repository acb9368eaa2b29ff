package ottlrouting_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/connector"
	"go.opentelemetry.io/collector/connector/connectortest"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pipeline"
	"go.yaml.in/yaml/v3"

	"github.com/ottl-c/ottl-c/bindings/collector/ottlrouting"
)

const table = `
default_pipelines: [logs/rest]
table:
  - context: log
    condition: severity_number >= 17
    pipelines: [logs/errors]
  - statement: route() where attributes["tenant"] == "acme"
    pipelines: [logs/acme, logs/archive]
`

func TestRoutes(t *testing.T) {
	var raw map[string]any
	require.NoError(t, yaml.Unmarshal([]byte(table), &raw))
	f := ottlrouting.NewFactory()
	cfg := f.CreateDefaultConfig()
	require.NoError(t, confmap.NewFromStringMap(raw).Unmarshal(cfg))
	require.NoError(t, cfg.(*ottlrouting.Config).Validate())
	sinks, consumers := map[string]*consumertest.LogsSink{}, map[pipeline.ID]consumer.Logs{}
	for _, name := range []string{"errors", "acme", "archive", "rest"} {
		sinks[name] = &consumertest.LogsSink{}
		consumers[pipeline.NewIDWithName(pipeline.SignalLogs, name)] = sinks[name]
	}
	c, err := f.CreateLogsToLogs(context.Background(), connectortest.NewNopSettings(f.Type()), cfg, connector.NewLogsRouter(consumers))
	require.NoError(t, err)
	in := plog.NewLogs()
	for i, tenant := range []string{"acme", "umbrella"} {
		rl := in.ResourceLogs().AppendEmpty()
		rl.Resource().Attributes().PutStr("tenant", tenant)
		for k := 0; k < 3; k++ {
			l := rl.ScopeLogs().AppendEmpty().LogRecords().AppendEmpty()
			l.Body().SetStr(fmt.Sprint(i, k))
			l.SetSeverityNumber(plog.SeverityNumber(15 + k))
		}
	}
	require.NoError(t, c.ConsumeLogs(context.Background(), in))
	counts := map[string]int{}
	for name, sink := range sinks {
		counts[name] = sink.LogRecordCount()
	}
	assert.Equal(t, map[string]int{"errors": 2, "acme": 2, "archive": 2, "rest": 2}, counts)

	delete(raw, "table")
	raw["table"] = []any{map[string]any{"condition": "true", "pipelines": []any{"logs/nowhere"}}}
	cfg = f.CreateDefaultConfig()
	require.NoError(t, confmap.NewFromStringMap(raw).Unmarshal(cfg))
	_, err = f.CreateLogsToLogs(context.Background(), connectortest.NewNopSettings(f.Type()), cfg, connector.NewLogsRouter(consumers))
	assert.ErrorContains(t, err, "logs/nowhere")
}
