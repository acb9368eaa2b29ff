// Reference measures the Go reference of OTTL, pkg/ottl, in the loops that the transform and filter processors and the
// routing connector put around it.
package main

import (
	"fmt"

	"github.com/open-telemetry/opentelemetry-collector-contrib/pkg/ottl"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"

	"ottlbench/harness"
)

func main() {
	var failed harness.Failures
	set := componenttest.NewNopTelemetrySettings()
	set.Logger = failed.Logger()
	harness.Main(harness.Builder{
		Engine:  "go pkg/ottl v1.3.1",
		Logs:    func(w harness.Workload) (harness.Program[logs], error) { return newLogs(w, set) },
		Traces:  func(w harness.Workload) (harness.Program[traces], error) { return newTraces(w, set) },
		Metrics: func(w harness.Workload) (harness.Program[metrics], error) { return newMetrics(w, set) },
		Errors:  failed.Count,
	})
}

func errorMode(w harness.Workload) (mode ottl.ErrorMode, err error) {
	err = mode.UnmarshalText([]byte(w.ErrorMode))
	return mode, err
}

func unsupported(w harness.Workload) error {
	return fmt.Errorf("mode %q in context %q is not supported", w.Mode, w.Context)
}

// statements compiles those of a workload; K is a context.
func statements[K any](w harness.Workload, parser ottl.Parser[K], set component.TelemetrySettings) (ottl.StatementSequence[K], error) {
	parsed, err := parser.ParseStatements(w.Statements)
	if err != nil {
		return ottl.StatementSequence[K]{}, err
	}
	mode, err := errorMode(w)
	return ottl.NewStatementSequence(parsed, set, ottl.WithStatementSequenceErrorMode[K](mode)), err
}

// conditions compiles those of a workload into one that holds when any of them holds.
func conditions[K any](w harness.Workload, parser ottl.Parser[K], set component.TelemetrySettings) (ottl.ConditionSequence[K], error) {
	parsed, err := parser.ParseConditions(w.Conditions)
	if err != nil {
		return ottl.ConditionSequence[K]{}, err
	}
	mode, err := errorMode(w)
	return ottl.NewConditionSequence(parsed, set, ottl.WithConditionSequenceErrorMode[K](mode)), err
}
