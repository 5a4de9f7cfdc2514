package command

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"tidelock/proxy/pattern"
	"tidelock/proxy/runtime"
	"tidelock/proxy/value"
)

// Patterns returns the commands about the sets of patterns of maps and of ACLs.
func Patterns(sets *pattern.Sets) []runtime.Command {
	m := &patternCommands{sets: sets, word: "map", title: "map", used: (*pattern.Set).UsedByMap}
	a := &patternCommands{sets: sets, word: "acl", title: "ACL", used: (*pattern.Set).UsedByACL}
	return []runtime.Command{
		{Words: "add acl", Usage: "add acl [@<ver>] <acl> <pattern>", Help: "add an acl entry", Run: a.addPattern},
		{Words: "add map", Usage: "add map [@<ver>] <map> <key> <val>", Help: "add a map entry (payload supported instead of key/val)", Run: m.addPair},
		{Words: "clear acl", Usage: "clear acl [@<ver>] <acl>", Help: "clear the contents of this acl", Run: a.clear},
		{Words: "clear map", Usage: "clear map [@<ver>] <map>", Help: "clear the contents of this map", Run: m.clear},
		{Words: "commit acl", Usage: "commit acl @<ver> <acl>", Help: "commit the ACL at this version", Run: a.commit},
		{Words: "commit map", Usage: "commit map @<ver> <map>", Help: "commit the map at this version", Run: m.commit},
		{Words: "del acl", Usage: "del acl <acl> [<key>|#<ref>]", Help: "delete acl entries matching <key>", Run: a.remove},
		{Words: "del map", Usage: "del map <map> [<key>|#<ref>]", Help: "delete map entries matching <key>", Run: m.remove},
		{Words: "get acl", Usage: "get acl <acl> <value>", Help: "report the patterns matching a sample for an ACL", Run: a.get},
		{Words: "get map", Usage: "get map <acl> <value>", Help: "report the keys and values matching a sample for a map", Run: m.get},
		{Words: "prepare acl", Usage: "prepare acl <acl>", Help: "prepare a new version for atomic ACL replacement", Run: a.prepare},
		{Words: "prepare map", Usage: "prepare map <acl>", Help: "prepare a new version for atomic map replacement", Run: m.prepare},
		{Words: "set map", Usage: "set map <map> [<key>|#<ref>] <value>", Help: "modify a map entry", Run: m.set},
		{Words: "show acl", Usage: "show acl [@<ver>] <acl>]", Help: "report available acls or dump an acl's contents", Run: a.show},
		{Words: "show map", Usage: "show map [@ver] [map]", Help: "report available maps or dump a map's contents", Run: m.show},
	}
}

// patternCommands are those of one kind of use. As in HAProxy every level may change sets, and what only adds or finds
// takes sets of the other kind too.
type patternCommands struct {
	sets        *pattern.Sets
	word, title string
	used        func(*pattern.Set) bool
}

// version takes "@<version>" from the front of the arguments. What is no number counts as 0.
func version(arguments []string) (v uint32, given bool, rest []string) {
	if len(arguments) == 0 || !strings.HasPrefix(arguments[0], "@") {
		return 0, false, arguments
	}
	n, _ := strconv.ParseUint(arguments[0][1:], 10, 32)
	return uint32(n), true, arguments[1:]
}

// find returns the set that an identifier names, or says that there is none.
func (p *patternCommands) find(c *runtime.Call, identifier string, any bool) *pattern.Set {
	set := p.sets.Find(identifier)
	if set == nil || !any && !p.used(set) {
		c.Fail("Unknown %s identifier. Please use #<id> or <file>.", p.title)
		return nil
	}
	return set
}

// answer reports the outcome of a change.
func (p *patternCommands) answer(c *runtime.Call, err error) {
	switch {
	case err == nil:
	case errors.Is(err, pattern.ErrFutureVersion):
		c.Fail("Version number in the future, please use 'prepare %s' before.", p.word)
	case errors.Is(err, pattern.ErrVersionRange):
		c.Fail("Version number out of range.")
	default:
		c.Fail("%s.", strings.TrimSuffix(err.Error(), "."))
	}
}

