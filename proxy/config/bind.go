package config

import (
	"cmp"
	"errors"
	"io/fs"
	"slices"
	"strings"
	"time"

	"tidelock/proxy/config/syntax"
	"tidelock/proxy/nearest"
)

// Bind is one address that a frontend, or the runtime API, listens on.
type Bind struct {
	Address       Address
	Text          string // of the line's address argument
	*BindSettings        // all addresses of a line share theirs
	At            syntax.Position
}

// BindSettings are the parameters of a bind line (manual, section 5.1).
type BindSettings struct {
	Name string
	ID   int // within the frontend, 0 for its place

	V6Only        bool // an IPv6 address takes no IPv4 clients
	Backlog       int  // connections that wait to be accepted, 0 for the system's choice
	Maxconn       int  // connections at a time, 0 for no bound
	Interface     string
	MSS           int           // largest segment, 0 for the system's choice; below zero, what is taken off it
	UserTimeout   time.Duration // for data sent and not acknowledged
	FastOpen      bool
	DeferAccept   bool   // accept connections only once the client has sent something
	Transparent   bool   // addresses that are not the machine's may be bound
	ClientIPMagic uint32 // connections begin with the Client IP header of a NetScaler that has this number; 0 for none
	AcceptProxy   bool   // connections begin with a header of the PROXY protocol

	Permission fs.FileMode // of a unix socket, 0 leaves it to the umask
	UID, GID   *int        // its owner, nil leaves it to the process

	Level    string // of the runtime API: "user", "operator", "admin", or "" for its default
	Severity string // how the runtime API begins messages: "none", "number", "string", or "" for none

	ExposesListeners bool // the runtime API gives the listening sockets to a process that takes over

	TLS TLS
}

// bind <address>[:<port>[-<port>]][,...] [<parameter>...]
func parseBind(p *parser, s syntax.Statement) {
	if s.Argument(0) == "" {
		p.failf(s, "'bind' expects {<path>|[addr1]:port1[-end1]}{,[addr]:port[-end]}... as arguments.")
		return
	}
	settings := p.Global.UnixBind.settings()
	bind := Bind{Text: s.Argument(0), At: s.At(), BindSettings: settings}
	for _, address := range strings.Split(strings.TrimSuffix(s.Argument(0), ","), ",") {
		addresses, err := parseAddress(address, portPolicy{mandatory: true, ranges: true, listen: true})
		if err != nil {
			p.failf(s, "'bind' : %s", err)
			return
		}
		for _, a := range addresses {
			bind.Address = p.Global.UnixBind.place(a)
			p.proxy.Binds = append(p.proxy.Binds, bind)
		}
	}
	failed := p.bindParameters(s, 1, settings)
	if failed == nil {
		return
	}
	// What it lacks because it was not read to its end is not to be reported as well.
	p.proxy.Binds = slices.DeleteFunc(p.proxy.Binds, func(b Bind) bool { return b.BindSettings == settings })
	where := "'bind " + s.Argument(0) + "' in section '" + p.section.Header.Keyword() + "'"
	if failed.reason == "" {
		p.report(syntax.Alert, failed.At, s.Keyword(), "%s: unknown keyword '%s'%s",
			where, failed.Text, cmp.Or(nearest.Suggestion(failed.Text, bindNames), "."))
		return
	}
	p.report(syntax.Alert, failed.At, s.Keyword(), "%s : %s", where, failed.reason)
}

// parameterError is what is wrong with a parameter.
type parameterError struct {
	syntax.Word        // its name
	reason      string // "" when there is no such parameter
}

// bindParameters reads the parameters from argument i on, up to the first that is wrong.
func (p *parser) bindParameters(s syntax.Statement, i int, into *BindSettings) *parameterError {
	for ; i < len(s.Words)-1; i++ {
		word := s.Words[i+1]
		row := slices.IndexFunc(bindRows, func(r bindRow) bool { return r.name == word.Text })
		if row < 0 {
			return &parameterError{word, ""}
		}
		r := bindRows[row]
		if r.support == Refused {
			return &parameterError{word, "'" + r.name + "' " + r.refusal + "."}
		}
		value := ""
		if r.missing != "" {
			i++
			if value = s.Argument(i); value == "" {
				return &parameterError{word, "'" + r.name + "' : " + r.missing}
			}
		}
		if r.set == nil {
			continue
		}
		if err := r.set(&bindReader{p, s, into}, value); err != nil {
			return &parameterError{word, about(r.name, err)}
		}
	}
	return nil
}

// ownWords is an error that HAProxy reports without the name of the parameter.
type ownWords string

func (e ownWords) Error() string { return string(e) }

// about puts the name of a parameter before what is wrong with it.
func about(parameter string, err error) string {
	if own := ownWords(""); errors.As(err, &own) {
		return string(own)
	}
	return "'" + parameter + "' " + err.Error()
}

// bindNames yields the names that a parameter can have.
func bindNames(yield func(string) bool) {
	for _, r := range bindRows {
		if !yield(r.name) {
			return
		}
	}
}
