package telemetry

import (
	"encoding/binary"
	"math"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
	"google.golang.org/protobuf/encoding/protowire"

	"tidelock/proxy/telemetry"
)

// Spans of traffic are encoded where they end, straight from what describes them. By way of the SDK each would become an
// object with locks, a snapshot of that, and a tree of messages, which together cost several times of what a request does.

// Numbers of fields in opentelemetry/proto/trace/v1, common/v1 and resource/v1.
const (
	fieldSpans = 2 // of ScopeSpans

	fieldTraceID     = 1 // of Span
	fieldSpanID      = 2
	fieldTraceState  = 3
	fieldParentID    = 4
	fieldName        = 5
	fieldKind        = 6
	fieldStart       = 7
	fieldEnd         = 8
	fieldAttributes  = 9
	fieldEvents      = 11
	fieldLinks       = 13
	fieldStatus      = 15
	fieldFlags       = 16
	fieldEventTime   = 1 // of Event
	fieldEventName   = 2
	fieldEventValues = 3
	fieldLinkValues  = 4 // of Link
	fieldDescription = 2 // of Status
	fieldCode        = 3

	fieldResourceValues = 1 // of Resource

	fieldKey    = 1 // of KeyValue
	fieldValue  = 2
	fieldString = 1 // of AnyValue
	fieldBool   = 2
	fieldInt    = 3
	fieldDouble = 4
	fieldArray  = 5
	fieldItems  = 1 // of ArrayValue
)

// Flags of spans and links: whether the parent is another process, and that this is known.
const (
	flagKnowsRemote = 0x100
	flagRemote      = 0x200
)

// statusError is Status.STATUS_CODE_ERROR.
const statusError = 2

// appendSpan appends a span as a field of ScopeSpans. Texts longer than a limit are cut.
func appendSpan(b []byte, s *telemetry.Span, limit int) []byte {
	start := len(b)
	id, span := s.Context.TraceID(), s.Context.SpanID()
	b = appendBytes(b, fieldTraceID, id[:])
	b = appendBytes(b, fieldSpanID, span[:])
	if state := s.Context.TraceState(); state.Len() > 0 {
		b = appendText(b, fieldTraceState, state.String())
	}
	if s.Parent.IsValid() {
		parent := s.Parent.SpanID()
		b = appendBytes(b, fieldParentID, parent[:])
	}
	b = appendText(b, fieldName, s.Name)
	b = protowire.AppendVarint(protowire.AppendTag(b, fieldKind, protowire.VarintType), uint64(s.Kind))
	b = appendTime(b, fieldStart, s.Started)
	b = appendTime(b, fieldEnd, s.Ended)
	b = appendAttributes(b, fieldAttributes, s.Attributes, limit)
	for _, e := range s.Events {
		at := len(b)
		b = appendTime(b, fieldEventTime, e.At)
		b = appendText(b, fieldEventName, e.Name)
		b = appendAttributes(b, fieldEventValues, e.Attributes, limit)
		b = enclose(b, at, fieldEvents)
	}
	for _, l := range s.Links {
		at := len(b)
		id, span := l.SpanContext.TraceID(), l.SpanContext.SpanID()
		b = appendBytes(b, fieldTraceID, id[:])
		b = appendBytes(b, fieldSpanID, span[:])
		b = appendAttributes(b, fieldLinkValues, l.Attributes, limit)
		b = enclose(b, at, fieldLinks)
	}
	if s.Status == codes.Error {
		at := len(b)
		if s.StatusDescription != "" {
			b = appendText(b, fieldDescription, s.StatusDescription)
		}
		b = protowire.AppendVarint(protowire.AppendTag(b, fieldCode, protowire.VarintType), statusError)
		b = enclose(b, at, fieldStatus)
	}
	b = protowire.AppendFixed32(protowire.AppendTag(b, fieldFlags, protowire.Fixed32Type), flagsOf(s.Context, s.Parent))
	return enclose(b, start, fieldSpans)
}

func flagsOf(c, parent trace.SpanContext) uint32 {
	flags := uint32(c.TraceFlags()) | flagKnowsRemote
	if parent.IsRemote() {
		flags |= flagRemote
	}
	return flags
}

// enclose makes a field of all that has been appended from start on. It is moved, since only now its length is known.
func enclose(b []byte, start int, field protowire.Number) []byte {
	var head [2 * binary.MaxVarintLen64]byte
	h := protowire.AppendVarint(protowire.AppendTag(head[:0], field, protowire.BytesType), uint64(len(b)-start))
	end := len(b)
	b = append(b, h...)
	copy(b[start+len(h):], b[start:end])
	copy(b[start:], h)
	return b
}

func appendBytes(b []byte, field protowire.Number, v []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(b, field, protowire.BytesType), v)
}

func appendText(b []byte, field protowire.Number, v string) []byte {
	return protowire.AppendString(protowire.AppendTag(b, field, protowire.BytesType), v)
}

func appendTime(b []byte, field protowire.Number, t time.Time) []byte {
	return protowire.AppendFixed64(protowire.AppendTag(b, field, protowire.Fixed64Type), uint64(t.UnixNano()))
}

func appendAttributes(b []byte, field protowire.Number, attributes []attribute.KeyValue, limit int) []byte {
	for i := range attributes {
		at := len(b)
		b = appendText(b, fieldKey, string(attributes[i].Key))
		inner := len(b)
		b = appendValue(b, &attributes[i].Value, limit)
		b = enclose(b, inner, fieldValue)
		b = enclose(b, at, field)
	}
	return b
}

// appendValue appends the content of an AnyValue.
func appendValue(b []byte, v *attribute.Value, limit int) []byte {
	switch v.Type() {
	case attribute.BOOL:
		return protowire.AppendVarint(protowire.AppendTag(b, fieldBool, protowire.VarintType), protowire.EncodeBool(v.AsBool()))
	case attribute.INT64:
		return protowire.AppendVarint(protowire.AppendTag(b, fieldInt, protowire.VarintType), uint64(v.AsInt64()))
	case attribute.FLOAT64:
		return protowire.AppendFixed64(protowire.AppendTag(b, fieldDouble, protowire.Fixed64Type), math.Float64bits(v.AsFloat64()))
	case attribute.STRINGSLICE:
		at := len(b)
		for _, item := range v.AsStringSlice() {
			inner := len(b)
			b = appendText(b, fieldString, cut(item, limit))
			b = enclose(b, inner, fieldItems)
		}
		return enclose(b, at, fieldArray)
	case attribute.STRING:
		return appendText(b, fieldString, cut(v.AsString(), limit))
	}
	return appendText(b, fieldString, cut(v.String(), limit))
}

// cut returns as much of a text as a limit allows, without part of a character.
func cut(s string, limit int) string {
	if limit < 0 || len(s) <= limit {
		return s
	}
	for limit > 0 && s[limit]&0xC0 == 0x80 {
		limit--
	}
	return s[:limit]
}
