package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

const properties = `process.roles=broker,controller
node.id=1
controller.quorum.bootstrap.servers=127.0.0.1:%[2]d
listeners=PLAINTEXT://127.0.0.1:%[1]d,CONTROLLER://127.0.0.1:%[2]d
advertised.listeners=PLAINTEXT://127.0.0.1:%[1]d
controller.listener.names=CONTROLLER
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT
log.dirs=%[3]s/logs
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
group.initial.rebalance.delay.ms=0
auto.create.topics.enable=false
`

func freePort(t *testing.T) int {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// broker starts one of Apache Kafka on loopback, from the jars that KAFKA_JARS names, and ends it with the test.
func broker(t *testing.T) string {
	jars := os.Getenv("KAFKA_JARS")
	if jars == "" {
		t.Skip("no broker: KAFKA_JARS names no folder (bindings/collector/fleet/check fetches it)")
	}
	dir, port := t.TempDir(), freePort(t)
	config := filepath.Join(dir, "kraft.properties")
	require.NoError(t, os.WriteFile(config, fmt.Appendf(nil, properties, port, freePort(t), dir), 0o600))
	log, err := os.Create(filepath.Join(dir, "broker.txt"))
	require.NoError(t, err)
	java := func(args ...string) *exec.Cmd {
		cmd := exec.Command("java", append([]string{"-Xmx512m", "-cp", filepath.Join(jars, "*")}, args...)...)
		cmd.Dir, cmd.Stdout, cmd.Stderr = dir, log, log
		return cmd
	}
	require.NoError(t, java("kafka.tools.StorageTool", "format", "--standalone", "-t", "AAAAAAAAQACAAAAAAAAAAQ", "-c", config).Run())
	server := java("kafka.Kafka", config)
	require.NoError(t, server.Start())
	t.Cleanup(func() {
		server.Process.Kill()
		server.Wait()
		log.Close()
		if t.Failed() {
			text, _ := os.ReadFile(log.Name())
			t.Logf("the broker said:\n%s", text[max(0, len(text)-2000):])
		}
	})
	address := fmt.Sprintf("127.0.0.1:%d", port)
	require.Eventually(t, func() bool {
		client, err := kgo.NewClient(kgo.SeedBrokers(address))
		if err != nil {
			return false
		}
		defer client.Close()
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		defer cancel()
		brokers, err := kadm.NewClient(client).ListBrokers(ctx)
		return err == nil && len(brokers) == 1
	}, time.Minute, 300*time.Millisecond, "the broker does not answer")
	return address
}

func makeTopics(t *testing.T, address string, topics ...string) {
	client, err := kgo.NewClient(kgo.SeedBrokers(address))
	require.NoError(t, err)
	defer client.Close()
	answers, err := kadm.NewClient(client).CreateTopics(context.Background(), partitions, 1, nil, topics...)
	require.NoError(t, err)
	require.NoError(t, answers.Error())
}
