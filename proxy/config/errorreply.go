package config

import (
	"slices"

	"tidelock/proxy/config/syntax"
)

// ErrorReply is one statement that replaces answers of the proxy's own. Later ones win.
type ErrorReply struct {
	Keyword  string
	Status   int           // 0 for errorfiles and http-error
	File     string        // errorfile: its name
	Page     []byte        // errorfile: a whole response, empty to answer nothing
	Redirect int           // errorloc: the status that sends the client to Location
	Location string        // errorloc
	Group    string        // errorfiles: the http-errors section
	Statuses []int         // errorfiles: those to take from it, all without any
	Words    []syntax.Word // http-error: the reply, to be compiled
	Folder   Folder        // of the files that the words name
	At       syntax.Position
}

// addErrorReply appends to a list of the section's own: that of its defaults stays as it is.
func (p *parser) addErrorReply(s syntax.Statement, r ErrorReply) {
	r.Keyword, r.Folder, r.At = s.Keyword(), p.folder(s), s.At()
	p.proxy.ErrorReplies = append(slices.Clip(p.proxy.ErrorReplies), r)
}

// errorfile <status> <file>
func parseErrorFile(p *parser, s syntax.Statement) {
	if status, content, ok := p.errorFile(s, "errorfile : "); ok {
		p.addErrorReply(s, ErrorReply{Status: status, File: s.Argument(1), Page: content})
	}
}

// errorloc|errorloc302|errorloc303 <status> <url>
func parseErrorLocation(p *parser, s syntax.Statement) {
	if len(s.Words) < 3 {
		p.failf(s, "%s : expects <status_code> and <url> as arguments.", s.Keyword())
		return
	}
	status, ok := p.errorStatus(s, 0)
	if !ok {
		return
	}
	r := ErrorReply{Status: status, Redirect: 302, Location: s.Argument(1)}
	if s.Keyword() == "errorloc303" {
		r.Redirect = 303
	}
	p.addErrorReply(s, r)
}

// errorfiles <http-errors section> [<status>...]
func parseErrorFiles(p *parser, s syntax.Statement) {
	if s.Argument(0) == "" {
		p.failf(s, "errorfiles : expects <name> as argument.")
		return
	}
	r := ErrorReply{Group: s.Argument(0)}
	for i := range s.Words[2:] {
		status, ok := p.errorStatus(s, i+1)
		if !ok {
			return
		}
		r.Statuses = append(r.Statuses, status)
	}
	p.addErrorReply(s, r)
}

// http-error status <status> [<reply>]
func parseHTTPError(p *parser, s syntax.Statement) {
	p.addErrorReply(s, ErrorReply{Words: s.Words[1:]})
}

// errorStatus reads an argument as one of the statuses that can be replaced.
func (p *parser) errorStatus(s syntax.Statement, i int) (int, bool) {
	status, _ := decimal(s.Argument(i))
	if !slices.Contains(errorStatuses, status) {
		p.failf(s, "%s : status code '%s' not handled.", s.Keyword(), s.Argument(i))
		return 0, false
	}
	return status, true
}
