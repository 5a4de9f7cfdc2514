package cache

import (
	"errors"
	"strconv"
	"time"

	"tidelock/proxy/message"
)

// newEntry returns the entry for a response, nil when it is not to be kept (manual, section 6.1).
func newEntry(l *lookup, r *message.Message, now time.Time) *entry {
	if r.Status() != 200 {
		return nil
	}
	lifetime, ok := l.cache.lifetime(r, now)
	if !ok {
		return nil
	}
	e := &entry{key: l.key, created: now, modified: now}
	if e.variant, ok = l.variantOf(r); !ok {
		return nil
	}
	if seconds, err := strconv.ParseUint(joined(r, "age"), 10, 31); err == nil {
		e.age = time.Duration(seconds) * time.Second
	}
	if lifetime -= e.age; lifetime <= 0 {
		return nil
	}
	e.expires = now.Add(lifetime)
	if i := r.Find("etag", -1); i >= 0 {
		e.etag = string(r.Value(i))
	}
	if at, ok := parseDate(joined(r, "last-modified")); ok {
		e.modified = at
	}
	e.head = r.Clone()
	e.head.Delete("age")
	if length, err := strconv.Atoi(joined(r, "content-length")); err == nil && e.size()+length > l.cache.MaxObjectSize {
		return nil
	}
	return e
}

// lifetime returns how long a response is good, false when it must not be kept. A response that says nothing of that
// is kept only if it can be recognised later.
func (c *Cache) lifetime(r *message.Message, now time.Time) (time.Duration, bool) {
	forbidden := false
	shared, private := int64(-1), int64(-1)
	eachDirective(r, "cache-control", func(name, value string) {
		switch name {
		case "no-store", "no-cache", "private":
			forbidden = true
		case "s-maxage":
			shared = seconds(value)
		case "max-age":
			private = seconds(value)
		}
	})
	eachDirective(r, "pragma", func(name, _ string) { forbidden = forbidden || name == "no-cache" })
	if forbidden {
		return 0, false
	}
	lifetime := c.MaxAge
	switch {
	case shared >= 0:
		lifetime = time.Duration(shared) * time.Second
	case private >= 0:
		lifetime = time.Duration(private) * time.Second
	case r.Find("expires", -1) >= 0:
		at, ok := parseDate(joined(r, "expires"))
		if !ok {
			return 0, false // what cannot be read has expired
		}
		lifetime = at.Sub(now)
	case r.Find("etag", -1) < 0 && r.Find("last-modified", -1) < 0:
		return 0, false
	}
	lifetime = min(lifetime, c.MaxAge)
	return lifetime, lifetime > 0
}

// seconds reads the value of a directive, saturated; one that makes no sense is 0.
func seconds(value string) int64 {
	n, err := strconv.ParseUint(value, 10, 31)
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		return 0
	}
	return int64(n)
}

// variantOf returns what the response depends on, false when that is nothing that is kept apart.
func (l *lookup) variantOf(r *message.Message) (v variant, ok bool) {
	if r.Find("vary", -1) < 0 {
		return v, true
	}
	if !l.cache.ProcessVary {
		return v, false
	}
	ok = true
	eachDirective(r, "vary", func(name, _ string) {
		switch name {
		case "accept-encoding":
			v.encoding = encodingOf(r)
			ok = ok && v.encoding != ""
		case "referer":
			v.byReferer, v.referer = true, l.referer
		case "":
		default:
			ok = false
		}
	})
	return v, ok
}
