package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func get(t *testing.T, url string) string {
	answer, err := http.Get(url)
	require.NoError(t, err)
	defer answer.Body.Close()
	var text bytes.Buffer
	_, err = text.ReadFrom(answer.Body)
	require.NoError(t, err)
	return text.String()
}

type status struct {
	Hash              string
	Reloads, Refusals int
	Refused           *struct {
		Text        string
		Diagnostics []struct {
			Code string
			Line int
		}
	}
	Records struct{ In, Changed int }
}

// A supervisor delivers policies to a running collector and reads back what became of them, while clients go on sending.
func TestSupervisor(t *testing.T) {
	folder := t.TempDir()
	policy, reported, out := filepath.Join(folder, "policy.yaml"), filepath.Join(folder, "status.json"), filepath.Join(folder, "out.json")
	deliver := func(text string) {
		require.NoError(t, os.WriteFile(policy+".new", []byte(text), 0o600))
		require.NoError(t, os.Rename(policy+".new", policy))
	}
	report := func() (s status) {
		text, err := os.ReadFile(reported)
		if err != nil {
			return s
		}
		var all map[string]map[string]status
		require.NoError(t, json.Unmarshal(text, &all), "a status file is always whole")
		return all["ottltransform/policy"]["logs"]
	}
	at, telemetry := free(t), free(t)
	host, port, _ := net.SplitHostPort(telemetry)
	deliver("log_statements:\n  - set(log.body, \"one\")\n")
	r := run(t, fmt.Sprintf(`
receivers: { otlp: { protocols: { http: { endpoint: %s } } } }
processors: { ottltransform/policy: { policy_file: %s, status_file: %s, reload_interval: 20ms } }
exporters: { file: { path: %s } }
service:
  telemetry:
    logs: { level: info }
    metrics: { readers: [{ pull: { exporter: { prometheus: { host: %s, port: %s } } } }] }
  pipelines: { logs: { receivers: [otlp], processors: [ottltransform/policy], exporters: [file] } }
`, at, policy, reported, out, host, port), at, telemetry)

	stop, sent := make(chan struct{}), make(chan int)
	go func() {
		body, n := wire(t, logsOf(1, 10)), 0
		for {
			select {
			case <-stop:
				sent <- n
				return
			default:
			}
			answer, err := http.Post("http://"+at+"/v1/logs", "application/x-protobuf", bytes.NewReader(body))
			if err != nil || answer.StatusCode != 200 {
				t.Error("a payload is refused: ", err)
			} else {
				answer.Body.Close()
			}
			n++
		}
	}()
	eventually := func(what string, is func(status) bool) status {
		require.Eventually(t, func() bool { return is(report()) }, 20*time.Second, 10*time.Millisecond, what)
		return report()
	}
	first := eventually("the first policy is active, and counts", func(s status) bool { return s.Hash != "" && s.Records.In > 0 })
	deliver("log_statements:\n  - set(log.body, \"two\")\n  - delet_key(log.attributes, \"env\")\n")
	refused := eventually("a wrong one is refused", func(s status) bool { return s.Refusals == 1 })
	assert.Equal(t, first.Hash, refused.Hash)
	assert.Contains(t, refused.Refused.Text, policy+":3:5")
	assert.Contains(t, refused.Refused.Text, "did you mean `delete_key`?")
	assert.Equal(t, "E0501", refused.Refused.Diagnostics[0].Code)
	assert.Equal(t, 3, refused.Refused.Diagnostics[0].Line)
	on := eventually("payloads go on", func(s status) bool { return s.Records.In > refused.Records.In })
	assert.Equal(t, first.Hash, on.Hash)
	deliver("log_statements:\n  - set(log.body, \"two\")\n")
	second := eventually("a right one is taken", func(s status) bool { return s.Reloads == 1 && s.Records.In > 0 })
	assert.NotEqual(t, first.Hash, second.Hash)
	assert.Nil(t, second.Refused)
	text := get(t, "http://"+telemetry+"/metrics")
	assert.Regexp(t, `otelcol_ottl_program\{[^\n]*hash="`+second.Hash+`"[^\n]*\} 1\n`, text)
	assert.Regexp(t, `otelcol_ottl_program\{[^\n]*hash="`+first.Hash+`"[^\n]*\} 0\n`, text)
	assert.Regexp(t, `otelcol_ottl_refusals[^\n]*\} 1\n`, text)
	close(stop)
	n := <-sent
	r.stop(t)
	assert.Contains(t, r.log.String(), "the policy file is refused: the active program goes on")

	all, err := os.ReadFile(out)
	require.NoError(t, err)
	lines := strings.Split(strings.TrimSpace(string(all)), "\n")
	assert.Len(t, lines, n, "no payload is lost")
	bodies := regexp.MustCompile(`"body":\{"stringValue":"(\w+)"\}`)
	turns := 0
	for i, line := range lines {
		found := bodies.FindAllStringSubmatch(line, -1)
		require.Len(t, found, 10)
		for _, b := range found {
			require.Equal(t, found[0][1], b[1], "a payload goes through one program")
		}
		if i > 0 && found[0][1] != bodies.FindStringSubmatch(lines[i-1])[1] {
			turns++
		}
	}
	assert.Equal(t, 1, turns, "the wrong policy never ran")
}

