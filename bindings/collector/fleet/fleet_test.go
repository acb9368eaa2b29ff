// A fleet of two, collectors or `ottl run`, in one consumer group between two topics of a real broker: records with numbers go in, one member
// is killed midway, and every record comes out, exactly once or as a counted duplicate.
package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.opentelemetry.io/collector/pdata/plog"
)

const (
	partitions  = 4
	nMessages   = 1200
	perMessage  = 5
	nRecords    = nMessages * perMessage
	publishTime = 12 * time.Second
)

// message makes a request with records of the numbers from first on.
func message(t *testing.T, first int) []byte {
	logs := plog.NewLogs()
	records := logs.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords()
	for i := range perMessage {
		r := records.AppendEmpty()
		r.Body().SetStr(fmt.Sprintf("card 4111 1111 1111 1111 of order %d", first+i))
		r.Attributes().PutInt("number", int64(first+i))
	}
	data, err := (&plog.ProtoMarshaler{}).MarshalLogs(logs)
	require.NoError(t, err)
	return data
}

// publish sends all of them, a bit every 100 ms.
func publish(t *testing.T, address, topic string) {
	client, err := kgo.NewClient(kgo.SeedBrokers(address), kgo.RecordPartitioner(kgo.ManualPartitioner()))
	assert.NoError(t, err)
	defer client.Close()
	const step = nMessages / int(publishTime/(100*time.Millisecond))
	for first := 0; first < nMessages; first += step {
		var records []*kgo.Record
		for i := first; i < first+step; i++ {
			records = append(records, &kgo.Record{Topic: topic, Partition: int32(i % partitions), Key: fmt.Appendf(nil, "key %d", i), Value: message(t, i*perMessage)})
		}
		assert.NoError(t, client.ProduceSync(context.Background(), records...).FirstErr())
		time.Sleep(100 * time.Millisecond)
	}
}

// arrivals reads a topic on and on.
type arrivals struct {
	mutex sync.Mutex
	times [nRecords]int
	by    map[string]int // records, by the member that wrote them
	wrong []string
	total int
}

func (a *arrivals) read(ctx context.Context, address, topic string) {
	client, err := kgo.NewClient(kgo.SeedBrokers(address), kgo.ConsumeTopics(topic), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()))
	if err != nil {
		a.mutex.Lock()
		defer a.mutex.Unlock()
		a.wrong = append(a.wrong, err.Error())
		return
	}
	defer client.Close()
	for ctx.Err() == nil {
		client.PollFetches(ctx).EachRecord(a.message)
	}
}

func (a *arrivals) message(r *kgo.Record) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	logs, err := (&plog.ProtoUnmarshaler{}).UnmarshalLogs(r.Value)
	if err != nil || logs.LogRecordCount() != perMessage {
		a.wrong = append(a.wrong, fmt.Sprintf("a message of %d records: %v", logs.LogRecordCount(), err))
		return
	}
	for _, record := range logs.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().All() {
		number, _ := record.Attributes().Get("number")
		by, there := record.Attributes().Get("by")
		n := int(number.Int())
		if !there || n < 0 || n >= nRecords || record.Body().Str() != fmt.Sprintf("card **** of order %d", n) {
			a.wrong = append(a.wrong, fmt.Sprintf("%q with %v", record.Body().Str(), record.Attributes().AsRaw()))
			continue
		}
		a.times[n]++
		a.total++
		a.by[by.Str()]++
	}
}

// count tells how many different records there are, and how many came once more.
func (a *arrivals) count() (different, twice int, by map[string]int) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	for _, n := range a.times {
		if n > 0 {
			different++
			twice += n - 1
		}
	}
	by = map[string]int{}
	for name, n := range a.by {
		by[name] = n
	}
	return different, twice, by
}

type member struct {
	*exec.Cmd
	said bytes.Buffer
}

func start(t *testing.T, cmd *exec.Cmd) *member {
	m := &member{Cmd: cmd}
	cmd.Stdout, cmd.Stderr = &m.said, &m.said
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
		if t.Failed() {
			t.Logf("%s said:\n%s", cmd.Args[0], m.said.String())
		}
	})
	return m
}

// bothRead waits until the group has two members that read.
func bothRead(t *testing.T, address, group string) {
	client, err := kgo.NewClient(kgo.SeedBrokers(address))
	require.NoError(t, err)
	defer client.Close()
	require.Eventually(t, func() bool {
		groups, err := kadm.NewClient(client).DescribeGroups(context.Background(), group)
		return err == nil && groups[group].State == "Stable" && len(groups[group].Members) == 2
	}, time.Minute, 200*time.Millisecond, "two members do not form a group")
}

