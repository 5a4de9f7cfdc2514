package check

import (
	"bytes"
	"strconv"
	"strings"

	"tidelock/proxy/server"
)

// response is an HTTP response as far as checks need it.
type response struct {
	parsed  bool
	status  int
	reason  string
	headers []field
	body    int // offset of the body in what was received
	length  int // of the body; below 0 for up to the end
	chunked bool
}

type field struct{ name, value string }

// Request returns what sends an HTTP request. State, which may be nil, gives the value of a header that tells the server
// its state.
func Request(method, uri, version string, headers [][2]string, body string, state func(*server.Server) string) func(*server.Server) []byte {
	var head strings.Builder
	head.WriteString(method + " " + uri + " " + version + "\r\n")
	for _, h := range headers {
		head.WriteString(strings.ToLower(h[0]) + ": " + h[1] + "\r\n")
	}
	return func(s *server.Server) []byte {
		b := []byte(head.String())
		if state != nil {
			b = append(b, "x-haproxy-server-state: "+state(s)+"\r\n"...)
		}
		if body != "" {
			b = append(b, "content-length: "+strconv.Itoa(len(body))+"\r\n"...)
		}
		if strings.HasSuffix(version, "1.1") {
			b = append(b, "connection: close\r\n"...)
		}
		return append(append(b, "\r\n"...), body...)
	}
}

// ExpectHTTP looks at an HTTP response.
type ExpectHTTP struct {
	// Head reports whether status and headers are what is looked for; nil looks at the body instead.
	Head    func(status int, header func(yield func(name, value string) bool)) bool
	Body    func([]byte) bool
	Negated bool
	// DisableOn404 has a 404 take new traffic off the server.
	DisableOn404 bool
	Comment      string
	Outcome
}

func (e *ExpectHTTP) describe() string { return "expect" }

func (e *ExpectHTTP) do(r *run) *server.Result {
	if e.Comment != "" {
		r.comment = e.Comment
	}
	if failed := e.parse(r); failed != nil {
		return failed
	}
	h := &r.response
	if e.DisableOn404 && h.status == 404 {
		r.result = server.Result{Status: server.Layer7Conditional, Code: 404}
		return nil
	}
	if e.Head != nil {
		if e.Head(h.status, h.each) == e.Negated {
			failed := r.fail(e.Error, h.reason)
			failed.Code = h.status
			return failed
		}
		r.result = server.Result{Status: e.OK, Code: h.status}
		return nil
	}
	body, failed := r.wholeBody(e.Timeout)
	if failed != nil {
		return failed
	}
	switch found := e.Body(body); {
	case found && e.Negated:
		return r.fail(bodyError(e.Error), "HTTP check matched unwanted content")
	case !found && !e.Negated:
		return r.fail(bodyError(e.Error), "HTTP content check did not match")
	}
	r.result = server.Result{Status: e.OK, Code: h.status}
	return nil
}

// bodyError is what a body that is not right counts as, unless the configuration says otherwise.
func bodyError(s server.CheckStatus) server.CheckStatus {
	if s == server.Layer7Status {
		return server.Layer7Response
	}
	return s
}

// parse reads the head of the response.
func (e *ExpectHTTP) parse(r *run) *server.Result {
	if r.response.parsed {
		return nil
	}
	for {
		if ok, bad := r.response.read(r.received); ok {
			return nil
		} else if bad {
			return r.fail(server.Layer7Response, "")
		}
		if r.receive() {
			continue
		}
		if isTimeout(r.err) {
			return &server.Result{Status: e.Timeout}
		}
		if failed := r.broken(); failed != nil {
			return failed
		}
		return r.fail(server.Layer7Response, "")
	}
}

// read parses a head. It reports whether it is whole, and whether it can never be one.
func (h *response) read(b []byte) (ok, bad bool) {
	const start = "HTTP/"
	if len(b) > 0 && !strings.HasPrefix(start, string(b[:min(len(b), len(start))])) {
		return false, true
	}
	end, blank := bytes.Index(b, []byte("\r\n\r\n")), 4
	if end < 0 {
		if end, blank = bytes.Index(b, []byte("\n\n")), 2; end < 0 {
			return false, len(b) >= maxResponse
		}
	}
	lines := strings.Split(string(b[:end]), "\n")
	parts := strings.SplitN(strings.TrimRight(lines[0], "\r"), " ", 3)
	if len(parts) < 2 {
		return false, true
	}
	status, err := strconv.Atoi(parts[1])
	if err != nil || status < 100 || status > 999 {
		return false, true
	}
	*h = response{parsed: true, status: status, body: end + blank, length: -1}
	if len(parts) > 2 {
		h.reason = parts[2]
	}
	for _, line := range lines[1:] {
		name, value, found := strings.Cut(strings.TrimRight(line, "\r"), ":")
		if !found {
			return false, true
		}
		name, value = strings.ToLower(strings.TrimSpace(name)), strings.TrimSpace(value)
		h.headers = append(h.headers, field{name, value})
		switch name {
		case "content-length":
			if n, err := strconv.Atoi(value); err == nil && n >= 0 {
				h.length = n
			}
		case "transfer-encoding":
			h.chunked = strings.HasSuffix(strings.ToLower(value), "chunked")
		}
	}
	return true, false
}

// each yields the headers.
func (h *response) each(yield func(name, value string) bool) {
	for _, f := range h.headers {
		if !yield(f.name, f.value) {
			return
		}
	}
}

// wholeBody waits for the body, as far as it fits.
func (r *run) wholeBody(timeout server.CheckStatus) ([]byte, *server.Result) {
	h := &r.response
	for {
		raw := r.received[h.body:]
		if h.chunked {
			if body, done := unchunk(raw); done || r.ended {
				return body, nil
			}
		} else if h.length >= 0 && len(raw) >= h.length {
			return raw[:h.length], nil
		}
		if r.receive() {
			continue
		}
		if isTimeout(r.err) {
			return nil, &server.Result{Status: timeout}
		}
		if h.chunked {
			body, _ := unchunk(raw)
			return body, nil
		}
		return r.received[h.body:], nil
	}
}

// unchunk decodes a chunked body as far as it is there, and reports whether it is whole.
func unchunk(raw []byte) (body []byte, done bool) {
	for {
		line, rest, found := bytes.Cut(raw, []byte("\r\n"))
		if !found {
			return body, false
		}
		digits, _, _ := bytes.Cut(line, []byte{';'})
		n, err := strconv.ParseUint(string(bytes.TrimSpace(digits)), 16, 31)
		switch {
		case err != nil || n == 0:
			return body, true
		case uint64(len(rest)) < n+2:
			return append(body, rest[:min(int(n), len(rest))]...), false
		}
		body, raw = append(body, rest[:n]...), rest[n+2:]
	}
}
