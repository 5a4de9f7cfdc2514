package frontend

import (
	"errors"
	"io"
	"net"

	"tidelock/proxy/http1"
	"tidelock/proxy/netscaler"
	"tidelock/proxy/stream"
)

// readClientIP reads the NetScaler Client IP header that the peer has to send, and takes the addresses that it tells for the
// client's. Like readProxyHeader it waits for one that comes in pieces.
func (s *session) readClientIP() error {
	var h netscaler.Header
	for {
		n, err := netscaler.Parse(s.client.Buffered(), s.listener.ClientIPMagic, &h)
		if err == nil {
			s.Origin = stream.Endpoint{Source: h.Source, Destination: h.Destination}
			s.client.Discard(n)
			return nil
		}
		if err == netscaler.ErrShort {
			err = s.client.Fill()
		}
		if err != nil {
			return err
		}
	}
}

// clientIPReason words why there was no header in the way of HAProxy's log. Begun says that some of one had come.
func clientIPReason(err error, begun bool) string {
	switch {
	case err == netscaler.ErrMagic:
		return "Received an invalid NetScaler Client IP magic number"
	case err == netscaler.ErrProtocol:
		return "Received an unhandled protocol in the NetScaler Client IP header"
	case err == netscaler.ErrLength, begun:
		return "Truncated NetScaler Client IP header received"
	case err == http1.ErrTimeout:
		return "Timeout while waiting for a NetScaler Client IP header"
	case err == io.EOF:
		return "Connection closed while waiting for NetScaler Client IP header"
	case errors.Is(err, net.ErrClosed):
		return "Connection killed while waiting for NetScaler Client IP header"
	}
	return "Connection error while waiting for NetScaler Client IP header"
}
