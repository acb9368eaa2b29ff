package stage

import (
	"context"
	"errors"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
)

const scopeName = "github.com/ottl-c/ottl-c/bindings/collector"

type telemetry struct {
	own                          metric.MeasurementOption
	in, changed, dropped, errors metric.Int64Counter
	reloads, refusals            metric.Int64Counter
	program                      metric.Int64Gauge
	duration                     metric.Float64Histogram
}

func newTelemetry(set component.TelemetrySettings, name, signal string) (*telemetry, error) {
	meter := set.MeterProvider.Meter(scopeName)
	t := &telemetry{own: metric.WithAttributeSet(attribute.NewSet(attribute.String("component", name), attribute.String("signal", signal)))}
	var failed [8]error
	counter := func(name, text, unit string, err *error) (c metric.Int64Counter) {
		c, *err = meter.Int64Counter(name, metric.WithDescription(text), metric.WithUnit(unit))
		return c
	}
	t.in = counter("otelcol_ottl_records_in", "Records that the program was given", "{record}", &failed[0])
	t.changed = counter("otelcol_ottl_records_changed", "Records that statements wrote to", "{record}", &failed[1])
	t.dropped = counter("otelcol_ottl_records_dropped", "Records that were dropped", "{record}", &failed[2])
	t.errors = counter("otelcol_ottl_errors", "Failures of statements and conditions", "{failure}", &failed[3])
	t.duration, failed[4] = meter.Float64Histogram("otelcol_ottl_run_duration", metric.WithDescription("Time a payload took in the engine"),
		metric.WithUnit("s"), metric.WithExplicitBucketBoundaries(1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 0.1, 0.3, 1))
	t.reloads = counter("otelcol_ottl_reloads", "Programs that took the place of another", "{program}", &failed[5])
	t.refusals = counter("otelcol_ottl_refusals", "Configurations that were offered and refused", "{program}", &failed[6])
	t.program, failed[7] = meter.Int64Gauge("otelcol_ottl_program", metric.WithDescription("1: the program with this hash is active"))
	return t, errors.Join(failed[:]...)
}

func (t *telemetry) active(hash string, value int64) {
	t.program.Record(context.Background(), value, t.own, metric.WithAttributes(attribute.String("hash", hash)))
}
