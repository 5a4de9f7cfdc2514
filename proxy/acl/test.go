package acl

import (
	"fmt"
	"strings"

	"tidelock/proxy/pattern"
	"tidelock/proxy/sample"
	"tidelock/proxy/value"
)

// test compares the samples of an expression with patterns. It is immutable; the patterns may change while it is used.
type test struct {
	expression *sample.Expression
	patterns   []*pattern.Index // one for each file, then one for those in the configuration
}

// holds reports whether one of the samples matches. What does not exist in the current phase has no samples, even if
// memory of it is still there.
func (t *test) holds(c *sample.Context) bool {
	if !t.expression.AvailableIn(c.Phase) {
		return false
	}
	c.Cursor = sample.Cursor{}
	for {
		v, done := t.expression.Next(c, &c.Cursor)
		if done {
			return false
		}
		if v.Valid() && t.matches(c, v) {
			return true
		}
	}
}

func (t *test) matches(c *sample.Context, v value.Value) bool {
	for _, x := range t.patterns {
		if x.Find(v, &c.Scratch) != nil {
			return true
		}
	}
	return false
}

// compileTest compiles "<criterion> [flags] [operator] [<value>] ...".
//
// Errors are of type *sample.Error.
func compileTest(k *sample.Compiler, words []string) (*test, error) {
	if len(words) == 0 {
		return nil, &sample.Error{Text: "missing fetch method in ACL"}
	}
	criterion, method := resolve(words[0])
	e, n, err := k.Parse(append([]string{criterion}, words[1:]...))
	if err != nil {
		if e := err.(*sample.Error); e.Word == 0 {
			e.Offset = min(e.Offset, len(words[0]))
		}
		return nil, err
	}
	if method == nil {
		method = defaultMethods[e.Output()]
	}
	name, _, _ := strings.Cut(words[0], ",")
	name, _, _ = strings.Cut(name, "(")
	p := patternParser{compiler: k, words: words, at: n, keyword: name, method: method, number: -1}
	if err := p.parse(); err != nil {
		return nil, &sample.Error{Word: min(p.at, len(words)-1), Text: err.Error()}
	}
	return &test{e, p.found}, nil
}

// defaultMethods are those of samples whose kind implies one.
var defaultMethods = map[value.Kind]*pattern.Method{
	value.Boolean: pattern.Bool, value.Integer: pattern.Int, value.Address: pattern.IP, value.String: pattern.Str, value.Method: pattern.Meth,
}

// resolve turns a keyword that implies a method, such as hdr_end(host), into its fetch and that method.
func resolve(criterion string) (fetch string, method *pattern.Method) {
	end := strings.IndexAny(criterion, "(,")
	if end < 0 {
		end = len(criterion)
	}
	k, ok := keywords[criterion[:end]]
	if !ok {
		return criterion, nil
	}
	rest := criterion[end:]
	if hasConverter(rest) {
		k.method = nil
	}
	return k.fetch + rest, k.method
}

// hasConverter reports whether a comma follows the arguments.
func hasConverter(rest string) bool {
	if !strings.HasPrefix(rest, "(") {
		return rest != "" && rest != ","
	}
	closing := strings.LastIndexByte(rest, ')')
	return strings.Contains(rest[:closing+1], "),") || len(rest) > closing+2
}

// errNoMethod is the error for a sample whose kind implies no method.
func errNoMethod(keyword string) error {
	return fmt.Errorf("matching method must be specified first (using '-m') when using a sample fetch of this type ('%s')", keyword)
}
