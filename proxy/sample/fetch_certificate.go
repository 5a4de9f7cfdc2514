package sample

import (
	"crypto/sha1"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"strings"
	"time"

	"tidelock/proxy/stream"
	"tidelock/proxy/tlsname"
	"tidelock/proxy/value"
)

// certificateFetches are those of the manual's section 7.3.4 that concern a certificate: ssl_c... the client's, ssl_f... the
// one that the frontend showed, ssl_s... the server's.
func certificateFetches() []Fetch {
	var rows []Fetch
	for _, side := range []struct {
		prefix string
		source Source
		of     func(*stream.Stream) *x509.Certificate
	}{
		{"ssl_c", clientConnection, clientCertificate},
		{"ssl_f", clientConnection, ownCertificate},
		{"ssl_s", clientConnection, serverCertificate}, // HAProxy declares them so
	} {
		row := func(name string, output value.Kind, get func(*Context, *x509.Certificate) value.Value) {
			rows = append(rows, Fetch{Name: side.prefix + name, Output: output, Source: side.source, Get: ofCertificate(side.of, get)})
		}
		row("_der", value.Binary, func(_ *Context, c *x509.Certificate) value.Value { return value.Bytes(c.Raw) })
		row("_key_alg", value.String, func(c *Context, x *x509.Certificate) value.Value { return c.name(tlsname.Key(x.PublicKeyAlgorithm)) })
		row("_notafter", value.String, func(c *Context, x *x509.Certificate) value.Value { return c.certificateTime(x.NotAfter) })
		row("_notbefore", value.String, func(c *Context, x *x509.Certificate) value.Value { return c.certificateTime(x.NotBefore) })
		row("_serial", value.Binary, serialNumber)
		row("_sha1", value.Binary, fingerprint)
		row("_sig_alg", value.String, func(c *Context, x *x509.Certificate) value.Value {
			return c.name(tlsname.Signature(x.SignatureAlgorithm))
		})
		row("_version", value.Integer, func(_ *Context, x *x509.Certificate) value.Value { return value.Int(int64(x.Version)) })
		name := func(name string, of func(*x509.Certificate) []byte) {
			rows = append(rows, Fetch{
				Name: side.prefix + name, Parameters: optional(String, Integer, String), Output: value.String, Source: side.source,
				Prepare: prepareName, Get: distinguishedName(side.of, of),
			})
		}
		name("_i_dn", func(x *x509.Certificate) []byte { return x.RawIssuer })
		name("_s_dn", func(x *x509.Certificate) []byte { return x.RawSubject })
	}
	return append(rows,
		Fetch{Name: "ssl_c_chain_der", Output: value.Binary, Source: clientConnection, Get: chain(func(s *stream.Stream) *stream.TLS { return s.Session.TLS })},
		Fetch{Name: "ssl_s_chain_der", Output: value.Binary, Source: clientConnection, Get: chain(func(s *stream.Stream) *stream.TLS { return s.ServerTLS })},
	)
}

func clientCertificate(s *stream.Stream) *x509.Certificate { return peerCertificate(s.Session.TLS) }

func serverCertificate(s *stream.Stream) *x509.Certificate { return peerCertificate(s.ServerTLS) }

func peerCertificate(t *stream.TLS) *x509.Certificate {
	if t == nil || len(t.PeerCertificates) == 0 {
		return nil
	}
	return t.PeerCertificates[0]
}

func ownCertificate(s *stream.Stream) *x509.Certificate {
	if s.Session.TLS == nil {
		return nil
	}
	return s.Session.TLS.Certificate
}

// ofCertificate makes a fetch that has no value without a certificate.
func ofCertificate(side func(*stream.Stream) *x509.Certificate, get func(*Context, *x509.Certificate) value.Value) fetchFunc {
	return func(c *Context, _ []Argument) value.Value {
		if x := side(c.Stream); x != nil {
			return get(c, x)
		}
		return value.Value{}
	}
}

