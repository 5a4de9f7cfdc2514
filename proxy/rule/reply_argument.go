package rule

import (
	"errors"
	"fmt"
	"slices"
	"strconv"

	"tidelock/proxy/errorpage"
	"tidelock/proxy/logformat"
	"tidelock/proxy/message"
)

// CompileError compiles the words of a http-error line. They are an answer like those of rules, without a condition.
//
// Errors are of type *Error.
func (k *Compiler) CompileError(words []string) (status int, r *Reply, err error) {
	p := &parser{Compiler: k, words: words}
	r = &Reply{}
	if !slices.Contains(words, "status") {
		err = errors.New("expects at least a <status> as arguments.")
	} else if err = p.reply(r); err == nil && p.at < len(words) {
		err = fmt.Errorf("unknown keyword '%s'.", words[p.at])
	}
	if err != nil {
		return 0, nil, p.failure(InAction, err)
	}
	return r.status, r, nil
}

// reply reads the arguments that say what to answer.
func (p *parser) reply(r *Reply) error {
	for p.more() {
		argument, ok := replyArguments[p.words[p.at]]
		if !ok {
			// What is neither an argument nor a condition is the caller's to refuse.
			break
		}
		keyword := p.take()
		if argument.source {
			if r.source != "" {
				p.at--
				return fmt.Errorf("unexpected '%s' argument, '%s' already defined", keyword, r.source)
			}
			r.source = keyword
		}
		if argument.operands > 0 && (!p.has(argument.operands) || p.words[p.at] == "") {
			if keyword == "deny_status" {
				keyword = "status" // it is the older name
			}
			return fmt.Errorf("'%s' expects %s", keyword, argument.expected)
		}
		if err := argument.parse(p, r); err != nil {
			return err
		}
	}
	return p.completeReply(r)
}

// completeReply checks that the arguments make an answer together.
func (p *parser) completeReply(r *Reply) error {
	payload := len(r.raw) > 0 || r.body != nil
	whole := slices.Contains([]string{"errorfile", "errorfiles", "default-errorfiles"}, r.source)
	switch {
	case payload && (r.status == 204 || r.status == 304):
		return fmt.Errorf("No body expected for %d responses", r.status)
	case payload && r.contentType == nil:
		return errors.New("a content type must be defined when non-empty payload is configured")
	case !payload && r.contentType != nil:
		p.Samples.Warnf("content-type '%s' ignored by the http reply because neither errorfile nor payload defined", r.contentType)
	case whole && r.headers != nil:
		p.Samples.Warnf("hdr parameters ignored by the http reply when used with an errorfile")
	}
	r.reason = []byte(message.ReasonOf(r.status))
	switch r.source {
	case "default-errorfiles":
		return r.setDefault(p)
	case "errorfiles":
		r.page = r.group[r.status] // without one the answer has nothing but the status
	}
	return nil
}

// setDefault makes the reply the proxy's own for its status.
func (r *Reply) setDefault(p *parser) error {
	if !slices.Contains(ErrorStatuses, r.status) {
		return fmt.Errorf("status code '%d' not handled by default with 'default-errorfiles' argument.", r.status)
	}
	r.standard = p.ErrorReply
	return nil
}

// ErrorStatuses are those for which the proxy has answers of its own.
var ErrorStatuses = []int{200, 400, 401, 403, 404, 405, 407, 408, 410, 413, 421, 422, 425, 429, 500, 501, 502, 503, 504}

// replyArgument is a row of the arguments of replies.
type replyArgument struct {
	source   bool // it says what to answer, of which there can be one
	operands int
	expected string
	parse    func(p *parser, r *Reply) error
}

var replyArguments map[string]replyArgument

func init() {
	status := replyArgument{false, 1, "<status_code> as argument", replyStatus}
	replyArguments = map[string]replyArgument{
		"status":             status,
		"deny_status":        status,
		"content-type":       {false, 1, "<ctype> as argument", replyContentType},
		"hdr":                {false, 2, "<name> and <value> as arguments", replyAddHeader},
		"default-errorfiles": {true, 0, "", func(*parser, *Reply) error { return nil }},
		"errorfile":          {true, 1, "<file> as argument", replyPage},
		"errorfiles":         {true, 1, "<http_errors_name> as argument", replyGroup},
		"string":             {true, 1, "<str> as argument", replyString},
		"lf-string":          {true, 1, "<fmt> as argument", replyFormat},
		"file":               {true, 1, "<file> as argument", replyFile},
		"lf-file":            {true, 1, "<file> as argument", replyFormatFile},
	}
}

func replyStatus(p *parser, r *Reply) error {
	word := p.take()
	n, err := strconv.Atoi(word)
	if err != nil || n < 200 || n > 599 {
		p.at--
		return fmt.Errorf("Unexpected status code '%s'", word)
	}
	r.status = n
	return nil
}

func replyContentType(p *parser, r *Reply) error {
	word := p.take()
	if !isValue([]byte(word)) {
		return errors.New("a content type must not have line breaks")
	}
	r.contentType = []byte(word)
	return nil
}

func replyString(p *parser, r *Reply) error {
	r.raw = []byte(p.take())
	return nil
}

func replyFormat(p *parser, r *Reply) (err error) {
	r.body, err = p.format("a format")
	return err
}

// replyFile reads the file once: rules never wait for disks.
func replyFile(p *parser, r *Reply) (err error) {
	r.raw, err = p.file()
	return err
}

// file takes the next word as the name of a file and returns its content.
func (p *parser) file() ([]byte, error) {
	name := p.take()
	content, err := p.Samples.ReadFile(name)
	if err != nil {
		p.at--
		return nil, fmt.Errorf("error opening file '%s'.", name)
	}
	return content, nil
}

func replyPage(p *parser, r *Reply) error {
	content, err := p.file()
	if err != nil {
		return err
	}
	if r.page, err = errorpage.Parse(content); err != nil {
		p.at--
		return fmt.Errorf("'%s': %w", p.words[p.at], err)
	}
	return nil
}

// replyGroup looks the section up at once: the configuration has been read to its end when rules are compiled. A status
// that it has no page for is answered with nothing else.
func replyGroup(p *parser, r *Reply) error {
	name := p.take()
	if p.ErrorGroup == nil {
		return fmt.Errorf("unknown http-errors section '%s'", name)
	}
	pages, ok := p.ErrorGroup(name)
	if !ok {
		p.at--
		return fmt.Errorf("unknown http-errors section '%s' referenced by an http reply", name)
	}
	r.group = pages
	return nil
}

func replyFormatFile(p *parser, r *Reply) error {
	if err := replyFile(p, r); err != nil {
		return err
	}
	f, err := logformat.Compile(p.Samples, string(r.raw), logformat.Text)
	if err != nil {
		// The position is in the file: the configuration has none but that of the file's name.
		return errors.New(err.Error())
	}
	r.body, r.raw = f, nil
	return nil
}

func replyAddHeader(p *parser, r *Reply) error {
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
