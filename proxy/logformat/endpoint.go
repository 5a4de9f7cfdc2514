package logformat

import (
	"fmt"
	"net/netip"
	"strconv"

	"tidelock/proxy/sample"
	"tidelock/proxy/stream"
	"tidelock/proxy/value"
)

// address writes an IP address, or nothing where there is none.
func address(of func(*stream.Stream) netip.AddrPort) func([]byte, *sample.Context, flags) []byte {
	return func(b []byte, c *sample.Context, fl flags) []byte {
		return appendAddress(b, of(c.Stream).Addr(), fl)
	}
}

// clientAddress writes the word unix for an address of a unix socket.
func clientAddress(of func(*stream.Stream) netip.AddrPort) func([]byte, *sample.Context, flags) []byte {
	return func(b []byte, c *sample.Context, fl flags) []byte {
		a := of(c.Stream).Addr()
		if !a.IsValid() {
			return append(b, "unix"...)
		}
		return appendAddress(b, a, fl)
	}
}

func appendAddress(b []byte, a netip.Addr, fl flags) []byte {
	switch a = a.Unmap().WithZone(""); {
	case !a.IsValid():
		return b
	case fl&hexadecimal != 0:
		return fmt.Appendf(b, "%X", a.AsSlice())
	}
	return value.AppendAddr(b, a)
}

// clientPort writes a port; for a unix socket the number of the listener stands in its place.
func clientPort(of func(*stream.Stream) netip.AddrPort) func([]byte, *sample.Context, flags) []byte {
	return func(b []byte, c *sample.Context, fl flags) []byte {
		a := of(c.Stream)
		n := int64(a.Port())
		if !a.IsValid() && c.Stream.Session.Listener != nil {
			n = int64(c.Stream.Session.Listener.ID)
		}
		return appendNumber(b, n, "%04X", fl)
	}
}

// serverPort writes a port, or nothing where there is none.
func serverPort(of func(*stream.Stream) netip.AddrPort) func([]byte, *sample.Context, flags) []byte {
	return func(b []byte, c *sample.Context, fl flags) []byte {
		a := of(c.Stream)
		if !a.IsValid() {
			return b
		}
		return appendNumber(b, int64(a.Port()), "%04X", fl)
	}
}

func appendNumber(b []byte, n int64, layout string, fl flags) []byte {
	if fl&hexadecimal != 0 {
		return fmt.Appendf(b, layout, uint64(n))
	}
	return strconv.AppendInt(b, n, 10)
}