// fleet runs two members, lets one go midway with a signal, and gives how many records came twice, and what the members said.
func fleet(t *testing.T, address, name string, signal syscall.Signal, command func(instance, from, to string) *exec.Cmd) (int, string) {
	from, to := name+"_in", name+"_out"
	makeTopics(t, address, from, to)
	members := []*member{start(t, command("one", from, to)), start(t, command("two", from, to))}
	bothRead(t, address, name)
	ctx, cancel := context.WithCancel(context.Background())
	a := &arrivals{by: map[string]int{}}
	var wait sync.WaitGroup
	wait.Add(2)
	go func() { defer wait.Done(); publish(t, address, from) }()
	go func() { defer wait.Done(); a.read(ctx, address, to) }()
	defer func() { cancel(); wait.Wait() }()
	require.Eventually(t, func() bool {
		different, _, by := a.count()
		return different > nRecords*2/5 && by["one"] > 0 && by["two"] > 0
	}, time.Minute, 50*time.Millisecond, "half of them do not arrive")
	at, _, _ := a.count()
	require.NoError(t, members[0].Process.Signal(signal))
	members[0].Wait()
	require.Eventually(t, func() bool { different, _, _ := a.count(); return different == nRecords }, time.Minute, 100*time.Millisecond, "records are lost")
	time.Sleep(time.Second) // for what comes twice
	different, twice, by := a.count()
	t.Logf("%s: one of two got %q when %d of %d records had arrived; in the end %d had, %d of them twice, none lost; %v", name, signal, at, nRecords, different, twice, by)
	require.Less(t, at, nRecords, "it was not midway")
	require.Empty(t, a.wrong)
	require.NoError(t, members[1].Process.Signal(syscall.SIGTERM))
	require.NoError(t, members[1].Wait())
	return twice, members[0].said.String() + members[1].said.String()
}

const config = `receivers:
  kafka:
    brokers: ["${env:BROKER}"]
    group_id: ${env:GROUP}
    initial_offset: earliest
    session_timeout: 6s
    heartbeat_interval: 500ms
    autocommit: {enable: true, interval: 500ms}
    message_marking: {after: true}
    error_backoff: {enabled: true}
    logs: {topics: ["${env:FROM}"], encoding: otlp_proto}
processors:
  ottltransform:
    log_statements:
      - replace_pattern(log.body, "[0-9]{4}( [0-9]{4}){3}", "****")
      - set(log.attributes["by"], "${env:INSTANCE}")
exporters:
  kafka:
    brokers: ["${env:BROKER}"]
    producer: {required_acks: -1}
    sending_queue: {enabled: false}
    logs: {topic: "${env:TO}", encoding: otlp_proto}
service:
  telemetry: {metrics: {level: none}, logs: {level: warn}}
  pipelines:
    logs: {receivers: [kafka], processors: [ottltransform], exporters: [kafka]}
`

func TestFleet(t *testing.T) {
	address := broker(t)
	t.Run("collectors", func(t *testing.T) {
		collector := os.Getenv("FLEETCOL")
		if collector == "" {
			t.Skip("FLEETCOL names no collector")
		}
		file := t.TempDir() + "/config.yaml"
		require.NoError(t, os.WriteFile(file, []byte(config), 0o600))
		fleet(t, address, "collectors", syscall.SIGKILL, func(instance, from, to string) *exec.Cmd {
			cmd := exec.Command(collector, "--config", file)
			cmd.Env = append(os.Environ(), "BROKER="+address, "GROUP=collectors", "INSTANCE="+instance, "FROM="+from, "TO="+to)
			return cmd
		})
	})
	ottl := os.Getenv("OTTL")
	run := func(group string, session time.Duration) func(instance, from, to string) *exec.Cmd {
		return func(instance, from, to string) *exec.Cmd {
			return exec.Command(ottl, "run", "-s", `replace_pattern(log.body, "[0-9]{4}( [0-9]{4}){3}", "****")`, "-s", `set(log.attributes["by"], "`+instance+`")`, "--stats",
				fmt.Sprintf("kafka://%s/%s?session.timeout.ms=%d&heartbeat.interval.ms=500&group=%s", address, from, session.Milliseconds(), group), "-o", "kafka://"+address+"/"+to)
		}
	}
	t.Run("ottl_killed", func(t *testing.T) {
		if ottl == "" {
			t.Skip("OTTL names no command that knows topics")
		}
		fleet(t, address, "ottl_killed", syscall.SIGKILL, run("ottl_killed", 6*time.Second))
	})
	t.Run("ottl_stopped", func(t *testing.T) {
		if ottl == "" {
			t.Skip("OTTL names no command that knows topics")
		}
		twice, said := fleet(t, address, "ottl_stopped", syscall.SIGTERM, run("ottl_stopped", 30*time.Second))
		told := 0 // it is, unless the machine stands still for so long that the group gives a member up
		for _, m := range regexp.MustCompile(`([0-9]+) may come twice`).FindAllStringSubmatch(said, -1) {
			n, _ := strconv.Atoi(m[1])
			told += n
		}
		require.LessOrEqual(t, twice, told*perMessage, "more came twice than was told")
	})
	t.Run("no topic", func(t *testing.T) {
		if ottl == "" {
			t.Skip("OTTL names no command that knows topics")
		}
		for _, args := range [][]string{{"kafka://" + address + "/there.is.none?group=x"}, {"kafka://" + address + "/collectors_in?group=x", "-o", "kafka://" + address + "/there.is.none"}} {
			said, err := exec.Command(ottl, append([]string{"run", "-s", `set(log.flags, 1)`}, args...)...).CombinedOutput()
			require.Error(t, err)
			require.True(t, strings.Contains(string(said), "there is no topic `there.is.none`"), string(said))
		}
	})
}
