package command

import (
	"strconv"
	"strings"

	"tidelock/proxy/pattern"
	"tidelock/proxy/runtime"
)

// add map [@<version>] <identifier> { <key> <value> | << payload }
func (p *patternCommands) addPair(c *runtime.Call) {
	v, given, rest := version(c.Args)
	if len(rest) < 1 || len(rest) < 3 && !c.HasPayload {
		c.Fail("'add map' expects three parameters (map identifier, key and value) or one parameter (map identifier) and a payload")
		return
	}
	set := p.find(c, rest[0], true)
	if set == nil {
		return
	}
	if !given {
		v = set.Current()
	}
	if !c.HasPayload {
		p.answer(c, set.AddVersion(v, rest[1], []byte(rest[2])))
		return
	}
	for line := range strings.Lines(c.Payload) {
		key, value, ok := cutWord(strings.TrimRight(line, "\r\n"))
		if !ok {
			c.Fail("Missing value for key '%s'.", key)
			return
		}
		if err := set.AddVersion(v, key, []byte(value)); err != nil {
			p.answer(c, err)
			return
		}
	}
}

// cutWord cuts a line around the blanks after its first word.
func cutWord(line string) (word, rest string, found bool) {
	i := strings.IndexAny(line, " \t")
	if i < 0 {
		return line, "", false
	}
	rest = strings.TrimLeft(line[i:], " \t")
	return line[:i], rest, rest != ""
}

// add acl [@<version>] <identifier> <pattern>
func (p *patternCommands) addPattern(c *runtime.Call) {
	v, given, rest := version(c.Args)
	if len(rest) < 2 {
		c.Fail("'add acl' expects two parameters: ACL identifier and pattern.")
		return
	}
	set := p.find(c, rest[0], false)
	switch {
	case set == nil:
		return
	case set.Pairs():
		c.Fail("This ACL is shared with a map containing samples. You must use the command 'add map' to add values.")
		return
	case !given:
		v = set.Current()
	}
	p.answer(c, set.AddVersion(v, rest[1], nil))
}

// set map <identifier> { <key> | #<reference> } <value>
func (p *patternCommands) set(c *runtime.Call) {
	if len(c.Args) < 3 {
		c.Fail("'set map' expects three parameters: map identifier, key and value.")
		return
	}
	set := p.find(c, c.Args[0], true)
	if set == nil {
		return
	}
	ref, isRef, ok := reference(c.Args[1])
	switch {
	case !ok:
		malformed(c)
	case isRef:
		p.answer(c, set.UpdateRef(ref, []byte(c.Args[2])))
	default:
		p.answer(c, set.Update(c.Args[1], []byte(c.Args[2])))
	}
}

// del map|acl <identifier> { <key> | #<reference> }
func (p *patternCommands) remove(c *runtime.Call) {
	if len(c.Args) < 2 {
		c.Fail("This command expects two parameters: %s identifier and key.", p.title)
		return
	}
	set := p.find(c, c.Args[0], false)
	if set == nil {
		return
	}
	ref, isRef, ok := reference(c.Args[1])
	switch {
	case !ok:
		malformed(c)
	case !deleted(set, c.Args[1], ref, isRef):
		c.Fail("Key not found.")
	}
}

func deleted(set *pattern.Set, key string, ref uint64, isRef bool) bool {
	if isRef {
		return set.DeleteRef(ref)
	}
	return set.Delete(key) > 0
}

// reference reads "#" and a number, which names an entry. What begins otherwise is a pattern; ok is false for neither.
func reference(text string) (ref uint64, isRef, ok bool) {
	digits, marked := strings.CutPrefix(text, "#")
	if !marked || digits == "" || digits[0] < '0' || digits[0] > '9' {
		return 0, false, true
	}
	ref, err := strconv.ParseUint(digits, 0, 64)
	return ref, true, err == nil
}

func malformed(c *runtime.Call) { c.Fail("Malformed identifier. Please use #<id> or <file>.") }
