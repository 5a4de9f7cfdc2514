// Package tlsconfig makes crypto/tls do what bind and server lines say of TLS: certificates chosen by name, versions and
// ciphers in OpenSSL's words, and verification that numbers its errors as OpenSSL does.
package tlsconfig

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"strings"
	"sync/atomic"

	"tidelock/proxy/config"
	"tidelock/proxy/stream"
)

// Listener is the TLS of one bind line.
type Listener struct {
	base           *tls.Config
	current        atomic.Pointer[choice]
	line, defaults config.TLS

	// CaptureSize is how many bytes of each client's hello are kept, KeyLog whether the secrets are. They are set before
	// the first handshake.
	CaptureSize int
	KeyLog      bool
}

// choice is what a Listener chooses certificates from until its files change.
type choice struct {
	first  *entry // for names that no certificate has; nil when such are refused
	exact  map[string][]*entry
	suffix map[string][]*entry // of "*.example.com", by ".example.com"
}

// entry is a certificate with the settings of connections that get it.
type entry struct {
	config   *tls.Config
	leaf     *x509.Certificate
	verifier *verifier // nil when clients are not asked for a certificate
	names    []string
}

// NewListener prepares the TLS of a bind line. Defaults apply to what the line leaves open. What works but differs from
// what was asked for goes to warn. Errors have HAProxy's words; those about the whole line are of type LineError. When one of
// the files changes, later handshakes heed it.
func NewListener(files *Files, c, defaults config.TLS, warn func(reason string)) (*Listener, error) {
	l := &Listener{line: c, defaults: defaults}
	chosen, err := newChoice(files, c, defaults, warn)
	if err != nil {
		return nil, err
	}
	l.current.Store(chosen)
	l.base = &tls.Config{GetConfigForClient: l.choose}
	files.enlist(l)
	return l, nil
}

// remake implements user. Sessions from before are not resumed.
func (l *Listener) remake(files *Files) (func(), error) {
	chosen, err := newChoice(files, l.line, l.defaults, func(string) {})
	return func() { l.current.Store(chosen) }, err
}

func newChoice(files *Files, c, defaults config.TLS, warn func(reason string)) (*choice, error) {
	line := c.Over(defaults)
	l := &choice{exact: map[string][]*entry{}, suffix: map[string][]*entry{}}
	var entries []*entry
	for _, listed := range c.Certificates {
		made, err := newEntries(files, listed, line, warn)
		if err != nil && listed.InAList {
			return nil, fmt.Errorf("'crt-list' : %w", err)
		}
		if err != nil {
			return nil, err
		}
		entries = append(entries, made...)
	}
	if len(entries) == 0 {
		if !c.StrictSNI {
			return nil, errNoCertificate
		}
		warn("no certificate")
	}
	for _, e := range entries {
		l.add(e)
	}
	if !c.StrictSNI {
		l.first = entries[0]
	}
	return l, nil
}

// LineError is what is wrong with a line as a whole. For a listener it goes before "bind ':443' at [file:line]".
type LineError string

// Alone returns the error without the word that leads over to the line.
func (e LineError) Alone() string { return strings.TrimSuffix(string(e), " for") }

func (e LineError) Error() string { return string(e) }

// End returns what goes after the line.
func (e LineError) End() string {
	if e == errNoCertificate {
		return " (use 'crt')."
	}
	return "."
}

const errNoCertificate LineError = "no SSL certificate specified for"

// newEntries makes the entries of one crt, or one line of a crt-list.
func newEntries(files *Files, listed config.Certificate, line config.TLS, warn func(string)) ([]*entry, error) {
	settings := line
	if listed.TLS != nil {
		settings = listed.TLS.Over(line)
	}
	certificates, err := files.loadCertificates(listed.Path)
	if err != nil {
		return nil, err
	}
	var entries []*entry
	for _, certificate := range certificates {
		e := &entry{config: &tls.Config{Certificates: []tls.Certificate{*certificate}}, leaf: certificate.Leaf, names: listed.Names}
		if len(e.names) == 0 {
			e.names = certificateNames(e.leaf)
		}
		if err := e.apply(files, &settings, warn); err != nil {
			return nil, err
		}
		entries = append(entries, e)
	}
	return entries, nil
}

// certificateNames returns the names that a certificate is for.
func certificateNames(c *x509.Certificate) []string {
	names := c.DNSNames
	if cn := c.Subject.CommonName; cn != "" {
		names = append(names[:len(names):len(names)], cn)
	}
	return names
}

// apply fills the configuration of an entry.
func (e *entry) apply(files *Files, t *config.TLS, warn func(string)) error {
	if err := common(e.config, t, "bind", warn); err != nil {
		return err
	}
	e.config.NextProtos = t.ALPN
	if t.TicketKeys != "" {
		keys, err := files.loadTicketKeys(t.TicketKeys)
		if err != nil {
			return err
		}
		e.config.SetSessionTicketKeys(keys)
	}
	if t.Verify != config.VerifyOptional && t.Verify != config.VerifyRequired {
		return nil
	}
	v, names, err := newVerifier(files, t, x509.ExtKeyUsageClientAuth)
	if err != nil {
		return err
	}
	if v == nil {
		return LineError("verify is enabled but no CA file specified for")
	}
	e.verifier = v
	e.config.ClientAuth = tls.RequestClientCert
	if t.Verify == config.VerifyRequired {
		e.config.ClientAuth = tls.RequireAnyClientCert
	}
	e.config.VerifyConnection = e.verifyConnection
	if !t.NoCANames {
		e.config.ClientCAs = names
	}
	return nil
}

