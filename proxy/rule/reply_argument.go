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

// reply reads the arguments that say what to answer.
func (p *parser) reply(r *reply) error {
	r.errorReply = p.ErrorReply
	for p.more() {
		keyword := p.words[p.at]
		parse := replyArguments[keyword]
		if parse == nil {
			// What is neither an argument nor a condition is the caller's to refuse.
			break
		}
		if err := r.choose(keyword); err != nil {
			return err
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

// replySources are the arguments of which there can be one.
var replySources = []string{"default-errorfiles", "errorfile", "file", "lf-file", "string", "lf-string"}

// choose notes an argument that says what to answer.
func (r *reply) choose(keyword string) error {
	switch {
	case !slices.Contains(replySources, keyword):
		return nil
	case r.source != "":
		return fmt.Errorf("unexpected '%s' argument, '%s' already defined", keyword, r.source)
	}
	r.source = keyword
	return nil
}

var replyArguments map[string]func(p *parser, r *reply) error

func init() {
	replyArguments = map[string]func(p *parser, r *reply) error{
		"status":             replyStatus,
		"deny_status":        replyStatus,
		"default-errorfiles": func(_ *parser, r *reply) error { r.standard = true; return nil },
		"errorfile":          replyPage,
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
func replyFile(p *parser, r *reply) (err error) {
	r.raw, err = p.file()
	return err
}

// file takes the next word as the name of a file and returns its content.
func (p *parser) file() ([]byte, error) {
	name, err := p.word("a file name")
	if err != nil {
		return nil, err
	}
	content, err := p.samples.ReadFile(name)
	if err != nil {
		p.at--
		return nil, fmt.Errorf("error opening file '%s'", name)
	}
	return content, nil
}

func replyPage(p *parser, r *reply) error {
	content, err := p.file()
	if err != nil {
		return err
	}
	if r.page, err = errorpage.Parse(content); err != nil {
		p.at--
	}
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