// Routing, and what is known of the request, in a whole collector.
func TestRoutesAndRequests(t *testing.T) {
	folder, at := t.TempDir(), free(t)
	r := run(t, fmt.Sprintf(`
receivers: { otlp: { protocols: { http: { endpoint: %s, include_metadata: true } } } }
processors:
  ottltransform: { log_statements: ['set(log.attributes["tenant"], otelcol.client.metadata["x-tenant"][0])'] }
connectors:
  ottlrouting:
    default_pipelines: [logs/rest]
    table:
      - { context: log, condition: 'severity_number >= SEVERITY_NUMBER_ERROR', pipelines: [logs/errors] }
      - { context: request, condition: 'request["x-tenant"] == "acme"', pipelines: [logs/acme] }
exporters: { file/errors: { path: %[2]s/errors }, file/acme: { path: %[2]s/acme }, file/rest: { path: %[2]s/rest } }
service:
  telemetry: { metrics: { level: none } }
  pipelines:
    logs/in: { receivers: [otlp], processors: [ottltransform], exporters: [ottlrouting] }
    logs/errors: { receivers: [ottlrouting], exporters: [file/errors] }
    logs/acme: { receivers: [ottlrouting], exporters: [file/acme] }
    logs/rest: { receivers: [ottlrouting], exporters: [file/rest] }
`, at, folder), at)
	for _, tenant := range []string{"acme", "umbrella"} {
		request, err := http.NewRequest("POST", "http://"+at+"/v1/logs", bytes.NewReader(wire(t, logsOf(7, 40))))
		require.NoError(t, err)
		request.Header.Set("Content-Type", "application/x-protobuf")
		request.Header.Set("X-Tenant", tenant)
		answer, err := http.DefaultClient.Do(request)
		require.NoError(t, err)
		answer.Body.Close()
		require.Equal(t, 200, answer.StatusCode)
	}
	r.stop(t)
	errors, acme, rest := records(t, folder+"/errors"), records(t, folder+"/acme"), records(t, folder+"/rest")
	assert.Len(t, append(append(append([]string{}, errors...), acme...), rest...), 80)
	assert.NotEmpty(t, errors)
	for _, line := range acme {
		assert.Contains(t, line, "tenant:acme")
	}
	for _, line := range rest {
		assert.Contains(t, line, "tenant:umbrella")
	}
	assert.Equal(t, len(acme), len(rest))
}

// A collector that the collector's builder made (bindings/collector/check does, where there is one): OTTLCOL_BUILT names it.
func TestBuilt(t *testing.T) {
	built := os.Getenv("OTTLCOL_BUILT")
	if built == "" {
		t.Skip("no collector of the builder's")
	}
	t.Setenv("OTTLCOL", built)
	at := free(t)
	r := run(t, fmt.Sprintf(`
receivers:
  ottl:
    protocols: { http: { endpoint: %s } }
    programs: [filter: { logs: { log_record: ['severity_number < 13'] } }]
processors: { ottltransform: { log_statements: ['set(log.body, "seen")'] } }
exporters: { debug: { verbosity: detailed } }
service: { pipelines: { logs: { receivers: [ottl], processors: [ottltransform], exporters: [debug] } } }
`, at), at)
	send(t, at, wire(t, logsOf(1, 40)))
	r.stop(t)
	assert.Contains(t, r.log.String(), "Body: Str(seen)")
	assert.NotContains(t, r.log.String(), "took")
}
