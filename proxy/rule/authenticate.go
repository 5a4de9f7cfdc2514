package rule

import (
	"errors"

	"tidelock/proxy/sample"
	"tidelock/proxy/stream"
)

// auth [realm <realm>]
func authenticate(p *parser) (action, error) {
	realm := p.Samples.Proxy.Name
	if p.accept("realm") {
		if !p.more() {
			return nil, errors.New("missing realm value")
		}
		realm = p.take()
		if !isValue([]byte(realm)) {
			return nil, errors.New("a realm must not have line breaks")
		}
	}
	challenge := []byte(`Basic realm="` + realm + `"`)
	errorReply := p.ErrorReply
	return func(c *sample.Context) stream.Verdict {
		m := c.Stream.Response
		m.Reset()
		if errorReply != nil {
			errorReply(c.Stream, 401)
		}
		switch {
		case m.Empty():
			return stream.Abort // an errorfile says so
		case !m.Add("www-authenticate", challenge):
			return stream.Failed
		}
		return stream.Reply
	}, nil
}
