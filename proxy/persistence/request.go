package persistence

import (
	"bytes"
	"time"

	"tidelock/proxy/message"
	"tidelock/proxy/server"
	"tidelock/proxy/stream"
)

// Request implements server.Cookie.
func (c *Cookie) Request(m *message.Message, now time.Time, unused bool) server.Binding {
	found := search{Binding: server.Binding{Found: stream.CookieMissing}, unused: unused}
	for i := m.Find("cookie", -1); i >= 0; i = m.Find("cookie", i) {
		value := m.Value(i)
		if !bytes.Contains(value, []byte(c.Name)) {
			continue
		}
		changed, rest := c.header(value, now.Unix(), &found)
		switch {
		case !changed:
		case len(rest) == 0:
			m.Remove(i)
		default:
			m.Replace(i, rest)
		}
	}
	return found.Binding
}

// search is what the cookies of a request have told so far.
type search struct {
	server.Binding
	unused bool
}

// header reads one Cookie header. It returns what is left of it, if that changed.
func (c *Cookie) header(list []byte, now int64, found *search) (changed bool, rest []byte) {
	removing := false // whether the attributes that follow belong to a cookie that was removed
	removed := false  // whether the element before was taken out
	var separator byte
	for len(list) > 0 {
		var item []byte
		var end byte
		item, end, list = nextItem(list)
		name, value, hasValue := cutPair(item)
		kept := item
		if hasValue {
			kept = tight(item)
			changed = changed || len(kept) != len(item)
		}
		switch {
		case removing && len(name) > 0 && name[0] == '$':
			kept = nil
		case hasValue && string(name) == c.Name:
			removing = c.Indirect && c.Mode != Prefix
			kept = c.pair(kept, name, value, now, found)
			if removing {
				kept = nil
			}
		default:
			removing = false
		}
		if kept == nil {
			changed, removed = true, true
			continue
		}
		changed = changed || len(kept) != len(item)
		if len(rest) > 0 {
			rest = append(rest, separator)
		}
		if removed {
			kept = bytes.TrimLeft(kept, " \t")
			if len(rest) > 0 {
				rest = append(rest, ' ')
			}
		}
		removed = false
		rest = append(rest, kept...)
		separator = end
	}
	return changed, bytes.TrimRight(rest, " \t")
}

// pair looks at a cookie of the name and returns what the server gets of it.
func (c *Cookie) pair(item, name, value []byte, now int64, found *search) []byte {
	if c.Mode == Prefix {
		id, rest, has := bytes.Cut(value, []byte{'~'})
		c.consider(found, id, 0, 0)
		if !has {
			return item
		}
		kept := append([]byte{}, item[:len(item)-len(bytes.TrimLeft(item, " \t"))]...)
		kept = append(append(kept, name...), '=')
		return append(kept, rest...)
	}
	id, dates, _ := bytes.Cut(value, []byte{'|'})
	last, first, _ := bytes.Cut(dates, []byte{'|'})
	seen, set := parseDate(last, now), parseDate(first, now)
	switch {
	case expired(set, c.MaxLife, now):
		found.Found = stream.CookieOld
	case expired(seen, c.MaxIdle, now):
		found.Found = stream.CookieExpired
	default:
		c.consider(found, id, seen, set)
	}
	return item
}

// consider takes the server of a value for the one that is searched, unless a cookie before named one that is up. What
// names no server is worth telling only where nothing better is known.
func (c *Cookie) consider(found *search, id []byte, seen, set int64) {
	if found.Server != nil && found.Server.Reachable() {
		return
	}
	if found.unused {
		found.Found = stream.CookieUnused
		return
	}
	s := c.named(id)
	switch {
	case s == nil && found.Found == stream.CookieMissing:
		found.Found = stream.CookieInvalid
	case s == nil:
	case s.Reachable():
		found.Server, found.Found, found.LastSeen, found.FirstSet = s, stream.CookieValid, seen, set
	default:
		found.Server, found.Found = s, stream.CookieDown
	}
}

func expired(since int64, limit time.Duration, now int64) bool {
	return limit > 0 && since != 0 && now-since > int64(limit/time.Second)
}

// tight returns an element without white space around its equals sign.
func tight(item []byte) []byte {
	name, value, _ := bytes.Cut(item, []byte{'='})
	if len(name) == 0 || name[len(name)-1] != ' ' && (len(value) == 0 || value[0] != ' ') {
		return item
	}
	out := append([]byte{}, bytes.TrimRight(name, " \t")...)
	return append(append(out, '='), bytes.TrimLeft(value, " \t")...)
}

// nextItem cuts the first element off a Cookie header, at a semicolon or comma outside quotes.
func nextItem(list []byte) (item []byte, end byte, rest []byte) {
	quoted := false
	for i, b := range list {
		switch {
		case b == '"':
			quoted = !quoted
		case (b == ';' || b == ',') && !quoted:
			return list[:i], b, list[i+1:]
		}
	}
	return list, 0, nil
}

// cutPair cuts an element into name and value, without white space around.
func cutPair(item []byte) (name, value []byte, found bool) {
	name, value, found = bytes.Cut(item, []byte{'='})
	return bytes.Trim(name, " \t"), bytes.Trim(value, " \t"), found
}
