package narrow

import (
	"bytes"
	"math"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
)

// What an AnyValue has: the number of the field, 0: nothing.
func read(value []byte) (kind int, v uint64, data []byte) {
	if text, rest, ok := short(value, 1<<3|length); ok && len(rest) == 0 {
		return 1, 0, text
	}
	for r := readerOf(value); !r.done(); {
		kind, v, data = r.field()
	}
	return kind, v, data
}

// set writes a value unless it is there already. false: some map in it has a key twice, which can only be decoded.
func (s *Scratch) set(to pcommon.Value, value []byte) bool {
	kind, v, data := read(value)
	switch kind {
	case 0:
		if to.Type() != pcommon.ValueTypeEmpty {
			pcommon.NewValueEmpty().CopyTo(to)
		}
	case 1:
		if to.Type() != pcommon.ValueTypeStr || to.Str() != string(data) {
			to.SetStr(s.string(data))
		}
	case 2:
		if to.Type() != pcommon.ValueTypeBool || to.Bool() != (v != 0) {
			to.SetBool(v != 0)
		}
	case 3:
		if to.Type() != pcommon.ValueTypeInt || to.Int() != int64(v) {
			to.SetInt(int64(v))
		}
	case 4:
		if to.Type() != pcommon.ValueTypeDouble || math.Float64bits(to.Double()) != v {
			to.SetDouble(math.Float64frombits(v))
		}
	case 5:
		return s.same(to, value) || s.setList(to.SetEmptySlice(), data)
	case 6:
		return s.same(to, value) || s.setMap(to.SetEmptyMap(), data)
	case 7:
		if !s.same(to, value) {
			to.SetEmptyBytes().FromRaw(data)
		}
	}
	return true
}

// Is it encoded as these bytes?
func (s *Scratch) same(v pcommon.Value, value []byte) bool {
	var kept []byte
	kept, s.Payload = s.Payload, s.other[:0]
	s.value(1, v)
	r := readerOf(s.Payload)
	_, _, data := r.field()
	equal := bytes.Equal(data, value)
	s.other, s.Payload = s.Payload, kept
	return equal
}

func (s *Scratch) setList(to pcommon.Slice, data []byte) bool {
	for r := readerOf(data); !r.done(); {
		if _, _, element := r.field(); !s.set(to.AppendEmpty(), element) {
			return false
		}
	}
	return true
}

// The field that the bytes begin with, if it has this tag and is short: nearly all are.
func short(b []byte, tag byte) (field, rest []byte, ok bool) {
	if len(b) < 2 || b[0] != tag || b[1] >= 0x80 || int(b[1]) > len(b)-2 {
		return nil, nil, false
	}
	end := 2 + int(b[1])
	return b[2:end], b[end:], true
}

func entryOf(data []byte) (e entry) {
	if key, rest, ok := short(data, 1<<3|length); ok {
		if value, rest, ok := short(rest, 2<<3|length); ok && len(rest) == 0 {
			return entry{key: key, value: value}
		}
	}
	for r := readerOf(data); !r.done(); {
		switch number, _, data := r.field(); number {
		case 1:
			e.key = data
		case 2:
			e.value = data
		}
	}
	return e
}

func (s *Scratch) setMap(to pcommon.Map, data []byte) bool {
	for r := readerOf(data); !r.done(); {
		_, _, body := r.field()
		e := entryOf(body)
		v, twice := to.GetOrPutEmpty(s.string(e.key))
		if twice || !s.set(v, e.value) {
			return false
		}
	}
	return true
}

// decode is for what cannot be written entry by entry.
func decode(entries []entry) (pcommon.Map, error) {
	var s Scratch
	request := s.begin(1)
	resource := s.begin(1)
	for _, e := range entries {
		at := s.begin(1)
		s.text(1, string(e.key))
		s.id(2, e.value, false)
		s.end(at)
	}
	s.end(resource)
	s.end(request)
	d, err := (&plog.ProtoUnmarshaler{}).UnmarshalLogs(s.Payload)
	if err != nil {
		return pcommon.Map{}, err
	}
	return d.ResourceLogs().At(0).Resource().Attributes(), nil
}

func (s *Scratch) setWhole(to pcommon.Value, value []byte) error {
	if s.set(to, value) {
		return nil
	}
	m, err := decode([]entry{{value: value}})
	if err == nil {
		v, _ := m.Get("")
		v.MoveTo(to)
	}
	return err
}

// attributes of a message that were collected from the engine's result are written to the map.
func (s *Scratch) apply(a *attributes, m pcommon.Map) error {
	if !a.all {
		return s.applyKeys(a, m)
	}
	// Entries that stay, in their order, are a beginning of what there shall be: the engine leaves out and appends.
	n, ok := 0, true
	m.RemoveIf(func(key string, v pcommon.Value) bool {
		if n == len(s.entries) || key != string(s.entries[n].key) {
			return true
		}
		ok = s.set(v, s.entries[n].value) && ok
		n++
		return false
	})
	m.EnsureCapacity(len(s.entries))
	for ; n < len(s.entries) && ok; n++ {
		v, twice := m.GetOrPutEmpty(s.string(s.entries[n].key))
		ok = !twice && s.set(v, s.entries[n].value)
	}
	if ok {
		return nil
	}
	decoded, err := decode(s.entries)
	if err == nil {
		decoded.MoveTo(m)
	}
	return err
}

// Keys may come twice: the engine then does to each what the reference does.
func (s *Scratch) applyKeys(a *attributes, m pcommon.Map) (err error) {
	m.RemoveIf(func(key string, v pcommon.Value) bool {
		if i := a.index(key); i < 0 || !a.written[i] || err != nil {
			return false
		}
		for i := range s.entries {
			if e := &s.entries[i]; !e.used && string(e.key) == key {
				e.used = true
				err = s.setWhole(v, e.value)
				return false
			}
		}
		return true
	})
	for i := range s.entries {
		e := &s.entries[i]
		k := a.indexBytes(e.key)
		if e.used || k < 0 || !a.written[k] || err != nil {
			continue
		}
		v, twice := m.GetOrPutEmpty(a.keys[k])
		if twice {
			return errPayload
		}
		err = s.setWhole(v, e.value)
	}
	return err
}

func (a *attributes) index(key string) int {
	for i, k := range a.keys {
		if k == key {
			return i
		}
	}
	return -1
}

func (a *attributes) indexBytes(key []byte) int {
	for i, k := range a.keys {
		if k == string(key) {
			return i
		}
	}
	return -1
}
