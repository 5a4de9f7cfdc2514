package cache

import (
	"strings"

	"tidelock/proxy/message"
)

// lookup is what a cache knows of a request.
type lookup struct {
	cache *Cache
	key   string
	// deliver: the request may be answered from the cache. keep: the response to it may be kept. change: the request, if
	// it succeeds, changes what was kept.
	deliver, keep, change bool

	acceptEncoding, referer string
}

// newLookup finds out what a cache may do for a request, nil for nothing.
func newLookup(c *Cache, r *message.Message) *lookup {
	host := r.Find("host", -1)
	if host < 0 {
		return nil
	}
	l := &lookup{cache: c}
	switch string(r.Method()) {
	case "GET":
		l.deliver, l.keep = true, true
	case "HEAD":
		l.deliver = true
	case "OPTIONS", "TRACE", "CONNECT":
		return nil
	default:
		l.change = true
	}
	l.key = string(r.Value(host)) + "\x00" + string(r.URI())
	if major, minor := r.Version(); major == 1 && minor < 1 || r.Find("authorization", -1) >= 0 {
		l.deliver, l.keep = false, false
	}
	if wantsFresh(r) {
		l.deliver = false
	}
	if i := r.Find("referer", -1); i >= 0 {
		l.referer = string(r.Value(i))
	}
	l.acceptEncoding = joined(r, "accept-encoding")
	return l
}

// wantsFresh reports whether the client refuses to be given what was kept.
func wantsFresh(r *message.Message) bool {
	found := false
	eachDirective(r, "cache-control", func(name, _ string) {
		found = found || name == "no-cache" || name == "max-age"
	})
	if found || r.Find("cache-control", -1) >= 0 {
		return found
	}
	eachDirective(r, "pragma", func(name, _ string) { found = found || name == "no-cache" })
	return found
}

// joined returns the values of a header as one list.
func joined(m *message.Message, name string) string {
	var list []string
	for i := m.Find(name, -1); i >= 0; i = m.Find(name, i) {
		list = append(list, string(m.Value(i)))
	}
	return strings.Join(list, ",")
}

// eachDirective calls f for each "name" or "name=value" of the lists that headers of a name hold, in lower case and
// without quotes.
func eachDirective(m *message.Message, header string, f func(name, value string)) {
	for i := m.Find(header, -1); i >= 0; i = m.Find(header, i) {
		for directive := range strings.SplitSeq(string(m.Value(i)), ",") {
			name, value, _ := strings.Cut(directive, "=")
			f(strings.ToLower(strings.TrimSpace(name)), strings.Trim(strings.TrimSpace(value), `"`))
		}
	}
}
