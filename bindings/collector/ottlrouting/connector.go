// Package ottlrouting is the routing connector on the engine: the same configuration under another name.
package ottlrouting

import (
	"context"
	"errors"
	"fmt"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/connector"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pipeline"

	"github.com/ottl-c/ottl-c/bindings/collector/engine"
	"github.com/ottl-c/ottl-c/bindings/collector/internal/stage"
)

// NewFactory of the connector `ottlrouting`.
func NewFactory() connector.Factory {
	return connector.NewFactory(component.MustNewType("ottlrouting"), func() component.Config { return &Config{stage.Config{Form: engine.Routing}} },
		connector.WithLogsToLogs(logs, component.StabilityLevelDevelopment), connector.WithTracesToTraces(traces, component.StabilityLevelDevelopment),
		connector.WithMetricsToMetrics(metrics, component.StabilityLevelDevelopment))
}

// Config is that of the routing connector.
type Config struct{ stage.Config }

// router runs the table and hands each pipeline its part.
type router[T any] struct {
	*stage.Stage
	marshal   func(T) ([]byte, error)
	unmarshal func([]byte) (T, error)
	consumers []func(context.Context, T) error // as Program.Pipelines
}

func newRouter[T any](set connector.Settings, cfg *Config, signal engine.Signal, marshal func(T) ([]byte, error), unmarshal func([]byte) (T, error),
	find func(pipeline.ID) (func(context.Context, T) error, error)) (*router[T], error) {
	if cfg.PolicyFile != "" {
		return nil, errors.New("a routing table cannot come from a policy file: its pipelines are those of the collector")
	}
	s, err := stage.New(set.TelemetrySettings, set.ID, &cfg.Config, signal)
	if err != nil {
		return nil, err
	}
	r := &router[T]{Stage: s, marshal: marshal, unmarshal: unmarshal}
	for _, name := range s.Active().Program.Pipelines() {
		var id pipeline.ID
		if err := id.UnmarshalText([]byte(name)); err != nil {
			return nil, fmt.Errorf("pipeline %q: %w", name, err)
		}
		consume, err := find(id)
		if err != nil {
			return nil, fmt.Errorf("pipeline %q: %w", name, err)
		}
		r.consumers = append(r.consumers, consume)
	}
	return r, nil
}

func (*router[T]) Capabilities() consumer.Capabilities {
	return consumer.Capabilities{MutatesData: false}
}

// Each part is decoded before the engine's memory goes on to the next payload; what takes the whole payload gets it as it came in.
func (r *router[T]) consume(ctx context.Context, data T) error {
	payload, err := r.marshal(data)
	if err != nil {
		return err
	}
	parts, whole := make([]*T, len(r.consumers)), 0
	err = r.Run(ctx, payload, func(result *engine.Result) error {
		for i, out := range result.Outputs {
			if out.Data == nil {
				continue
			}
			part := data
			if out.Whole && whole == 0 { // the first alone: pipelines may write to what they get
				whole++
			} else if part, err = r.unmarshal(out.Data); err != nil {
				return err
			}
			parts[i] = &part
		}
		return nil
	})
	failed := []error{err}
	for i, part := range parts {
		if part != nil && err == nil {
			failed = append(failed, r.consumers[i](ctx, *part))
		}
	}
	return errors.Join(failed...)
}

type logsRouter struct{ *router[plog.Logs] }

func (r logsRouter) ConsumeLogs(ctx context.Context, d plog.Logs) error { return r.consume(ctx, d) }

func logs(_ context.Context, set connector.Settings, cfg component.Config, next consumer.Logs) (connector.Logs, error) {
	all, ok := next.(connector.LogsRouterAndConsumer)
	if !ok {
		return nil, errors.New("no pipelines to route to")
	}
	r, err := newRouter(set, cfg.(*Config), engine.Logs, (&plog.ProtoMarshaler{}).MarshalLogs, (&plog.ProtoUnmarshaler{}).UnmarshalLogs,
		func(id pipeline.ID) (func(context.Context, plog.Logs) error, error) {
			c, err := all.Consumer(id)
			if err != nil {
				return nil, err
			}
			return c.ConsumeLogs, nil
		})
	return logsRouter{r}, err
}

type tracesRouter struct{ *router[ptrace.Traces] }

func (r tracesRouter) ConsumeTraces(ctx context.Context, d ptrace.Traces) error {
	return r.consume(ctx, d)
}

func traces(_ context.Context, set connector.Settings, cfg component.Config, next consumer.Traces) (connector.Traces, error) {
	all, ok := next.(connector.TracesRouterAndConsumer)
	if !ok {
		return nil, errors.New("no pipelines to route to")
	}
	r, err := newRouter(set, cfg.(*Config), engine.Traces, (&ptrace.ProtoMarshaler{}).MarshalTraces, (&ptrace.ProtoUnmarshaler{}).UnmarshalTraces,
		func(id pipeline.ID) (func(context.Context, ptrace.Traces) error, error) {
			c, err := all.Consumer(id)
			if err != nil {
				return nil, err
			}
			return c.ConsumeTraces, nil
		})
	return tracesRouter{r}, err
}

type metricsRouter struct{ *router[pmetric.Metrics] }

func (r metricsRouter) ConsumeMetrics(ctx context.Context, d pmetric.Metrics) error {
	return r.consume(ctx, d)
}

func metrics(_ context.Context, set connector.Settings, cfg component.Config, next consumer.Metrics) (connector.Metrics, error) {
	all, ok := next.(connector.MetricsRouterAndConsumer)
	if !ok {
		return nil, errors.New("no pipelines to route to")
	}
	r, err := newRouter(set, cfg.(*Config), engine.Metrics, (&pmetric.ProtoMarshaler{}).MarshalMetrics, (&pmetric.ProtoUnmarshaler{}).UnmarshalMetrics,
		func(id pipeline.ID) (func(context.Context, pmetric.Metrics) error, error) {
			c, err := all.Consumer(id)
			if err != nil {
				return nil, err
			}
			return c.ConsumeMetrics, nil
		})
	return metricsRouter{r}, err
}
