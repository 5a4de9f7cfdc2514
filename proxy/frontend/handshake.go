package frontend

import (
	"errors"
	"io"
	"net"
	"time"

	"tidelock/proxy/http1"
	"tidelock/proxy/proxyprotocol"
	"tidelock/proxy/stream"
)

// handshake does what comes before a connection's first byte of its own: the PROXY protocol. All of it together takes no
// longer than a client may be silent. It reports whether the connection goes on.
func (s *session) handshake() bool {
	if !s.listener.AcceptProxy {
		return true
	}
	limit := s.frontend.Timeouts.Client
	var until time.Time
	if limit > 0 {
		until = time.Now().Add(limit)
	}
	s.client.SetReadTimeout(limit, until)
	if err := s.readProxyHeader(); err != nil {
		s.failHandshake(proxyReason(err, len(s.client.Buffered()) > 0))
		return false
	}
	return true
}

// failHandshake ends a connection that did not get through its handshake. What it sent is thrown away with a reset, so
// that nobody takes the end for an answer.
func (s *session) failHandshake(reason string) {
	if log := s.frontend.LogRefused; log != nil {
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
	for {
		wrapped, ok := c.(interface{ NetConn() net.Conn })
		if !ok {
			break
		}
		c = wrapped.NetConn()
	}
	if tcp, ok := c.(*net.TCPConn); ok {
		tcp.SetLinger(0)
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
	s.Proxied = true
	s.ProxyAuthority = string(h.Authority)
	s.ProxyUniqueID = string(h.UniqueID)
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
		return "Timeout while waiting for PROXY protocol header"
	case begun:
		return "Truncated PROXY protocol header received"
	case err == io.EOF:
		return "Connection closed while waiting for PROXY protocol header"
	case errors.Is(err, net.ErrClosed):
		return "Connection killed while waiting for PROXY protocol header"
	}
	return "Connection error while waiting for PROXY protocol header"
}
