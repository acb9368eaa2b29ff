// Package stage runs programs of the engine in a collector: configuration, reload, telemetry.
package stage

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componentstatus"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"go.uber.org/zap"

	"github.com/ottl-c/ottl-c/bindings/collector/engine"
	"github.com/ottl-c/ottl-c/bindings/collector/internal/narrow"
)

// Policy is a program, what identifies it, and what it did.
type Policy struct {
	Program *engine.Program
	Hash    string // of its configuration: the first 16 digits of SHA-256
	since   time.Time
	plan    *narrow.Plan // what payloads of decoded data have; nil: everything
	request bool         // it reads what is known of the request

	in, changed, dropped, errors atomic.Uint64
}

// Stage is one component's program for one signal.
type Stage struct {
	config    *Config
	signal    engine.Signal
	name      string // of the component, and which of its programs
	host      component.Host
	log       *zap.Logger
	telemetry *telemetry

	policy atomic.Pointer[Policy]

	mu      sync.Mutex
	status  Status
	offered string // the text that was offered last
	stop    chan struct{}
	stopped sync.WaitGroup
}

// New compiles the configuration.
func New(set component.TelemetrySettings, id component.ID, config *Config, signal engine.Signal) (*Stage, error) {
	t, err := newTelemetry(set, id.String()+config.Place, signalNames[signal])
	if err != nil {
		return nil, err
	}
	s := &Stage{config: config, signal: signal, name: id.String() + config.Place, log: set.Logger, telemetry: t}
	text, err := config.read()
	if err != nil {
		return nil, err
	}
	return s, s.Offer(text)
}

func hashOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:8])
}

// Offer takes a new configuration if it compiles: payloads that are on their way keep the old program, later ones have the new one. If it
// does not compile the old one goes on, and the error has the diagnostics.
func (s *Stage) Offer(text string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	program, err := s.config.compile(text, s.signal)
	old := s.policy.Load()
	s.offered = text
	if err != nil {
		s.refuse(hashOf(text), err)
		return err
	}
	for _, d := range program.Warnings() {
		s.log.Warn(d.Message, zap.String("code", d.Code), zap.Int("line", d.Line), zap.Int("column", d.Column), zap.String("help", d.Help))
	}
	policy := &Policy{Program: program, Hash: hashOf(text), since: time.Now(), plan: narrow.PlanOf(program, s.signal), request: readsRequest(text)}
	s.policy.Store(policy)
	s.status.Refused = nil
	s.telemetry.active(policy.Hash, 1)
	if old != nil {
		s.status.Reloads++
		s.telemetry.reloads.Add(context.Background(), 1, s.telemetry.own)
		if old.Hash != policy.Hash {
			s.telemetry.active(old.Hash, 0)
		}
	}
	return nil
}

// Start watches the policy file, if there is one.
func (s *Stage) Start(_ context.Context, host component.Host) error {
	if s.config.PolicyFile == "" {
		return nil
	}
	s.host = host
	s.post()
	s.stop = make(chan struct{})
	s.stopped.Add(1)
	go s.watch()
	return nil
}

// Shutdown stops watching.
func (s *Stage) Shutdown(context.Context) error {
	if s.stop != nil {
		close(s.stop)
		s.stopped.Wait()
		s.stop = nil
		s.leave()
	}
	return nil
}

func (s *Stage) watch() {
	defer s.stopped.Done()
	tick := time.NewTicker(s.config.ReloadInterval)
	defer tick.Stop()
	for {
		select {
		case <-s.stop:
			return
		case <-tick.C:
			s.reload()
		}
	}
}

func (s *Stage) reload() {
	defer s.post()
	text, err := s.config.read()
	if err != nil {
		s.log.Error("the policy file cannot be read: the active program goes on", zap.Error(err))
		s.mu.Lock()
		s.status.Refused = &Refusal{At: time.Now(), Text: err.Error()}
		s.offered = ""
		s.mu.Unlock()
		return
	}
	s.mu.Lock()
	same := text == s.offered
	s.mu.Unlock()
	if same {
		return
	}
	if err := s.Offer(text); err != nil {
		s.log.Error("the policy file is refused: the active program goes on", zap.String("active", s.Active().Hash), zap.Error(err))
		componentstatus.ReportStatus(s.host, componentstatus.NewRecoverableErrorEvent(err))
		return
	}
	s.log.Info("a new program is active", zap.String("hash", s.Active().Hash))
	componentstatus.ReportStatus(s.host, componentstatus.NewEvent(componentstatus.StatusOK))
}

// Active is the program that payloads run on now.
func (s *Stage) Active() *Policy { return s.policy.Load() }

// Run runs the active program on a payload.
func (s *Stage) Run(ctx context.Context, payload []byte, use func(*engine.Result) error) error {
	return s.runPolicy(ctx, s.policy.Load(), payload, use)
}

func (s *Stage) runPolicy(ctx context.Context, policy *Policy, payload []byte, use func(*engine.Result) error) error {
	request := ""
	if policy.request {
		request = requestOf(ctx)
	}
	begin := time.Now()
	var used time.Duration
	ran := false
	err := policy.Program.Run(payload, request, func(r *engine.Result) error {
		ran = true
		s.told(ctx, policy, r)
		at := time.Now()
		err := use(r)
		used = time.Since(at)
		return err
	})
	s.telemetry.duration.Record(ctx, (time.Since(begin) - used).Seconds(), s.telemetry.own)
	var failed *engine.RunError
	if !ran && errors.As(err, &failed) { // else a program failed that runs on what this one gave
		policy.errors.Add(uint64(len(failed.Errors)))
		s.count(ctx, failed.Errors, len(failed.Errors))
	}
	return err
}

func (s *Stage) told(ctx context.Context, policy *Policy, r *engine.Result) {
	t := s.telemetry
	policy.in.Add(r.In)
	policy.changed.Add(r.Changed)
	policy.dropped.Add(r.Dropped)
	policy.errors.Add(r.Errors)
	t.in.Add(ctx, int64(r.In), t.own)
	t.changed.Add(ctx, int64(r.Changed), t.own)
	t.dropped.Add(ctx, int64(r.Dropped), t.own)
	if r.Errors == 0 {
		return
	}
	s.count(ctx, r.RowErrors, int(r.Errors))
	s.log.Debug("statements failed", zap.Uint64("failures", r.Errors), zap.Uint64("records", r.Failed), zap.String("first", r.RowErrors[0].Message))
}

// Failures by statement, as far as they were kept; the rest without one.
func (s *Stage) count(ctx context.Context, kept []engine.RowError, all int) {
	t := s.telemetry
	for _, e := range kept {
		place := "condition " + strconv.Itoa(int(e.Condition))
		if e.Statement != engine.NoStatement {
			place = strconv.Itoa(int(e.Statement))
		}
		t.errors.Add(ctx, 1, t.own, metric.WithAttributes(attribute.Int("group", int(e.Group)), attribute.String("statement", place)))
	}
	if more := all - len(kept); more > 0 {
		t.errors.Add(ctx, int64(more), t.own)
	}
}
