package stage

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/ottl-c/ottl-c/bindings/collector/engine"
)

// Refusal is a configuration that was offered and not taken.
type Refusal struct {
	Hash        string              `json:"hash,omitempty"` // none: it could not be read
	At          time.Time           `json:"at"`
	Text        string              `json:"text"`
	Diagnostics []engine.Diagnostic `json:"diagnostics,omitempty"`
}

// Counts of records since the active program is active.
type Counts struct {
	In      uint64 `json:"in"`
	Changed uint64 `json:"changed"`
	Dropped uint64 `json:"dropped"`
	Errors  uint64 `json:"errors"`
}

func (c *Counts) add(more Counts) {
	c.In += more.In
	c.Changed += more.Changed
	c.Dropped += more.Dropped
	c.Errors += more.Errors
}

// Status is what a stage reports back.
type Status struct {
	Hash     string    `json:"hash"` // of the active program
	Since    time.Time `json:"since"`
	Reloads  uint64    `json:"reloads"`
	Refusals uint64    `json:"refusals"`
	Refused  *Refusal  `json:"refused"` // the last configuration offered; nil: it was taken
	Records  Counts    `json:"records"`
}

// Status of the stage.
func (s *Stage) Status() Status {
	s.mu.Lock()
	defer s.mu.Unlock()
	status, p := s.status, s.policy.Load()
	status.Hash, status.Since = p.Hash, p.since
	status.Records = Counts{p.in.Load(), p.changed.Load(), p.dropped.Load(), p.errors.Load()}
	return status
}

// The caller has locked.
func (s *Stage) refuse(hash string, err error) {
	s.status.Refused = &Refusal{Hash: hash, At: time.Now(), Text: err.Error()}
	var refused *engine.CompileError
	if errors.As(err, &refused) {
		s.status.Refused.Diagnostics = refused.Diagnostics
	}
	s.status.Refusals++
	s.telemetry.refusals.Add(context.Background(), 1, s.telemetry.own)
}

// Boards are status files: what all stages that name a file report. A component has a stage in each pipeline that it is part of.
var boards = struct {
	sync.Mutex
	of map[string]map[*Stage]Status
}{of: map[string]map[*Stage]Status{}}

var signalNames = map[engine.Signal]string{engine.Logs: "logs", engine.Traces: "traces", engine.Metrics: "metrics"}

// post writes the status file anew, in the place of the old one, when something in it changed.
func (s *Stage) post() {
	file := s.config.StatusFile
	if file == "" {
		return
	}
	boards.Lock()
	defer boards.Unlock()
	board := boards.of[file]
	if board == nil {
		board = map[*Stage]Status{}
		boards.of[file] = board
	}
	status := s.Status()
	if was, ok := board[s]; ok && was == status {
		return
	}
	board[s] = status
	if err := writeInPlace(file, reportOf(board)); err != nil {
		s.log.Error("the status file cannot be written", zap.Error(err))
	}
}

// leave takes the stage from its status file, from the next report on.
func (s *Stage) leave() {
	boards.Lock()
	defer boards.Unlock()
	delete(boards.of[s.config.StatusFile], s)
}

// When a policy was taken or refused last.
func (s *Status) decided() time.Time {
	if s.Refused != nil && s.Refused.At.After(s.Since) {
		return s.Refused.At
	}
	return s.Since
}

// By component and signal: what the stage says that has decided last, and the records of all that have its program.
func reportOf(board map[*Stage]Status) map[string]map[string]Status {
	report := map[string]map[string]Status{}
	for s, status := range board {
		if report[s.name] == nil {
			report[s.name] = map[string]Status{}
		}
		if was, ok := report[s.name][signalNames[s.signal]]; !ok || status.decided().After(was.decided()) {
			report[s.name][signalNames[s.signal]] = status
		}
	}
	for name, signals := range report {
		for signal, status := range signals {
			status.Records = Counts{}
			for s, one := range board {
				if s.name == name && signalNames[s.signal] == signal && one.Hash == status.Hash {
					status.Records.add(one.Records)
				}
			}
			signals[signal] = status
		}
	}
	return report
}

func writeInPlace(file string, content any) error {
	text, err := json.MarshalIndent(content, "", "  ")
	if err != nil {
		return err
	}
	to, err := os.CreateTemp(filepath.Dir(file), ".status-*")
	if err != nil {
		return err
	}
	_, err = to.Write(append(text, '\n'))
	err = errors.Join(err, to.Close())
	if err == nil {
		err = os.Rename(to.Name(), file)
	}
	if err != nil {
		_ = os.Remove(to.Name())
	}
	return err
}
