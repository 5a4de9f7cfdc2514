package sample

import (
	"bytes"

	"tidelock/proxy/message"
	"tidelock/proxy/value"
)

// headerFetches are those of the manual's section 7.3.6 that read headers.
var headerFetches = []Fetch{
	{Name: "hdr", Parameters: headerParameters, Output: value.String, Source: messageHeaders, Prepare: prepareHeader, Get: header(current), Next: nextHeader(current)},
	{Name: "hdr_cnt", Parameters: optional(String), Output: value.Integer, Source: requestHeaders, Prepare: prepareCount, Get: headerCount(request)},
	{Name: "hdr_ip", Parameters: headerParameters, Output: value.Address, Source: requestHeaders, Prepare: prepareHeader, Get: headerAddress(request), Next: nextHeaderAddress(request)},
	{Name: "hdr_val", Parameters: headerParameters, Output: value.Integer, Source: requestHeaders, Prepare: prepareHeader, Get: headerInt(request), Next: nextHeaderInt(request)},
	{Name: "req.fhdr", Parameters: headerParameters, Output: value.String, Source: requestHeaders, Prepare: prepareFullHeader, Get: header(request), Next: nextHeader(request)},
	{Name: "req.fhdr_cnt", Parameters: optional(String), Output: value.Integer, Source: requestHeaders, Prepare: prepareFullCount, Get: headerCount(request)},
	{Name: "req.hdr", Parameters: headerParameters, Output: value.String, Source: requestHeaders, Prepare: prepareHeader, Get: header(request), Next: nextHeader(request)},
	{Name: "req.hdr_cnt", Parameters: optional(String), Output: value.Integer, Source: requestHeaders, Prepare: prepareCount, Get: headerCount(request)},
	{Name: "req.hdr_ip", Parameters: headerParameters, Output: value.Address, Source: requestHeaders, Prepare: prepareHeader, Get: headerAddress(request), Next: nextHeaderAddress(request)},
	{Name: "req.hdr_names", Parameters: optional(String), Output: value.String, Source: requestHeaders, Get: headerNames(request)},
	{Name: "req.hdr_val", Parameters: headerParameters, Output: value.Integer, Source: requestHeaders, Prepare: prepareHeader, Get: headerInt(request), Next: nextHeaderInt(request)},
	{Name: "req.hdrs", Output: value.Binary, Source: requestHeaders, Get: headerSection(request)},
	{Name: "req.hdrs_bin", Output: value.Binary, Source: requestHeaders, Get: headersBinary(request)},
	{Name: "res.fhdr", Parameters: headerParameters, Output: value.String, Source: responseHeaders, Prepare: prepareFullHeader, Get: header(answer), Next: nextHeader(answer)},
	{Name: "res.fhdr_cnt", Parameters: optional(String), Output: value.Integer, Source: responseHeaders, Prepare: prepareFullCount, Get: headerCount(answer)},
	{Name: "res.hdr", Parameters: headerParameters, Output: value.String, Source: responseHeaders, Prepare: prepareHeader, Get: header(answer), Next: nextHeader(answer)},
	{Name: "res.hdr_cnt", Parameters: optional(String), Output: value.Integer, Source: responseHeaders, Prepare: prepareCount, Get: headerCount(answer)},
	{Name: "res.hdr_ip", Parameters: headerParameters, Output: value.Address, Source: responseHeaders, Prepare: prepareHeader, Get: headerAddress(answer), Next: nextHeaderAddress(answer)},
	{Name: "res.hdr_names", Parameters: optional(String), Output: value.String, Source: responseHeaders, Get: headerNames(answer)},
	{Name: "res.hdr_val", Parameters: headerParameters, Output: value.Integer, Source: responseHeaders, Prepare: prepareHeader, Get: headerInt(answer), Next: nextHeaderInt(answer)},
	{Name: "res.hdrs", Output: value.Binary, Source: responseHeaders, Get: headerSection(answer)},
	{Name: "res.hdrs_bin", Output: value.Binary, Source: responseHeaders, Get: headersBinary(answer)},
	{Name: "shdr", Parameters: headerParameters, Output: value.String, Source: responseHeaders, Prepare: prepareHeader, Get: header(answer), Next: nextHeader(answer)},
	{Name: "shdr_cnt", Parameters: optional(String), Output: value.Integer, Source: responseHeaders, Prepare: prepareCount, Get: headerCount(answer)},
	{Name: "shdr_ip", Parameters: headerParameters, Output: value.Address, Source: responseHeaders, Prepare: prepareHeader, Get: headerAddress(answer), Next: nextHeaderAddress(answer)},
	{Name: "shdr_val", Parameters: headerParameters, Output: value.Integer, Source: responseHeaders, Prepare: prepareHeader, Get: headerInt(answer), Next: nextHeaderInt(answer)},
}

