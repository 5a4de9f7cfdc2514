package proxy

import (
	"bytes"
	"net/netip"

	"tidelock/proxy/config"
	"tidelock/proxy/config/syntax"
	"tidelock/proxy/hash32"
	"tidelock/proxy/sample"
	"tidelock/proxy/server"
	"tidelock/proxy/stream"
)

// keyFunc returns the hash of what an exchange is chosen a server by, and whether there is anything to hash.
type keyFunc func(*stream.Stream) (key uint32, found bool)

// balance gives a backend its algorithm.
func (b *builder) balance(backend *server.Backend, section *config.Proxy) {
	settings := section.Balance
	name := settings.Algorithm
	if name == "" {
		name = "roundrobin"
	}
	backend.Algorithm = server.AlgorithmNamed(name)
	backend.Options = server.Options{Consistent: section.HashType.Consistent, Draws: settings.Draws, Factor: section.HashType.Factor}
	if !backend.Algorithm.Keyed {
		return
	}
	hash := hashFunction(section.HashType)
	switch name {
	case "source":
		backend.Key = sourceKey(section.HashType)
	case "uri":
		backend.Key = func(s *stream.Stream) (uint32, bool) {
			if s.Request == nil {
				return 0, false
			}
			part := uriPart(s.Request.URI(), &settings)
			return hash(part), len(part) > 0
		}
	default:
		backend.Key = b.expressionKey(section, hash)
	}
}

// hashFunction returns what a hash-type computes.
func hashFunction(t config.HashType) hash32.Function {
	f := hash32.SDBM
	if t.Function != "" {
		f = hash32.Named[t.Function]
	}
	if !t.Avalanche {
		return f
	}
	return func(b []byte) uint32 { return hash32.Avalanche(f(b)) }
}

// sourceKey hashes addresses. They are folded and not hashed as text, whatever the function is.
func sourceKey(t config.HashType) keyFunc {
	return func(s *stream.Stream) (uint32, bool) {
		a := s.Client.Source.Addr()
		if !a.IsValid() {
			return 0, false
		}
		h := foldAddress(a)
		if t.Avalanche {
			h = hash32.Avalanche(h)
		}
		return h, true
	}
}

// foldAddress sums the 32 bit words of an address.
func foldAddress(a netip.Addr) uint32 {
	var sum uint32
	text := a.AsSlice()
	for i := 0; i+4 <= len(text); i += 4 {
		sum ^= uint32(text[i])<<24 | uint32(text[i+1])<<16 | uint32(text[i+2])<<8 | uint32(text[i+3])
	}
	return sum
}

// uriPart returns what balance uri hashes of a URI.
func uriPart(uri []byte, b *config.Balance) []byte {
	if b.PathOnly {
		if i := bytes.Index(uri, []byte("://")); i > 0 {
			uri = uri[i+3:]
		}
		if i := bytes.IndexByte(uri, '/'); i >= 0 {
			uri = uri[i:]
		}
	}
	if b.Length > 0 {
		uri = uri[:min(b.Length, len(uri))]
	}
	slashes := 0
	for i, c := range uri {
		if c == '/' {
			if slashes++; slashes == b.Depth+1 && b.Depth > 0 {
				return uri[:i]
			}
		}
		if c == '?' && !b.Whole {
			return uri[:i]
		}
	}
	return uri
}

// expressionKey hashes a sample.
func (b *builder) expressionKey(section *config.Proxy, hash hash32.Function) keyFunc {
	settings := &section.Balance
	words := syntax.Texts(settings.Expression)
	switch settings.Algorithm {
	case "url_param":
		words = []string{"url_param(" + settings.Name + ")"}
	case "hdr":
		words = []string{"req.hdr(" + settings.Name + ",1)"}
	case "rdp-cookie":
		words = []string{"req.rdp_cookie(" + settings.Name + ")"}
	}
	expression := b.keyExpression(section, words)
	var inBody *sample.Expression
	if settings.CheckPost {
		inBody = b.keyExpression(section, []string{"req.body_param(" + settings.Name + ")"})
	}
	if expression == nil {
		return nil
	}
	return func(s *stream.Stream) (uint32, bool) {
		c := sample.Acquire(s, sample.ServerChoice)
		defer c.Release()
		v := expression.EvalString(c)
		if !v.Valid() && inBody != nil && string(s.Request.Method()) == "POST" {
			v = inBody.EvalString(c)
		}
		text := v.Data
		if settings.DomainOnly {
			text = mainDomain(text)
		}
		// A parameter without a value is a value; a header without one is none.
		return hash(text), len(text) > 0 || v.Valid() && settings.Algorithm == "url_param"
	}
}

// keyExpression compiles what is hashed, nil when it is not valid.
func (b *builder) keyExpression(section *config.Proxy, words []string) *sample.Expression {
	settings := &section.Balance
	expression, n, err := b.compiler(section, sample.ServerChoice, settings.At, "").ParseAvailable(words)
	switch {
	case err != nil:
		b.diags.Alertf(settings.At, "error detected while parsing 'balance %s' : %s", settings.Algorithm, sentence(err))
		return nil
	case n < len(words):
		b.diags.Alertf(settings.At, "error detected while parsing 'balance %s' : unexpected word '%s'.", settings.Algorithm, words[n])
		return nil
	}
	return expression
}

// mainDomain returns the part of a host name before its top level domain: "example" of "www.example.com". A name without
// a dot after its first byte is returned as it is, with its port. As in HAProxy, the part has one byte at least.
func mainDomain(host []byte) []byte {
	last := bytes.LastIndexByte(host, '.')
	if last <= 0 {
		return host
	}
	return host[bytes.LastIndexByte(host[:last-1], '.')+1 : last]
}
