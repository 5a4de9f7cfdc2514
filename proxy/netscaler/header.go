// Package netscaler reads the Client IP header that NetScaler load balancers put before the first byte of a connection: the
// headers of IP and TCP of the client's own connection, after a number that both sides agreed on. Reading allocates nothing
// and trusts nothing.
package netscaler

import (
	"encoding/binary"
	"errors"
	"net/netip"
)

// Header is whose connection it is.
type Header struct{ Source, Destination netip.AddrPort }

// Errors of Parse. They are what HAProxy tells apart in its logs.
var (
	ErrShort    = errors.New("netscaler: more input is needed")
	ErrMagic    = errors.New("netscaler: not the number that was agreed on")
	ErrProtocol = errors.New("netscaler: unhandled protocol")
	ErrLength   = errors.New("netscaler: longer than any header")
)

const (
	// fixedLegacy and fixedStandard are what stands before the headers of IP and TCP:
	//
	//	legacy:   number (4 bytes), length of the headers (4)
	//	standard: number (4 bytes), length of everything (4), kind (2), length of the headers (2)
	fixedLegacy, fixedStandard = 8, 12

	// longest bounds the headers of IP and TCP, which have 120 bytes with all options that either can have, and padding.
	longest = 1024

	protocolTCP = 6
	lengthIPv4  = 20 // without options
	lengthIPv6  = 40
	portsOfTCP  = 4
)

// Parse reads a header from the front of data and returns its length. ErrShort asks to be called again with more, which is
// never more than 12 + 1024 bytes. What the headers of IP and TCP say of their own length is not believed where it would
// put the ports outside of them.
func Parse(data []byte, magic uint32, h *Header) (int, error) {
	if len(data) < fixedStandard {
		return 0, ErrShort
	}
	if binary.BigEndian.Uint32(data) != magic {
		return 0, ErrMagic
	}
	// The legacy form has the version of IP where the standard one has its kind, whose first byte is 0.
	start, length := fixedStandard, uint32(binary.BigEndian.Uint16(data[10:]))
	if data[8] != 0 {
		start, length = fixedLegacy, binary.BigEndian.Uint32(data[4:])
	}
	if length > longest {
		return 0, ErrLength
	}
	end := start + int(length)
	if len(data) < end {
		return 0, ErrShort
	}
	return end, h.parse(data[start:end])
}

// parse reads the headers of IP and TCP.
func (h *Header) parse(headers []byte) error {
	if len(headers) < lengthIPv4 {
		return ErrProtocol
	}
	var source, destination netip.Addr
	var ip int // length of the header of IP
	var protocol byte
	switch headers[0] >> 4 {
	case 4:
		ip, protocol = int(headers[0]&0xf)*4, headers[9]
		source, destination = netip.AddrFrom4([4]byte(headers[12:16])), netip.AddrFrom4([4]byte(headers[16:20]))
		if ip < lengthIPv4 {
			return ErrProtocol
		}
	case 6:
		if len(headers) < lengthIPv6 {
			return ErrProtocol
		}
		ip, protocol = lengthIPv6, headers[6]
		source, destination = netip.AddrFrom16([16]byte(headers[8:24])), netip.AddrFrom16([16]byte(headers[24:40]))
	}
	if protocol != protocolTCP || len(headers) < ip+portsOfTCP {
		return ErrProtocol
	}
	h.Source = netip.AddrPortFrom(source, binary.BigEndian.Uint16(headers[ip:]))
	h.Destination = netip.AddrPortFrom(destination, binary.BigEndian.Uint16(headers[ip+2:]))
	return nil
}
