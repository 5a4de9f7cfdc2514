package config

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"tidelock/proxy/config/syntax"
)

// HealthCheck is what is asked of servers that are checked. The zero HealthCheck is a connection.
type HealthCheck struct {
	Kind         string      // the option that asks for it: "", "httpchk", "tcp-check", "external-check", "redis-check", ...
	Request      CheckStep   // option httpchk: the request where no step sends one
	Steps        []CheckStep // http-check or tcp-check, as Kind is; both are kept
	DisableOn404 bool
	SendState    bool

	User        string // mysql-check, pgsql-check
	OldProtocol bool   // mysql-check: as before version 4.1
	Greeting    string // smtpchk

	Command, Path string // external-check
}

// CheckStep is one step of a health check.
type CheckStep struct {
	HTTP    bool   // of http-check
	Action  string // "connect", "send", "expect" or "comment"
	Comment string
	At      syntax.Position

	Port   int     // connect: 0 for the check's
	Addr   Address // connect: no Network for the check's
	Linger bool    // connect: closed in an orderly way

	Data                 []byte      // send, tcp-check
	Method, URI, Version string      // send, http-check; "" for the default
	Headers              [][2]string // send, http-check
	Body                 string

	Expect Expectation
}

// Expectation is what an expect step looks for.
type Expectation struct {
	Negated  bool
	Match    string // "status", "rstatus", "string", "rstring", "binary", "rbinary", "hdr" or "fhdr"
	Pattern  string // binary patterns as the bytes that they stand for
	Statuses [][2]int
	// Name and Value of a header, and how each is compared: "str", "beg", "end", "sub" or "reg".
	Name, NameMatch, Value, ValueMatch string
	HasValue                           bool
	OK, Error, Timeout                 string // names of the statuses to give; "" for the default
	MinReceive                         int    // bytes to wait for before a match can fail; below 0 for all
}

// option httpchk [<method>] [<uri>] [<version>]
func parseOptionHTTPCheck(p *parser, s syntax.Statement) {
	words := syntax.Texts(s.Arguments())[1:]
	request := CheckStep{HTTP: true, Action: "send", At: s.At()}
	switch len(words) {
	case 0:
	case 1:
		request.URI = words[0]
	default:
		request.Method, request.URI = words[0], words[1]
	}
	if len(words) > 2 {
		version, headers, _ := strings.Cut(words[2], "\r\n")
		request.Version = version
		for line := range strings.SplitSeq(headers, "\r\n") {
			if name, value, found := strings.Cut(line, ":"); found {
				request.Headers = append(request.Headers, [2]string{name, strings.TrimSpace(value)})
			}
		}
	}
	p.proxy.HealthCheck.Kind, p.proxy.HealthCheck.Request = "httpchk", request
}

// option tcp-check
func parseOptionTCPCheck(p *parser, s syntax.Statement) {
	if p.noArguments(s) {
		p.proxy.HealthCheck.Kind = "tcp-check"
	}
}

// http-check connect|send|expect|comment|disable-on-404|send-state ...
// tcp-check connect|send|send-binary|expect|comment ...
func parseCheckStep(p *parser, s syntax.Statement) {
	r := &stepReader{parser: p, s: s, words: syntax.Texts(s.Arguments())}
	step := CheckStep{HTTP: s.Keyword() == "http-check", At: s.At()}
	var err error
	switch action := r.next(); action {
	case "disable-on-404", "send-state":
		if !step.HTTP {
			err = fmt.Errorf("only supports 'comment', 'connect', 'send', 'send-binary', 'expect'")
			break
		}
		if p.tooMany(s, 1) {
			return
		}
		if action == "send-state" {
			p.proxy.HealthCheck.SendState = true
		} else {
			p.proxy.HealthCheck.DisableOn404 = true
		}
		return
	case "comment":
		step.Action, step.Comment = "comment", r.next()
		if step.Comment == "" {
			err = fmt.Errorf("expects a string as argument.")
		}
	case "connect":
		step.Action, err = "connect", r.connect(&step)
	case "send":
		step.Action = "send"
		if step.HTTP {
			err = r.sendHTTP(&step)
		} else {
			err = r.sendText(&step)
		}
	case "send-binary":
		step.Action, err = "send", r.sendBinary(&step)
	case "expect":
		step.Action, err = "expect", r.expect(&step)
	default:
		err = fmt.Errorf("'%s' is not supported yet by this version.", action)
	}
	if err != nil {
		p.failf(s, "'%s %s' : %s", s.Keyword(), s.Argument(0), err)
		return
	}
	p.proxy.HealthCheck.Steps = append(slices.Clone(p.proxy.HealthCheck.Steps), step)
}