// show map|acl [[@<version>] <identifier>]
func (p *patternCommands) show(c *runtime.Call) {
	v, given, rest := version(c.Args)
	if len(c.Args) == 0 {
		p.list(c)
		return
	}
	identifier := ""
	if len(rest) > 0 {
		identifier = rest[0]
	}
	set := p.find(c, identifier, false)
	if set == nil {
		return
	}
	if !given {
		v = set.Current()
	}
	for e := range set.Entries(v) {
		format := "0x%012x %s\n"
		arguments := []any{e.Ref(), e.Key()}
		if value := e.Value(); value != nil {
			format, arguments = "0x%012x %s %s\n", append(arguments, value)
		}
		if _, err := fmt.Fprintf(c, format, arguments...); err != nil {
			return
		}
	}
}

func (p *patternCommands) list(c *runtime.Call) {
	c.Printf("# id (file) description\n")
	for _, set := range p.sets.All() {
		if p.used(set) {
			s := set.State()
			c.Printf("%d (%s) %s. curr_ver=%d next_ver=%d entry_cnt=%d\n",
				set.Number(), set.Name(), s.Description, s.Current, s.Next, s.Entries)
		}
	}
}

// get map|acl <identifier> <value>
func (p *patternCommands) get(c *runtime.Call) {
	if len(c.Args) < 2 {
		c.Fail("Missing %s identifier and/or key.", p.title)
		return
	}
	set := p.find(c, c.Args[0], true)
	if set == nil {
		return
	}
	var scratch value.Scratch
	for _, x := range set.Indexes() {
		found := x.Find(value.Text([]byte(c.Args[1])), &scratch)
		line := "type=" + x.Method().Name + ", case=sensitive"
		if x.Fold() {
			line = "type=" + x.Method().Name + ", case=insensitive"
		}
		result := "found"
		if p.word == "acl" {
			result = "match"
		}
		if found == nil {
			c.Printf("%s, %s=no\n", line, result)
			continue
		}
		idx := "list"
		if x.Method().Tree || x.Method().Always {
			idx = "tree"
		}
		line += ", " + result + "=yes, idx=" + idx + p.describe(set, x, found)
		c.Printf("%s\n", line)
	}
}

// describe returns the end of the line about a match.
func (p *patternCommands) describe(set *pattern.Set, x *pattern.Index, found *pattern.Entry) string {
	switch {
	case p.word == "acl" && x.Method().Always:
		return ", pattern=unknown"
	case p.word == "acl":
		return ", pattern=\"" + found.Key() + "\""
	case x.Method().Always:
		return ", key=unknown, value=none"
	case found.Value() == nil:
		return ", key=\"" + found.Key() + "\", value=none"
	}
	v := set.Output().Value(found)
	kind := v.Kind.String()
	if v.Kind == value.Address {
		kind = "ipv6"
		if v.Addr.Is4() {
			kind = "ipv4"
		}
	}
	return ", key=\"" + found.Key() + "\", value=\"" + string(v.AppendText(nil)) + "\", type=\"" + kind + "\""
}

// clear map|acl [@<version>] <identifier>
func (p *patternCommands) clear(c *runtime.Call) {
	v, given, rest := version(c.Args)
	if len(rest) == 0 {
		c.Fail("Missing %s identifier.", p.title)
		return
	}
	set := p.find(c, rest[0], false)
	switch {
	case set == nil:
	case given:
		set.Clear(v)
	default:
		set.ClearCurrent()
	}
}

// prepare map|acl <identifier>
func (p *patternCommands) prepare(c *runtime.Call) {
	if set := p.find(c, c.Arg(0), false); set != nil {
		c.Report("New version created: %d", set.Prepare())
	}
}

// commit map|acl @<version> <identifier>
func (p *patternCommands) commit(c *runtime.Call) {
	v, given, rest := version(c.Args)
	switch {
	case !given:
		c.Fail("Missing version number.")
	case len(rest) == 0:
		c.Fail("Missing %s identifier.", p.title)
	default:
		if set := p.find(c, rest[0], false); set != nil {
			p.answer(c, set.Commit(v))
		}
	}
}
