// Package proxyprotocol reads and writes the PROXY protocol, versions 1 and 2: a header before a connection's first byte
// that tells whose connection it is. Reading allocates nothing and trusts nothing.
// https://www.haproxy.org/download/2.6/doc/proxy-protocol.txt
package proxyprotocol

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"net/netip"
	"strconv"
	"unsafe"
)

// Header is what a header says. Slices alias the input.
type Header struct {
	// Known is false for connections whose addresses are not told (LOCAL, UNKNOWN): they keep their own.
	Known               bool
	Source, Destination netip.AddrPort
	Authority, UniqueID []byte // PP2_TYPE_AUTHORITY, PP2_TYPE_UNIQUE_ID; nil when missing
}

// Errors of Parse. They are what HAProxy tells apart in its logs.
var (
	ErrShort     = errors.New("proxyprotocol: more input is needed")
	ErrSignature = errors.New("proxyprotocol: not a PROXY protocol header")
	ErrProtocol  = errors.New("proxyprotocol: unhandled protocol")
	ErrInvalid   = errors.New("proxyprotocol: invalid header")
)

const (
	signature1 = "PROXY "
	signature2 = "\r\n\r\n\x00\r\nQUIT\n"

	// longest1 is the longest line of version 1, with its end.
	longest1 = 107
	// fixed2 is what version 2 has before its addresses.
	fixed2 = len(signature2) + 4
)

// Version 2: commands, families and what follows the addresses.
const (
	commandLocal, commandProxy = 0x20, 0x21
	familyTCP4, familyTCP6     = 0x11, 0x21
	length4, length6           = 12, 36

	typeALPN, typeAuthority, typeCRC32C, typeNoop, typeUniqueID = 0x01, 0x02, 0x03, 0x04, 0x05
	typeSSL, typeNetNS                                          = 0x20, 0x30
)

// longestID is the longest unique ID that version 2 carries.
const longestID = 128

// Parse reads a header from the front of data and returns its length. ErrShort asks to be called again with more; a header
// is never longer than 16 + 65535 bytes.
func Parse(data []byte, h *Header) (int, error) {
	*h = Header{}
	switch {
	case begins(data, signature1):
		return h.parse1(data)
	case begins(data, signature2):
		return h.parse2(data)
	}
	return 0, ErrSignature
}

// begins reports whether data begins with text, as far as it goes.
func begins(data []byte, text string) bool {
	n := min(len(data), len(text))
	return string(data[:n]) == text[:n]
}

// parse1 reads: PROXY TCP4|TCP6 <source> <destination> <source port> <destination port> CRLF, or PROXY UNKNOWN CRLF.
func (h *Header) parse1(data []byte) (int, error) {
	end := bytes.IndexByte(data[:min(len(data), longest1)], '\n')
	if end < 0 {
		if len(data) < longest1 {
			return 0, ErrShort
		}
		if err := protocol1(data); err != nil {
			return 0, err
		}
		return 0, ErrInvalid
	}
	line := data[:end]
	if err := protocol1(data); err != nil {
		return 0, err
	}
	if line[len(line)-1] != '\r' {
		return 0, ErrInvalid
	}
	if line[len(signature1)] == 'U' {
		return end + 1, nil
	}
	is4 := line[len(signature1)+3] == '4'
	rest := line[len(signature1)+len("TCP4 ") : len(line)-1]
	var parts [4][]byte
	for i := range parts {
		part, after, more := bytes.Cut(rest, []byte(" "))
		if more == (i == len(parts)-1) {
			return 0, ErrInvalid
		}
		parts[i], rest = part, after
	}
	source, ok1 := endpoint(parts[0], parts[2], is4)
	destination, ok2 := endpoint(parts[1], parts[3], is4)
	if !ok1 || !ok2 {
		return 0, ErrInvalid
	}
	h.Known, h.Source, h.Destination = true, source, destination
	return end + 1, nil
}

