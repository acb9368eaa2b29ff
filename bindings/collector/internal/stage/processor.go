package stage

import (
	"context"
	"sync"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/processor"
	"go.opentelemetry.io/collector/processor/processorhelper"

	"github.com/ottl-c/ottl-c/bindings/collector/engine"
	"github.com/ottl-c/ottl-c/bindings/collector/internal/narrow"
)

// How data of a signal becomes payloads: as a whole, and as far as a plan goes.
type codec[T any] struct {
	marshal   func(T) ([]byte, error)
	unmarshal func([]byte) (T, error)
	put       func(*narrow.Plan, *narrow.Scratch, T)
	apply     func(*narrow.Plan, *narrow.Scratch, T, []byte) error
	drop      func(*narrow.Plan, *narrow.Scratch, T) error
}

var (
	logsCodec = &codec[plog.Logs]{(&plog.ProtoMarshaler{}).MarshalLogs, (&plog.ProtoUnmarshaler{}).UnmarshalLogs,
		(*narrow.Plan).Logs, (*narrow.Plan).ApplyLogs, (*narrow.Plan).DropLogs}
	tracesCodec = &codec[ptrace.Traces]{(&ptrace.ProtoMarshaler{}).MarshalTraces, (&ptrace.ProtoUnmarshaler{}).UnmarshalTraces,
		(*narrow.Plan).Traces, (*narrow.Plan).ApplyTraces, (*narrow.Plan).DropTraces}
	metricsCodec = &codec[pmetric.Metrics]{(&pmetric.ProtoMarshaler{}).MarshalMetrics, (&pmetric.ProtoUnmarshaler{}).UnmarshalMetrics,
		(*narrow.Plan).Metrics, (*narrow.Plan).ApplyMetrics, (*narrow.Plan).DropMetrics}
)

var scratches = sync.Pool{New: func() any { return new(narrow.Scratch) }}

// process runs the active program on decoded data.
func process[T any](ctx context.Context, s *Stage, data T, c *codec[T]) (T, error) {
	policy := s.Active()
	switch {
	case policy.Program.Empty():
		return data, nil
	case policy.plan != nil:
		return data, narrowly(ctx, s, policy, data, c)
	}
	return wholly(ctx, s, policy, data, c)
}

// narrowly runs on as much of the data as the program needs, and writes to the data what the program wrote. Nothing is written when it fails.
func narrowly[T any](ctx context.Context, s *Stage, policy *Policy, data T, c *codec[T]) error {
	scratch := scratches.Get().(*narrow.Scratch)
	defer scratches.Put(scratch)
	c.put(policy.plan, scratch, data)
	return s.runPolicy(ctx, policy, scratch.Payload, func(r *engine.Result) error {
		switch {
		case r.Data == nil && s.config.Form == engine.Filter:
			return processorhelper.ErrSkipProcessingData
		case r.Unchanged || r.Data == nil:
			return nil
		case s.config.Form == engine.Filter:
			for level := range scratch.Left {
				scratch.Left[level] = r.Origins(engine.Level(level), scratch.Left[level])
			}
			return c.drop(policy.plan, scratch, data)
		}
		return c.apply(policy.plan, scratch, data, r.Data)
	})
}

// wholly encodes the data, and decodes what became of it unless nothing was changed. What came in is not written to.
func wholly[T any](ctx context.Context, s *Stage, policy *Policy, data T, c *codec[T]) (T, error) {
	payload, err := c.marshal(data)
	if err != nil {
		return data, err
	}
	out := data
	err = s.runPolicy(ctx, policy, payload, func(r *engine.Result) error {
		switch {
		case r.Data == nil:
			return processorhelper.ErrSkipProcessingData
		case r.Unchanged:
			return nil
		}
		out, err = c.unmarshal(r.Data)
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
			processorhelper.WithCapabilities(consumer.Capabilities{MutatesData: true}),
			processorhelper.WithStart(s.Start), processorhelper.WithShutdown(s.Shutdown),
		}
	}
	logs := func(ctx context.Context, set processor.Settings, cfg component.Config, next consumer.Logs) (processor.Logs, error) {
		s, err := stage(set, cfg, engine.Logs)
		if err != nil {
			return nil, err
		}
		return processorhelper.NewLogs(ctx, set, cfg, next, func(ctx context.Context, d plog.Logs) (plog.Logs, error) {
			return process(ctx, s, d, logsCodec)
		}, options(s)...)
	}
	traces := func(ctx context.Context, set processor.Settings, cfg component.Config, next consumer.Traces) (processor.Traces, error) {
		s, err := stage(set, cfg, engine.Traces)
		if err != nil {
			return nil, err
		}
		return processorhelper.NewTraces(ctx, set, cfg, next, func(ctx context.Context, d ptrace.Traces) (ptrace.Traces, error) {
			return process(ctx, s, d, tracesCodec)
		}, options(s)...)
	}
	metrics := func(ctx context.Context, set processor.Settings, cfg component.Config, next consumer.Metrics) (processor.Metrics, error) {
		s, err := stage(set, cfg, engine.Metrics)
		if err != nil {
			return nil, err
		}
		return processorhelper.NewMetrics(ctx, set, cfg, next, func(ctx context.Context, d pmetric.Metrics) (pmetric.Metrics, error) {
			return process(ctx, s, d, metricsCodec)
		}, options(s)...)
	}
	return processor.NewFactory(kind, func() component.Config { return &Config{Form: form} },
		processor.WithLogs(logs, component.StabilityLevelDevelopment), processor.WithTraces(traces, component.StabilityLevelDevelopment),
		processor.WithMetrics(metrics, component.StabilityLevelDevelopment))
}
