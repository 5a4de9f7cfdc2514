package pattern

import (
	"tidelock/proxy/value"
)

// Method is a way of comparing samples with patterns (manual, section 7.1, flag -m).
type Method struct {
	Name   string
	Input  value.Kind // what samples are cast to before
	Tree   bool       // whether finding an entry takes no longer when there are more
	Always bool       // whether patterns say nothing: a sample matches by itself
	folds  bool       // whether ignoring case means to compare in lower case

	// arrange returns the structure of entries. Fold ignores the case of ASCII letters.
	arrange func(entries []*Entry, fold bool, resolve Resolver) (structure, error)
}

// structure is the entries of a set arranged for one method. It is immutable.
type structure interface {
	// find returns the entry that a sample of the method's kind matches, or nil: the one with the finest pattern where
	// the method has a tree, else the first.
	find(v value.Value) *Entry
	// with returns a structure with one more entry, behind the others.
	with(e *Entry) (structure, error)
	// without returns a structure without an entry, which is in this one.
	without(e *Entry) structure
}

// keyFinder is a structure that finds entries by their exact pattern.
type keyFinder interface {
	findKey(key string) []*Entry
}

// The methods. Only those of maps and of ACL keywords have names of their own here; others go by MethodNamed.
var (
	Found   = &Method{Name: "found", Input: value.Any, Always: true, arrange: ignoring(func(value.Value) bool { return true })}
	Bool    = &Method{Name: "bool", Input: value.Boolean, Always: true, arrange: ignoring(func(v value.Value) bool { return v.Int != 0 })}
	Int     = &Method{Name: "int", Input: value.Integer, arrange: listing(parseInterval, interval.matches)}
	Version = &Method{Name: "int", Input: value.Integer, arrange: listing(parseVersions, interval.matches)}
	IP      = &Method{Name: "ip", Input: value.Address, Tree: true, arrange: arrangeNetworks}
	Bin     = &Method{Name: "bin", Input: value.Binary, arrange: listing(parseHex, equalBytes)}
	Len     = &Method{Name: "len", Input: value.Any, arrange: listing(parseInterval, interval.matchesLength)}
	Str     = &Method{Name: "str", Input: value.String, Tree: true, folds: true, arrange: arrangeTree(exactly)}
	Beg     = &Method{Name: "beg", Input: value.String, Tree: true, folds: true, arrange: arrangeTree(beginning)}
	End     = &Method{Name: "end", Input: value.String, folds: true, arrange: listing(parseText, endsWith)}
	Sub     = &Method{Name: "sub", Input: value.String, folds: true, arrange: listing(parseText, contains)}
	Dir     = &Method{Name: "dir", Input: value.String, folds: true, arrange: listing(parseDelimited(slashes), delimited(slashes))}
	Dom     = &Method{Name: "dom", Input: value.String, folds: true, arrange: listing(parseDelimited(domains), delimited(domains))}
	Reg     = &Method{Name: "reg", Input: value.String, arrange: arrangeList(parseRegex, matchesRegex)}
	// Regm is Reg for maps whose values take parts of the sample.
	Regm = &Method{Name: "regm", Input: value.String, arrange: arrangeTemplates}
	// Meth compares names of HTTP methods.
	Meth = &Method{Name: "meth", Input: value.Method, Tree: true, folds: true, arrange: arrangeTree(exactly)}
)

// named are the methods that configurations name.
var named = map[string]*Method{}

func init() {
	for _, m := range []*Method{Found, Bool, Int, IP, Bin, Len, Str, Beg, End, Sub, Dir, Dom, Reg, Meth} {
		named[m.Name] = m
	}
}

// MethodNamed returns the method that "-m name" means, or nil.
func MethodNamed(name string) *Method { return named[name] }

// itself is a structure for methods that look at no pattern.
type itself struct{ matches func(value.Value) bool }

// unknownPattern is what such a method finds.
var unknownPattern = &Entry{}

func ignoring(matches func(value.Value) bool) func([]*Entry, bool, Resolver) (structure, error) {
	return func([]*Entry, bool, Resolver) (structure, error) { return itself{matches}, nil }
}

func (s itself) find(v value.Value) *Entry {
	if s.matches(v) {
		return unknownPattern
	}
	return nil
}

func (s itself) with(*Entry) (structure, error) { return s, nil }

func (s itself) without(*Entry) structure { return s }
