package frontend

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"time"

	"tidelock/proxy/counter"
	"tidelock/proxy/http1"
	"tidelock/proxy/proxyprotocol"
	"tidelock/proxy/stream"
)

// handshake does what comes before a connection's first byte of its own: a NetScaler's header, the PROXY protocol, then TLS. All
// of it together takes no longer than a client may be silent. It reports whether the connection goes on.
func (s *session) handshake() bool {
	told, proxied, secure := s.listener.AcceptClientIP || s.ExpectClientIP, s.listener.AcceptProxy || s.ExpectProxy, s.listener.Secure
	if !told && !proxied && secure == nil {
		return true
	}
	limit := s.frontend.Timeouts.Client
	var until time.Time
	if limit > 0 {
		until = time.Now().Add(limit)
	}
	if told {
		s.client.SetReadTimeout(limit, until)
		if err := s.readClientIP(); err != nil {
			s.failHandshake(clientIPReason(err, len(s.client.Buffered()) > 0))
			return false
		}
	}
	if proxied {
		s.client.SetReadTimeout(limit, until)
		if err := s.readProxyHeader(); err != nil {
			s.failHandshake(proxyReason(err, len(s.client.Buffered()) > 0))
			return false
		}
	}
	if secure != nil {
		if err := s.secure(secure, until); err != nil {
			s.countClient(counter.TLSFailures)
			s.failHandshake(tlsReason(err))
			return false
		}
	}
	s.ended = time.Since(s.Accepted) // what follows is idle time of the first exchange
	return true
}

// secure puts TLS between the connection and its reader.
func (s *session) secure(handshake func(context.Context, net.Conn) (net.Conn, *stream.TLS, error), until time.Time) error {
	ctx, cancel := s.frontend.cut, context.CancelFunc(func() {})
	if !until.IsZero() {
		ctx, cancel = context.WithDeadline(ctx, until)
	}
	defer cancel()
	s.frontend.Paces.TLS.Count(time.Now())
	raw := &precededConn{Conn: s.client.Net(), first: bytes.Clone(s.client.Buffered())}
	s.client.Discard(len(raw.first))
	secured, state, err := handshake(ctx, raw)
	if err != nil {
		if ctx.Err() == context.DeadlineExceeded {
			return http1.ErrTimeout
		}
		return err
	}
	s.mu.Lock()
	s.client.Replace(secured)
	s.mu.Unlock()
	s.TLS = state
	s.countClient(counter.TLSSessions)
	if state.DidResume {
		s.countClient(counter.TLSResumptions)
	}
	return nil
}

// precededConn is a connection of which some input was read already.
type precededConn struct {
	net.Conn
	first []byte
}

func (c *precededConn) Read(p []byte) (int, error) {
	if len(c.first) == 0 {
		return c.Conn.Read(p)
	}
	n := copy(p, c.first)
	c.first = c.first[n:]
	return n, nil
}

// NetConn returns the connection underneath.
func (c *precededConn) NetConn() net.Conn { return c.Conn }

// CloseWrite ends the direction towards the peer, where the network can.
func (c *precededConn) CloseWrite() error {
	if h, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return h.CloseWrite()
	}
	return nil
}

// tlsReason and proxyReason are empty for what HAProxy does not log either: that the time was over.

// tlsReason words why a TLS handshake failed in the way of HAProxy's log.
func tlsReason(err error) string {
	var verify interface{ FromIssuer() bool }
	switch {
	case err == http1.ErrTimeout:
		return ""
	case errors.As(err, &verify) && verify.FromIssuer():
		return "SSL client CA chain cannot be verified"
	case errors.As(err, &verify):
		return "SSL client certificate not trusted"
	case errors.Is(err, io.EOF), errors.Is(err, net.ErrClosed):
		return "Connection closed during SSL handshake"
	}
	return "SSL handshake failure"
}

// failHandshake ends a connection that did not get through its handshake. What it sent is thrown away with a reset, so
// that nobody takes the end for an answer.
func (s *session) failHandshake(reason string) {
	if log := s.frontend.LogRefused; log != nil && reason != "" {
		s.beginAdmission()
		s.stream.Record.BytesIn = s.client.Received()
		log(&s.stream, reason)
	}
	if len(s.client.Buffered()) > 0 {
		resetOnClose(s.client.Net())
	}
}

// resetOnClose has a TCP connection end with a RST.
func resetOnClose(c net.Conn) {
	if tcp, ok := underneath(c).(*net.TCPConn); ok {
		tcp.SetLinger(0)
	}
}

// underneath returns the connection of the network below TLS and other wrappers. Closing it never waits, while TLS would
// take its time to say goodbye to a peer that does not listen.
func underneath(c net.Conn) net.Conn {
	for {
		wrapped, ok := c.(interface{ NetConn() net.Conn })
		if !ok {
			return c
		}
		c = wrapped.NetConn()
	}
}

// readProxyHeader reads the header that the peer has to send, and takes the addresses that it tells for the client's.
// Unlike HAProxy it waits for a header that comes in pieces, which a long one does on any network.
func (s *session) readProxyHeader() error {
	var h proxyprotocol.Header
	for {
		n, err := proxyprotocol.Parse(s.client.Buffered(), &h)
		if err == nil {
			s.proxied(&h)
			s.client.Discard(n)
			return nil
		}
		if err == proxyprotocol.ErrShort {
			err = s.client.Fill()
		}
		if err != nil {
			return err
		}
	}
}

// proxied notes what a header tells. It aliases the input, so what is kept of it is copied.
func (s *session) proxied(h *proxyprotocol.Header) {
	s.Proxied = &stream.ProxyHeader{Authority: string(h.Authority), UniqueID: string(h.UniqueID)}
	if h.Known {
		s.Origin = stream.Endpoint{Source: h.Source, Destination: h.Destination}
	}
}

// proxyReason words why there was no header in the way of HAProxy's log. Begun says that some of one had come.
func proxyReason(err error, begun bool) string {
	switch {
	case err == proxyprotocol.ErrSignature:
		return "Received something which does not look like a PROXY protocol header"
	case err == proxyprotocol.ErrProtocol:
		return "Received an unhandled protocol in the PROXY protocol header"
	case err == proxyprotocol.ErrInvalid, err == http1.ErrFull:
		return "Received an invalid PROXY protocol header"
	case err == http1.ErrTimeout:
		return ""
	case begun:
		return "Truncated PROXY protocol header received"
	case err == io.EOF:
		return "Connection closed while waiting for PROXY protocol header"
	case errors.Is(err, net.ErrClosed):
		return "Connection killed while waiting for PROXY protocol header"
	}
	return "Connection error while waiting for PROXY protocol header"
}
