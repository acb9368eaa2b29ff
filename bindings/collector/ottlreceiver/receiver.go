// Package ottlreceiver is an OTLP receiver that runs programs on the bytes of requests before they are decoded: what is dropped is never decoded,
// and nothing is encoded for the engine's sake.
package ottlreceiver

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componentstatus"
	"go.opentelemetry.io/collector/config/configgrpc"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/receiver"
	"go.opentelemetry.io/collector/receiver/otlpreceiver"
	"go.opentelemetry.io/collector/receiver/receiverhelper"
	"google.golang.org/grpc"

	"github.com/ottl-c/ottl-c/bindings/collector/engine"
	"github.com/ottl-c/ottl-c/bindings/collector/internal/stage"
)

var kind = component.MustNewType("ottl")

// A decoder makes data of the pipeline of bytes: how many records, and what hands them on. Neither looks at the bytes afterwards.
type decoder func(data []byte) (records int, send func(context.Context) error, err error)

// NewFactory of the receiver `ottl`.
func NewFactory() receiver.Factory {
	return receiver.NewFactory(kind, defaultConfig,
		receiver.WithLogs(func(_ context.Context, set receiver.Settings, cfg component.Config, next consumer.Logs) (receiver.Logs, error) {
			return shared(set, cfg.(*Config), engine.Logs, func(data []byte) (int, func(context.Context) error, error) {
				d, err := (&plog.ProtoUnmarshaler{}).UnmarshalLogs(data)
				if err != nil {
					return 0, nil, errDecode(err)
				}
				return d.LogRecordCount(), func(ctx context.Context) error { return next.ConsumeLogs(ctx, d) }, nil
			})
		}, component.StabilityLevelDevelopment),
		receiver.WithTraces(func(_ context.Context, set receiver.Settings, cfg component.Config, next consumer.Traces) (receiver.Traces, error) {
			return shared(set, cfg.(*Config), engine.Traces, func(data []byte) (int, func(context.Context) error, error) {
				d, err := (&ptrace.ProtoUnmarshaler{}).UnmarshalTraces(data)
				if err != nil {
					return 0, nil, errDecode(err)
				}
				return d.SpanCount(), func(ctx context.Context) error { return next.ConsumeTraces(ctx, d) }, nil
			})
		}, component.StabilityLevelDevelopment),
		receiver.WithMetrics(func(_ context.Context, set receiver.Settings, cfg component.Config, next consumer.Metrics) (receiver.Metrics, error) {
			return shared(set, cfg.(*Config), engine.Metrics, func(data []byte) (int, func(context.Context) error, error) {
				d, err := (&pmetric.ProtoUnmarshaler{}).UnmarshalMetrics(data)
				if err != nil {
					return 0, nil, errDecode(err)
				}
				return d.DataPointCount(), func(ctx context.Context) error { return next.ConsumeMetrics(ctx, d) }, nil
			})
		}, component.StabilityLevelDevelopment))
}

func errDecode(err error) error { return errors.Join(engine.ErrData, err) }

// A collector makes a receiver for each signal; those of one configuration are one.
var instances = struct {
	sync.Mutex
	of map[*Config]*ottlReceiver
}{of: map[*Config]*ottlReceiver{}}

type input struct {
	stages []*stage.Stage
	decode decoder
}

type ottlReceiver struct {
	config *Config
	set    receiver.Settings
	report *receiverhelper.ObsReport
	inputs [4]*input // by engine.Signal

	once, end sync.Once
	started   error
	grpc      *grpc.Server
	http      *http.Server
	serving   sync.WaitGroup
}

func shared(set receiver.Settings, cfg *Config, signal engine.Signal, decode decoder) (*ottlReceiver, error) {
	instances.Lock()
	defer instances.Unlock()
	r := instances.of[cfg]
	if r == nil {
		report, err := receiverhelper.NewObsReport(receiverhelper.ObsReportSettings{ReceiverID: set.ID, Transport: "otlp", ReceiverCreateSettings: set})
		if err != nil {
			return nil, err
		}
		r = &ottlReceiver{config: cfg, set: set, report: report}
	}
	in := &input{decode: decode}
	for _, program := range cfg.Programs {
		s, err := stage.New(set.TelemetrySettings, set.ID, program, signal)
		if err != nil {
			return nil, err
		}
		in.stages = append(in.stages, s)
	}
	r.inputs[signal] = in
	instances.of[cfg] = r
	return r, nil
}

// A body of a request, in memory that goes back to its pool as soon as it was decoded.
type body struct {
	data []byte
	json bool
	free func()
}

// handle runs the programs on a request and hands what is left to the pipeline.
func (r *ottlReceiver) handle(ctx context.Context, signal engine.Signal, b body) error {
	in := r.inputs[signal]
	if in == nil {
		b.free()
		return errNoPipeline
	}
	begin, end, format := r.report.StartLogsOp, r.report.EndLogsOp, "protobuf"
	switch signal {
	case engine.Traces:
		begin, end = r.report.StartTracesOp, r.report.EndTracesOp
	case engine.Metrics:
		begin, end = r.report.StartMetricsOp, r.report.EndMetricsOp
	}
	if b.json {
		format = "json"
	}
	ctx = begin(ctx)
	records, send, err := in.take(ctx, signal, b)
	if err == nil && records > 0 {
		err = send(ctx)
	}
	end(ctx, format, records, err)
	return err
}