// checkSteps warns of steps of a kind of check that the section does not ask for.
func (p *parser) checkSteps(proxy *Proxy) {
	own := proxy.HealthCheck.Steps[proxy.inheritedSteps:]
	warn := func(http bool, keyword, option string) {
		if proxy.HealthCheck.Kind != option && slices.ContainsFunc(own, func(step CheckStep) bool { return step.HTTP == http }) {
			p.diags.Warnf(syntax.Position{}, "%s '%s' uses %s rules without 'option %s', so the rules are ignored.", proxy.Kind, proxy.Name, keyword, option)
		}
	}
	warn(true, "http-check", "httpchk")
	warn(false, "tcp-check", "tcp-check")
}

// stepReader reads the words of a step.
type stepReader struct {
	*parser
	s     syntax.Statement
	words []string
}

func (r *stepReader) next() string {
	if len(r.words) == 0 {
		return ""
	}
	word := r.words[0]
	r.words = r.words[1:]
	return word
}

func (r *stepReader) more() bool { return len(r.words) > 0 }

func unsupported(word string) error {
	return fmt.Errorf("'%s' is not supported yet by this version.", word)
}

func (r *stepReader) connect(step *CheckStep) error {
	for r.more() {
		switch word := r.next(); word {
		case "default":
		case "linger":
			step.Linger = true
		case "comment":
			step.Comment = r.next()
		case "port":
			value := r.next()
			port, ok := decimal(value)
			if !ok || port < 1 || port > 65535 {
				return fmt.Errorf("expects a port number or a port range, but got '%s'.", value)
			}
			step.Port = port
		case "addr":
			addresses, err := parseAddress(r.next(), portPolicy{})
			if err != nil {
				return err
			}
			step.Addr = addresses[0]
		case "ssl", "send-proxy", "via-socks4", "sni", "alpn", "proto":
			return unsupported(word)
		default:
			return fmt.Errorf("expects 'comment', 'port', 'addr', 'send-proxy', 'via-socks4', 'linger', 'default' but got '%s' as argument.", word)
		}
	}
	return nil
}

func (r *stepReader) sendText(step *CheckStep) error {
	if !r.more() {
		return fmt.Errorf("expects a string as argument.")
	}
	step.Data = []byte(r.next())
	return r.comment(step)
}

func (r *stepReader) sendBinary(step *CheckStep) error {
	data, err := hex.DecodeString(r.next())
	if err != nil || len(data) == 0 {
		return fmt.Errorf("invalid binary string (expects an even number of hexadecimal digits).")
	}
	step.Data = data
	return r.comment(step)
}

func (r *stepReader) comment(step *CheckStep) error {
	for r.more() {
		if word := r.next(); word != "comment" {
			return fmt.Errorf("expects 'comment' but got '%s' as argument.", word)
		}
		step.Comment = r.next()
	}
	return nil
}

func (r *stepReader) sendHTTP(step *CheckStep) error {
	for r.more() {
		switch word := r.next(); word {
		case "meth":
			step.Method = r.next()
		case "uri":
			step.URI = r.next()
		case "ver":
			step.Version = r.next()
		case "body":
			step.Body = r.next()
		case "comment":
			step.Comment = r.next()
		case "hdr":
			name, value := r.next(), r.next()
			if strings.Contains(value, "%") {
				return unsupported("hdr' with a log-format as in '" + value)
			}
			step.Headers = append(step.Headers, [2]string{name, value})
		case "uri-lf", "body-lf":
			return unsupported(word)
		default:
			return fmt.Errorf("expects 'comment', 'meth', 'uri', 'uri-lf', 'ver', 'hdr', 'body' or 'body-lf' but got '%s' as argument.", word)
		}
	}
	return nil
}

