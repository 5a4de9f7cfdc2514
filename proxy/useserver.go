package proxy

import (
	"strings"

	"tidelock/proxy/acl"
	"tidelock/proxy/config"
	"tidelock/proxy/config/syntax"
	"tidelock/proxy/logformat"
	"tidelock/proxy/sample"
	"tidelock/proxy/server"
	"tidelock/proxy/stream"
)

// preference is a compiled use-server line.
type preference struct {
	condition *acl.Condition
	name      string
	format    *logformat.Format // names the server when it is not fixed
}

func (l *ruleList) useServer(r config.Rule) {
	name := r.Words[0].Text
	p := preference{name: name}
	k := l.compiler(l.section, sample.ServerChoice, r.At, r.Folder)
	var err error
	if strings.Contains(name, "%") {
		if p.format, err = logformat.Compile(k, name, logformat.Text); err != nil {
			l.fail(err, r, "failed to parse use-server rule '%s' : %s", name, sentence(err))
			return
		}
	} else if !hasServer(l.section, name) {
		l.diags.Alertf(r.At, "%s '%s' : unable to find server '%s' referenced in a 'use-server' rule.", l.section.Kind, l.section.Name, name)
		return
	}
	if p.condition, err = l.acls.Condition(k, syntax.Texts(r.Words[1:])); err != nil {
		l.fail(err, r, "error detected while parsing switching rule : %s", sentence(err))
		return
	}
	l.rules.preferences = append(l.rules.preferences, p)
}

func hasServer(section *config.Proxy, name string) bool {
	for _, s := range section.Servers {
		if s.Name == name {
			return true
		}
	}
	return false
}

// preferred returns what names the server that use-server lines ask for, nil without any. The first that holds decides;
// a name that no server has, or one that cannot take traffic, leaves the choice to the others.
func preferred(backend *server.Backend, preferences []preference) func(*stream.Stream) *server.Server {
	if len(preferences) == 0 {
		return nil
	}
	for _, p := range preferences {
		for _, s := range backend.Servers() {
			if p.format == nil && s.Name == p.name {
				s.Pin()
			}
		}
	}
	return func(s *stream.Stream) *server.Server {
		c := sample.Acquire(s, sample.ServerChoice)
		defer c.Release()
		for i := range preferences {
			p := &preferences[i]
			if !p.condition.Holds(c) {
				continue
			}
			if p.format != nil {
				return backend.ServerNamed(string(p.format.Append(c.Output.Buffer(), c)))
			}
			return backend.ServerNamed(p.name)
		}
		return nil
	}
}
