// Package narrow runs programs on decoded data without encoding all of it: of each resource, scope and record a payload gets the fields that the
// program touches and nothing else; what the program wrote to them is then written to the data, and what it dropped is taken out.
package narrow

import (
	"slices"

	"github.com/ottl-c/ottl-c/bindings/collector/engine"
)

// Up to so many keys of a map are looked up one by one; of more, all entries are written.
const maxKeys = 4

// A map of attributes: which entries payloads get.
type attributes struct {
	all     bool
	keys    []string // in place of all
	written []bool   // by key
	writes  bool     // something may write to the map
}

// A message: fields by bit, number n at 1 << n; those of inner messages where numbers would clash have bits of their own.
type message struct {
	reads, writes uint32
	attributes    attributes
}

func (m *message) touches(bit int) bool { return m.reads>>bit&1 != 0 }
func (m *message) written(bit int) bool { return m.writes>>bit&1 != 0 }

// Bits of fields. Those of log records and spans are their numbers.
const (
	bitResourceDropped = 2
	bitResourceSchema  = 3
	bitScopeName       = 1
	bitScopeVersion    = 2
	bitScopeDropped    = 4
	bitScopeSchema     = 3 + 16
	bitStatusMessage   = 2 + 16
	bitStatusCode      = 3 + 16
)

// Plan is what a program's payloads have.
type Plan struct{ resource, scope, record message }

// PlanOf is nil when the program needs whole payloads.
func PlanOf(p *engine.Program, signal engine.Signal) *Plan {
	touches, ok := p.Touches()
	if !ok {
		return nil
	}
	plan := &Plan{}
	for _, t := range touches {
		if !plan.add(t, signal) {
			return nil
		}
	}
	for _, m := range []*message{&plan.resource, &plan.scope, &plan.record} {
		m.attributes.all = m.attributes.all || len(m.attributes.keys) > maxKeys
	}
	return plan
}

func (p *Plan) add(t engine.Touch, signal engine.Signal) bool {
	m := []*message{&p.resource, &p.scope, &p.record}[t.Level]
	if t.Map {
		m.attributes.add(t)
		return true
	}
	bits := uint32(1) << t.Number
	switch {
	case t.Level == engine.ScopeLevel && t.Inner == 0:
		bits = 1 << bitScopeSchema
	case t.Level == engine.RecordLevel && signal == engine.Traces && t.Inner == 15:
		bits = 1 << (t.Number + 16)
	case t.Level == engine.RecordLevel && signal == engine.Traces && t.Number == 15: // the status as a whole
		bits = 1<<bitStatusMessage | 1<<bitStatusCode
	case t.Level == engine.RecordLevel && signal == engine.Traces && (t.Number == 11 || t.Number == 13): // events, links
		return false
	case t.Level == engine.RecordLevel && signal == engine.Metrics && (t.Inner != 0 || t.Number > 3): // what depends on the kind
		return false
	}
	m.reads |= bits
	if t.Written {
		m.writes |= bits
	}
	return true
}

func (a *attributes) add(t engine.Touch) {
	a.writes = a.writes || t.Written
	if t.Whole {
		a.all = true
		return
	}
	i := slices.Index(a.keys, t.Key)
	if i < 0 {
		i = len(a.keys)
		a.keys, a.written = append(a.keys, t.Key), append(a.written, false)
	}
	a.written[i] = a.written[i] || t.Written
}
