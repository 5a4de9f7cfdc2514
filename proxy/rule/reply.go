package rule

import (
	"errors"
	"strconv"

	"tidelock/proxy/logformat"
	"tidelock/proxy/message"
	"tidelock/proxy/sample"
	"tidelock/proxy/stream"
)

// Reply is an answer that the configuration makes: of a rule, or in the place of the proxy's own for a status. It is
// immutable.
type Reply struct {
	status      int
	reason      []byte
	contentType []byte
	body        *logformat.Format // nil when raw holds the body
	raw         []byte
	headers     []replyHeader
	page        *message.Message // the whole answer
	group       map[int]*message.Message
	standard    func(s *stream.Stream, status int)
	source      string // the argument that says what to answer
}

type replyHeader struct {
	name  string
	value *logformat.Format
}

// PageReply returns a reply that is page for a status. An empty page is no answer at all.
func PageReply(status int, page *message.Message) *Reply { return &Reply{status: status, page: page} }

// IsDefault reports whether the reply was asked to be that of the proxy.
func (r *Reply) IsDefault() bool { return r.source == "default-errorfiles" }

// Fill makes the stream's Response the reply. It stays empty for an answer that is none. False means that it would have
// become too large.
func (r *Reply) Fill(s *stream.Stream) bool {
	c := sample.Acquire(s, sample.PhaseOf(stream.HTTPAfterResponse))
	defer c.Release()
	return r.fill(c)
}

func (r *Reply) fill(c *sample.Context) bool {
	m := c.Stream.Response
	c.Stream.Record.Status = r.status // as logs have it, whatever status a page has
	switch {
	case r.page != nil:
		m.CopyFrom(r.page)
		return true
	case r.standard != nil:
		m.Reset()
		r.standard(c.Stream, r.status)
		return true
	}
	return r.make(c, m)
}

// make makes the response. Everything is evaluated before the old one, from which it may be taken, is gone.
func (r *Reply) make(c *sample.Context, m *message.Message) bool {
	body := r.raw
	if r.body != nil {
		body = r.body.Eval(c)
	}
	var few [4][]byte
	values := few[:0]
	for i := range r.headers {
		values = append(values, r.headers[i].value.Eval(c))
	}
	m.Reset()
	ok := m.SetResponse(r.status, r.reason)
	for i := range r.headers {
		ok = ok && m.Add(r.headers[i].name, values[i])
	}
	ok = ok && m.Add("content-length", c.Output.Keep(strconv.AppendInt(c.Output.Buffer(), int64(len(body)), 10)))
	if len(body) > 0 {
		ok = ok && m.Add("content-type", r.contentType)
		m.SetBody(body)
	}
	return ok
}

// action answers with the reply, or closes where it is none.
func (r *Reply) action(v stream.Verdict) action {
	return func(c *sample.Context) stream.Verdict {
		switch {
		case !r.fill(c):
			return stream.Failed
		case c.Stream.Response.Empty() && v != stream.Tarpit:
			return stream.Abort
		}
		return v
	}
}

// return [status <code>] [content-type <type>] [{default-errorfiles|errorfile <file>|errorfiles <name>|file <file>|
// lf-file <file>|string <str>|lf-string <fmt>}] [hdr <name> <fmt>]*
func returnReply(p *parser) (action, error) {
	r := &Reply{status: 200}
	if err := p.reply(r); err != nil {
		return nil, err
	}
	return r.action(stream.Reply), nil
}

// deny [{status|deny_status} <code>] and what else return takes
func deny(p *parser) (action, error) {
	status := 403
	if p.Set == stream.HTTPResponse {
		status = 502
	}
	return p.refusal(status, stream.Deny)
}

// tarpit takes what deny takes
func tarpit(p *parser) (action, error) {
	act, err := p.refusal(500, stream.Tarpit)
	if err != nil {
		return nil, err
	}
	timeout := p.Tarpit
	return func(c *sample.Context) stream.Verdict {
		c.Stream.Overrides.TarpitTimeout = timeout
		return act(c)
	}, nil
}

// refusal is an answer that says why there is no other. Where it only has a status it is the proxy's own for that.
func (p *parser) refusal(status int, v stream.Verdict) (action, error) {
	r := &Reply{status: status}
	start := p.at
	if err := p.reply(r); err != nil {
		return nil, err
	}
	switch {
	case p.at == start:
		return func(c *sample.Context) stream.Verdict {
			c.Stream.Response.Reset() // the proxy has an answer for the occasion
			return v
		}, nil
	case r.source == "" && r.headers == nil && r.status != 200:
		if err := r.setDefault(p); err != nil {
			return nil, err
		}
	}
	return r.action(v), nil
}

// set-status <status> [reason <str>]
func setStatus(p *parser) (action, error) {
	if !p.more() {
		return nil, errors.New("expects 1 argument: <status>; or 3 arguments: <status> reason <fmt>")
	}
	status, err := strconv.Atoi(p.take())
	if err != nil || status < 100 || status > 999 {
		p.at--
		return nil, errors.New("expects an integer status code between 100 and 999")
	}
	var reason []byte
	if p.has(2) && p.accept("reason") {
		word := p.take()
		if !isValue([]byte(word)) {
			return nil, errors.New("a reason must not have line breaks")
		}
		reason = []byte(word)
	}
	return func(c *sample.Context) stream.Verdict {
		ok := c.Stream.Response.SetStatus(status, reason)
		if ok && c.Stream.Record.Status >= 0 {
			c.Stream.Record.Status = status // of an answer that was given another before
		}
		return verdict(ok)
	}, nil
}
