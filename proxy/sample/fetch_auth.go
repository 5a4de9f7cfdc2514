package sample

import (
	"bytes"
	"encoding/base64"
	"fmt"

	"tidelock/proxy/value"
)

// Users is a userlist section.
type Users interface {
	// Authenticate reports whether password is that of the user called name.
	Authenticate(name, password []byte) bool
	// Groups returns the groups that the user called name is in.
	Groups(name []byte) []string
}

// authFetches are those of the manual's section 7.3.6 about who asks (RFC 7617, RFC 6750).
var authFetches = []Fetch{
	{Name: "http_auth", Parameters: required(UserList), Output: value.Boolean, Source: requestHeaders, Prepare: prepareUsers, Get: isAuthenticated},
	{Name: "http_auth_bearer", Parameters: optional(String), Output: value.String, Source: requestHeaders, Get: bearer},
	{Name: "http_auth_group", Parameters: required(UserList), Output: value.String, Source: requestHeaders, Prepare: prepareUsers, Get: authenticatedUser, Next: nextGroup},
	{Name: "http_auth_pass", Output: value.String, Source: requestHeaders, Get: givenPassword},
	{Name: "http_auth_type", Output: value.String, Source: requestHeaders, Get: authScheme},
	{Name: "http_auth_user", Output: value.String, Source: requestHeaders, Get: givenUser},
}

func prepareUsers(k *Compiler, a []Argument) error {
	if k == nil || k.Users == nil || k.Users(a[0].Text) == nil {
		return fmt.Errorf("unable to find userlist '%s'", a[0].Text)
	}
	a[0].Extra = k.Users(a[0].Text)
	return nil
}

// authorization returns scheme and parameter of a header.
func (c *Context) authorization(header string) (scheme, rest []byte, ok bool) {
	m := c.Stream.Request
	if m == nil {
		return nil, nil, false
	}
	i := m.Find(header, -1)
	if i < 0 {
		return nil, nil, false
	}
	scheme, rest, ok = bytes.Cut(m.Value(i), []byte(" "))
	return scheme, bytes.TrimLeft(rest, " "), ok && len(scheme) > 0
}

// credentials returns what a client with basic authentication claims.
func (c *Context) credentials() (name, password []byte, ok bool) {
	scheme, rest, ok := c.authorization("authorization")
	if !ok || !bytes.EqualFold(scheme, []byte("basic")) {
		return nil, nil, false
	}
	// Decoding appends to the scratch memory: it is of this request, and no request allocates for it.
	text, err := base64.StdEncoding.AppendDecode(c.Scratch.Buffer(), rest)
	if err != nil {
		return nil, nil, false
	}
	return bytes.Cut(c.Scratch.Keep(text), []byte(":"))
}

func isAuthenticated(c *Context, a []Argument) value.Value {
	name, password, ok := c.credentials()
	if !ok {
		return value.Value{}
	}
	return value.Bool(a[0].Extra.(Users).Authenticate(name, password))
}

func authenticatedUser(c *Context, a []Argument) value.Value {
	name, password, ok := c.credentials()
	if !ok || !a[0].Extra.(Users).Authenticate(name, password) {
		return value.Value{}
	}
	return value.Text(name)
}

// nextGroup yields the groups of the user, which is what ACLs compare.
func nextGroup(c *Context, a []Argument, it *Cursor) value.Value {
	users := a[0].Extra.(Users)
	if !it.started {
		user := authenticatedUser(c, a)
		if !user.Valid() {
			return value.Value{}
		}
		it.rest = user.Data
	}
	groups := users.Groups(it.rest)
	if it.header >= len(groups) {
		return value.Value{}
	}
	it.header++
	return c.text(append(c.Scratch.Buffer(), groups[it.header-1]...))
}

func givenUser(c *Context, _ []Argument) value.Value {
	name, _, ok := c.credentials()
	if !ok {
		return value.Value{}
	}
	return value.Text(name)
}

func givenPassword(c *Context, _ []Argument) value.Value {
	_, password, ok := c.credentials()
	if !ok {
		return value.Value{}
	}
	return value.Text(password)
}

// authScheme is "Basic", when there is a name with it, or "Bearer": others are none that HAProxy knows.
func authScheme(c *Context, _ []Argument) value.Value {
	if _, _, ok := c.credentials(); ok {
		return value.Text(basicScheme)
	}
	if scheme, _, ok := c.authorization("authorization"); ok && bytes.EqualFold(scheme, bearerScheme) {
		return value.Text(bearerScheme)
	}
	return value.Value{}
}

var basicScheme, bearerScheme = []byte("Basic"), []byte("Bearer")

// bearer returns the token of a header, that of Authorization when none is named.
func bearer(c *Context, a []Argument) value.Value {
	header := "authorization"
	if a[0].Text != "" {
		header = a[0].Text
	}
	scheme, token, ok := c.authorization(header)
	if !ok || !bytes.EqualFold(scheme, bearerScheme) {
		return value.Value{}
	}
	return value.Text(token)
}
