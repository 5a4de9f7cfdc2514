package rule

import (
	"errors"
	"fmt"
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
	standard    bool // the proxy's own answer for the status
	errorReply  func(s *stream.Stream, status int)
}

type replyHeader struct {
	name  string
	value *logformat.Format
}

// return [status <code>] [content-type <type>] [{default-errorfiles|file <file>|lf-file <file>|string <str>|
// lf-string <fmt>}] [hdr <name> <fmt>]*
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
func (r *reply) isEmpty() bool { return r.body == nil && r.raw == nil && r.headers == nil }

func (p *parser) reply(r *reply) error {
	r.errorReply = p.ErrorReply
	for p.more() {
		keyword := p.words[p.at]
		parse := replyArguments[keyword]
		if parse == nil {
			// What is neither an argument nor a condition is the caller's to refuse.
			break
		}
		p.at++
		if err := parse(p, r); err != nil {
			return fmt.Errorf("'%s': %w", keyword, err)
		}
	}
	if (len(r.raw) > 0 || r.body != nil) && r.contentType == nil {
		return errors.New("a payload that is not empty needs a 'content-type'")
	}
	r.reason = []byte(message.ReasonOf(r.status))
	return nil
}

var replyArguments map[string]func(p *parser, r *reply) error

func init() {
	replyArguments = map[string]func(p *parser, r *reply) error{
		"status":             replyStatus,
		"deny_status":        replyStatus,
		"default-errorfiles": func(_ *parser, r *reply) error { r.standard = true; return nil },
		"content-type":       replyContentType,
		"string":             replyString,
		"lf-string":          replyFormat,
		"file":               replyFile,
		"lf-file":            replyFormatFile,
		"hdr":                replyAddHeader,
	}
}

func replyStatus(p *parser, r *reply) (err error) {
	r.status, err = p.status(200, 599)
	return err
}

// status takes the next word as a status code within bounds.
func (p *parser) status(low, high int) (int, error) {
	word, err := p.word("a status code")
	if err != nil {
		return 0, err
	}
	n, err := strconv.Atoi(word)
	if err != nil || n < low || n > high {
		p.at--
		return 0, fmt.Errorf("expected a status code between %d and %d, but got '%s'", low, high, word)
	}
	return n, nil
}

func replyContentType(p *parser, r *reply) error {
	word, err := p.word("a content type")
	if err == nil && !isValue([]byte(word)) {
		return errors.New("a content type must not have line breaks")
	}
	r.contentType = []byte(word)
	return err
}

func replyString(p *parser, r *reply) error {
	word, err := p.word("a string")
	r.raw = []byte(word)
	return err
}

func replyFormat(p *parser, r *reply) (err error) {
	r.body, err = p.format("a format")
	return err
}

// replyFile reads the file once: rules never wait for disks.
func replyFile(p *parser, r *reply) error {
	name, err := p.word("a file name")
	if err != nil {
		return err
	}
	r.raw, err = p.samples.ReadFile(name)
	return err
}

func replyFormatFile(p *parser, r *reply) error {
	if err := replyFile(p, r); err != nil {
		return err
	}
	f, err := logformat.Compile(&p.samples, string(r.raw), logformat.Text)
	if err != nil {
		// The position is in the file: the configuration has none but that of the file's name.
		return errors.New(err.Error())
	}
	r.body, r.raw = f, nil
	return nil
}

func replyAddHeader(p *parser, r *reply) error {
	name, err := p.headerName()
	if err != nil {
		return err
	}
	f, err := p.headerValue()
	if err != nil {
		return err
	}
	r.headers = append(r.headers, replyHeader{name, f})
	return nil
}

func (r *reply) action(v stream.Verdict) action {
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
