package narrow

import (
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/ottl-c/ottl-c/bindings/collector/engine"
)

func (p *Plan) putSpan(s *Scratch, sp ptrace.Span) {
	m := &p.record
	if m.touches(1) {
		id := sp.TraceID()
		s.id(1, id[:], id.IsEmpty())
	}
	if m.touches(2) {
		id := sp.SpanID()
		s.id(2, id[:], id.IsEmpty())
	}
	if m.touches(3) {
		s.text(3, sp.TraceState().AsRaw())
	}
	if m.touches(4) {
		id := sp.ParentSpanID()
		s.id(4, id[:], id.IsEmpty())
	}
	if m.touches(5) {
		s.text(5, sp.Name())
	}
	if m.touches(6) {
		s.number(6, uint64(int64(sp.Kind())))
	}
	if m.touches(7) {
		s.fix64(7, uint64(sp.StartTimestamp()))
	}
	if m.touches(8) {
		s.fix64(8, uint64(sp.EndTimestamp()))
	}
	s.attributes(9, &m.attributes, sp.Attributes())
	if m.touches(10) {
		s.number(10, uint64(sp.DroppedAttributesCount()))
	}
	if m.touches(12) {
		s.number(12, uint64(sp.DroppedEventsCount()))
	}
	if m.touches(14) {
		s.number(14, uint64(sp.DroppedLinksCount()))
	}
	if m.touches(bitStatusMessage) || m.touches(bitStatusCode) {
		at := s.begin(15)
		if m.touches(bitStatusMessage) {
			s.text(2, sp.Status().Message())
		}
		if m.touches(bitStatusCode) {
			s.number(3, uint64(int64(sp.Status().Code())))
		}
		s.end(at)
	}
	if m.touches(16) {
		s.fix32(16, sp.Flags())
	}
}

func (p *Plan) applySpan(s *Scratch, body reader, sp ptrace.Span) error {
	m := &p.record
	s.entries = s.entries[:0]
	left := m.writes
	set := func(bit int, v uint64, data []byte) {
		if bit < 32 && left>>bit&1 != 0 {
			left &^= 1 << bit
			s.setSpan(sp, bit, v, data)
		}
	}
	for !body.done() {
		switch number, v, data := body.field(); number {
		case 9:
			s.entries = append(s.entries, entryOf(data))
		case 15:
			for in := readerOf(data); !in.done(); {
				number, v, data := in.field()
				set(number+16, v, data)
			}
		default:
			if number <= 16 {
				set(number, v, data)
			}
		}
	}
	for bit := 1; left != 0 && bit < 32; bit++ {
		set(bit, 0, nil)
	}
	if m.attributes.writes {
		return s.apply(&m.attributes, sp.Attributes())
	}
	return nil
}

func (s *Scratch) setSpan(sp ptrace.Span, bit int, v uint64, data []byte) {
	switch bit {
	case 1:
		sp.SetTraceID(traceID(data))
	case 2:
		sp.SetSpanID(spanID(data))
	case 3:
		sp.TraceState().FromRaw(s.string(data))
	case 4:
		sp.SetParentSpanID(spanID(data))
	case 5:
		if sp.Name() != string(data) {
			sp.SetName(s.string(data))
		}
	case 6:
		sp.SetKind(ptrace.SpanKind(int32(v)))
	case 7:
		sp.SetStartTimestamp(pcommon.Timestamp(v))
	case 8:
		sp.SetEndTimestamp(pcommon.Timestamp(v))
	case 10:
		sp.SetDroppedAttributesCount(uint32(v))
	case 12:
		sp.SetDroppedEventsCount(uint32(v))
	case 14:
		sp.SetDroppedLinksCount(uint32(v))
	case 16:
		sp.SetFlags(uint32(v))
	case bitStatusMessage:
		sp.Status().SetMessage(s.string(data))
	case bitStatusCode:
		sp.Status().SetCode(ptrace.StatusCode(int32(v)))
	}
}

// Traces makes the payload: s.Payload.
func (p *Plan) Traces(s *Scratch, d ptrace.Traces) {
	s.Payload = s.Payload[:0]
	for _, rs := range d.ResourceSpans().All() {
		resource := s.begin(1)
		p.putResource(s, rs.Resource(), rs.SchemaUrl())
		for _, ss := range rs.ScopeSpans().All() {
			scope := s.begin(2)
			p.putScope(s, ss.Scope(), ss.SchemaUrl())
			for _, sp := range ss.Spans().All() {
				record := s.begin(2)
				p.putSpan(s, sp)
				s.end(record)
			}
			s.end(scope)
		}
		s.end(resource)
	}
}

// ApplyTraces writes what a program made of the payload, which dropped and appended nothing, to the data.
func (p *Plan) ApplyTraces(s *Scratch, d ptrace.Traces, result []byte) error {
	was, is := readerOf(s.Payload), readerOf(result)
	for _, rs := range d.ResourceSpans().All() {
		was, is, same, err := both(&was, &is, 1)
		if err != nil {
			return err
		}
		if same {
			continue
		}
		if err := p.applyResource(s, is, rs.Resource(), rs.SetSchemaUrl); err != nil {
			return err
		}
		for _, ss := range rs.ScopeSpans().All() {
			was, is, same, err := both(&was, &is, 2)
			if err != nil {
				return err
			}
			if same {
				continue
			}
			if err := p.applyScope(s, is, ss.Scope(), ss.SetSchemaUrl); err != nil {
				return err
			}
			for _, sp := range ss.Spans().All() {
				_, is, same, err := both(&was, &is, 2)
				if err != nil {
					return err
				}
				if same {
					continue
				}
				if err := p.applySpan(s, is, sp); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// DropTraces takes out what is not left of resources, scopes and records.
func (p *Plan) DropTraces(s *Scratch, d ptrace.Traces) error {
	all, left := readerOf(s.Payload), s.Left
	d.ResourceSpans().RemoveIf(func(rs ptrace.ResourceSpans) bool {
		at, resource, _ := all.message(1)
		stays := taken(&left[engine.ResourceLevel], at)
		rs.ScopeSpans().RemoveIf(func(ss ptrace.ScopeSpans) bool {
			at, scope, _ := resource.message(2)
			stays := taken(&left[engine.ScopeLevel], at)
			ss.Spans().RemoveIf(func(ptrace.Span) bool {
				at, _, _ := scope.message(2)
				return !taken(&left[engine.RecordLevel], at)
			})
			return !stays
		})
		return !stays
	})
	return allTaken(left)
}
