package sample

import (
	"bytes"

	"tidelock/proxy/message"
	"tidelock/proxy/value"
)

// cookieFetches are those of the manual's section 7.3.6 that read cookies.
var cookieFetches = []Fetch{
	{Name: "cook", Parameters: optional(String), Output: value.String, Source: requestHeaders, Get: cookie(request), Next: nextCookie(request)},
	{Name: "cook_cnt", Parameters: optional(String), Output: value.Integer, Source: requestHeaders, Get: cookieCount(request)},
	{Name: "cook_val", Parameters: optional(String), Output: value.Integer, Source: requestHeaders, Get: cookieInt(request), Next: nextCookieInt(request)},
	{Name: "cookie", Parameters: optional(String), Output: value.String, Source: messageHeaders, Get: cookie(current), Next: nextCookie(current)},
	{Name: "req.cook", Parameters: optional(String), Output: value.String, Source: requestHeaders, Get: cookie(request), Next: nextCookie(request)},
	{Name: "req.cook_cnt", Parameters: optional(String), Output: value.Integer, Source: requestHeaders, Get: cookieCount(request)},
	{Name: "req.cook_val", Parameters: optional(String), Output: value.Integer, Source: requestHeaders, Get: cookieInt(request), Next: nextCookieInt(request)},
	{Name: "res.cook", Parameters: optional(String), Output: value.String, Source: responseHeaders, Get: cookie(answer), Next: nextCookie(answer)},
	{Name: "res.cook_cnt", Parameters: optional(String), Output: value.Integer, Source: responseHeaders, Get: cookieCount(answer)},
	{Name: "res.cook_val", Parameters: optional(String), Output: value.Integer, Source: responseHeaders, Get: cookieInt(answer), Next: nextCookieInt(answer)},
	{Name: "scook", Parameters: optional(String), Output: value.String, Source: responseHeaders, Get: cookie(answer), Next: nextCookie(answer)},
	{Name: "scook_cnt", Parameters: optional(String), Output: value.Integer, Source: responseHeaders, Get: cookieCount(answer)},
	{Name: "scook_val", Parameters: optional(String), Output: value.Integer, Source: responseHeaders, Get: cookieInt(answer), Next: nextCookieInt(answer)},
}

// cookie returns the fetch of the last cookie with a name, or of the first one when no name is given.
func cookie(of selector) getter {
	return func(c *Context, a []Argument) value.Value {
		m := of(c)
		if m == nil {
			return value.Value{}
		}
		var it Cursor
		var last value.Value
		for {
			b, ok := iterateCookies(m, a[0].Text, &it)
			if !ok {
				return last
			}
			last = value.Text(b)
			if a[0].Text == "" {
				return last
			}
		}
	}
}

func nextCookie(of selector) iterator {
	return func(c *Context, a []Argument, it *Cursor) value.Value {
		m := of(c)
		if m == nil {
			return value.Value{}
		}
		b, ok := iterateCookies(m, a[0].Text, it)
		if !ok {
			return value.Value{}
		}
		return value.Text(b)
	}
}

func cookieCount(of selector) getter {
	return func(c *Context, a []Argument) value.Value {
		m := of(c)
		if m == nil {
			return value.Value{}
		}
		var it Cursor
		n := int64(0)
		for {
			if _, ok := iterateCookies(m, a[0].Text, &it); !ok {
				return value.Int(n)
			}
			n++
		}
	}
}

func cookieInt(of selector) getter {
	get := cookie(of)
	return func(c *Context, a []Argument) value.Value { return leadingInt(get(c, a)) }
}

func nextCookieInt(of selector) iterator {
	next := nextCookie(of)
	return func(c *Context, a []Argument, it *Cursor) value.Value { return leadingInt(next(c, a, it)) }
}

// iterateCookies returns the next value of the cookie called name, or of any when that is empty.
func iterateCookies(m *message.Message, name string, it *Cursor) ([]byte, bool) {
	header := "cookie"
	if m.IsResponse() {
		header = "set-cookie"
	}
	if !it.started {
		it.started, it.header = true, -1
	}
	for {
		for len(it.rest) > 0 {
			var pair []byte
			pair, it.rest = cutCookie(it.rest)
			if m.IsResponse() {
				// What follows the pair are attributes of the same cookie.
				it.rest = nil
			}
			key, v, ok := bytes.Cut(pair, []byte("="))
			if ok && (name == "" || string(bytes.Trim(key, " \t")) == name) {
				return bytes.Trim(v, " \t"), true
			}
		}
		if it.header = m.Find(header, it.header); it.header < 0 {
			return nil, false
		}
		it.rest = m.Value(it.header)
	}
}

// cutCookie returns what precedes the first semicolon or comma that is not between double quotes, and what follows it.
func cutCookie(b []byte) (pair, rest []byte) {
	quoted := false
	for i, c := range b {
		switch {
		case c == '"':
			quoted = !quoted
		case (c == ';' || c == ',') && !quoted:
			return b[:i], b[i+1:]
		}
	}
	return b, nil
}
