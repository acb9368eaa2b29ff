package main

import (
	"bytes"
	"fmt"
	"math/rand"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
)

// The collector, run as people run it. OTTLCOL names the binary, else it is built.
func binary(t *testing.T) string {
	if path := os.Getenv("OTTLCOL"); path != "" {
		return path
	}
	path := filepath.Join(t.TempDir(), "ottlcol")
	out, err := exec.Command("go", "build", "-o", path, ".").CombinedOutput()
	require.NoError(t, err, string(out))
	return path
}

func free(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	return l.Addr().String()
}

type running struct {
	cmd   *exec.Cmd
	log   bytes.Buffer
	ready time.Time
}

func run(t *testing.T, config string, wait ...string) *running {
	file := filepath.Join(t.TempDir(), "config.yaml")
	require.NoError(t, os.WriteFile(file, []byte(config), 0o600))
	r := &running{cmd: exec.Command(binary(t), "--config", file)}
	r.cmd.Stdout, r.cmd.Stderr = &r.log, &r.log
	require.NoError(t, r.cmd.Start())
	t.Cleanup(func() {
		_ = r.cmd.Process.Kill()
		_ = r.cmd.Wait()
	})
	for _, at := range wait {
		require.Eventually(t, func() bool {
			c, err := net.Dial("tcp", at)
			if err == nil {
				_ = c.Close()
			}
			return err == nil
		}, 60*time.Second, 20*time.Millisecond, r.log.String())
	}
	r.ready = time.Now()
	return r
}

func (r *running) stop(t *testing.T) {
	time.Sleep(time.Until(r.ready.Add(time.Second))) // it asks for signals a moment after its receivers answer
	require.NoError(t, r.cmd.Process.Signal(os.Interrupt))
	require.NoError(t, r.cmd.Wait(), r.log.String())
}

func logsOf(seed int64, n int) plog.Logs {
	r, d := rand.New(rand.NewSource(seed)), plog.NewLogs()
	rl := d.ResourceLogs().AppendEmpty()
	rl.Resource().Attributes().PutStr("service.name", "shop")
	records := rl.ScopeLogs().AppendEmpty().LogRecords()
	for i := 0; i < n; i++ {
		l := records.AppendEmpty()
		l.SetSeverityNumber(plog.SeverityNumber(1 + r.Intn(24)))
		l.SetTimestamp(pcommon.Timestamp(1_700_000_000_000_000_000 + r.Int63n(1e9)))
		l.Body().SetStr(fmt.Sprintf("GET /orders/%d by user%d@example.com took %d ms", r.Intn(1000), r.Intn(50), r.Intn(900)))
		l.Attributes().PutInt("http.status", int64(200+r.Intn(400)))
		l.Attributes().PutStr("password", "hush")
		l.Attributes().PutStr("env", "test")
	}
	return d
}

func wire(t *testing.T, d plog.Logs) []byte {
	body, err := (&plog.ProtoMarshaler{}).MarshalLogs(d)
	require.NoError(t, err)
	return body
}

func send(t testing.TB, at string, body []byte) time.Duration {
	begin := time.Now()
	answer, err := http.Post("http://"+at+"/v1/logs", "application/x-protobuf", bytes.NewReader(body))
	require.NoError(t, err)
	defer answer.Body.Close()
	require.Equal(t, 200, answer.StatusCode)
	return time.Since(begin)
}

const programs = `
      error_mode: ignore
      log_statements:
        - replace_pattern(log.body, "user\\d+@[a-z.]+", "<email>")
        - delete_key(log.attributes, "password")
        - set(log.attributes["env"], "prod") where log.attributes["http.status"] >= 500
`

const drops = `
      error_mode: ignore
      logs: { log_record: ["severity_number < 13"] }
`

