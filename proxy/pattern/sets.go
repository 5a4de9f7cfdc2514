package pattern

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Sets holds the sets of one configuration. It is filled while that is compiled.
type Sets struct {
	// Resolve finds the addresses of names in patterns; nil finds none.
	Resolve Resolver

	mu       sync.Mutex
	files    map[string]*Set // by the names that the configuration gives them; guarded by mu
	explicit map[int]*Set    // by the numbers that it gives; guarded by mu
	all      []*Set          // guarded by mu; in the order of their numbers once Number has run
	places   map[*Set]Place  // where each was first used; guarded by mu
	named    []*Reference    // guarded by mu
}

// Reference names a file whose set the configuration may mention later.
type Reference struct {
	name string
	set  *Set
}

// Set returns the set, or nil when nobody loads the file. Before Number has run it returns nil too.
func (r *Reference) Set() *Set { return r.set }

// Reference returns a reference to a file.
func (s *Sets) Reference(name string) *Reference {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := &Reference{name: name}
	s.named = append(s.named, r)
	return r
}

// Place is where the configuration uses a set.
type Place struct {
	File string
	Line int
	// Order is the place of the section among those of the configuration, which need not be compiled in their order.
	Order int
}

func (p Place) String() string { return fmt.Sprintf("file '%s' line %d", p.File, p.Line) }

// ReadFile returns the content of a file.
type ReadFile func(name string) ([]byte, error)

// Request is what an ACL or a map wants of a set.
type Request struct {
	Method  *Method
	Fold    bool // ignore the case of letters
	NoNames bool // refuse names in the place of addresses
	Place   Place
}

// ACLFile returns the index of a file for an ACL. Pairs says that its lines have values too (flag -M).
//
// Errors: the file cannot be read, a pattern is none, or the file is used otherwise elsewhere. The text is HAProxy's.
func (s *Sets) ACLFile(name string, pairs bool, read ReadFile, r Request) (*Index, error) {
	set, err := s.load(name, pairs, read, r.Place)
	if err != nil {
		return nil, err
	}
	set.use("acl", r.Place)
	set.acl = true
	return s.index(set, r)
}

// Map returns the index of a file for a map with values of a kind. Errors are like those of ACLFile.
func (s *Sets) Map(name string, output Output, read ReadFile, r Request) (*Index, error) {
	set, err := s.load(name, true, read, r.Place)
	if err != nil {
		return nil, err
	}
	for e := range set.Entries(set.current) {
		if !output.check(e.Value()) {
			return nil, fmt.Errorf("unable to parse '%s' at line %d of file '%s'", e.Value(), e.ref, name)
		}
	}
	set.use("map", r.Place)
	set.mapped = true
	set.outputs = append(set.outputs, output)
	return s.index(set, r)
}

// Inline returns the index of patterns that stand in the configuration. Keyword is the ACL's criterion; a number that is
// not negative names the set at run time.
//
// Errors: an *EntryError says which pattern is none; others concern the number.
func (s *Sets) Inline(keyword string, number int, patterns []string, r Request) (*Index, error) {
	set := s.add(&Set{acl: true, number: -1, description: fmt.Sprintf("acl '%s' %s", keyword, r.Place)}, r.Place)
	if number >= 0 {
		if err := s.reserve(number, set); err != nil {
			return nil, err
		}
	}
	entries := make([]*Entry, len(patterns))
	for i, text := range patterns {
		entries[i] = &Entry{key: text, ref: uint64(i + 1)}
	}
	set.fill(entries, uint64(len(entries)))
	return set.index(r.Method, r.Fold, s.resolver(r))
}

func (s *Sets) resolver(r Request) Resolver {
	if r.NoNames {
		return nil
	}
	return s.Resolve
}

// index returns an index of a file's set.
func (s *Sets) index(set *Set, r Request) (*Index, error) {
	x, err := set.index(r.Method, r.Fold, s.resolver(r))
	var faulty *EntryError
	if errors.As(err, &faulty) {
		return nil, fmt.Errorf("%w at line %d of file '%s'", faulty.Err, set.line(faulty.Index), set.name)
	}
	return x, err
}

