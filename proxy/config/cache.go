package config

import (
	"time"

	"tidelock/proxy/config/syntax"
)

// Cache is one cache section (manual, section 6.2.1).
type Cache struct {
	Name                string
	TotalMaxSize        int           // bytes
	MaxObjectSize       int           // bytes
	MaxAge              time.Duration // an object lives no longer, whatever its server says
	ProcessVary         bool
	MaxSecondaryEntries int // for one primary key
	At                  syntax.Position
}

// Cache returns the cache of that name, or nil.
func (c *Configuration) Cache(name string) *Cache {
	if i := named(c.Caches, name, func(c *Cache) string { return c.Name }); i >= 0 {
		return &c.Caches[i]
	}
	return nil
}

// maxCacheSize is the largest total-max-size in MiB.
const maxCacheSize = 4095

var cacheKeywords = []keyword{
	{"total-max-size", inCache, parseCacheSize, Supported},
	{"max-object-size", inCache, cacheNumber("a maximum file size parameter in bytes", 0, func(c *Cache, n int) { c.MaxObjectSize = n }), Supported},
	{"max-age", inCache, parseCacheAge, Supported},
	{"process-vary", inCache, parseProcessVary, Supported},
	{"max-secondary-entries", inCache, cacheNumber("a strictly positive number", 1, func(c *Cache, n int) { c.MaxSecondaryEntries = n }), Supported},
}

// cache <name>
func openCache(p *parser, header syntax.Statement) bool {
	name := header.Argument(0)
	switch {
	case name == "":
		p.failf(header, "'cache' expects a <name> argument")
		return false
	case p.tooMany(header, 1):
		return false
	case p.Configuration.Cache(name) != nil:
		p.failf(header, "Duplicate cache name '%s'.", name)
		return false
	}
	p.Caches = append(p.Caches, Cache{Name: name, MaxAge: time.Minute, MaxSecondaryEntries: 10, At: header.At()})
	return true
}

// total-max-size <MiB>
func parseCacheSize(p *parser, s syntax.Statement) {
	n, ok := decimal(s.Argument(0))
	switch {
	case p.tooMany(s, 1):
	case !ok:
		p.failf(s, "total-max-size wrong value '%s'", s.Argument(0))
	case n > maxCacheSize:
		p.failf(s, "\"total-max-size\" (%d) must not be greater than %d", n, maxCacheSize)
	default:
		last(p.Caches).TotalMaxSize = n << 20
	}
}

// cacheNumber makes the parser of a keyword with a number of at least least; what names it in the error without one.
func cacheNumber(what string, least int, set func(*Cache, int)) parseFunc {
	return func(p *parser, s syntax.Statement) {
		n, ok := decimal(s.Argument(0))
		switch {
		case p.tooMany(s, 1):
		case s.Argument(0) == "":
			p.failf(s, "'%s' expects %s.", s.Keyword(), what)
		case !ok || n < least:
			p.failf(s, "%s wrong value '%s'", s.Keyword(), s.Argument(0))
		default:
			set(last(p.Caches), n)
		}
	}
}

// max-age <seconds>
func parseCacheAge(p *parser, s syntax.Statement) {
	n, ok := decimal(s.Argument(0))
	switch {
	case p.tooMany(s, 1):
	case !ok:
		p.warnf(s, "'max-age' expects an age parameter in seconds.")
	default:
		last(p.Caches).MaxAge = time.Duration(n) * time.Second
	}
}

// process-vary on|off
func parseProcessVary(p *parser, s syntax.Statement) {
	switch value := s.Argument(0); {
	case p.tooMany(s, 1):
	case value != "on" && value != "off":
		p.warnf(s, "'process-vary' expects \"on\" or \"off\" (enable or disable vary processing).")
	default:
		last(p.Caches).ProcessVary = value == "on"
	}
}

// closeCache checks the sizes against each other, and derives the one from the other.
func closeCache(p *parser) {
	cache := last(p.Caches)
	switch largest := cache.TotalMaxSize / 2; {
	case cache.TotalMaxSize == 0 && p.diags.Has(syntax.Alert):
	case cache.TotalMaxSize == 0:
		p.failf(p.section.Header, "Size not specified for cache '%s'", cache.Name)
	case cache.MaxObjectSize > largest:
		p.failf(p.section.Header, "\"max-object-size\" is limited to an half of \"total-max-size\" => %d", largest)
	case cache.MaxObjectSize == 0:
		cache.MaxObjectSize = cache.TotalMaxSize / 256
	}
}
