package narrow

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"math/bits"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// ---- writing ----

const (
	varint  = 0
	fixed64 = 1
	length  = 2
	fixed32 = 5
)

// Scratch is memory that is kept from payload to payload.
type Scratch struct {
	Payload []byte
	Left    [3][]uint64 // by engine.Level: where what a filter left stands in the payload

	entries []entry
	other   []byte
	texts   [256]string
}

type entry struct {
	key, value []byte
	used       bool
}

func sizeOf(v uint64) int { return (bits.Len64(v|1) + 6) / 7 }

func (s *Scratch) varint(v uint64) {
	if v < 0x80 {
		s.Payload = append(s.Payload, byte(v))
		return
	}
	s.Payload = binary.AppendUvarint(s.Payload, v)
}

func (s *Scratch) tag(number, kind int) { s.varint(uint64(number<<3 | kind)) }

// A message begins; its length is put in when it ends.
func (s *Scratch) begin(number int) (at int) {
	s.tag(number, length)
	s.Payload = append(s.Payload, 0)
	return len(s.Payload)
}

func (s *Scratch) end(at int) {
	n := len(s.Payload) - at
	if n < 0x80 {
		s.Payload[at-1] = byte(n)
		return
	}
	more := sizeOf(uint64(n)) - 1
	s.Payload = append(s.Payload, make([]byte, more)...)
	copy(s.Payload[at+more:], s.Payload[at:at+n])
	binary.PutUvarint(s.Payload[at-1:], uint64(n))
}

func (s *Scratch) text(number int, v string) {
	if v == "" {
		return
	}
	s.tag(number, length)
	s.varint(uint64(len(v)))
	s.Payload = append(s.Payload, v...)
}

func (s *Scratch) number(number int, v uint64) {
	if v != 0 {
		s.tag(number, varint)
		s.varint(v)
	}
}

func (s *Scratch) fix64(number int, v uint64) {
	if v != 0 {
		s.tag(number, fixed64)
		s.Payload = binary.LittleEndian.AppendUint64(s.Payload, v)
	}
}

func (s *Scratch) fix32(number int, v uint32) {
	if v != 0 {
		s.tag(number, fixed32)
		s.Payload = binary.LittleEndian.AppendUint32(s.Payload, v)
	}
}

func (s *Scratch) id(number int, v []byte, empty bool) {
	if !empty {
		s.tag(number, length)
		s.varint(uint64(len(v)))
		s.Payload = append(s.Payload, v...)
	}
}

// A value, its tag and length before it.
func (s *Scratch) value(number int, v pcommon.Value) {
	switch v.Type() {
	case pcommon.ValueTypeStr:
		text := v.Str()
		s.tag(number, length)
		s.varint(uint64(1 + sizeOf(uint64(len(text))) + len(text)))
		s.Payload = append(s.Payload, 1<<3|length)
		s.varint(uint64(len(text)))
		s.Payload = append(s.Payload, text...)
		return
	case pcommon.ValueTypeEmpty:
		s.tag(number, length)
		s.Payload = append(s.Payload, 0)
		return
	}
	at := s.begin(number)
	switch v.Type() {
	case pcommon.ValueTypeBool:
		b := byte(0)
		if v.Bool() {
			b = 1
		}
		s.Payload = append(s.Payload, 2<<3|varint, b)
	case pcommon.ValueTypeInt:
		s.tag(3, varint)
		s.varint(uint64(v.Int()))
	case pcommon.ValueTypeDouble:
		s.tag(4, fixed64)
		s.Payload = binary.LittleEndian.AppendUint64(s.Payload, math.Float64bits(v.Double()))
	case pcommon.ValueTypeSlice:
		list := s.begin(5)
		for _, element := range v.Slice().All() {
			s.value(1, element)
		}
		s.end(list)
	case pcommon.ValueTypeMap:
		list := s.begin(6)
		for key, element := range v.Map().All() {
			s.entry(1, key, element)
		}
		s.end(list)
	case pcommon.ValueTypeBytes:
		data := v.Bytes()
		s.tag(7, length)
		s.varint(uint64(data.Len()))
		for _, b := range data.All() {
			s.Payload = append(s.Payload, b)
		}
	}
	s.end(at)
}

