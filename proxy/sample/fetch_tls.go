package sample

import (
	"crypto/tls"

	"tidelock/proxy/stream"
	"tidelock/proxy/tlsname"
	"tidelock/proxy/value"
)

// tlsFetches are those of the manual's section 7.3.4 that concern a secured connection: ssl_fc... the client's, ssl_bc... the
// server's. What crypto/tls does not tell exists, but has no value: session identifiers, a server's random bytes, exporters.
func tlsFetches() []Fetch {
	client := func(c *Context) *stream.TLS { return c.Stream.Session.TLS }
	server := func(c *Context) *stream.TLS { return c.Stream.ServerTLS }
	rows := []Fetch{
		{Name: "ssl_bc_client_random", Output: value.Binary, Source: serverConnection, Get: nothing},
		{Name: "ssl_bc_session_key", Output: value.Binary, Source: serverConnection, Get: nothing},
		{Name: "ssl_c_ca_err", Output: value.Integer, Source: clientConnection, Get: ofTLS(client, authorityError)},
		{Name: "ssl_c_ca_err_depth", Output: value.Integer, Source: clientConnection, Get: ofTLS(client, authorityDepth)},
		{Name: "ssl_c_err", Output: value.Integer, Source: clientConnection, Get: ofTLS(client, certificateError)},
		{Name: "ssl_c_used", Output: value.Boolean, Source: clientConnection, Get: ofTLS(client, certificateUsed)},
		{Name: "ssl_c_verify", Output: value.Integer, Source: clientConnection, Get: ofTLS(client, verifyResult)},
		{Name: "ssl_fc_has_crt", Output: value.Boolean, Source: clientConnection, Get: ofTLS(client, certificateShown)},
		{Name: "ssl_fc_has_early", Output: value.Boolean, Source: clientConnection, Get: ofTLS(client, hasEarly)},
		{Name: "ssl_fc_has_sni", Output: value.Boolean, Source: clientConnection, Get: hasServerName},
		{Name: "ssl_fc_sni", Output: value.String, Source: clientConnection, Get: ofTLS(client, serverNameAsked)},
	}
	rows = append(append(rows, capturedHelloFetches...), keyLogFetches()...)
	for _, side := range []struct {
		prefix string
		source Source
		of     func(*Context) *stream.TLS
	}{{"ssl_fc", clientConnection, client}, {"ssl_bc", serverConnection, server}} {
		rows = append(rows,
			Fetch{Name: side.prefix, Output: value.Boolean, Source: side.source, Get: isSecured(side.of)},
			Fetch{Name: side.prefix + "_alg_keysize", Output: value.Integer, Source: side.source, Get: ofTLS(side.of, keySize)},
			Fetch{Name: side.prefix + "_alpn", Output: value.String, Source: side.source, Get: ofTLS(side.of, protocolAgreed)},
			Fetch{Name: side.prefix + "_cipher", Output: value.String, Source: side.source, Get: ofTLS(side.of, cipherSuite)},
			Fetch{Name: side.prefix + "_err", Output: value.Integer, Source: side.source, Get: ofTLS(side.of, noError)},
			Fetch{Name: side.prefix + "_err_str", Output: value.String, Source: side.source, Get: nothing},
			Fetch{Name: side.prefix + "_is_resumed", Output: value.Boolean, Source: side.source, Get: isResumed(side.of)},
			Fetch{Name: side.prefix + "_npn", Output: value.String, Source: side.source, Get: nothing},
			Fetch{Name: side.prefix + "_protocol", Output: value.String, Source: side.source, Get: ofTLS(side.of, protocolVersion)},
			Fetch{Name: side.prefix + "_server_random", Output: value.Binary, Source: side.source, Get: nothing},
			Fetch{Name: side.prefix + "_session_id", Output: value.Binary, Source: side.source, Get: nothing},
			Fetch{Name: side.prefix + "_unique_id", Output: value.Binary, Source: side.source, Get: ofTLS(side.of, uniqueID)},
			Fetch{Name: side.prefix + "_use_keysize", Output: value.Integer, Source: side.source, Get: ofTLS(side.of, keySize)},
		)
	}
	return rows
}

type fetchFunc = func(*Context, []Argument) value.Value

// ofTLS makes a fetch that has no value on a plain connection.
func ofTLS(side func(*Context) *stream.TLS, get func(*Context, *stream.TLS) value.Value) fetchFunc {
	return func(c *Context, _ []Argument) value.Value {
		if t := side(c); t != nil {
			return get(c, t)
		}
		return value.Value{}
	}
}

func isSecured(side func(*Context) *stream.TLS) fetchFunc {
	return func(c *Context, _ []Argument) value.Value { return value.Bool(side(c) != nil) }
}

func isResumed(side func(*Context) *stream.TLS) fetchFunc {
	return func(c *Context, _ []Argument) value.Value {
		t := side(c)
		return value.Bool(t != nil && t.DidResume)
	}
}

func hasServerName(c *Context, _ []Argument) value.Value {
	t := c.Stream.Session.TLS
	return value.Bool(t != nil && t.ServerName != "")
}

func authorityError(_ *Context, t *stream.TLS) value.Value {
	return value.Int(int64(t.Verification.AuthorityError))
}

func authorityDepth(_ *Context, t *stream.TLS) value.Value {
	return value.Int(int64(t.Verification.AuthorityDepth))
}

func certificateError(_ *Context, t *stream.TLS) value.Value {
	return value.Int(int64(t.Verification.Error))
}

func verifyResult(_ *Context, t *stream.TLS) value.Value {
	return value.Int(int64(t.Verification.Result))
}

func certificateUsed(_ *Context, t *stream.TLS) value.Value {
	return value.Bool(len(t.PeerCertificates) > 0)
}

// certificateShown is false where a session is resumed that once began with a certificate.
func certificateShown(_ *Context, t *stream.TLS) value.Value {
	return value.Bool(len(t.PeerCertificates) > 0 && !t.DidResume)
}

// hasEarly is about early data, which is not accepted.
func hasEarly(*Context, *stream.TLS) value.Value { return value.Bool(false) }

func noError(*Context, *stream.TLS) value.Value { return value.Int(0) }

func serverNameAsked(c *Context, t *stream.TLS) value.Value { return c.name(t.ServerName) }

func protocolAgreed(c *Context, t *stream.TLS) value.Value { return c.name(t.NegotiatedProtocol) }

func cipherSuite(c *Context, t *stream.TLS) value.Value { return c.name(tlsname.Cipher(t.CipherSuite)) }

func keySize(_ *Context, t *stream.TLS) value.Value {
	return value.Int(int64(tlsname.KeySize(t.CipherSuite)))
}

func protocolVersion(c *Context, t *stream.TLS) value.Value {
	return c.name(tlsname.Version(t.Version))
}

// uniqueID is tls-unique of RFC 5929, which TLS 1.3 does not have.
func uniqueID(_ *Context, t *stream.TLS) value.Value {
	if t.Version >= tls.VersionTLS13 || len(t.TLSUnique) == 0 {
		return value.Value{}
	}
	return value.Bytes(t.TLSUnique)
}
