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

// Boards are status files: what all stages that name a file report, by component and signal.
var boards = struct {
	sync.Mutex
	of map[string]map[string]map[string]Status
}{of: map[string]map[string]map[string]Status{}}

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
		board = map[string]map[string]Status{}
		boards.of[file] = board
	}
	if board[s.name] == nil {
		board[s.name] = map[string]Status{}
	}
	status := s.Status()
	if was, ok := board[s.name][signalNames[s.signal]]; ok && was == status {
		return
	}
	board[s.name][signalNames[s.signal]] = status
	if err := writeInPlace(file, board); err != nil {
		s.log.Error("the status file cannot be written", zap.Error(err))
	}
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
