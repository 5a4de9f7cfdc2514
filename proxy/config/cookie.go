package config

import (
	"errors"
	"strings"
	"time"

	"tidelock/proxy/config/syntax"
)

// Cookie is the persistence cookie of a backend. The zero Cookie is none.
type Cookie struct {
	Name                                  string
	Rewrite, Insert, Prefix               bool // at most one
	Indirect, NoCache, PostOnly, Preserve bool
	HTTPOnly, Secure                      bool
	Dynamic                               bool // servers without a value have one made of their address
	Domains, Attributes                   []string
	MaxIdle, MaxLife                      time.Duration
}

// cookieFlags are the options of cookie without a value.
var cookieFlags = map[string]func(*Cookie) *bool{
	"rewrite": func(c *Cookie) *bool { return &c.Rewrite }, "insert": func(c *Cookie) *bool { return &c.Insert },
	"prefix": func(c *Cookie) *bool { return &c.Prefix }, "indirect": func(c *Cookie) *bool { return &c.Indirect },
	"nocache": func(c *Cookie) *bool { return &c.NoCache }, "postonly": func(c *Cookie) *bool { return &c.PostOnly },
	"preserve": func(c *Cookie) *bool { return &c.Preserve }, "httponly": func(c *Cookie) *bool { return &c.HTTPOnly },
	"secure": func(c *Cookie) *bool { return &c.Secure }, "dynamic": func(c *Cookie) *bool { return &c.Dynamic },
}

// cookie <name> [rewrite|insert|prefix] [indirect] [nocache] [postonly] [preserve] [httponly] [secure] [dynamic] [domain <domain>]...
// [maxidle <time>] [maxlife <time>] [attr <value>]...
func parseCookie(p *parser, s syntax.Statement) {
	c := Cookie{Name: s.Argument(0)}
	if c.Name == "" {
		p.failf(s, "'cookie' expects <cookie_name> as argument.")
		return
	}
	for i := 1; i < len(s.Words)-1; i++ {
		name := s.Argument(i)
		if flag, known := cookieFlags[name]; known {
			*flag(&c) = true
			continue
		}
		value := s.Argument(i + 1)
		if !p.cookieValue(s, &c, name, value) {
			return
		}
		i++
	}
	switch {
	case c.Rewrite && c.Insert, c.Rewrite && c.Prefix, c.Insert && c.Prefix:
		p.failf(s, "cookie 'rewrite', 'insert' and 'prefix' modes are incompatible.")
	case c.Rewrite && c.Indirect:
		p.failf(s, "cookie 'rewrite' and 'indirect' modes are incompatible.")
	case c.Preserve && !c.Insert && !c.Indirect:
		p.failf(s, "cookie 'preserve' requires at least 'insert' or 'indirect'.")
	default:
		p.proxy.Cookie = c
	}
}

// cookieValue reads an option with a value. It reports whether it is valid.
func (p *parser) cookieValue(s syntax.Statement, c *Cookie, name, value string) bool {
	switch name {
	case "domain":
		switch {
		case value == "":
			p.failf(s, "'domain' expects <domain> as argument.")
			return false
		case !strings.Contains(strings.Trim(value, "."), "."):
			p.warnf(s, "domain '%s' contains no embedded dot, this configuration may not work properly (see RFC6265#5.2.3).", value)
		}
		c.Domains = append(c.Domains, value)
	case "attr":
		if value == "" {
			p.failf(s, "'attr' expects <value> as argument.")
			return false
		}
		if strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r == 0x7f || r == ';' }) {
			p.failf(s, "character %%x%02X not permitted in attribute value.", value[strings.IndexFunc(value, func(r rune) bool { return r < ' ' || r == 0x7f || r == ';' })])
			return false
		}
		c.Attributes = append(c.Attributes, value)
	case "maxidle":
		return p.cookieTime(s, &c.MaxIdle, name, "<idletime>", value)
	case "maxlife":
		return p.cookieTime(s, &c.MaxLife, name, "<lifetime>", value)
	default:
		p.failf(s, "'cookie' supports 'rewrite', 'insert', 'prefix', 'indirect', 'nocache', 'postonly', 'domain', 'maxidle', 'dynamic', 'maxlife' and 'attr' options.")
		return false
	}
	return true
}

func (p *parser) cookieTime(s syntax.Statement, into *time.Duration, name, what, value string) bool {
	if value == "" {
		p.failf(s, "'%s' expects %s in seconds as argument.", name, what)
		return false
	}
	d, err := syntax.ParseSeconds(value)
	switch {
	case errors.Is(err, syntax.ErrTimeOverflow):
		p.failf(s, "timer overflow in argument <%s> to <%s>, maximum value is 2147483647 s (~68 years).", value, name)
	case err != nil:
		p.failf(s, "%s in argument to <%s>.", err, name)
	default:
		*into = d
	}
	return err == nil
}

// dynamic-cookie-key <secret>
func parseDynamicCookieKey(p *parser, s syntax.Statement) {
	if p.proxy.DynamicCookieKey = s.Argument(0); p.proxy.DynamicCookieKey == "" {
		p.failf(s, "'dynamic-cookie-key' expects <secret_key> as argument.")
	}
}

// persist rdp-cookie[(<name>)]
func parsePersist(p *parser, s syntax.Statement) {
	method, argument, named := strings.Cut(s.Argument(0), "(")
	name, closed := strings.CutSuffix(argument, ")")
	switch {
	case s.Argument(0) == "":
		p.failf(s, "missing persist method.")
	case method != "rdp-cookie":
		p.failf(s, "unknown persist method.")
	case !named: // as in HAProxy, whatever follows
		p.proxy.RDPCookie = "msts"
	case p.tooMany(s, 1):
	case !closed || name == "":
		p.failf(s, "persist rdp-cookie(name)' requires an rdp cookie name.")
	default:
		p.proxy.RDPCookie = name
	}
}

// force-persist {if|unless} <condition>
// ignore-persist {if|unless} <condition>
func parsePersistRule(p *parser, s syntax.Statement) {
	if condition := s.Argument(0); condition != "if" && condition != "unless" {
		p.failf(s, "'%s' requires either 'if' or 'unless' followed by a condition.", s.Keyword())
		return
	}
	p.addRule(s, s.Keyword(), 1)
}
