package config

import (
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"tidelock/proxy/config/syntax"
	"tidelock/proxy/nearest"
)

// Bind is one address that a frontend listens on.
type Bind struct {
	Address    Address
	Name       string
	V6Only     bool        // an IPv6 address takes no IPv4 clients
	Permission fs.FileMode // of a unix socket, 0 leaves it to the umask
	Text       string      // the address as written
	At         syntax.Position
}

// bindParameters are the parameters of bind that have a parse function.
var bindParameters = map[string]func(b *Bind, value string) bool{
	"name": func(b *Bind, value string) bool { b.Name = value; return value != "" },
	"mode": func(b *Bind, value string) bool {
		mode, err := strconv.ParseUint(value, 8, 9)
		b.Permission = fs.FileMode(mode)
		return err == nil
	},
	// These have a value and nothing to do here.
	"backlog": func(*Bind, string) bool { return true },
	"id":      func(*Bind, string) bool { return true },
	"level":   func(*Bind, string) bool { return true },
	"nice":    func(*Bind, string) bool { return true },
	"process": func(*Bind, string) bool { return true },
	"thread":  func(*Bind, string) bool { return true },
}

// bindFlags are the parameters of bind without a value.
var bindFlags = map[string]func(*Bind){
	"v4v6": func(b *Bind) { b.V6Only = false }, "v6only": func(b *Bind) { b.V6Only = true },
	// Hints to the kernel, without which nothing but timing changes.
	"defer-accept": func(*Bind) {}, "tfo": func(*Bind) {},
}

// bindRefused are parameters without which the traffic would not be what the configuration asks for.
var bindRefused = []string{
	"accept-netscaler-cip", "accept-proxy", "alpn", "ca-file", "ca-ignore-err", "ca-sign-file", "ciphers", "ciphersuites", "crl-file",
	"crt", "crt-ignore-err", "crt-list", "curves", "ecdhe", "expose-fd", "force-sslv3", "force-tlsv10", "force-tlsv11", "force-tlsv12",
	"force-tlsv13", "generate-certificates", "gid", "group", "interface", "maxconn", "mss", "namespace", "no-alpn", "no-ca-names", "no-sslv3",
	"no-tls-tickets", "no-tlsv10", "no-tlsv11", "no-tlsv12", "no-tlsv13", "npn", "prefer-client-ciphers", "proto", "severity-output",
	"ssl", "ssl-max-ver", "ssl-min-ver", "strict-sni", "tcp-ut", "tls-ticket-keys", "transparent", "uid", "user", "verify",
}

// bind <address>[:<port>[-<port>]][,...] [<parameter>...]
func parseBind(p *parser, s syntax.Statement) {
	if s.Argument(0) == "" {
		p.failf(s, "'bind' expects {<path>|[addr1]:port1[-end1]}{,[addr]:port[-end]}... as arguments.")
		return
	}
	bind := Bind{Text: s.Argument(0), At: s.At()}
	for _, address := range strings.Split(s.Argument(0), ",") {
		addresses, err := parseAddress(address, portPolicy{mandatory: true, ranges: true, listen: true})
		if err != nil {
			p.failf(s, "'bind' : %s", err)
			return
		}
		for _, bind.Address = range addresses {
			p.proxy.Binds = append(p.proxy.Binds, bind)
		}
	}
	binds := p.proxy.Binds[slices.IndexFunc(p.proxy.Binds, func(b Bind) bool { return b.At == s.At() }):]
	p.bindParameters(s, binds)
}

// bindParameters applies what follows the addresses to each of the binds.
func (p *parser) bindParameters(s syntax.Statement, binds []Bind) {
	for i := 1; i < len(s.Words)-1; i++ {
		name := s.Argument(i)
		if flag, known := bindFlags[name]; known {
			for j := range binds {
				flag(&binds[j])
			}
			continue
		}
		parse, known := bindParameters[name]
		if !known {
			where := "'bind " + s.Argument(0) + "' in section '" + p.section.Header.Keyword() + "'"
			p.unknownParameter(s, s.Words[i+1], where, bindRefused, names(bindFlags, bindParameters))
			return
		}
		i++
		for j := range binds {
			if !parse(&binds[j], s.Argument(i)) {
				p.failf(s, "'bind %s' : '%s' expects a valid argument, but got '%s'.", s.Argument(0), name, s.Argument(i))
				return
			}
		}
	}
}

// unknownParameter reports a parameter of bind or server that has no row.
func (p *parser) unknownParameter(s syntax.Statement, parameter syntax.Word, where string, refused, known []string) {
	reason := where + ": unknown keyword '" + parameter.Text + "'" + nearest.Suggestion(parameter.Text, slices.Values(slices.Concat(known, refused)))
	if slices.Contains(refused, parameter.Text) {
		reason = where + ": '" + parameter.Text + "' is not supported yet by this version."
	}
	p.report(syntax.Alert, parameter.At, s.Keyword(), "%s", reason)
}

// names returns the sorted keys of two registries of parameters.
func names[A, B any](flags map[string]A, valued map[string]B) []string {
	var all []string
	for name := range flags {
		all = append(all, name)
	}
	for name := range valued {
		all = append(all, name)
	}
	slices.Sort(all)
	return all
}