// checkStatusNames are what an expectation may end in.
var checkStatusNames = map[string][]string{
	"ok-status":    {"L7OK", "L7OKC", "L6OK", "L4OK"},
	"error-status": {"L7OKC", "L7RSP", "L7STS", "L6RSP", "L4CON"},
	"tout-status":  {"L7TOUT", "L6TOUT", "L4TOUT"},
}

func (r *stepReader) expect(step *CheckStep) error {
	e := &step.Expect
	e.MinReceive = -1
	for r.more() {
		switch word := r.next(); word {
		case "!":
			e.Negated = true
		case "comment":
			step.Comment = r.next()
		case "min-recv":
			e.MinReceive = leading(r.next())
		case "ok-status", "error-status", "tout-status":
			value := r.next()
			if !slices.Contains(checkStatusNames[word], value) {
				return fmt.Errorf("'%s' only supports %s status (got '%s').", word, quotedList(checkStatusNames[word]), value)
			}
			*map[string]*string{"ok-status": &e.OK, "error-status": &e.Error, "tout-status": &e.Timeout}[word] = value
		case "status", "rstatus", "hdr", "fhdr", "string", "rstring", "binary", "rbinary":
			if e.Match != "" {
				return fmt.Errorf("only on pattern expected")
			}
			if (word == "status" || word == "rstatus" || word == "hdr" || word == "fhdr") != step.HTTP && (step.HTTP == strings.HasSuffix(word, "binary") || !strings.HasSuffix(word, "string")) {
				return fmt.Errorf("only supports %s.", "'[!]binary', '[!]string', '[!]rstring', '[!]rbinary'")
			}
			e.Match = word
			if err := r.pattern(e); err != nil {
				return err
			}
		default:
			if strings.HasSuffix(word, "-lf") || word == "on-success" || word == "on-error" || word == "status-code" || word == "custom" {
				return unsupported(word)
			}
			return fmt.Errorf("expects a pattern, but got '%s' as argument.", word)
		}
	}
	if e.Match == "" {
		return fmt.Errorf("expects a pattern.")
	}
	return nil
}

// pattern reads what follows the keyword of a match.
func (r *stepReader) pattern(e *Expectation) (err error) {
	switch e.Match {
	case "hdr", "fhdr":
		return r.header(e)
	}
	if e.Pattern = r.next(); e.Pattern == "" {
		return fmt.Errorf("expects a pattern for '%s'.", e.Match)
	}
	switch e.Match {
	case "binary":
		data, err := hex.DecodeString(e.Pattern)
		e.Pattern = string(data)
		return err
	case "status":
		for part := range strings.SplitSeq(e.Pattern, ",") {
			low, high, isRange := strings.Cut(part, "-")
			if !isRange {
				high = low
			}
			first, err1 := strconv.Atoi(low)
			last, err2 := strconv.Atoi(high)
			if err1 != nil || err2 != nil {
				return fmt.Errorf("invalid status codes '%s'.", e.Pattern)
			}
			e.Statuses = append(e.Statuses, [2]int{first, last})
		}
	}
	return nil
}

// header reads "name [-m <method>] <name> [value [-m <method>] <value>]".
func (r *stepReader) header(e *Expectation) error {
	if word := r.next(); word != "name" {
		return unsupported(word)
	}
	var err error
	if e.Name, e.NameMatch, err = r.matched(); err != nil {
		return err
	}
	if len(r.words) == 0 || r.words[0] != "value" {
		return nil
	}
	r.next()
	e.HasValue = true
	e.Value, e.ValueMatch, err = r.matched()
	return err
}

func (r *stepReader) matched() (pattern, method string, err error) {
	method = "str"
	pattern = r.next()
	if pattern == "-m" {
		method, pattern = r.next(), r.next()
	}
	if r.more() && r.words[0] == "-m" {
		r.next()
		method, pattern = r.next(), r.next()
	}
	switch {
	case pattern == "":
		return "", "", fmt.Errorf("expects a header pattern.")
	case !slices.Contains([]string{"str", "beg", "end", "sub", "reg"}, method):
		return "", "", fmt.Errorf("'-m' only supports 'str', 'beg', 'sub', 'end' and 'reg' (got '%s').", method)
	}
	return pattern, method, nil
}
