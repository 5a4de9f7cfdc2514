package proxy

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"tidelock/proxy/cache"
	"tidelock/proxy/config"
	"tidelock/proxy/config/syntax"
	"tidelock/proxy/filter"
)

// filterKind is a kind of filters that a configuration can name.
type filterKind struct {
	name, label string
	make        func(b *builder, section *config.Proxy, words []string) (filter.Filter, error)
}

// filterKinds is the registry of filters; those that scripts register come after it.
var filterKinds = []filterKind{
	{"cache", "CACHE", (*builder).cacheFilter},
	{"compression", "COMP", (*builder).compressionFilter},
	{"trace", "TRACE", (*builder).traceFilter},
}

// ScriptFilters is what Scripts may offer besides: filters.
type ScriptFilters interface {
	// Filters returns the names of the filters registered.
	Filters() []string
	// BindFilter is called for each filter line that names one, with the arguments that stand there.
	BindFilter(name string, arguments []string) (filter.Filter, error)
}

// errMisplaced is an error about a whole section, which HAProxy words without a position.
type errMisplaced struct{ text string }

// Error implements error.
func (e *errMisplaced) Error() string { return e.text }

// unknownFilterWord is an error about an argument, which HAProxy words without the quotes around it.
type unknownFilterWord struct{ kind, word string }

// Error implements error.
func (e *unknownFilterWord) Error() string {
	return fmt.Sprintf("'filter %s' : unknown keyword '%s'.", e.kind, e.word)
}

// filtersOf returns the filters of a section.
func (b *builder) filtersOf(section *config.Proxy) []filter.Filter {
	var list []filter.Filter
	for _, line := range section.Filters {
		f, err := b.newFilter(section, syntax.Texts(line.Words))
		var misplaced *errMisplaced
		var unknown *unknownFilterWord
		switch {
		case err == nil:
			list = append(list, f)
		case errors.As(err, &misplaced):
			b.diags.Alertf(syntax.Position{}, "config: proxy '%s': %s.", section.Name, err)
		case errors.As(err, &unknown):
			b.diags.Alertf(line.At, "%s", err)
		default:
			b.diags.Alertf(line.At, "'filter' : %s", err)
		}
	}
	if len(list) < len(section.Filters) {
		return nil
	}
	return b.withImplicitFilters(section, list)
}

func (b *builder) newFilter(section *config.Proxy, words []string) (filter.Filter, error) {
	if i := slices.IndexFunc(filterKinds, func(k filterKind) bool { return k.name == words[0] }); i >= 0 {
		return filterKinds[i].make(b, section, words)
	}
	scripts, _ := b.scripts.(ScriptFilters)
	if name, is := strings.CutPrefix(words[0], "lua."); is && scripts != nil && slices.Contains(scripts.Filters(), name) {
		return scripts.BindFilter(name, words[1:])
	}
	var known strings.Builder
	for _, k := range filterKinds {
		fmt.Fprintf(&known, "\n    [%4s] %s", k.label, k.name)
	}
	if scripts != nil {
		for _, name := range scripts.Filters() {
			fmt.Fprintf(&known, "\n    [HLUA] lua.%s", name)
		}
	}
	return nil, fmt.Errorf("unknown keyword '%s'. Registered keywords :%s", words[0], known.String())
}

// withImplicitFilters adds the filters that other keywords ask for: that of compression, for sections that have no others
// but the cache's. Where there are others, its place among them has to be told.
func (b *builder) withImplicitFilters(section *config.Proxy, list []filter.Filter) []filter.Filter {
	has := func(name string) int {
		return slices.IndexFunc(section.Filters, func(f config.Filter) bool { return f.Words[0].Text == name })
	}
	compression, cached := has("compression"), has("cache")
	if compression >= 0 && compression < cached {
		b.diags.Alertf(syntax.Position{}, "config: proxy '%s': unable to enable the compression filter before any cache filter.", section.Name)
		b.diags.Alertf(syntax.Position{}, "config: proxy '%s': unable to enable the compression filter before the cache '%s'.", section.Name, section.Filters[cached].Words[1].Text)
	}
	if !section.Compression.Wanted() || section.Mode != config.ModeHTTP || compression >= 0 {
		return list
	}
	for _, f := range section.Filters {
		if f.Words[0].Text != "cache" {
			b.diags.Alertf(syntax.Position{}, "config: proxy '%s': require an explicit filter declaration to use HTTP compression", section.Name)
			return list
		}
	}
	return append(list, b.newCompression(section))
}

// filter cache <name>
func (b *builder) cacheFilter(_ *config.Proxy, words []string) (filter.Filter, error) {
	if len(words) < 2 {
		return nil, errors.New("'cache : expects a <name> argument'")
	}
	c := b.caches[words[1]]
	if c == nil {
		return nil, &errMisplaced{fmt.Sprintf("unable to find the cache '%s' referenced by the filter 'cache'", words[1])}
	}
	return cache.Filter{Cache: c}, nil
}

// filter trace [name <name>] [quiet] [random-forwarding] [hexdump]
func (b *builder) traceFilter(section *config.Proxy, words []string) (filter.Filter, error) {
	t := &filter.Trace{Name: "TRACE", Proxy: section.Name, Side: "frontend", Output: b.options.Console}
	if section.Kind == config.Backend {
		t.Side = "backend"
	}
	for i := 1; i < len(words); i++ {
		switch words[i] {
		case "name":
			if i++; i == len(words) {
				return nil, errors.New("''trace' : 'name' option without value'")
			}
			t.Name = words[i]
		case "quiet":
			t.Quiet = true
		case "random-forwarding":
			t.RandomForward = true
		case "hexdump":
			t.Hexdump = true
		default:
			return nil, &unknownFilterWord{words[0], words[i]}
		}
	}
	return t, nil
}