// headerParameters are a name and an occurrence: positive ones count from the first value, negative ones from the last.
var headerParameters = optional(String, Integer)

// The rows differ in the message that they read, which these functions select.
type selector func(c *Context) *message.Message

func current(c *Context) *message.Message { return c.message() }
func request(c *Context) *message.Message { return c.Stream.Request }
func answer(c *Context) *message.Message  { return c.Stream.Response }

type getter = func(c *Context, a []Argument) value.Value
type iterator = func(c *Context, a []Argument, it *Cursor) value.Value

// headerQuery is the compiled form of the arguments. It is the Extra of the first one.
type headerQuery struct {
	name       string
	any        bool // no name was given: every header
	full       bool // values are not split at commas
	occurrence int  // never 0
}

func prepareHeader(_ *Compiler, a []Argument) error { return prepareQuery(a, false) }

func prepareFullHeader(_ *Compiler, a []Argument) error { return prepareQuery(a, true) }

func prepareQuery(a []Argument, full bool) error {
	q := &headerQuery{name: a[0].Text, any: a[0].Text == "", full: full, occurrence: -1}
	if len(a) > 1 && a[1].Int != 0 {
		q.occurrence = int(a[1].Int)
	}
	a[0].Extra = q
	return nil
}

func prepareCount(_ *Compiler, a []Argument) error { return prepareQuery(a, false) }

func prepareFullCount(_ *Compiler, a []Argument) error { return prepareQuery(a, true) }

// next returns the header after i that q is about, or -1.
func (q *headerQuery) next(m *message.Message, i int) int {
	if q.any {
		return m.Next(i)
	}
	return m.Find(q.name, i)
}

// iterate returns the next value after it, in order.
func (q *headerQuery) iterate(m *message.Message, it *Cursor) ([]byte, bool) {
	if !it.started {
		it.started, it.header = true, -1
	}
	if it.rest == nil {
		if it.header = q.next(m, it.header); it.header < 0 {
			return nil, false
		}
		it.rest = m.Value(it.header)
		if q.full {
			b := it.rest
			it.rest = nil
			return bytes.Trim(b, " \t"), true
		}
	}
	var b []byte
	b, it.rest = CutList(it.rest)
	return b, true
}

func (q *headerQuery) count(m *message.Message) (n int) {
	var it Cursor
	for {
		if _, ok := q.iterate(m, &it); !ok {
			return n
		}
		n++
	}
}

// get returns the value with q's occurrence.
func (q *headerQuery) get(m *message.Message) ([]byte, bool) {
	if q.occurrence == -1 && !q.any {
		return q.last(m)
	}
	wanted := q.occurrence
	if wanted < 0 {
		wanted += q.count(m) + 1
	}
	var it Cursor
	for n := 1; wanted > 0; n++ {
		b, ok := q.iterate(m, &it)
		if !ok || n == wanted {
			return b, ok
		}
	}
	return nil, false
}

func (q *headerQuery) last(m *message.Message) ([]byte, bool) {
	i := m.FindLast(q.name, m.Blocks())
	if i < 0 {
		return nil, false
	}
	b := m.Value(i)
	if q.full || bytes.IndexByte(b, ',') < 0 {
		return bytes.Trim(b, " \t"), true // rules may have put blanks around it
	}
	for rest := b; rest != nil; {
		b, rest = CutList(rest)
	}
	return b, true
}

// CutList returns the first value of a comma separated header, trimmed, and the rest of the list, nil after the last one.
// Commas between double quotes separate nothing.
func CutList(list []byte) (first, rest []byte) {
	end := len(list)
	quoted := false
scan:
	for i := 0; i < len(list); i++ {
		switch c := list[i]; {
		case c == '"':
			quoted = !quoted
		case c == '\\' && quoted:
			i++
		case c == ',' && !quoted:
			end = i
			break scan
		}
	}
	if end < len(list) {
		rest = list[end+1:]
	}
	return bytes.Trim(list[:end], " \t"), rest
}

// header returns the fetch of a value. Without any argument list it finds nothing.
func header(of selector) getter {
	return func(c *Context, a []Argument) value.Value {
		m := of(c)
		if m == nil || !a[0].Given {
			return value.Value{}
		}
		b, ok := a[0].Extra.(*headerQuery).get(m)
		if !ok {
			return value.Value{}
		}
		return value.Text(b)
	}
}

