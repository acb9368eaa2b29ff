package narrow

import (
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/ottl-c/ottl-c/bindings/collector/engine"
)

// The field that holds a metric's points: it tells the kind, and goes along with nothing in it.
var containers = map[pmetric.MetricType]int{
	pmetric.MetricTypeGauge: 5, pmetric.MetricTypeSum: 7, pmetric.MetricTypeHistogram: 9, pmetric.MetricTypeExponentialHistogram: 10,
	pmetric.MetricTypeSummary: 11,
}

func (p *Plan) putMetric(s *Scratch, metric pmetric.Metric) {
	m := &p.record
	if m.touches(1) {
		s.text(1, metric.Name())
	}
	if m.touches(2) {
		s.text(2, metric.Description())
	}
	if m.touches(3) {
		s.text(3, metric.Unit())
	}
	if number := containers[metric.Type()]; number != 0 {
		s.end(s.begin(number))
	}
	s.attributes(12, &m.attributes, metric.Metadata())
}

func (p *Plan) applyMetric(s *Scratch, body reader, metric pmetric.Metric) error {
	m := &p.record
	s.entries = s.entries[:0]
	var texts [4][]byte
	for !body.done() {
		switch number, _, data := body.field(); number {
		case 1, 2, 3:
			texts[number] = data
		case 12:
			s.entries = append(s.entries, entryOf(data))
		}
	}
	if m.written(1) && metric.Name() != string(texts[1]) {
		metric.SetName(s.string(texts[1]))
	}
	if m.written(2) && metric.Description() != string(texts[2]) {
		metric.SetDescription(s.string(texts[2]))
	}
	if m.written(3) && metric.Unit() != string(texts[3]) {
		metric.SetUnit(s.string(texts[3]))
	}
	if m.attributes.writes {
		return s.apply(&m.attributes, metric.Metadata())
	}
	return nil
}

// Metrics makes the payload: s.Payload.
func (p *Plan) Metrics(s *Scratch, d pmetric.Metrics) {
	s.Payload = s.Payload[:0]
	for _, rm := range d.ResourceMetrics().All() {
		resource := s.begin(1)
		p.putResource(s, rm.Resource(), rm.SchemaUrl())
		for _, sm := range rm.ScopeMetrics().All() {
			scope := s.begin(2)
			p.putScope(s, sm.Scope(), sm.SchemaUrl())
			for _, metric := range sm.Metrics().All() {
				record := s.begin(2)
				p.putMetric(s, metric)
				s.end(record)
			}
			s.end(scope)
		}
		s.end(resource)
	}
}

// ApplyMetrics writes what a program made of the payload, which dropped and appended nothing, to the data.
func (p *Plan) ApplyMetrics(s *Scratch, d pmetric.Metrics, result []byte) error {
	was, is := readerOf(s.Payload), readerOf(result)
	for _, rm := range d.ResourceMetrics().All() {
		was, is, same, err := both(&was, &is, 1)
		if err != nil {
			return err
		}
		if same {
			continue
		}
		if err := p.applyResource(s, is, rm.Resource(), rm.SetSchemaUrl); err != nil {
			return err
		}
		for _, sm := range rm.ScopeMetrics().All() {
			was, is, same, err := both(&was, &is, 2)
			if err != nil {
				return err
			}
			if same {
				continue
			}
			if err := p.applyScope(s, is, sm.Scope(), sm.SetSchemaUrl); err != nil {
				return err
			}
			for _, metric := range sm.Metrics().All() {
				_, is, same, err := both(&was, &is, 2)
				if err != nil {
					return err
				}
				if same {
					continue
				}
				if err := p.applyMetric(s, is, metric); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// DropMetrics takes out what is not left of resources, scopes and records.
func (p *Plan) DropMetrics(s *Scratch, d pmetric.Metrics) error {
	all, left := readerOf(s.Payload), s.Left
	d.ResourceMetrics().RemoveIf(func(rm pmetric.ResourceMetrics) bool {
		at, resource, _ := all.message(1)
		stays := taken(&left[engine.ResourceLevel], at)
		rm.ScopeMetrics().RemoveIf(func(sm pmetric.ScopeMetrics) bool {
			at, scope, _ := resource.message(2)
			stays := taken(&left[engine.ScopeLevel], at)
			sm.Metrics().RemoveIf(func(pmetric.Metric) bool {
				at, _, _ := scope.message(2)
				return !taken(&left[engine.RecordLevel], at)
			})
			return !stays
		})
		return !stays
	})
	return allTaken(left)
}