// add files an entry under its names.
func (l *choice) add(e *entry) {
	for _, name := range e.names {
		name = strings.ToLower(name)
		switch {
		case strings.HasPrefix(name, "!"):
		case strings.HasPrefix(name, "*."):
			l.suffix[name[1:]] = append(l.suffix[name[1:]], e)
		case name == "*":
			l.suffix[""] = append(l.suffix[""], e)
		default:
			l.exact[name] = append(l.exact[name], e)
		}
	}
}

// find returns the entry for a name: one that has the name, one that has it but for its first label, then the first of all.
// Among several the client's abilities decide, and then their order, with ECDSA keys before others.
func (l *choice) find(hello *tls.ClientHelloInfo) *entry {
	name := strings.ToLower(strings.TrimSuffix(hello.ServerName, "."))
	if name == "" {
		return l.first
	}
	if e := best(l.exact[name], hello); e != nil {
		return e
	}
	if dot := strings.IndexByte(name, '.'); dot >= 0 {
		if e := best(allowed(l.suffix[name[dot:]], name), hello); e != nil {
			return e
		}
	}
	if e := best(allowed(l.suffix[""], name), hello); e != nil {
		return e
	}
	return l.first
}

// allowed leaves out entries that are not for a name: "!name" says so.
func allowed(entries []*entry, name string) []*entry {
	var kept []*entry
	for _, e := range entries {
		denied := false
		for _, n := range e.names {
			denied = denied || strings.EqualFold(n, "!"+name)
		}
		if !denied {
			kept = append(kept, e)
		}
	}
	return kept
}

func best(entries []*entry, hello *tls.ClientHelloInfo) *entry {
	var fit *entry
	for _, e := range entries {
		if hello.SupportsCertificate(&e.config.Certificates[0]) != nil {
			continue
		}
		if e.leaf.PublicKeyAlgorithm == x509.ECDSA {
			return e
		}
		if fit == nil {
			fit = e
		}
	}
	if fit == nil && len(entries) > 0 {
		return entries[0] // the handshake says what the client lacks
	}
	return fit
}

// nameless has no certificate: who gets it is told that the name is not known.
var nameless = &tls.Config{}

// handshake is what is noted of a handshake while it goes on. Its context carries it.
type handshake struct {
	chosen *entry
	hello  *stream.ClientHello
	keys   keyLog
}

type handshakeKey struct{}

// choose is GetConfigForClient. It notes in the handshake's context which certificate was chosen.
func (l *Listener) choose(hello *tls.ClientHelloInfo) (*tls.Config, error) {
	e := l.current.Load().find(hello)
	if e == nil {
		return nameless, nil
	}
	h, ok := hello.Context().Value(handshakeKey{}).(*handshake)
	if !ok {
		return e.config, nil
	}
	h.chosen = e
	if l.CaptureSize > 0 {
		h.hello = captureHello(hello, l.CaptureSize)
	}
	if !l.KeyLog {
		return e.config, nil
	}
	c := e.config.Clone() // tickets are those of l.base or of the file: copies read each other's
	c.KeyLogWriter = &h.keys
	return c, nil
}

// verifyConnection is run in every handshake, those that resume a session included. All connections of an entry share its
// configuration, or tickets could not be read again, so what was found is not noted here.
func (e *entry) verifyConnection(state tls.ConnectionState) error {
	var found stream.Verification
	if len(state.PeerCertificates) > 0 && !e.verifier.verify(state.PeerCertificates, &found) {
		return &VerifyError{found}
	}
	return nil
}

// VerifyError says that a peer's certificate is not accepted.
type VerifyError struct{ stream.Verification }

func (e *VerifyError) Error() string {
	return fmt.Sprintf("certificate verify failed (%d)", e.Result)
}

// FromIssuer reports whether it is an issuer's certificate, and not the peer's own, that is wrong.
func (e *VerifyError) FromIssuer() bool { return e.AuthorityError != 0 }

// Handshake secures a connection that was accepted. The context bounds it. The error is what the peer or the network did;
// the connection is of no use then.
func (l *Listener) Handshake(ctx context.Context, c net.Conn) (net.Conn, *stream.TLS, error) {
	var h handshake
	secured := tls.Server(c, l.base)
	if err := secured.HandshakeContext(context.WithValue(ctx, handshakeKey{}, &h)); err != nil {
		return nil, nil, err
	}
	state := &stream.TLS{ConnectionState: secured.ConnectionState(), Certificate: h.chosen.leaf, Hello: h.hello}
	if l.KeyLog {
		state.KeyLog = &h.keys.KeyLog
	}
	if v := h.chosen.verifier; v != nil && v.forgiving() && len(state.PeerCertificates) > 0 {
		v.verify(state.PeerCertificates, &state.Verification)
	}
	return secured, state, nil
}