func pipelines(t *testing.T, folder string) (config string, at map[string]string) {
	at = map[string]string{"ours": free(t), "reference": free(t), "bytes": free(t), "telemetry": free(t)}
	host, port, _ := net.SplitHostPort(at["telemetry"])
	config = fmt.Sprintf(`
receivers:
  otlp/ours: { protocols: { http: { endpoint: %s } } }
  otlp/reference: { protocols: { http: { endpoint: %s } } }
  ottl:
    protocols: { http: { endpoint: %s } }
    programs:
      - filter: %s
      - transform: %s
processors:
  filter: %s
  transform: %s
  ottlfilter: %s
  ottltransform: %s
exporters:
  file/ours: { path: %s/ours.json }
  file/reference: { path: %s/reference.json }
  file/bytes: { path: %s/bytes.json }
service:
  telemetry:
    logs: { level: warn }
    metrics: { readers: [{ pull: { exporter: { prometheus: { host: %s, port: %s } } } }] }
  pipelines:
    logs/ours: { receivers: [otlp/ours], processors: [ottlfilter, ottltransform], exporters: [file/ours] }
    logs/reference: { receivers: [otlp/reference], processors: [filter, transform], exporters: [file/reference] }
    logs/bytes: { receivers: [ottl], exporters: [file/bytes] }
`, at["ours"], at["reference"], at["bytes"], indent(drops), indent(programs), drops, programs, drops, programs, folder, folder, folder, host, port)
	return config, at
}

func indent(text string) string { return strings.ReplaceAll(text, "\n      ", "\n          ") }

// What came out of a pipeline, each record as one line, sorted.
func records(t *testing.T, path string) []string {
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	var list []string
	for _, line := range strings.Split(strings.TrimSpace(string(text)), "\n") {
		d, err := (&plog.JSONUnmarshaler{}).UnmarshalLogs([]byte(line))
		require.NoError(t, err)
		for _, rl := range d.ResourceLogs().All() {
			for _, sl := range rl.ScopeLogs().All() {
				for _, l := range sl.LogRecords().All() {
					list = append(list, fmt.Sprint(l.Timestamp(), l.Body().Str(), l.SeverityNumber(), l.Attributes().AsRaw(), rl.Resource().Attributes().AsRaw()))
				}
			}
		}
	}
	sort.Strings(list)
	return list
}

// The same requests through the reference's processors, ours, and the receiver, in one process.
func TestCollector(t *testing.T) {
	folder := t.TempDir()
	config, at := pipelines(t, folder)
	r := run(t, config, at["ours"], at["reference"], at["bytes"], at["telemetry"])
	for seed := int64(0); seed < 30; seed++ {
		body := wire(t, logsOf(seed, 50))
		for _, name := range []string{"ours", "reference", "bytes"} {
			send(t, at[name], body)
		}
	}
	answer, err := http.Get("http://" + at["telemetry"] + "/metrics")
	require.NoError(t, err)
	var text bytes.Buffer
	_, err = text.ReadFrom(answer.Body)
	require.NoError(t, err)
	answer.Body.Close()
	assert.Regexp(t, `otelcol_ottl_records_in[^\n]*component="ottlfilter"[^\n]* 1500\n`, text.String())
	assert.Regexp(t, `otelcol_ottl_records_changed[^\n]*component="ottltransform"`, text.String())
	r.stop(t)
	want := records(t, folder+"/reference.json")
	assert.NotEmpty(t, want)
	assert.Equal(t, want, records(t, folder+"/ours.json"))
	assert.Equal(t, want, records(t, folder+"/bytes.json"))
	assert.NotContains(t, strings.Join(want, "\n"), "hush")
}

// Mistakes are told when the collector starts, with their place.
func TestMistakesAreTold(t *testing.T) {
	folder := t.TempDir()
	config, _ := pipelines(t, folder)
	file := filepath.Join(folder, "config.yaml")
	require.NoError(t, os.WriteFile(file, []byte(strings.ReplaceAll(config, "delete_key(", "delet_key(")), 0o600))
	out, err := exec.Command(binary(t), "validate", "--config", file).CombinedOutput()
	require.Error(t, err)
	assert.Contains(t, string(out), "did you mean `delete_key`?")
}
