package luabridge

import (
	"errors"
	"fmt"
	"unsafe"

	"tidelock/abi"
	"tidelock/host"
	"tidelock/proxy/message"
	"tidelock/proxy/regex"
	"tidelock/proxy/rule"
	"tidelock/proxy/sample"
)

// httpFunctions are the methods of the class HTTP.
var httpFunctions = host.Functions{
	"http.req_get_headers": getHeaders(request, nil),
	"http.req_add_header":  addHeader(request),
	"http.req_set_header":  setHeader(request),
	"http.req_del_header":  deleteHeader(request),
	"http.req_rep_header":  replaceHeader(request, wholeHeader),
	"http.req_rep_value":   replaceHeader(request, eachValue),
	"http.req_set_method":  setStartLine((*message.Message).SetMethod, checkMethod),
	"http.req_set_path":    setStartLine(rule.SetPath, checkTarget),
	"http.req_set_query":   setStartLine(rule.SetQuery, checkTarget),
	"http.req_set_uri":     setStartLine(rule.SetURI, checkTarget),
	"http.res_get_headers": getHeaders(response, nil),
	"http.res_add_header":  addHeader(response),
	"http.res_set_header":  setHeader(response),
	"http.res_del_header":  deleteHeader(response),
	"http.res_rep_header":  replaceHeader(response, wholeHeader),
	"http.res_rep_value":   replaceHeader(response, eachValue),
	"http.res_set_status":  setStatus,
}

var errHeadSent = errors.New("the headers can be used in http_headers only: they have been sent")

var errTooLarge = errors.New("the message would exceed its limit (tune.bufsize)")

// direction selects the message that a method works on.
type direction struct {
	name   string
	phases sample.Phase // in which it may be used
	of     func(t *transaction) *message.Message
}

var (
	request = direction{"request", sample.TCPRequest | sample.HTTPRequest,
		func(t *transaction) *message.Message { return t.samples.Stream.Request }}
	response = direction{"response", sample.TCPResponse | sample.HTTPResponse,
		func(t *transaction) *message.Message { return t.samples.Stream.Response }}
)

// message takes the object and returns its message.
func (d direction) message(c *host.Call) (*message.Message, error) {
	t, err := current(c)
	if err != nil {
		return nil, err
	}
	if t.available&d.phases == 0 || t.samples.Stream == nil {
		return nil, fmt.Errorf("the %s cannot be used at this point of the exchange", d.name)
	}
	if t.headSent {
		return nil, errHeadSent
	}
	m := d.of(t)
	if m == nil || m.Empty() {
		return nil, fmt.Errorf("there is no %s", d.name)
	}
	return m, nil
}

// getHeaders is *_get_headers() -> {[name] = {[0] = value, ...}}, without those that g hides.
func getHeaders(d direction, g *guard) host.Function {
	return func(c *host.Call) error {
		m, err := d.message(c)
		if err != nil {
			return err
		}
		putHeaders(&c.Results, m, g)
		return nil
	}
}

func putHeaders(w *abi.Writer, m *message.Message, g *guard) {
	headers := w.BeginTable()
	for i := m.First(); i >= 0; i = m.Next(i) {
		name := string(m.Name(i))
		if m.Find(name, -1) != i || g.hides(name) {
			continue // listed with the first of its name, or not at all
		}
		w.String(name)
		values := w.BeginTable()
		number := int64(0)
		for j := i; j >= 0; j = m.Find(name, j) {
			w.Int(number)
			w.StringBytes(m.Value(j))
			number++
		}
		w.EndTable(values)
	}
	w.EndTable(headers)
}

// header takes name and value. Both alias the guest's memory, the name too: whoever keeps it makes a copy, as messages do.
func header(c *host.Call) (name string, content []byte, err error) {
	n, err := c.String()
	if err != nil {
		return "", nil, err
	}
	content, err = c.String()
	return unsafe.String(unsafe.SliceData(n), len(n)), content, err
}

// refusedHeader says why a message has not taken a header.
func refusedHeader(name string, content []byte) error {
	if err := checkHeader([]byte(name), content); err != nil {
		return err
	}
	return errTooLarge
}

