package config

import (
	"fmt"
	"slices"
	"strings"
)

// SendProxy is the header of the PROXY protocol that connections to a server begin with.
type SendProxy struct {
	Version int // 1 or 2, 0 for none

	// What version 2 tells besides the addresses.
	TLS, CommonName, Cipher, Signature, Key bool // of the client's connection
	Authority, UniqueID, Checksum           bool
}

// proxyOptions are the options of version 2 (proxy-v2-options).
var proxyOptions = map[string]func(*SendProxy){
	"ssl":        func(s *SendProxy) { s.TLS = true },
	"cert-cn":    func(s *SendProxy) { s.TLS, s.CommonName = true, true },
	"ssl-cipher": func(s *SendProxy) { s.TLS, s.Cipher = true, true },
	"cert-sig":   func(s *SendProxy) { s.TLS, s.Signature = true, true },
	"cert-key":   func(s *SendProxy) { s.TLS, s.Key = true, true },
	"authority":  func(s *SendProxy) { s.Authority = true },
	"crc32c":     func(s *SendProxy) { s.Checksum = true },
	"unique-id":  func(s *SendProxy) { s.UniqueID = true },
}

// proxyParameters are those of a server line that concern the PROXY protocol.
var proxyParameters = slices.Concat([]serverParameter{
	{"proxy-v2-options", 1, Supported, parseProxyOptions},
},
	proxyVersion("send-proxy", 1),
	proxyVersion("send-proxy-v2", 2),
	proxyVersion("send-proxy-v2-ssl", 2, "ssl"),
	proxyVersion("send-proxy-v2-ssl-cn", 2, "ssl", "cert-cn"),
)

// proxyVersion returns the rows of a parameter that has the header sent, and of the one that undoes it.
func proxyVersion(name string, version int, options ...string) []serverParameter {
	return []serverParameter{
		{name, 0, Supported, set(func(q *ServerParameters) {
			q.SendProxy.Version = version
			for _, option := range options {
				proxyOptions[option](&q.SendProxy)
			}
		})},
		{"no-" + name, 0, Supported, set(func(q *ServerParameters) { q.SendProxy = SendProxy{} })},
	}
}

// proxy-v2-options <option>[,<option>...]
func parseProxyOptions(r *serverReader, value string) error {
	for _, name := range strings.Split(value, ",") {
		option, known := proxyOptions[name]
		if !known {
			return fmt.Errorf("'%s' : proxy v2 option not implemented.", name)
		}
		option(&r.server.SendProxy)
	}
	return nil
}