// load returns the set of a file, which is read when nobody has used it before.
func (s *Sets) load(name string, pairs bool, read ReadFile, place Place) (*Set, error) {
	s.mu.Lock()
	set := s.files[name]
	s.mu.Unlock()
	if set == nil {
		content, err := read(name)
		if err != nil {
			return nil, fmt.Errorf("failed to open pattern file <%s>", name)
		}
		set = s.add(&Set{name: name, pairs: pairs, number: -1}, place)
		set.fill(parseFile(content, pairs))
		return set, nil
	}
	s.mu.Lock()
	s.places[set] = earlier(s.places[set], place)
	s.mu.Unlock()
	switch {
	case pairs && !set.pairs:
		return nil, fmt.Errorf("The file \"%s\" is already used as one column file and cannot be used by as two column file.", name)
	case !pairs && set.pairs:
		return nil, fmt.Errorf("The file \"%s\" is already used as two column file and cannot be used by as one column file.", name)
	}
	return set, nil
}

func (s *Sets) add(set *Set, place Place) *Set {
	set.versions = map[uint32]sequence{}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.places == nil {
		s.files, s.explicit, s.places = map[string]*Set{}, map[int]*Set{}, map[*Set]Place{}
	}
	if set.name != "" {
		s.files[set.name] = set
	}
	s.all = append(s.all, set)
	s.places[set] = place
	return set
}

// reserve gives a set the number that the configuration wants for it.
func (s *Sets) reserve(number int, set *Set) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.explicit[number] != nil {
		return errors.New("the id is already used")
	}
	s.explicit[number], set.number = set, number
	return nil
}

// Number gives numbers to the sets that have none, in the order in which the configuration uses them, and references
// their sets. It is called when all of the configuration is compiled, before any of it is used.
func (s *Sets) Number() {
	s.mu.Lock()
	defer s.mu.Unlock()
	slices.SortStableFunc(s.all, func(a, b *Set) int { return s.places[a].compare(s.places[b]) })
	next := 0
	for _, set := range s.all {
		if set.number >= 0 {
			continue
		}
		for s.explicit[next] != nil {
			next++
		}
		set.number = next
		next++
	}
	slices.SortFunc(s.all, func(a, b *Set) int { return cmp.Compare(a.number, b.number) })
	for _, r := range s.named {
		r.set = s.files[r.name]
	}
}

func (p Place) compare(q Place) int {
	return cmp.Or(cmp.Compare(p.Order, q.Order), cmp.Compare(p.Line, q.Line))
}

func earlier(p, q Place) Place {
	if p.compare(q) <= 0 {
		return p
	}
	return q
}

// All returns the sets in the order of their numbers.
func (s *Sets) All() []*Set {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.all)
}

// Find returns the set that a file name or "#" and a number identify, or nil.
func (s *Sets) Find(identifier string) *Set {
	s.mu.Lock()
	defer s.mu.Unlock()
	digits, numbered := strings.CutPrefix(identifier, "#")
	if !numbered {
		return s.files[identifier]
	}
	number, err := strconv.ParseUint(digits, 10, 31)
	if err != nil {
		return nil
	}
	for _, set := range s.all {
		if set.number == int(number) {
			return set
		}
	}
	return nil
}

// fill gives a new set its entries.
func (s *Set) fill(entries []*Entry, lastRef uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.versions[s.current], s.lastRef = newSequence(entries), lastRef
}

// use notes another use of a file.
func (s *Set) use(kind string, place Place) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.description == "" {
		s.description = fmt.Sprintf("pattern loaded from file '%s' used", s.name)
	} else {
		s.description += ","
	}
	s.description += fmt.Sprintf(" by %s at %s", kind, place)
}

// line returns the line of the entry at an index.
func (s *Set) line(index int) uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.versions[s.current].chunk(index / chunkSize)[index%chunkSize].ref
}