// protocol1 checks the protocol of a line that may not have ended.
func protocol1(data []byte) error {
	rest := data[min(len(data), len(signature1)):]
	for _, known := range [...]string{"TCP4 ", "TCP6 ", "UNKNOWN\r\n"} {
		if begins(rest, known) {
			if len(rest) < len(known) {
				return ErrInvalid
			}
			return nil
		}
	}
	return ErrProtocol
}

// endpoint reads an address and a port.
func endpoint(address, port []byte, is4 bool) (netip.AddrPort, bool) {
	if len(address) == 0 || bytes.IndexByte(address, '%') >= 0 {
		return netip.AddrPort{}, false
	}
	// Without a zone the address keeps nothing of the string, which may therefore be the input itself.
	a, err := netip.ParseAddr(unsafe.String(&address[0], len(address)))
	if err != nil || a.Is4() != is4 {
		return netip.AddrPort{}, false
	}
	n, err := strconv.ParseUint(string(port), 10, 16)
	return netip.AddrPortFrom(a, uint16(n)), err == nil
}

// parse2 reads version 2:
//
//	 0            12        13       14      16
//	+------------+---------+--------+-------+-----------+------+
//	| signature  | command | family | length| addresses | TLVs |
//	+------------+---------+--------+-------+-----------+------+
func (h *Header) parse2(data []byte) (int, error) {
	if len(data) < fixed2 {
		if len(data) > len(signature2) && data[len(signature2)]>>4 != 2 {
			return 0, ErrSignature
		}
		return 0, ErrShort
	}
	command, family := data[12], data[13]
	if command>>4 != 2 {
		return 0, ErrSignature
	}
	end := fixed2 + int(binary.BigEndian.Uint16(data[14:]))
	switch {
	case command != commandLocal && command != commandProxy:
		return 0, ErrInvalid
	case len(data) < end:
		return 0, ErrShort
	case command == commandLocal:
		return end, nil
	}
	body := data[fixed2:end]
	switch {
	case family == familyTCP4 && len(body) >= length4:
		h.Source = netip.AddrPortFrom(netip.AddrFrom4([4]byte(body[0:4])), binary.BigEndian.Uint16(body[8:]))
		h.Destination = netip.AddrPortFrom(netip.AddrFrom4([4]byte(body[4:8])), binary.BigEndian.Uint16(body[10:]))
		body = body[length4:]
	case family == familyTCP6 && len(body) >= length6:
		h.Source = netip.AddrPortFrom(netip.AddrFrom16([16]byte(body[0:16])), binary.BigEndian.Uint16(body[32:]))
		h.Destination = netip.AddrPortFrom(netip.AddrFrom16([16]byte(body[16:32])), binary.BigEndian.Uint16(body[34:]))
		body = body[length6:]
	case family == familyTCP4 || family == familyTCP6:
		return 0, ErrInvalid
	default:
		return 0, ErrProtocol
	}
	h.Known = true
	return end, h.values(data[:end], body)
}

// values reads what follows the addresses: a type, a length and a value each. Unknown types are skipped.
func (h *Header) values(header, rest []byte) error {
	for len(rest) > 0 {
		if len(rest) < 3 {
			return ErrInvalid
		}
		length := int(binary.BigEndian.Uint16(rest[1:]))
		if length > len(rest)-3 {
			return ErrInvalid
		}
		value := rest[3 : 3+length]
		switch rest[0] {
		case typeAuthority:
			h.Authority = value
		case typeUniqueID:
			if length > longestID {
				return ErrInvalid
			}
			h.UniqueID = value
		case typeCRC32C:
			at := len(header) - len(rest) + 3
			if length != 4 || checksum(header, at) != binary.BigEndian.Uint32(value) {
				return ErrInvalid
			}
		}
		rest = rest[3+length:]
	}
	return nil
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// checksum returns the CRC-32C of a header in which the checksum itself, 4 bytes at an offset, counts as zero.
func checksum(header []byte, at int) uint32 {
	sum := crc32.Update(0, castagnoli, header[:at])
	sum = crc32.Update(sum, castagnoli, zeros[:])
	return crc32.Update(sum, castagnoli, header[at+4:])
}

var zeros [4]byte