// certificateTime is UTCTime as a certificate has it: YYMMDDhhmmssZ. From 2050 on certificates have another form, for which
// HAProxy yields nothing.
func (c *Context) certificateTime(t time.Time) value.Value {
	if t.Year() < 1950 || t.Year() >= 2050 {
		return value.Value{}
	}
	return c.text(t.UTC().AppendFormat(c.Scratch.Buffer(), "060102150405Z"))
}

func serialNumber(c *Context, x *x509.Certificate) value.Value {
	return c.bytes(append(c.Scratch.Buffer(), x.SerialNumber.Bytes()...))
}

func fingerprint(c *Context, x *x509.Certificate) value.Value {
	sum := sha1.Sum(x.Raw)
	return c.bytes(append(c.Scratch.Buffer(), sum[:]...))
}

func chain(side func(*stream.Stream) *stream.TLS) fetchFunc {
	return func(c *Context, _ []Argument) value.Value {
		t := side(c.Stream)
		if t == nil || len(t.PeerCertificates) == 0 {
			return value.Value{}
		}
		b := c.Scratch.Buffer()
		for _, x := range t.PeerCertificates {
			b = append(b, x.Raw...)
		}
		return c.bytes(b)
	}
}

// prepareName checks the format: RFC 2253's is the only one besides OpenSSL's.
func prepareName(_ *Compiler, a []Argument) error {
	if a[2].Text != "" && a[2].Text != "rfc2253" {
		return errors.New("only rfc2253 or a blank value are currently supported.")
	}
	return nil
}

// distinguishedName is a whole name, /C=FR/CN=x, or RFC 2253's CN=x,C=FR; or the first, or another, of its values of a kind.
func distinguishedName(side func(*stream.Stream) *x509.Certificate, of func(*x509.Certificate) []byte) fetchFunc {
	return func(c *Context, a []Argument) value.Value {
		x := side(c.Stream)
		if x == nil {
			return value.Value{}
		}
		var name pkix.RDNSequence
		if rest, err := asn1.Unmarshal(of(x), &name); err != nil || len(rest) > 0 {
			return value.Value{}
		}
		switch {
		case a[0].Text != "":
			return c.attribute(name, a[0].Text, a[1].Int)
		case a[2].Text == "rfc2253":
			return c.name(name.String())
		}
		b := c.Scratch.Buffer()
		for _, set := range name {
			for _, attribute := range set {
				text, _ := attribute.Value.(string)
				b = append(b, '/')
				b = append(b, attributeName(attribute.Type)...)
				b = append(b, '=')
				b = append(b, text...)
			}
		}
		if len(b) == 0 {
			return value.Value{}
		}
		return c.text(b)
	}
}

// attribute returns the value of a kind at a place: from 1 on from the front, from -1 on from the end.
func (c *Context) attribute(name pkix.RDNSequence, kind string, place int64) value.Value {
	var found []string
	for _, set := range name {
		for _, attribute := range set {
			if text, ok := attribute.Value.(string); ok && strings.EqualFold(attributeName(attribute.Type), kind) {
				found = append(found, text)
			}
		}
	}
	if place == 0 {
		place = 1
	}
	if place < 0 {
		place += int64(len(found)) + 1
	}
	if place < 1 || place > int64(len(found)) {
		return value.Value{}
	}
	return c.name(found[place-1])
}

var attributeNames = map[string]string{
	"2.5.4.3": "CN", "2.5.4.4": "SN", "2.5.4.5": "serialNumber", "2.5.4.6": "C", "2.5.4.7": "L", "2.5.4.8": "ST", "2.5.4.9": "street",
	"2.5.4.10": "O", "2.5.4.11": "OU", "2.5.4.12": "title", "2.5.4.13": "description", "2.5.4.17": "postalCode", "2.5.4.41": "name",
	"2.5.4.42": "GN", "2.5.4.43": "initials", "2.5.4.46": "dnQualifier", "1.2.840.113549.1.9.1": "emailAddress",
	"0.9.2342.19200300.100.1.25": "DC", "0.9.2342.19200300.100.1.1": "UID",
}

// attributeName returns OpenSSL's short name of a kind of value, or its numbers.
func attributeName(id asn1.ObjectIdentifier) string {
	if name, known := attributeNames[id.String()]; known {
		return name
	}
	return id.String()
}
