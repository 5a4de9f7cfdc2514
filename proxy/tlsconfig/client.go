package tlsconfig

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"sync/atomic"

	"tidelock/proxy/config"
	"tidelock/proxy/stream"
)

// Client is the TLS of a server line.
type Client struct {
	current        atomic.Pointer[clientSettings]
	line, defaults config.TLS
}

// clientSettings are what a Client does until its files change.
type clientSettings struct {
	base     *tls.Config
	verifier *verifier // nil when the server may be anybody
	host     string    // that the certificate must be for where no name was asked for; "" for any
}

// NewClient prepares the TLS of a server line. Defaults apply to what the line leaves open. What works but differs from what
// was asked for goes to warn. Errors have HAProxy's words. When one of the files changes, later connections heed it.
func NewClient(files *Files, c, defaults config.TLS, warn func(reason string)) (*Client, error) {
	client := &Client{line: c, defaults: defaults}
	settings, err := newClientSettings(files, c, defaults, warn)
	if err != nil {
		return nil, err
	}
	client.current.Store(settings)
	files.enlist(client)
	return client, nil
}

// remake implements user.
func (l *Client) remake(files *Files) (func(), error) {
	settings, err := newClientSettings(files, l.line, l.defaults, func(string) {})
	return func() { l.current.Store(settings) }, err
}

func newClientSettings(files *Files, c, defaults config.TLS, warn func(reason string)) (*clientSettings, error) {
	line := c.Over(defaults)
	client := &clientSettings{base: &tls.Config{
		// What crypto/tls would check is checked by the verifier, with the settings of the line.
		InsecureSkipVerify: true,
		NextProtos:         line.ALPN,
		ClientSessionCache: tls.NewLRUClientSessionCache(sessions),
	}, host: line.VerifyHost}
	if err := common(client.base, &line, "server", warn); err != nil {
		return nil, err
	}
	if line.NoReuse {
		client.base.ClientSessionCache = nil
	}
	if n := len(line.Certificates); n > 0 {
		certificate, err := files.loadCertificates(line.Certificates[n-1].Path)
		if err != nil {
			return nil, err
		}
		client.base.Certificates = []tls.Certificate{*certificate[0]}
	}
	if line.Verify == config.VerifyNone {
		return client, nil
	}
	v, _, err := newVerifier(files, &line, x509.ExtKeyUsageServerAuth)
	if err != nil {
		return nil, err
	}
	if v == nil {
		return nil, errNoAuthority
	}
	client.verifier = v
	return client, nil
}

// sessions is how many names of a server's are remembered, to resume their sessions.
const sessions = 64

const errNoAuthority LineError = "verify is enabled by default but no CA file specified. If you're running on a LAN where you're certain to trust " +
	"the server's certificate, please set an explicit 'verify none' statement on the 'server' line, or use 'ssl-server-verify none' in the global " +
	"section to disable server-side verifications by default"

// Settings are what differs from one connection to the next.
type Settings struct {
	Name string   // that is asked for (SNI), "" for none
	ALPN []string // instead of the line's; nil for the same
}

// Handshake secures a connection to the server. The context bounds it. The error is what the peer or the network did; the
// connection is closed then.
func (l *Client) Handshake(ctx context.Context, c net.Conn, s Settings) (net.Conn, error) {
	now := l.current.Load()
	own := now.base.Clone() // shares the cache of sessions
	own.ServerName = s.Name
	if s.ALPN != nil {
		own.NextProtos = s.ALPN
	}
	own.VerifyConnection = func(state tls.ConnectionState) error { return now.verify(&state, s.Name) }
	secured := tls.Client(c, own)
	if err := secured.HandshakeContext(ctx); err != nil {
		c.Close()
		return nil, err
	}
	return &Secured{Conn: secured, state: &stream.TLS{ConnectionState: secured.ConnectionState()}}, nil
}

// verify checks the server's certificate: its chain, and that it is for the name that was asked for.
func (l *clientSettings) verify(state *tls.ConnectionState, name string) error {
	if l.verifier == nil {
		return nil
	}
	var found stream.Verification
	if !l.verifier.verify(state.PeerCertificates, &found) {
		return &VerifyError{found}
	}
	if name == "" {
		name = l.host
	}
	if name == "" || state.PeerCertificates[0].VerifyHostname(name) == nil {
		return nil
	}
	if len(state.PeerCertificates[0].DNSNames) == 0 && state.PeerCertificates[0].Subject.CommonName == name {
		return nil // as HAProxy still does
	}
	return fmt.Errorf("the server's certificate is not for '%s'", name)
}

// Secured is a connection to a server with what secures it.
type Secured struct {
	*tls.Conn
	state *stream.TLS
}

// TLS returns what secures the connection.
func (s *Secured) TLS() *stream.TLS { return s.state }
