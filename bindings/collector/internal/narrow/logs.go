package narrow

import (
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/ottl-c/ottl-c/bindings/collector/engine"
)

func (p *Plan) putLog(s *Scratch, l plog.LogRecord) {
	m := &p.record
	if m.touches(1) {
		s.fix64(1, uint64(l.Timestamp()))
	}
	if m.touches(2) {
		s.number(2, uint64(int64(l.SeverityNumber())))
	}
	if m.touches(3) {
		s.text(3, l.SeverityText())
	}
	if m.touches(5) && l.Body().Type() != pcommon.ValueTypeEmpty {
		s.value(5, l.Body())
	}
	s.attributes(6, &m.attributes, l.Attributes())
	if m.touches(7) {
		s.number(7, uint64(l.DroppedAttributesCount()))
	}
	if m.touches(8) {
		s.fix32(8, uint32(l.Flags()))
	}
	if m.touches(9) {
		id := l.TraceID()
		s.id(9, id[:], id.IsEmpty())
	}
	if m.touches(10) {
		id := l.SpanID()
		s.id(10, id[:], id.IsEmpty())
	}
	if m.touches(11) {
		s.fix64(11, uint64(l.ObservedTimestamp()))
	}
	if m.touches(12) {
		s.text(12, l.EventName())
	}
}

func (p *Plan) applyLog(s *Scratch, body reader, l plog.LogRecord) error {
	m := &p.record
	s.entries = s.entries[:0]
	left := m.writes // fields that may be written and did not come
	for !body.done() {
		number, v, data := body.field()
		if number == 6 {
			s.entries = append(s.entries, entryOf(data))
		}
		if number > 31 || left>>number&1 == 0 {
			continue
		}
		left &^= 1 << number
		if err := s.setLog(l, number, v, data); err != nil {
			return err
		}
	}
	for number := 1; left != 0 && number < 32; number++ {
		if left>>number&1 != 0 {
			left &^= 1 << number
			if err := s.setLog(l, number, 0, nil); err != nil {
				return err
			}
		}
	}
	if m.attributes.writes {
		return s.apply(&m.attributes, l.Attributes())
	}
	return nil
}

func (s *Scratch) setLog(l plog.LogRecord, number int, v uint64, data []byte) error {
	switch number {
	case 1:
		l.SetTimestamp(pcommon.Timestamp(v))
	case 2:
		l.SetSeverityNumber(plog.SeverityNumber(int32(v)))
	case 3:
		if l.SeverityText() != string(data) {
			l.SetSeverityText(s.string(data))
		}
	case 5:
		return s.setWhole(l.Body(), data)
	case 7:
		l.SetDroppedAttributesCount(uint32(v))
	case 8:
		l.SetFlags(plog.LogRecordFlags(v))
	case 9:
		l.SetTraceID(traceID(data))
	case 10:
		l.SetSpanID(spanID(data))
	case 11:
		l.SetObservedTimestamp(pcommon.Timestamp(v))
	case 12:
		if l.EventName() != string(data) {
			l.SetEventName(s.string(data))
		}
	}
	return nil
}

// Logs makes the payload: s.Payload.
func (p *Plan) Logs(s *Scratch, d plog.Logs) {
	s.Payload = s.Payload[:0]
	for _, rl := range d.ResourceLogs().All() {
		resource := s.begin(1)
		p.putResource(s, rl.Resource(), rl.SchemaUrl())
		for _, sl := range rl.ScopeLogs().All() {
			scope := s.begin(2)
			p.putScope(s, sl.Scope(), sl.SchemaUrl())
			for _, l := range sl.LogRecords().All() {
				record := s.begin(2)
				p.putLog(s, l)
				s.end(record)
			}
			s.end(scope)
		}
		s.end(resource)
	}
}

// ApplyLogs writes what a program made of the payload, which dropped and appended nothing, to the data.
func (p *Plan) ApplyLogs(s *Scratch, d plog.Logs, result []byte) error {
	was, is := readerOf(s.Payload), readerOf(result)
	for _, rl := range d.ResourceLogs().All() {
		was, is, same, err := both(&was, &is, 1)
		if err != nil {
			return err
		}
		if same {
			continue
		}
		if err := p.applyResource(s, is, rl.Resource(), rl.SetSchemaUrl); err != nil {
			return err
		}
		for _, sl := range rl.ScopeLogs().All() {
			was, is, same, err := both(&was, &is, 2)
			if err != nil {
				return err
			}
			if same {
				continue
			}
			if err := p.applyScope(s, is, sl.Scope(), sl.SetSchemaUrl); err != nil {
				return err
			}
			for _, l := range sl.LogRecords().All() {
				_, is, same, err := both(&was, &is, 2)
				if err != nil {
					return err
				}
				if same {
					continue
				}
				if err := p.applyLog(s, is, l); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// DropLogs takes out what is not left of resources, scopes and records.
func (p *Plan) DropLogs(s *Scratch, d plog.Logs) error {
	all, left := readerOf(s.Payload), s.Left
	d.ResourceLogs().RemoveIf(func(rl plog.ResourceLogs) bool {
		at, resource, _ := all.message(1)
		stays := taken(&left[engine.ResourceLevel], at)
		rl.ScopeLogs().RemoveIf(func(sl plog.ScopeLogs) bool {
			at, scope, _ := resource.message(2)
			stays := taken(&left[engine.ScopeLevel], at)
			sl.LogRecords().RemoveIf(func(plog.LogRecord) bool {
				at, _, _ := scope.message(2)
				return !taken(&left[engine.RecordLevel], at)
			})
			return !stays
		})
		return !stays
	})
	return allTaken(left)
}
