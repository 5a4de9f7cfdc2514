package proxy

import (
	"errors"
	"fmt"

	"tidelock/proxy/acl"
	"tidelock/proxy/config"
	"tidelock/proxy/config/syntax"
	"tidelock/proxy/sample"
	"tidelock/proxy/server"
	"tidelock/proxy/sticktable"
	"tidelock/proxy/stream"
	"tidelock/proxy/value"
)

// stickRule is a compiled stick line: which key of an exchange belongs to an entry of a table.
type stickRule struct {
	key       *sample.Expression
	table     *sticktable.Table
	condition *acl.Condition
}

// stickRules are a section's by what they do.
type stickRules struct{ match, storeRequest, storeResponse []*stickRule }

// stick compiles a stick line. "on" means both "match" and "store-request".
func (l *ruleList) stick(r config.Rule) {
	what := r.Set[len("stick "):]
	phase := sample.ServerChoice
	if what == "store-response" {
		phase = sample.StoreResponse
	}
	rule, err := l.compileStick(r, phase)
	if err != nil {
		l.fail(err, r, "'stick': %s", sentence(err))
		return
	}
	s := &l.rules.stick
	switch what {
	case "match":
		s.match = append(s.match, rule)
	case "on":
		s.match = append(s.match, rule)
		s.storeRequest = append(s.storeRequest, rule)
	case "store-request":
		s.storeRequest = append(s.storeRequest, rule)
	case "store-response":
		s.storeResponse = append(s.storeResponse, rule)
	}
}

func (l *ruleList) compileStick(r config.Rule, phase sample.Phase) (*stickRule, error) {
	k := l.compiler(l.section, phase, r.At, r.Folder)
	words := syntax.Texts(r.Words)
	key, n, err := k.ParseAvailable(words)
	if err != nil {
		return nil, err
	}
	rule := &stickRule{key: key}
	name := stickTable(words[n:], l.section.Name)
	if n < len(words) && words[n] == "table" {
		if n += 2; n > len(words) {
			return nil, errors.New("missing table name")
		}
	}
	if rule.table = l.tables.Named(name); rule.table == nil {
		return nil, fmt.Errorf("unable to find stick-table '%s'", name)
	}
	if !value.Castable(key.Output(), rule.table.Type.Kind()) {
		return nil, fmt.Errorf("type of pattern not usable with type of stick-table '%s'", name)
	}
	if rule.condition, err = l.acls.Condition(k, words[n:]); err != nil {
		return nil, fmt.Errorf("error detected while parsing sticking condition : %w", err)
	}
	return rule, nil
}

// stickTable returns the name of the table that a stick line refers to; words are those behind its pattern.
func stickTable(words []string, own string) string {
	if len(words) > 1 && words[0] == "table" {
		return words[1]
	}
	return own
}

// keyOf returns the key of an exchange, appended to b, or false where the rule does not apply.
func (r *stickRule) keyOf(c *sample.Context, b []byte) ([]byte, bool) {
	if !r.condition.Holds(c) {
		return nil, false
	}
	return r.table.AppendKey(b, r.key.Eval(c), &c.Scratch)
}

// install gives a backend what its stick rules do.
func (s *stickRules) install(b *server.Backend) {
	if len(s.match) > 0 {
		b.Stick = s.remembered(b)
	}
	b.RememberRequest = rememberer(s.storeRequest, sample.ServerChoice)
	b.RememberResponse = rememberer(s.storeResponse, sample.StoreResponse)
}

// remembered returns what finds the server that an exchange was sent to before. A table may be shared: a server of
// another backend counts by its name, or else its number.
func (s *stickRules) remembered(b *server.Backend) func(*stream.Stream) *server.Server {
	return func(st *stream.Stream) *server.Server {
		c := sample.Acquire(st, sample.ServerChoice)
		defer c.Release()
		for _, r := range s.match {
			var buffer [64]byte
			key, applies := r.keyOf(c, buffer[:0])
			if !applies {
				continue
			}
			if e := r.table.Match(key); e != nil {
				id, name := e.Server()
				servers := b.Roster()
				if one := servers.Named(name); one != nil {
					return one
				}
				if one := servers.Numbered(id); one != nil {
					return one
				}
			}
		}
		return nil
	}
}

// rememberer returns what notes the keys of rules in a stream, nil without any.
func rememberer(rules []*stickRule, phase sample.Phase) func(*stream.Stream) {
	if len(rules) == 0 {
		return nil
	}
	return func(st *stream.Stream) {
		c := sample.Acquire(st, phase)
		defer c.Release()
		for _, r := range rules {
			if st.Stores(r.table) {
				continue
			}
			var buffer [64]byte
			if key, applies := r.keyOf(c, buffer[:0]); applies {
				st.Store(r.table, key)
			}
		}
	}
}
