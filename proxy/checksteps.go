package proxy

import (
	"cmp"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"

	"tidelock/proxy/check"
	"tidelock/proxy/config"
	"tidelock/proxy/regex"
	"tidelock/proxy/server"
)

// checkSequence compiles the health check of a section: nil where a connection is all that is asked for.
func (b *builder) checkSequence(section *config.Proxy) *check.Sequence {
	h := &section.HealthCheck
	switch h.Kind {
	case "":
		return nil
	case "ldap-check":
		return &check.Sequence{Steps: check.LDAP()}
	case "mysql-check":
		return &check.Sequence{Steps: check.MySQL(h.User, h.OldProtocol)}
	case "pgsql-check":
		return &check.Sequence{Steps: check.Postgres(h.User)}
	case "redis-check":
		return &check.Sequence{Steps: check.Redis()}
	case "smtpchk":
		return &check.Sequence{Steps: check.SMTP(h.Greeting)}
	case "ssl-hello-chk":
		return &check.Sequence{Steps: check.HelloSSL()}
	}
	q := &check.Sequence{HTTP: h.Kind == "httpchk"}
	if !q.HTTP {
		q.Success = "(tcp-check)"
	}
	sends, expects := false, false
	for _, step := range h.Steps {
		if step.HTTP != q.HTTP {
			continue
		}
		compiled, err := b.checkStep(section, &step)
		if err != nil {
			b.diags.Alertf(step.At, "'%s' : %s.", map[bool]string{true: "http-check", false: "tcp-check"}[step.HTTP], err)
			continue
		}
		if q.HTTP && step.Action == "expect" && !sends {
			q.Steps = append(q.Steps, httpRequest(section, &h.Request, nil))
			sends = true
		}
		sends, expects = sends || step.Action == "send", expects || step.Action == "expect"
		q.Steps = append(q.Steps, compiled)
	}
	if !q.HTTP {
		return q
	}
	if !sends {
		q.Steps = append(q.Steps, httpRequest(section, &h.Request, nil))
	}
	if !expects {
		q.Steps = append(q.Steps, &check.ExpectHTTP{
			Head:         func(status int, _ func(func(string, string) bool)) bool { return status/100 == 2 || status/100 == 3 },
			DisableOn404: h.DisableOn404, Outcome: outcome(&config.Expectation{}, true),
		})
	}
	return q
}

func (b *builder) checkStep(section *config.Proxy, step *config.CheckStep) (check.Step, error) {
	switch step.Action {
	case "comment":
		return check.Comment(step.Comment), nil
	case "connect":
		return &check.ConnectStep{Port: cmp.Or(step.Port, step.Addr.Port), Host: step.Addr.Host, Linger: step.Linger, Comment: step.Comment}, nil
	case "send":
		if step.HTTP {
			return httpRequest(section, &section.HealthCheck.Request, step), nil
		}
		data := step.Data
		return &check.SendStep{Data: func(*server.Server) []byte { return data }, Comment: step.Comment}, nil
	}
	if step.HTTP {
		return expectHTTP(section, step)
	}
	return expectTCP(step)
}

// httpRequest is the request of a step, with what option httpchk says where the step says nothing. Step may be nil.
func httpRequest(section *config.Proxy, option, step *config.CheckStep) check.Step {
	request := *option
	if step != nil {
		request.Method = cmp.Or(step.Method, option.Method)
		request.URI = cmp.Or(step.URI, option.URI)
		request.Version = cmp.Or(step.Version, option.Version)
		request.Headers = slices.Concat(option.Headers, step.Headers)
		request.Body, request.Comment = step.Body, step.Comment
	}
	var state func(*server.Server) string
	if section.HealthCheck.SendState {
		state = serverState
	}
	data := check.Request(cmp.Or(request.Method, "OPTIONS"), cmp.Or(request.URI, "/"), cmp.Or(request.Version, "HTTP/1.0"),
		request.Headers, request.Body, state)
	return &check.SendStep{Data: data, Comment: request.Comment}
}

// serverState tells a server its state (http-check send-state).
func serverState(s *server.Server) string {
	host, _ := os.Hostname()
	st := s.State()
	status := "UP"
	switch {
	case st.Operation == server.Stopped:
		status = "DOWN"
	case st.Operation == server.Stopping:
		status = "NOLB"
	}
	if st.Health > 0 && st.Health < s.Rise {
		status = fmt.Sprintf("DOWN %d/%d", st.Health, s.Rise)
	}
	b := s.Backend()
	at := s.Address()
	active, queued := s.Load()
	weight, weights, total := b.Share(s)
	return fmt.Sprintf("%s; address=%s; port=%d; name=%s/%s; node=%s; weight=%d/%d; scur=%d/%d; qcur=%d",
		status, at.Host, at.Port, b.Proxy.Name, s.Name, host, weight, weights, active, total, queued)
}

