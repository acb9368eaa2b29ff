package stage

import (
	"context"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/processor"
	"go.opentelemetry.io/collector/processor/processorhelper"

	"github.com/ottl-c/ottl-c/bindings/collector/engine"
)

// convert runs on decoded data: to bytes, through the engine, and back, unless nothing was changed. What came in is never written, so it may be
// shared with other consumers.
func convert[T any](ctx context.Context, s *Stage, data T, marshal func(T) ([]byte, error), unmarshal func([]byte) (T, error)) (T, error) {
	if s.Active().Program.Empty() {
		return data, nil
	}
	payload, err := marshal(data)
	if err != nil {
		return data, err
	}
	out := data
	err = s.Run(ctx, payload, func(r *engine.Result) error {
		switch {
		case r.Data == nil:
			return processorhelper.ErrSkipProcessingData
		case r.Unchanged:
			return nil
		}
		out, err = unmarshal(r.Data)
		return err
	})
	return out, err
}

// Factory of a processor.
func Factory(kind component.Type, form engine.Form) processor.Factory {
	stage := func(set processor.Settings, cfg component.Config, signal engine.Signal) (*Stage, error) {
		return New(set.TelemetrySettings, set.ID, cfg.(*Config), signal)
	}
	options := func(s *Stage) []processorhelper.Option {
		return []processorhelper.Option{
			processorhelper.WithCapabilities(consumer.Capabilities{MutatesData: false}),
			processorhelper.WithStart(s.Start), processorhelper.WithShutdown(s.Shutdown),
		}
	}
	logs := func(ctx context.Context, set processor.Settings, cfg component.Config, next consumer.Logs) (processor.Logs, error) {
		s, err := stage(set, cfg, engine.Logs)
		if err != nil {
			return nil, err
		}
		in, out := &plog.ProtoMarshaler{}, &plog.ProtoUnmarshaler{}
		return processorhelper.NewLogs(ctx, set, cfg, next, func(ctx context.Context, d plog.Logs) (plog.Logs, error) {
			return convert(ctx, s, d, in.MarshalLogs, out.UnmarshalLogs)
		}, options(s)...)
	}
	traces := func(ctx context.Context, set processor.Settings, cfg component.Config, next consumer.Traces) (processor.Traces, error) {
		s, err := stage(set, cfg, engine.Traces)
		if err != nil {
			return nil, err
		}
		in, out := &ptrace.ProtoMarshaler{}, &ptrace.ProtoUnmarshaler{}
		return processorhelper.NewTraces(ctx, set, cfg, next, func(ctx context.Context, d ptrace.Traces) (ptrace.Traces, error) {
			return convert(ctx, s, d, in.MarshalTraces, out.UnmarshalTraces)
		}, options(s)...)
	}
	metrics := func(ctx context.Context, set processor.Settings, cfg component.Config, next consumer.Metrics) (processor.Metrics, error) {
		s, err := stage(set, cfg, engine.Metrics)
		if err != nil {
			return nil, err
		}
		in, out := &pmetric.ProtoMarshaler{}, &pmetric.ProtoUnmarshaler{}
		return processorhelper.NewMetrics(ctx, set, cfg, next, func(ctx context.Context, d pmetric.Metrics) (pmetric.Metrics, error) {
			return convert(ctx, s, d, in.MarshalMetrics, out.UnmarshalMetrics)
		}, options(s)...)
	}
	return processor.NewFactory(kind, func() component.Config { return &Config{Form: form} },
		processor.WithLogs(logs, component.StabilityLevelDevelopment), processor.WithTraces(traces, component.StabilityLevelDevelopment),
		processor.WithMetrics(metrics, component.StabilityLevelDevelopment))
}
