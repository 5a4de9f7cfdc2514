package proxy

import (
	"bytes"
	"errors"
	"strconv"

	"tidelock/proxy/config"
	"tidelock/proxy/message"
	"tidelock/proxy/stream"
)

// errorPages are the answers of a section's errorfile lines. A page without a start line closes without an answer.
type errorPages map[int]*message.Message

// buildErrorPages reads the errorfile lines of all sections.
func (b *builder) buildErrorPages() map[*stream.Proxy]errorPages {
	all := map[*stream.Proxy]errorPages{}
	for _, section := range b.config.Proxies {
		if pages := b.errorPages(section); pages != nil {
			all[b.identities[section]] = pages
		}
	}
	return all
}

// errorReply returns what a frontend answers errors with: the pages of the backend that the exchange reached come before those
// of the frontend. It is nil when there are none.
func (b *builder) errorReply(section *config.Proxy) func(*stream.Stream, int) bool {
	all, own := b.pages, b.pages[b.identities[section]]
	if len(all) == 0 {
		return nil
	}
	return func(s *stream.Stream, status int) bool {
		page := all[s.Backend][status]
		if page == nil {
			page = own[status]
		}
		if page == nil {
			return false
		}
		s.Response.CopyFrom(page)
		return true
	}
}

func (b *builder) errorPages(section *config.Proxy) errorPages {
	var pages errorPages
	for status, content := range section.ErrorFiles {
		page, err := parsePage(content)
		if err != nil {
			b.diags.Alertf(section.At, "errorfile : page of status %d of %s '%s': %s.", status, section.Kind, section.Name, err)
			continue
		}
		if pages == nil {
			pages = errorPages{}
		}
		pages[status] = page
	}
	return pages
}

// parsePage reads a whole response as it would be on the wire. Line feeds alone may end lines: such files are written by
// hand.
func parsePage(content []byte) (*message.Message, error) {
	m := &message.Message{}
	if len(content) == 0 {
		return m, nil
	}
	head, body := cutHead(content)
	lines := bytes.Split(head, []byte("\n"))
	version, rest, _ := bytes.Cut(bytes.TrimRight(lines[0], "\r"), []byte(" "))
	code, reason, _ := bytes.Cut(rest, []byte(" "))
	status, err := strconv.Atoi(string(code))
	if !bytes.HasPrefix(version, []byte("HTTP/")) || err != nil || status < 200 || status > 599 {
		return nil, errors.New("it does not start with a status line such as 'HTTP/1.0 503 Service Unavailable'")
	}
	m.SetResponse(status, reason)
	for _, line := range lines[1:] {
		name, value, found := bytes.Cut(bytes.TrimRight(line, "\r"), []byte(":"))
		if !found || len(name) == 0 || bytes.ContainsAny(name, " \t") {
			return nil, errors.New("a line of its head is not a header: '" + string(bytes.TrimRight(line, "\r")) + "'")
		}
		// Framing is the connection's matter, and files tend to lie about it.
		if !bytes.EqualFold(name, []byte("content-length")) && !bytes.EqualFold(name, []byte("connection")) {
			m.Add(string(bytes.ToLower(name)), bytes.TrimSpace(value))
		}
	}
	m.EndHeaders()
	if len(body) > 0 {
		m.SetBody(body)
	}
	return m, nil
}

// cutHead splits a response at its empty line.
func cutHead(content []byte) (head, body []byte) {
	for i := 0; i < len(content); {
		line, _, found := bytes.Cut(content[i:], []byte("\n"))
		if !found {
			break
		}
		if len(bytes.TrimRight(line, "\r")) == 0 {
			return bytes.TrimRight(content[:i], "\r\n"), content[i+len(line)+1:]
		}
		i += len(line) + 1
	}
	return bytes.TrimRight(content, "\r\n"), nil
}