func outcome(e *config.Expectation, http bool) check.Outcome {
	o := check.Outcome{OK: server.Layer7OK, Error: server.Layer7Response, Timeout: server.Layer7Timeout}
	if http {
		o.Error = server.Layer7Status
	}
	for _, pair := range []struct {
		name string
		to   *server.CheckStatus
	}{{e.OK, &o.OK}, {e.Error, &o.Error}, {e.Timeout, &o.Timeout}} {
		if status, ok := server.CheckStatusNamed(pair.name); ok {
			*pair.to = status
		}
	}
	return o
}

func expectTCP(step *config.CheckStep) (check.Step, error) {
	e := &step.Expect
	made := &check.Expect{
		Matches: check.Contains(e.Pattern), Negated: e.Negated, Content: e.Pattern, MinReceive: e.MinReceive, Comment: step.Comment,
		Outcome: outcome(e, false), What: "string '" + e.Pattern + "'",
	}
	switch e.Match {
	case "binary":
		made.What, made.Content = "binary '"+printable(e.Pattern)+"'", "(binary)"
	case "rstring", "rbinary":
		matches, err := compileMatch("reg", e.Pattern)
		if err != nil {
			return nil, err
		}
		made.Matches, made.What, made.Content = func(b []byte) bool { return matches(string(b)) }, "regex", "(regex)"
	}
	return made, nil
}

// printable leaves out what cannot be shown.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7f {
			return -1
		}
		return r
	}, s)
}

func expectHTTP(section *config.Proxy, step *config.CheckStep) (check.Step, error) {
	e := &step.Expect
	made := &check.ExpectHTTP{
		Negated: e.Negated, Comment: step.Comment, DisableOn404: section.HealthCheck.DisableOn404, Outcome: outcome(e, true),
	}
	switch e.Match {
	case "status":
		made.Head = func(status int, _ func(func(string, string) bool)) bool {
			return slices.ContainsFunc(e.Statuses, func(r [2]int) bool { return r[0] <= status && status <= r[1] })
		}
	case "rstatus":
		matches, err := compileMatch("reg", e.Pattern)
		if err != nil {
			return nil, err
		}
		made.Head = func(status int, _ func(func(string, string) bool)) bool { return matches(strconv.Itoa(status)) }
	case "string":
		made.Body = check.Contains(e.Pattern)
	case "rstring":
		matches, err := compileMatch("reg", e.Pattern)
		if err != nil {
			return nil, err
		}
		made.Body = func(b []byte) bool { return matches(string(b)) }
	case "hdr", "fhdr":
		return made, expectHeader(made, e)
	}
	return made, nil
}

// expectHeader looks for a header. Each element of a list is a value of its own, but for fhdr.
func expectHeader(made *check.ExpectHTTP, e *config.Expectation) error {
	name, err := compileMatch(e.NameMatch, strings.ToLower(e.Name))
	if err != nil {
		return err
	}
	value := func(string) bool { return true }
	if e.HasValue {
		if value, err = compileMatch(e.ValueMatch, e.Value); err != nil {
			return err
		}
	}
	whole := e.Match == "fhdr"
	made.Head = func(_ int, headers func(func(string, string) bool)) bool {
		found := false
		headers(func(n, v string) bool {
			if !name(n) {
				return true
			}
			parts := []string{v}
			if !whole {
				parts = strings.Split(v, ",")
			}
			found = slices.ContainsFunc(parts, func(p string) bool { return value(strings.TrimSpace(p)) })
			return !found
		})
		return found
	}
	return nil
}

// compileMatch returns what compares a text with a pattern in one of the ways of "-m".
func compileMatch(method, pattern string) (func(string) bool, error) {
	switch method {
	case "beg":
		return func(s string) bool { return strings.HasPrefix(s, pattern) }, nil
	case "end":
		return func(s string) bool { return strings.HasSuffix(s, pattern) }, nil
	case "sub":
		return func(s string) bool { return strings.Contains(s, pattern) }, nil
	case "reg":
		r, err := regex.Compile(pattern, false)
		if err != nil {
			return nil, err
		}
		return func(s string) bool { return r.Match([]byte(s)) }, nil
	}
	return func(s string) bool { return s == pattern }, nil
}
