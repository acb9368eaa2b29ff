// Package workload has what benchmarks run: the workloads and payloads of the repository's bench/, and a stopwatch.
package workload

import (
	"encoding/binary"
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"time"

	"go.opentelemetry.io/collector/pdata/plog"
)

func folder() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(file), "..", "..", "..", "..", "bench")
}

// Config is what stands below the name of the processor `transform` for a workload on logs.
func Config(b testing.TB, name string) map[string]any {
	text, err := os.ReadFile(filepath.Join(folder(), "workloads", name+".json"))
	if err != nil {
		b.Fatal(err)
	}
	var w struct {
		Context    string `json:"context"`
		Statements []any  `json:"statements"`
	}
	if err := json.Unmarshal(text, &w); err != nil {
		b.Fatal(err)
	}
	return map[string]any{"error_mode": "ignore", "log_statements": []any{map[string]any{"context": w.Context, "statements": w.Statements}}}
}

// Payloads are export requests of 1,000 log records; at most n of them. Skips where bench/compare has not made them.
func Payloads(b testing.TB, n int) (list [][]byte, records int) {
	text, err := os.ReadFile(filepath.Join(folder(), "build", "payloads", "web.pb"))
	if err != nil {
		b.Skip("no payloads: run bench/compare once")
	}
	for len(text) > 0 && len(list) < n { // each behind its length
		size, head := binary.Uvarint(text)
		list = append(list, text[head:head+int(size)])
		text = text[head+int(size):]
		records += Decode(b, list[len(list)-1]).LogRecordCount()
	}
	return list, records
}

// Decode is what a receiver does.
func Decode(b testing.TB, payload []byte) plog.Logs {
	d, err := (&plog.ProtoUnmarshaler{}).UnmarshalLogs(payload)
	if err != nil {
		b.Fatal(err)
	}
	return d
}

// Encode is what an exporter does.
func Encode(b testing.TB, d plog.Logs) []byte {
	payload, err := (&plog.ProtoMarshaler{}).MarshalLogs(d)
	if err != nil {
		b.Fatal(err)
	}
	return payload
}

// Watch takes the time of each step of a benchmark.
type Watch struct{ steps []time.Duration }

// Step is one of them.
func (w *Watch) Step(run func()) {
	begin := time.Now()
	run()
	w.steps = append(w.steps, time.Since(begin))
}

// Report gives records a second and the times below which half and 99 of 100 steps were.
func (w *Watch) Report(b *testing.B, recordsOfStep int) {
	slices.Sort(w.steps)
	all := time.Duration(0)
	for _, s := range w.steps {
		all += s
	}
	b.ReportMetric(float64(len(w.steps))*float64(recordsOfStep)/all.Seconds(), "records/s")
	b.ReportMetric(float64(w.steps[len(w.steps)/2].Nanoseconds())/1e6, "p50-ms")
	b.ReportMetric(float64(w.steps[len(w.steps)*99/100].Nanoseconds())/1e6, "p99-ms")
}
