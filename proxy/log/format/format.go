// Package format compiles log-format strings and writes log lines by them (manual, section 8.2.4): text, aliases such as
// %ci, and sample expressions in %[...].
package format

import (
	"strconv"
	"sync"

	"tidelock/proxy/sample"
	"tidelock/proxy/stream"
)

// Default formats of option httplog, option httplog clf, option tcplog, and of none of them (manual, section 8.2).
const (
	HTTP = `%ci:%cp [%tr] %ft %b/%s %TR/%Tw/%Tc/%Tr/%Ta %ST %B %CC %CS %tsc %ac/%fc/%bc/%sc/%rc %sq/%bq %hr %hs %{+Q}r`
	CLF  = `%{+Q}o %{-Q}ci - - [%trg] %r %ST %B "" "" %cp %ms %ft %b %s %TR %Tw %Tc %Tr %Ta %tsc %ac %fc %bc %sc %rc %sq %bq ` +
		`%CC %CS %hrl %hsl`
	TCP     = `%ci:%cp [%t] %ft %b/%s %Tw/%Tc/%Tt %B %ts %ac/%fc/%bc/%sc/%rc %sq/%bq`
	Default = `Connect from %ci:%cp to %fi:%fp (%f/%HM)`
)

// Counters are the connections at the moment when a line is written.
type Counters struct {
	Process, Frontend, Backend, Server int64
	ServerQueue, BackendQueue          int64
}

// Environment is what lines tell of the process.
type Environment struct {
	Hostname string
	Counters func(*stream.Stream) Counters // nil counts nothing
}

// Format is a compiled log-format string. It is safe for concurrent use.
type Format struct {
	items       []item
	environment Environment
	phase       sample.Phase
}

// item is one part of a line. Exactly one of text, alias and expression is set, or separator.
type item struct {
	text       string
	separator  bool // spaces: written once, however many items around it are empty
	alias      func(*line) []byte
	expression *sample.Expression
	flags      flags
}

type flags struct {
	quote  bool // +Q: in double quotes
	hex    bool // +X: numbers and addresses in hexadecimal
	escape bool // +E: quotes, backslashes and brackets are escaped
}

// line is what an alias needs to write itself.
type line struct {
	*stream.Stream
	environment *Environment
	counters    Counters
	flags       flags
	scratch     []byte
}

var lines = sync.Pool{New: func() any { return &line{scratch: make([]byte, 0, 256)} }}

// Append appends the line of an exchange to dst.
func (f *Format) Append(dst []byte, s *stream.Stream) []byte {
	context := sample.Acquire(s, f.phase)
	defer context.Release()
	l := lines.Get().(*line)
	defer lines.Put(l)
	l.Stream, l.environment, l.counters = s, &f.environment, Counters{}
	if f.environment.Counters != nil {
		l.counters = f.environment.Counters(s)
	}
	start := len(dst)
	for i := range f.items {
		it := &f.items[i]
		switch {
		case it.separator:
			if len(dst) == start || dst[len(dst)-1] != ' ' {
				dst = append(dst, ' ')
			}
		case it.alias != nil:
			l.flags, l.scratch = it.flags, l.scratch[:0]
			dst = it.flags.append(dst, it.alias(l))
		case it.expression != nil:
			l.scratch = it.expression.Eval(context).AppendText(l.scratch[:0])
			if len(l.scratch) == 0 {
				l.scratch = append(l.scratch, '-')
			}
			dst = it.flags.append(dst, l.scratch)
		default:
			dst = append(dst, it.text...)
		}
	}
	return dst
}

const hexDigits = "0123456789ABCDEF"

// append appends a field as its flags want it.
func (f flags) append(dst, text []byte) []byte {
	if f.quote {
		dst = append(dst, '"')
	}
	for _, c := range text {
		switch {
		case c < ' ' || c >= 0x7f || c == '"' && !f.escape:
			dst = append(dst, '#', hexDigits[c>>4], hexDigits[c&15])
		case f.escape && (c == '"' || c == '\\' || c == ']'):
			dst = append(dst, '\\', c)
		default:
			dst = append(dst, c)
		}
	}
	if f.quote {
		dst = append(dst, '"')
	}
	return dst
}

// number writes n, in hexadecimal if the field wants it.
func (l *line) number(n int64) []byte {
	base := 10
	if l.flags.hex {
		base = 16
	}
	return strconv.AppendInt(l.scratch[:0], n, base)
}