func (s *Scratch) entry(number int, key string, v pcommon.Value) {
	if v.Type() == pcommon.ValueTypeStr { // most are
		text := v.Str()
		inner := 1 + sizeOf(uint64(len(text))) + len(text)
		s.tag(number, length)
		s.varint(uint64(1 + sizeOf(uint64(len(key))) + len(key) + 1 + sizeOf(uint64(inner)) + inner))
		s.Payload = append(s.Payload, 1<<3|length)
		s.varint(uint64(len(key)))
		s.Payload = append(s.Payload, key...)
		s.Payload = append(s.Payload, 2<<3|length)
		s.varint(uint64(inner))
		s.Payload = append(s.Payload, 1<<3|length)
		s.varint(uint64(len(text)))
		s.Payload = append(s.Payload, text...)
		return
	}
	at := s.begin(number)
	s.text(1, key)
	s.value(2, v)
	s.end(at)
}

func (s *Scratch) attributes(number int, a *attributes, m pcommon.Map) {
	if !a.all && len(a.keys) == 0 {
		return
	}
	for key, v := range m.All() {
		if a.all || a.index(key) >= 0 {
			s.entry(number, key, v)
		}
	}
}

// ---- reading what the engine gave ----

var errPayload = errors.New("the engine's payload does not fit the data")

// A range of a payload; positions are those of the payload as a whole.
type reader struct {
	data     []byte
	at, stop int
}

func readerOf(data []byte) reader { return reader{data, 0, len(data)} }

func (r *reader) done() bool { return r.at >= r.stop }

func (r *reader) varint() uint64 {
	if r.at < r.stop && r.data[r.at] < 0x80 {
		r.at++
		return uint64(r.data[r.at-1])
	}
	return r.longVarint()
}

func (r *reader) longVarint() uint64 {
	v, n := binary.Uvarint(r.data[r.at:r.stop])
	if n <= 0 {
		r.at = r.stop
		return 0
	}
	r.at += n
	return v
}

// The next field: its number, and its value as a number or as bytes.
func (r *reader) field() (number int, v uint64, data []byte) {
	tag := r.varint()
	size := 0
	switch tag & 7 {
	case varint:
		return int(tag >> 3), r.varint(), nil
	case fixed64:
		size = 8
	case fixed32:
		size = 4
	case length:
		size = int(min(r.varint(), math.MaxInt32))
	default:
		r.at = r.stop
		return 0, 0, nil
	}
	if size > r.stop-r.at {
		r.at = r.stop
		return 0, 0, nil
	}
	data = r.data[r.at : r.at+size]
	r.at += size
	switch tag & 7 {
	case fixed64:
		return int(tag >> 3), binary.LittleEndian.Uint64(data), nil
	case fixed32:
		return int(tag >> 3), uint64(binary.LittleEndian.Uint32(data)), nil
	}
	return int(tag >> 3), 0, data
}

// The next message of that number: where its tag is, and its body.
func (r *reader) message(number int) (at int, body reader, ok bool) {
	for !r.done() {
		at = r.at
		n, _, data := r.field()
		if n == number && data != nil {
			return at, reader{r.data, r.at - len(data), r.at}, true
		}
	}
	return -1, reader{}, false
}

// The next message of that number in a payload and in what a program made of it; same: nothing in it was written.
func both(was, is *reader, number int) (inWas, inIs reader, same bool, err error) {
	_, inWas, ok1 := was.message(number)
	_, inIs, ok2 := is.message(number)
	if !ok1 || !ok2 {
		return inWas, inIs, false, errPayload
	}
	return inWas, inIs, bytes.Equal(inWas.bytes(), inIs.bytes()), nil
}

func (r *reader) bytes() []byte { return r.data[r.at:r.stop] }

// A text of its own; short ones that were there a moment ago are used again.
func (s *Scratch) string(b []byte) string {
	if len(b) == 0 {
		return ""
	}
	if len(b) > 64 {
		return string(b)
	}
	n := len(b)
	slot := &s.texts[byte(n*31+int(b[0])*7+int(b[n/2])*13+int(b[n-1])*17)]
	if *slot != string(b) {
		*slot = string(b)
	}
	return *slot
}
