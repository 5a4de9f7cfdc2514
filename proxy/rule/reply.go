package rule

import (
	"errors"
	"strconv"

	"tidelock/proxy/logformat"
	"tidelock/proxy/message"
	"tidelock/proxy/sample"
	"tidelock/proxy/stream"
)

// reply is an answer that a rule makes.
type reply struct {
	status      int
	reason      []byte
	contentType []byte
	body        *logformat.Format // nil when raw holds the body
	raw         []byte
	headers     []replyHeader
	standard    bool             // the proxy's own answer for the status
	page        *message.Message // the answer, whole
	source      string           // the argument that says what to answer
	errorReply  func(s *stream.Stream, status int)
}

type replyHeader struct {
	name  string
	value *logformat.Format
}

// return [status <code>] [content-type <type>] [{default-errorfiles|errorfile <file>|file <file>|lf-file <file>|
// string <str>|lf-string <fmt>}] [hdr <name> <fmt>]*
func returnReply(p *parser) (action, error) {
	r := &reply{status: 200}
	if err := p.reply(r); err != nil {
		return nil, err
	}
	return r.action(stream.Reply), nil
}

// deny [{status|deny_status} <code>] and what else return takes
func deny(p *parser) (action, error) {
	r := &reply{status: 403}
	if p.Set == stream.HTTPResponse {
		r.status = 502
	}
	start := p.at
	if err := p.reply(r); err != nil {
		return nil, err
	}
	if p.at == start {
		return refuse, nil
	}
	if r.isEmpty() {
		r.standard = true
	}
	return r.action(stream.Deny), nil
}

// refuse leaves the answer to the proxy, which has one for the occasion.
func refuse(c *sample.Context) stream.Verdict {
	c.Stream.Response.Reset()
	return stream.Deny
}

// isEmpty reports whether the configuration gave the answer nothing but a status.
func (r *reply) isEmpty() bool { return r.source == "" && r.headers == nil }

func (r *reply) action(v stream.Verdict) action {
	if r.page != nil {
		return r.sendPage(v)
	}
	if r.standard && r.errorReply != nil {
		return func(c *sample.Context) stream.Verdict {
			c.Stream.Response.Reset()
			r.errorReply(c.Stream, r.status)
			return v
		}
	}
	return func(c *sample.Context) stream.Verdict {
		if !r.fill(c) {
			return stream.Failed
		}
		return v
	}
}

// sendPage answers with the page, an empty one by closing.
func (r *reply) sendPage(v stream.Verdict) action {
	if r.page.Empty() {
		v = stream.Abort
	}
	return func(c *sample.Context) stream.Verdict {
		c.Stream.Response.CopyFrom(r.page)
		return v
	}
}

// fill makes the response. Everything is evaluated before the old one, from which it may be taken, is gone.
func (r *reply) fill(c *sample.Context) bool {
	body := r.raw
	if r.body != nil {
		body = r.body.Eval(c)
	}
	values := make([][]byte, len(r.headers))
	for i := range r.headers {
		values[i] = r.headers[i].value.Eval(c)
	}
	m := c.Stream.Response
	m.Reset()
	ok := m.SetResponse(r.status, r.reason)
	for i := range r.headers {
		ok = ok && m.Add(r.headers[i].name, values[i])
	}
	if r.status == 204 || r.status == 304 {
		return ok
	}
	ok = ok && m.Add("content-length", c.Output.Keep(strconv.AppendInt(c.Output.Buffer(), int64(len(body)), 10)))
	if len(body) > 0 {
		ok = ok && m.Add("content-type", r.contentType)
		m.SetBody(body)
	}
	return ok
}

// set-status <status> [reason <str>]
func setStatus(p *parser) (action, error) {
	status, err := p.status(100, 999)
	if err != nil {
		return nil, err
	}
	var reason []byte
	if p.accept("reason") {
		word, err := p.word("a reason")
		if err != nil {
			return nil, err
		}
		if !isValue([]byte(word)) {
			return nil, errors.New("a reason must not have line breaks")
		}
		reason = []byte(word)
	}
	return func(c *sample.Context) stream.Verdict {
		return verdict(c.Stream.Response.SetStatus(status, reason))
	}, nil
}
