package narrow

import "go.opentelemetry.io/collector/pdata/pcommon"

func (p *Plan) putResource(s *Scratch, r pcommon.Resource, schema string) {
	m := &p.resource
	if m.reads != 0 || m.attributes.all || len(m.attributes.keys) > 0 {
		at := s.begin(1)
		s.attributes(1, &m.attributes, r.Attributes())
		if m.touches(bitResourceDropped) {
			s.number(2, uint64(r.DroppedAttributesCount()))
		}
		s.end(at)
	}
	if m.touches(bitResourceSchema) {
		s.text(3, schema)
	}
}

func (p *Plan) putScope(s *Scratch, scope pcommon.InstrumentationScope, schema string) {
	m := &p.scope
	if m.reads != 0 || m.attributes.all || len(m.attributes.keys) > 0 {
		at := s.begin(1)
		if m.touches(bitScopeName) {
			s.text(1, scope.Name())
		}
		if m.touches(bitScopeVersion) {
			s.text(2, scope.Version())
		}
		s.attributes(3, &m.attributes, scope.Attributes())
		if m.touches(bitScopeDropped) {
			s.number(4, uint64(scope.DroppedAttributesCount()))
		}
		s.end(at)
	}
	if m.touches(bitScopeSchema) {
		s.text(3, schema)
	}
}

func (m *message) writesAnything() bool { return m.writes != 0 || m.attributes.writes }

// What is not in a message that was written is at its default: so everything that may be written is set.
func (p *Plan) applyResource(s *Scratch, body reader, r pcommon.Resource, setSchema func(string)) error {
	m := &p.resource
	if !m.writesAnything() {
		return nil
	}
	s.entries = s.entries[:0]
	schema, dropped := "", uint64(0)
	for !body.done() {
		switch number, _, data := body.field(); number {
		case 1:
			for in := readerOf(data); !in.done(); {
				switch number, v, data := in.field(); number {
				case 1:
					s.entries = append(s.entries, entryOf(data))
				case 2:
					dropped = v
				}
			}
		case 3:
			schema = s.string(data)
		}
	}
	if m.written(bitResourceDropped) {
		r.SetDroppedAttributesCount(uint32(dropped))
	}
	if m.written(bitResourceSchema) {
		setSchema(schema)
	}
	if m.attributes.writes {
		return s.apply(&m.attributes, r.Attributes())
	}
	return nil
}

func (p *Plan) applyScope(s *Scratch, body reader, scope pcommon.InstrumentationScope, setSchema func(string)) error {
	m := &p.scope
	if !m.writesAnything() {
		return nil
	}
	s.entries = s.entries[:0]
	name, version, schema, dropped := "", "", "", uint64(0)
	for !body.done() {
		switch number, _, data := body.field(); number {
		case 1:
			for in := readerOf(data); !in.done(); {
				switch number, v, data := in.field(); number {
				case 1:
					name = s.string(data)
				case 2:
					version = s.string(data)
				case 3:
					s.entries = append(s.entries, entryOf(data))
				case 4:
					dropped = v
				}
			}
		case 3:
			schema = s.string(data)
		}
	}
	if m.written(bitScopeName) {
		scope.SetName(name)
	}
	if m.written(bitScopeVersion) {
		scope.SetVersion(version)
	}
	if m.written(bitScopeDropped) {
		scope.SetDroppedAttributesCount(uint32(dropped))
	}
	if m.written(bitScopeSchema) {
		setSchema(schema)
	}
	if m.attributes.writes {
		return s.apply(&m.attributes, scope.Attributes())
	}
	return nil
}

func traceID(data []byte) (id pcommon.TraceID) { copy(id[:], data); return id }
func spanID(data []byte) (id pcommon.SpanID)   { copy(id[:], data); return id }

func taken(left *[]uint64, at int) bool {
	if len(*left) == 0 || (*left)[0] != uint64(at) {
		return false
	}
	*left = (*left)[1:]
	return true
}

func allTaken(left [3][]uint64) error {
	for _, list := range left {
		if len(list) > 0 {
			return errPayload
		}
	}
	return nil
}
