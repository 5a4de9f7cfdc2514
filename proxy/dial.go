package proxy

import (
	"cmp"
	"context"
	"errors"
	"net"
	"net/netip"
	"strings"
	"sync/atomic"

	"tidelock/proxy/config"
	"tidelock/proxy/config/syntax"
	"tidelock/proxy/proxyprotocol"
	"tidelock/proxy/sample"
	"tidelock/proxy/server"
	"tidelock/proxy/stream"
	"tidelock/proxy/tlsconfig"
	"tidelock/proxy/tlsname"
)

// dialer opens connections to a server that have something before the first byte of an exchange: a header of the PROXY
// protocol, TLS, or both in this order.
type dialer struct {
	plain   server.Plain
	proxy   config.SendProxy
	tls     *tlsconfig.Client  // nil for none
	name    *sample.Expression // that the server is asked for; nil for none
	secured atomic.Bool        // exchanges' connections are
	// varies says that the name is not the same for all exchanges.
	varies bool

	checkProxy, checkTLS bool // for health checks too
	check                tlsconfig.Settings
	neverLocal           bool // headers of checks say PROXY, as those of exchanges do
}

var _ server.Securer = (*dialer)(nil)

// Secured implements server.Securer.
func (d *dialer) Secured() bool { return d.secured.Load() }

// Secure implements server.Securer. It changes nothing where no TLS is configured.
func (d *dialer) Secure(on bool) { d.secured.Store(on && d.tls != nil) }

// Securable reports whether there is TLS to secure exchanges with.
func (d *dialer) Securable() bool { return d.tls != nil }

// buildDialer returns how connections to a server are opened.
func (b *builder) buildDialer(section *config.Proxy, s config.Server) server.Dialer {
	d := &dialer{proxy: s.SendProxy, neverLocal: b.config.Global.NeverSendLocal}
	d.plain = b.plainDialer(section, s)
	// Checks go the way of the traffic, unless they go elsewhere or are told otherwise.
	same := s.CheckPort == 0 && s.CheckAddr.Network == ""
	d.checkTLS = s.TLS.Enabled && same
	if s.CheckTLS != nil {
		d.checkTLS = *s.CheckTLS
	}
	d.checkProxy = s.CheckSendProxy || s.SendProxy.Version > 0 && same
	d.check = tlsconfig.Settings{Name: cmp.Or(s.CheckSNI, s.TLS.VerifyHost), ALPN: s.CheckALPN}
	d.secured.Store(s.TLS.Enabled)
	b.buildSNI(section, s, d)
	if s.TLS.Enabled || d.checkTLS || s.TLS.Disabled && section.DefaultServer.TLS.Enabled {
		b.buildServerTLS(section, s, d)
	}
	if d.tls == nil && d.proxy.Version == 0 && !d.checkProxy {
		return d.plain
	}
	return d
}

// buildServerTLS prepares the TLS of a server line, or reports what is wrong with it.
func (b *builder) buildServerTLS(section *config.Proxy, s config.Server, d *dialer) {
	where := serverPrefix(section, s)
	client, err := tlsconfig.NewClient(b.tlsFiles, s.TLS, b.config.Global.Server, func(reason string) { b.diags.Warnf(syntax.Position{}, "%s%s", where, reason) })
	var line tlsconfig.LineError
	switch {
	case errors.As(err, &line):
		b.diags.Alertf(syntax.Position{}, "%s%s.", where, line.Alone())
	case err != nil:
		b.diags.Alertf(syntax.Position{}, "%s%s", where, err)
	}
	if err != nil {
		return
	}
	d.tls = client
}

// serverPrefix is what HAProxy puts before messages about a server line.
func serverPrefix(section *config.Proxy, s config.Server) string {
	return "[" + s.At.String() + "] : 'server " + section.Name + "/" + s.Name + "' : "
}

// buildSNI prepares the name that a server line asks for, whether or not it is used.
func (b *builder) buildSNI(section *config.Proxy, s config.Server, d *dialer) {
	if s.TLS.SNI == "" {
		return
	}
	expression, _, err := b.compiler(section, sample.SourceChoice, s.At, "").ParseAvailable([]string{s.TLS.SNI})
	if err != nil {
		b.diags.Alertf(syntax.Position{}, "%serror detected while parsing sni expression : %s", serverPrefix(section, s), sentence(err))
		return
	}
	d.name, d.varies = expression, !strings.HasPrefix(s.TLS.SNI, "str(")
}