// take decodes what the programs leave of a body. Neither the body nor memory of the engine is held any more when it returns: pipelines may
// take their time.
func (in *input) take(ctx context.Context, signal engine.Signal, b body) (records int, send func(context.Context) error, err error) {
	defer b.free()
	keep := func(data []byte) (err error) {
		records, send, err = in.decode(data)
		return err
	}
	if b.json {
		err = engine.FromJSON(b.data, signal, func(wire []byte) error { return in.run(ctx, 0, wire, keep) })
	} else {
		err = in.run(ctx, 0, b.data, keep)
	}
	return records, send, err
}

// run takes a payload through the stages from number i on. The bytes of a stage are gone when it returns, so the next one runs inside of it.
func (in *input) run(ctx context.Context, i int, payload []byte, keep func([]byte) error) error {
	if i == len(in.stages) {
		return keep(payload)
	}
	s := in.stages[i]
	if s.Active().Program.Empty() {
		return in.run(ctx, i+1, payload, keep)
	}
	return s.Run(ctx, payload, func(r *engine.Result) error {
		if r.Data == nil {
			return nil
		}
		return in.run(ctx, i+1, r.Data, keep)
	})
}

// Start serves. Safe to call for each signal.
func (r *ottlReceiver) Start(ctx context.Context, host component.Host) error {
	r.once.Do(func() { r.started = r.start(ctx, host) })
	return r.started
}

func (r *ottlReceiver) start(ctx context.Context, host component.Host) error {
	for _, in := range r.inputs {
		if in == nil {
			continue
		}
		for _, s := range in.stages {
			if err := s.Start(ctx, host); err != nil {
				return err
			}
		}
	}
	if r.config.Protocols.GRPC.HasValue() {
		if err := r.startGRPC(ctx, host, r.config.Protocols.GRPC.Get()); err != nil {
			return err
		}
	}
	if r.config.Protocols.HTTP.HasValue() {
		return r.startHTTP(ctx, host, r.config.Protocols.HTTP.Get())
	}
	return nil
}

func (r *ottlReceiver) serve(host component.Host, run func() error) {
	r.serving.Add(1)
	go func() {
		defer r.serving.Done()
		if err := run(); err != nil && !errors.Is(err, http.ErrServerClosed) && !errors.Is(err, grpc.ErrServerStopped) {
			componentstatus.ReportStatus(host, componentstatus.NewFatalErrorEvent(err))
		}
	}()
}

func (r *ottlReceiver) startGRPC(ctx context.Context, host component.Host, cfg *configgrpc.ServerConfig) error {
	server, err := cfg.ToServer(ctx, host.GetExtensions(), r.set.TelemetrySettings, configgrpc.WithGrpcServerOption(grpc.ForceServerCodecV2(rawCodec{})))
	if err != nil {
		return err
	}
	for signal, service := range services {
		server.RegisterService(serviceOf(r, signal, service), r)
	}
	listener, err := cfg.NetAddr.Listen(ctx)
	if err != nil {
		return err
	}
	r.grpc = server
	r.serve(host, func() error { return server.Serve(listener) })
	return nil
}

func (r *ottlReceiver) startHTTP(ctx context.Context, host component.Host, cfg *otlpreceiver.HTTPConfig) error {
	mux := http.NewServeMux()
	mux.Handle("POST "+string(cfg.LogsURLPath), r.handler(engine.Logs))
	mux.Handle("POST "+string(cfg.TracesURLPath), r.handler(engine.Traces))
	mux.Handle("POST "+string(cfg.MetricsURLPath), r.handler(engine.Metrics))
	server, err := cfg.ServerConfig.ToServer(ctx, host.GetExtensions(), r.set.TelemetrySettings, mux)
	if err != nil {
		return err
	}
	var listener net.Listener
	if listener, err = cfg.ServerConfig.ToListener(ctx); err != nil {
		return err
	}
	r.http = server
	r.serve(host, func() error { return server.Serve(listener) })
	return nil
}

// Shutdown ends what runs and stops. Safe to call for each signal.
func (r *ottlReceiver) Shutdown(ctx context.Context) error {
	var err error
	r.end.Do(func() { err = r.shutdown(ctx) })
	return err
}

func (r *ottlReceiver) shutdown(ctx context.Context) error {
	instances.Lock()
	delete(instances.of, r.config)
	instances.Unlock()
	var failed []error
	if r.http != nil {
		failed = append(failed, r.http.Shutdown(ctx))
	}
	if r.grpc != nil {
		r.grpc.GracefulStop()
	}
	r.serving.Wait()
	for _, in := range r.inputs {
		if in == nil {
			continue
		}
		for _, s := range in.stages {
			failed = append(failed, s.Shutdown(ctx))
		}
	}
	return errors.Join(failed...)
}
