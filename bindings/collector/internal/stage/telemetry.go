package stage

import (
	"errors"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
)

const scopeName = "github.com/ottl-c/ottl-c/bindings/collector"

type telemetry struct {
	own                          metric.MeasurementOption
	in, changed, dropped, errors metric.Int64Counter
	duration                     metric.Float64Histogram
}

func newTelemetry(set component.TelemetrySettings, id component.ID) (*telemetry, error) {
	meter := set.MeterProvider.Meter(scopeName)
	t := &telemetry{own: metric.WithAttributeSet(attribute.NewSet(attribute.String("component", id.String())))}
	var failed [5]error
	counter := func(name, text string, err *error) (c metric.Int64Counter) {
		c, *err = meter.Int64Counter(name, metric.WithDescription(text), metric.WithUnit("{record}"))
		return c
	}
	t.in = counter("otelcol_ottl_records_in", "Records that the program was given", &failed[0])
	t.changed = counter("otelcol_ottl_records_changed", "Records that statements wrote to", &failed[1])
	t.dropped = counter("otelcol_ottl_records_dropped", "Records that were dropped", &failed[2])
	t.errors = counter("otelcol_ottl_errors", "Failures of statements and conditions", &failed[3])
	t.duration, failed[4] = meter.Float64Histogram("otelcol_ottl_run_duration", metric.WithDescription("Time a payload took in the engine"),
		metric.WithUnit("s"), metric.WithExplicitBucketBoundaries(1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 0.1, 0.3, 1))
	return t, errors.Join(failed[:]...)
}