// Shareable implements server.Dialer: what a connection began with must be true for every exchange that it carries.
func (d *dialer) Shareable() bool {
	return d.proxy.Version == 0 && !d.varies
}

// Dial implements server.Dialer.
func (d *dialer) Dial(ctx context.Context, s *stream.Stream, network, address string) (net.Conn, error) {
	c, err := d.plain.Dial(ctx, s, network, address)
	if err != nil {
		return nil, err
	}
	if d.proxy.Version > 0 && s != nil || d.checkProxy && s == nil {
		if deadline, bounded := ctx.Deadline(); bounded {
			c.SetWriteDeadline(deadline)
		}
		if _, err := c.Write(d.header(s, c)); err != nil {
			c.Close()
			return nil, err
		}
	}
	if d.tls == nil || s == nil && !d.checkTLS || s != nil && !d.secured.Load() {
		return c, nil
	}
	settings := d.check
	if s != nil {
		settings = tlsconfig.Settings{Name: d.serverName(s)}
	}
	secured, err := d.tls.Handshake(ctx, c, settings)
	if err != nil {
		return nil, &server.HandshakeError{Err: err}
	}
	return secured, nil
}

// serverName returns the name to ask the server for. Addresses are none (RFC 6066, section 3).
func (d *dialer) serverName(s *stream.Stream) string {
	if d.name == nil {
		return ""
	}
	c := sample.Acquire(s, sample.SourceChoice)
	defer c.Release()
	name := string(d.name.EvalString(c).Data)
	if _, err := netip.ParseAddr(name); err == nil {
		return ""
	}
	return name
}

// header makes the PROXY protocol's header for an exchange, or for a check when s is nil.
func (d *dialer) header(s *stream.Stream, c net.Conn) []byte {
	if s == nil {
		if d.proxy.Version == 2 && d.neverLocal {
			return proxyprotocol.Append2(nil, &proxyprotocol.Outgoing{Source: tcpAddress(c.LocalAddr()), Destination: tcpAddress(c.RemoteAddr())})
		}
		if d.proxy.Version == 2 {
			return proxyprotocol.Append2(nil, &proxyprotocol.Outgoing{Local: true})
		}
		return proxyprotocol.Append1(nil, tcpAddress(c.LocalAddr()), tcpAddress(c.RemoteAddr()))
	}
	if d.proxy.Version == 1 {
		return proxyprotocol.Append1(nil, s.Client.Source, s.Client.Destination)
	}
	o := proxyprotocol.Outgoing{Source: s.Client.Source, Destination: s.Client.Destination, Checksum: d.proxy.Checksum}
	if d.proxy.UniqueID {
		o.UniqueID = string(s.UniqueID())
	}
	t := s.Session.TLS
	if t != nil {
		o.ALPN = t.NegotiatedProtocol
		if d.proxy.Authority {
			o.Authority = t.ServerName
		}
	}
	if d.proxy.TLS {
		o.TLS = d.describe(t)
	}
	return proxyprotocol.Append2(nil, &o)
}

// describe tells what the client's connection is secured by, nil for nothing.
func (d *dialer) describe(t *stream.TLS) *proxyprotocol.TLS {
	if t == nil {
		return &proxyprotocol.TLS{}
	}
	told := &proxyprotocol.TLS{Secured: true, Version: tlsname.Version(t.Version), VerifyResult: uint32(t.Verification.Result)}
	if len(t.PeerCertificates) > 0 {
		told.CertSession, told.CertOnce = true, !t.DidResume
		if d.proxy.CommonName {
			told.CommonName = t.PeerCertificates[0].Subject.CommonName
		}
	}
	if d.proxy.Cipher {
		told.Cipher = tlsname.Cipher(t.CipherSuite)
	}
	if t.Certificate != nil && d.proxy.Key {
		told.Key = tlsname.KeyKind(t.Certificate)
	}
	if t.Certificate != nil && d.proxy.Signature {
		told.Signature = tlsname.Signature(t.Certificate.SignatureAlgorithm)
	}
	return told
}

func tcpAddress(a net.Addr) netip.AddrPort {
	if tcp, ok := a.(*net.TCPAddr); ok {
		return tcp.AddrPort()
	}
	return netip.AddrPort{}
}
