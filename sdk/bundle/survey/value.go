package survey

import (
	"net"
	"net/netip"
	"net/url"
	"path"
	"strings"
)

// words joins a table of constant strings, as commands of the runtime API are registered.
func words(c *called) (string, string) {
	if !isTable(c.argument) {
		return c.field, ""
	}
	var list []string
	for i, t := range c.argument[1 : len(c.argument)-1] {
		switch {
		case i%2 == 1 && t.text == ",":
		case i%2 == 0 && t.kind == text && t.constant:
			list = append(list, t.text)
		default:
			return c.field, ""
		}
	}
	return c.field, strings.Join(list, " ")
}

// isTable reports whether an expression is a table constructor.
func isTable(expression []token) bool {
	return len(expression) >= 2 && expression[0].kind == symbol && expression[0].text == "{" && expression[len(expression)-1].text == "}"
}

// file leaves out what lies beside the script: that goes into the bundle.
func file(c *called) (string, string) {
	if name := constant(c.argument); name != "" && !path.IsAbs(name) {
		return "", ""
	}
	return c.field, constant(c.argument)
}

// unnamed is for what has no name.
func unnamed(c *called) (string, string) { return c.field, "" }

// reads is the header that a fetch reads, whatever its arguments are.
func reads(header string) func(*called) (string, string) {
	return func(c *called) (string, string) { return c.field, header }
}

// keyPrefix is a key, or the constant that a computed key begins with.
func keyPrefix(c *called) (string, string) {
	if len(c.argument) > 2 && c.argument[1].text == "." {
		return c.field, constant(c.argument[:1])
	}
	return c.field, constant(c.argument)
}

func header(c *called) (string, string) { return c.field, strings.ToLower(constant(c.argument)) }

// destination is what a socket connects to: an address with or without its port, or a Unix socket.
func destination(c *called) (string, string) {
	address := constant(c.argument)
	if strings.HasPrefix(address, "/") || strings.HasPrefix(address, "unix@") {
		return "unix-sockets", strings.TrimPrefix(address, "unix@")
	}
	for _, family := range []string{"ipv4@", "ipv6@"} {
		address = strings.TrimPrefix(address, family)
	}
	if address == "" {
		return c.field, ""
	}
	port := ""
	if len(c.arguments) > 1 {
		if second := c.arguments[1]; len(second) == 1 && second[0].kind == number {
			port = second[0].text
		} else {
			return c.field, ""
		}
	} else if host, after, err := net.SplitHostPort(address); err == nil {
		address, port = host, after
	}
	if port == "" {
		return c.field, ""
	}
	return c.field, hostPort(address, port)
}

func hostPort(host, port string) string {
	host = strings.Trim(host, "[]")
	if address, err := netip.ParseAddr(host); err == nil && address.Is6() {
		return "[" + host + "]:" + port
	}
	return strings.ToLower(host) + ":" + port
}

// requestURL is the url field of the table that the HTTP client's methods take. Others have methods of these names, too.
func requestURL(c *called) (string, string) {
	if !isTable(c.argument) {
		return "", ""
	}
	for i := 1; i+2 < len(c.argument); i++ {
		if c.argument[i].kind != name || c.argument[i].text != "url" || c.argument[i+1].text != "=" {
			continue
		}
		value := c.argument[i+2]
		if value.kind != text || !value.constant {
			return c.field, ""
		}
		parsed, err := url.Parse(value.text)
		// What is appended to a URL can change its host, unless a slash has ended that.
		appended := i+3 < len(c.argument) && c.argument[i+3].text == "."
		if err != nil || parsed.Hostname() == "" || appended && parsed.Path == "" {
			return c.field, ""
		}
		port := parsed.Port()
		switch {
		case port != "":
		case parsed.Scheme == "https":
			port = "443"
		default:
			port = "80"
		}
		return c.field, hostPort(parsed.Hostname(), port)
	}
	return "", ""
}