// addHeader is *_add_header(name, value).
func addHeader(d direction) host.Function {
	return func(c *host.Call) error {
		m, err := d.message(c)
		if err != nil {
			return err
		}
		name, content, err := header(c)
		if err == nil && !m.Add(name, content) {
			err = refusedHeader(name, content)
		}
		return err
	}
}

// setHeader is *_set_header(name, value).
func setHeader(d direction) host.Function {
	return func(c *host.Call) error {
		m, err := d.message(c)
		if err != nil {
			return err
		}
		name, content, err := header(c)
		if err == nil && !m.Set(name, content) {
			err = refusedHeader(name, content)
		}
		return err
	}
}

// deleteHeader is *_del_header(name).
func deleteHeader(d direction) host.Function {
	return func(c *host.Call) error {
		m, err := d.message(c)
		if err != nil {
			return err
		}
		name, err := c.String()
		if err == nil {
			m.Delete(string(name))
		}
		return err
	}
}

// replacer appends what takes the place of value, and reports whether re matches it.
type replacer func(dst []byte, re *regex.Regexp, r regex.Replacement, value []byte) ([]byte, bool)

// replaceHeader is *_rep_*(name, regex, replacement).
func replaceHeader(d direction, replace replacer) host.Function {
	return func(c *host.Call) error {
		m, err := d.message(c)
		if err != nil {
			return err
		}
		name, err := c.String()
		if err != nil {
			return err
		}
		pattern, err := c.String()
		if err != nil {
			return err
		}
		re, err := patterns.compile(pattern)
		if err != nil {
			return err
		}
		text, err := c.String()
		if err != nil {
			return err
		}
		replacement := regex.ParseReplacement(string(text))
		for i := m.Find(string(name), -1); i >= 0; i = m.Find(string(name), i) {
			changed, ok := replace(nil, re, replacement, m.Value(i))
			if !ok {
				continue
			}
			if err := checkValue(changed); err != nil {
				return err
			}
			if !m.Replace(i, changed) {
				return errTooLarge
			}
		}
		return nil
	}
}

// wholeHeader matches the value as a whole, as http-request replace-header does.
func wholeHeader(dst []byte, re *regex.Regexp, r regex.Replacement, value []byte) ([]byte, bool) {
	match := re.Find(value)
	if match == nil {
		return dst, false
	}
	return r.Expand(dst, value, match), true
}

// eachValue matches each of the comma separated values. White space around the commas goes.
func eachValue(dst []byte, re *regex.Regexp, r regex.Replacement, value []byte) ([]byte, bool) {
	changed := false
	for rest := value; rest != nil; {
		var one []byte
		one, rest = sample.CutList(rest)
		var ok bool
		if dst, ok = wholeHeader(dst, re, r, one); !ok {
			dst = append(dst, one...)
		}
		changed = changed || ok
		if rest != nil {
			dst = append(dst, ',')
		}
	}
	return dst, changed
}

func checkMethod(method []byte) error {
	if !isToken(method) {
		return fmt.Errorf("invalid method %q", method)
	}
	return nil
}

// setStartLine is req_set_*(text) -> whether it was set.
func setStartLine(set func(*message.Message, []byte) bool, check func([]byte) error) host.Function {
	return func(c *host.Call) error {
		m, err := request.message(c)
		if err != nil {
			return err
		}
		text, err := c.String()
		if err != nil {
			return err
		}
		if err := check(text); err != nil {
			return err
		}
		c.Results.Bool(set(m, text))
		return nil
	}
}

// setStatus is res_set_status(status [, reason]).
func setStatus(c *host.Call) error {
	m, err := response.message(c)
	if err != nil {
		return err
	}
	status, reason, err := statusLine(c)
	if err == nil && !m.SetStatus(status, reason) {
		err = errTooLarge
	}
	return err
}

// statusLine takes a status and an optional reason.
func statusLine(c *host.Call) (status int, reason []byte, err error) {
	code, err := c.Int()
	if err != nil {
		return 0, nil, err
	}
	if code < 100 || code > 999 {
		return 0, nil, fmt.Errorf("invalid status %d: it must have three digits", code)
	}
	if v := c.Next(); v.Type == abi.String {
		reason = v.Bytes
	}
	return int(code), reason, checkValue(reason)
}
