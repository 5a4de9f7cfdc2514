package rule

import (
	"errors"
	"fmt"
	"slices"
	"strconv"

	"tidelock/proxy/logformat"
	"tidelock/proxy/message"
	"tidelock/proxy/sample"
	"tidelock/proxy/stream"
)

// redirection is an answer that sends the client elsewhere.
type redirection struct {
	kind        string // "location", "prefix" or "scheme"
	target      *logformat.Format
	status      int
	cookie      []byte
	dropQuery   bool
	appendSlash bool
	ignoreEmpty bool
}

// redirect {location <fmt>|prefix <fmt>|scheme <fmt>} [code <code>] [drop-query] [append-slash] [ignore-empty]
// [set-cookie <name>[=<value>]] [clear-cookie <name>[=]]
func redirect(p *parser) (action, error) {
	r := &redirection{status: 302}
	for p.more() {
		keyword := p.words[p.at]
		p.at++
		if err := p.redirectArgument(r, keyword); err != nil {
			return nil, err
		}
	}
	if r.target == nil {
		return nil, errors.New("redirection type expected ('prefix', 'location', or 'scheme')")
	}
	if p.Set == stream.HTTPResponse && r.kind != "location" {
		return nil, errors.New("response only supports redirect type 'location'")
	}
	return r.run, nil
}

func (p *parser) redirectArgument(r *redirection, keyword string) (err error) {
	switch keyword {
	case "location", "prefix", "scheme", "code", "set-cookie", "clear-cookie":
		if p.at >= len(p.words) || p.words[p.at] == "" {
			return fmt.Errorf("missing argument for '%s'", keyword)
		}
	}
	switch keyword {
	case "location", "prefix", "scheme":
		r.kind = keyword
		r.target, err = p.headerValue()
	case "code":
		if r.status, err = strconv.Atoi(p.take()); err != nil || !slices.Contains(redirectCodes, r.status) {
			p.at--
			err = fmt.Errorf("'code': unsupported HTTP code '%s' (must be one of 301, 302, 303, 307 or 308)", p.words[p.at])
		}
	case "drop-query":
		r.dropQuery = true
	case "append-slash":
		r.appendSlash = true
	case "ignore-empty":
		r.ignoreEmpty = true
	case "set-cookie", "clear-cookie":
		text := p.take()
		if !isValue([]byte(text)) {
			return errors.New("a cookie must not have line breaks")
		}
		text += "; path=/;"
		if keyword == "clear-cookie" {
			text += " Max-Age=0;"
		}
		r.cookie = []byte(text)
	default:
		p.at--
		err = fmt.Errorf("expects 'code', 'prefix', 'location', 'scheme', 'set-cookie', 'clear-cookie', 'drop-query', 'ignore-empty' or 'append-slash' (was '%s')", keyword)
	}
	return err
}

var redirectCodes = []int{301, 302, 303, 307, 308}

func (r *redirection) run(c *sample.Context) stream.Verdict {
	target := r.target.Eval(c)
	if r.ignoreEmpty && len(target) == 0 {
		return stream.Continue
	}
	location := c.Output.Keep(r.appendLocation(c.Output.Buffer(), c, target))
	m := c.Stream.Response
	m.Reset()
	reason := message.ReasonOf(r.status)
	if r.status == 302 {
		reason = "Found" // HAProxy has another word for it everywhere else
	}
	ok := m.SetResponse(r.status, []byte(reason)) &&
		m.Add("content-length", []byte("0")) &&
		m.Add("location", location)
	if r.status == 302 || r.status == 303 || r.status == 307 {
		// Caches keep the permanent ones only.
		ok = ok && m.Add("cache-control", []byte("no-cache"))
	}
	if r.cookie != nil {
		ok = ok && m.Add("set-cookie", r.cookie)
	}
	if !ok {
		return stream.Failed
	}
	return stream.Reply
}

func (r *redirection) appendLocation(b []byte, c *sample.Context, target []byte) []byte {
	switch r.kind {
	case "location":
		return append(b, target...)
	case "scheme":
		b = append(append(b, target...), "://"...)
		if i := c.Stream.Request.Find("host", -1); i >= 0 {
			b = append(b, c.Stream.Request.Value(i)...)
		}
	case "prefix":
		if string(target) != "/" {
			b = append(b, target...)
		}
	}
	return r.appendPath(b, c.Stream.Request)
}

// appendPath appends the path and query of the request, or "/" where there is no path.
func (r *redirection) appendPath(b []byte, m *message.Message) []byte {
	path, ok := path(m)
	if !ok || len(path) == 0 {
		path = []byte("/")
	}
	b = append(b, path...)
	if r.appendSlash && path[len(path)-1] != '/' {
		b = append(b, '/')
	}
	if query, ok := m.Query(); ok && !r.dropQuery {
		b = append(append(b, '?'), query...)
	}
	return b
}