// nextHeader iterates over all values, or yields the one whose occurrence is given.
func nextHeader(of selector) iterator {
	get := header(of)
	return func(c *Context, a []Argument, it *Cursor) value.Value {
		m := of(c)
		if m == nil || !a[0].Given {
			return value.Value{}
		}
		if a[1].Int != 0 {
			if it.started {
				return value.Value{}
			}
			it.started = true
			return get(c, a)
		}
		b, ok := a[0].Extra.(*headerQuery).iterate(m, it)
		if !ok {
			return value.Value{}
		}
		return value.Text(b)
	}
}

func headerCount(of selector) getter {
	return func(c *Context, a []Argument) value.Value {
		m := of(c)
		if m == nil {
			return value.Value{}
		}
		return value.Int(int64(a[0].Extra.(*headerQuery).count(m)))
	}
}

func headerInt(of selector) getter {
	get := header(of)
	return func(c *Context, a []Argument) value.Value { return leadingInt(get(c, a)) }
}

func nextHeaderInt(of selector) iterator {
	next := nextHeader(of)
	return func(c *Context, a []Argument, it *Cursor) value.Value { return leadingInt(next(c, a, it)) }
}

func headerAddress(of selector) getter {
	get := header(of)
	return func(c *Context, a []Argument) value.Value { return forwardedAddress(get(c, a)) }
}

// nextHeaderAddress passes over values that are no addresses.
func nextHeaderAddress(of selector) iterator {
	next := nextHeader(of)
	return func(c *Context, a []Argument, it *Cursor) value.Value {
		for {
			v := next(c, a, it)
			if !v.Valid() {
				return v
			}
			if v = forwardedAddress(v); v.Valid() {
				return v
			}
		}
	}
}

// forwardedAddress reads an address as X-Forwarded-For has it: an IPv4 address may have a port, which is dropped.
func forwardedAddress(v value.Value) value.Value {
	a, rest, ok := value.CutIPv4(v.Data)
	if !ok {
		a, _ = value.ParseAddr(v.Data)
		return value.Addr(a)
	}
	if port, has := bytes.CutPrefix(rest, []byte(":")); has {
		n, junk := value.LeadingInt(port)
		if len(junk) > 0 || len(port) == 0 || port[0] < '0' || n > 65535 {
			return value.Value{}
		}
	} else if len(rest) > 0 {
		return value.Value{}
	}
	return value.Addr(a)
}

// headerNames joins the names of all headers with the first byte of the argument, or a comma.
func headerNames(of selector) getter {
	return func(c *Context, a []Argument) value.Value {
		m := of(c)
		if m == nil {
			return value.Value{}
		}
		delimiter := byte(',')
		if a[0].Given {
			// An empty delimiter is HAProxy's end of a string.
			delimiter = (a[0].Text + "\x00")[0]
		}
		b := c.Scratch.Buffer()
		for i := m.First(); i >= 0; i = m.Next(i) {
			if i != m.First() {
				b = append(b, delimiter)
			}
			b = append(b, m.Name(i)...)
		}
		return c.text(b)
	}
}

// headerSection returns all headers as HTTP/1 writes them, with the empty line after them.
func headerSection(of selector) getter {
	return func(c *Context, _ []Argument) value.Value {
		m := of(c)
		if m == nil {
			return value.Value{}
		}
		b := c.Scratch.Buffer()
		for i := m.First(); i >= 0; i = m.Next(i) {
			b = append(append(b, m.Name(i)...), ": "...)
			b = append(append(b, m.Value(i)...), "\r\n"...)
		}
		return c.bytes(append(b, "\r\n"...))
	}
}

// headersBinary returns all headers as names and values with their lengths before them, and two empty ones at the end.
func headersBinary(of selector) getter {
	return func(c *Context, _ []Argument) value.Value {
		m := of(c)
		if m == nil || m.Empty() {
			return value.Value{}
		}
		b := c.Scratch.Buffer()
		for i := m.First(); i >= 0; i = m.Next(i) {
			b = appendCounted(b, m.Name(i))
			b = appendCounted(b, m.Value(i))
		}
		return c.bytes(append(b, 0, 0))
	}
}

// appendCounted appends a string after its length, which is written as the protocol of stream processing offload has it
// (HAProxy's SPOE.txt, section 3.1): 4 bits in the first byte where it does not suffice, 7 in each further one.
func appendCounted(b, text []byte) []byte {
	n := uint(len(text))
	if n < 240 {
		return append(append(b, byte(n)), text...)
	}
	b = append(b, byte(n)|240)
	for n = (n - 240) >> 4; n >= 128; n = (n - 128) >> 7 {
		b = append(b, byte(n)|128)
	}
	return append(append(b, byte(n)), text...)
}
