package engine_test

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/ottl-c/ottl-c/bindings/collector/engine"
)

func compiled(t *testing.T, text string, form engine.Form) *engine.Program {
	p, err := engine.Compile(text, form, engine.Logs, engine.Options{})
	require.NoError(t, err)
	return p
}

func log(t *testing.T, bodies ...string) []byte {
	d := plog.NewLogs()
	records := d.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords()
	for _, body := range bodies {
		records.AppendEmpty().Body().SetStr(body)
	}
	data, err := (&plog.ProtoMarshaler{}).MarshalLogs(d)
	require.NoError(t, err)
	return data
}

func bodies(t *testing.T, data []byte) (list []string) {
	d, err := (&plog.ProtoUnmarshaler{}).UnmarshalLogs(data)
	require.NoError(t, err)
	for _, l := range d.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().All() {
		list = append(list, l.Body().Str())
	}
	return list
}

func TestPipe(t *testing.T) {
	p := compiled(t, "log_statements: ['set(log.body, Concat([log.body, \"!\"], \"\")) where log.body != \"same\"']", engine.Transform)
	in := make(chan engine.Payload)
	go func() {
		for i := 0; i < 500; i++ {
			in <- engine.Payload{Data: log(t, fmt.Sprint(i), "b"), Context: i}
		}
		in <- engine.Payload{Data: log(t, "same"), Context: -1}
		in <- engine.Payload{Data: []byte{0xff}, Context: -2}
		close(in)
	}()
	seen := map[int]bool{}
	for done := range p.Pipe(context.Background(), 4, in) {
		i := done.Context.(int)
		seen[i] = true
		switch i {
		case -1:
			assert.True(t, done.Result.Unchanged)
			assert.Equal(t, []string{"same"}, bodies(t, done.Data))
		case -2:
			assert.ErrorIs(t, done.Err, engine.ErrData)
		default:
			require.NoError(t, done.Err)
			assert.Equal(t, []string{fmt.Sprint(i) + "!", "b!"}, bodies(t, done.Data))
			assert.EqualValues(t, 2, done.Result.Changed)
		}
	}
	assert.Len(t, seen, 502)
}

func TestPipeEndsWithItsContext(t *testing.T) {
	p := compiled(t, "log_statements: ['set(log.body, 1)']", engine.Transform)
	ctx, cancel := context.WithCancel(context.Background())
	out := p.Pipe(ctx, 2, make(chan engine.Payload))
	cancel()
	_, more := <-out
	assert.False(t, more)
}

func TestWhatIsLeft(t *testing.T) {
	p := compiled(t, "logs: { log_record: ['log.body == \"a\"'] }", engine.Filter)
	require.NoError(t, p.Run(log(t, "a", "b", "a", "c"), "", func(r *engine.Result) error {
		assert.EqualValues(t, 2, r.Dropped)
		assert.Len(t, r.Origins(engine.RecordLevel, nil), 2)
		assert.Equal(t, []string{"b", "c"}, bodies(t, r.Data))
		return nil
	}))
	require.NoError(t, p.Run(log(t, "a"), "", func(r *engine.Result) error {
		assert.Nil(t, r.Data)
		assert.Empty(t, r.Origins(engine.RecordLevel, nil))
		return nil
	}))
}

func TestRequestsAreForgotten(t *testing.T) {
	p := compiled(t, "log_statements: ['set(log.body, otelcol.client.metadata[\"t\"][0]) where otelcol.client.metadata[\"t\"] != nil']", engine.Transform)
	require.NoError(t, p.Run(log(t, "x"), `{"metadata":{"t":["acme"]}}`, func(r *engine.Result) error {
		assert.Equal(t, []string{"acme"}, bodies(t, r.Data))
		return nil
	}))
	require.NoError(t, p.Run(log(t, "x"), "", func(r *engine.Result) error {
		assert.True(t, r.Unchanged)
		return nil
	}))
}

func TestDiagnosticsNameTheFile(t *testing.T) {
	_, err := engine.Compile("log_statements:\n  - sett(log.body, 1)\n", engine.Transform, engine.Logs, engine.Options{Name: "policy.yaml"})
	var refused *engine.CompileError
	require.ErrorAs(t, err, &refused)
	assert.Contains(t, err.Error(), "policy.yaml:2:5")
	assert.Equal(t, 2, refused.Diagnostics[0].Line)
}

// From many goroutines at once, with requests and JSON; memory of C stays.
func TestManyAtOnce(t *testing.T) {
	p := compiled(t, "log_statements: ['set(log.body, otelcol.client.metadata[\"t\"][0])']", engine.Transform)
	text := []byte(`{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{"stringValue":"x"}}]}]}]}`)
	var working sync.WaitGroup
	for i := 0; i < 4*runtime.GOMAXPROCS(0); i++ {
		working.Add(1)
		go func() {
			defer working.Done()
			tenant := strings.Repeat("t", i+1)
			for n := 0; n < 200; n++ {
				err := engine.FromJSON(text, engine.Logs, func(wire []byte) error {
					return p.Run(wire, `{"metadata":{"t":["`+tenant+`"]}}`, func(r *engine.Result) error {
						assert.Equal(t, []string{tenant}, bodies(t, r.Data))
						return nil
					})
				})
				assert.NoError(t, err)
			}
			assert.ErrorIs(t, engine.FromJSON([]byte("{"), engine.Logs, nil), engine.ErrData)
		}()
	}
	working.Wait()
	runtime.GC()
	runtime.GC()
}
