package proxyprotocol

import (
	"encoding/binary"
	"net/netip"
	"strconv"
)

// Append1 appends a header of version 1. Addresses that are not of one family, or missing, make it UNKNOWN.
func Append1(to []byte, source, destination netip.AddrPort) []byte {
	source, destination = unmapped(source), unmapped(destination)
	to = append(to, signature1...)
	switch {
	case !source.IsValid() || !destination.IsValid() || source.Addr().Is4() != destination.Addr().Is4():
		return append(to, "UNKNOWN\r\n"...)
	case source.Addr().Is4():
		to = append(to, "TCP4 "...)
	default:
		to = append(to, "TCP6 "...)
	}
	to = source.Addr().AppendTo(to)
	to = append(to, ' ')
	to = destination.Addr().AppendTo(to)
	to = append(to, ' ')
	to = strconv.AppendUint(to, uint64(source.Port()), 10)
	to = append(to, ' ')
	to = strconv.AppendUint(to, uint64(destination.Port()), 10)
	return append(to, '\r', '\n')
}

// Outgoing is what a header of version 2 says.
type Outgoing struct {
	Local               bool // the connection is our own, as a health check's is
	Source, Destination netip.AddrPort
	Authority           string
	UniqueID            string
	ALPN                string
	TLS                 *TLS // nil for none
	Checksum            bool // CRC-32C
}

// TLS is what the connection that the header is about was secured by. Empty strings are left out.
type TLS struct {
	Secured      bool // the connection is one
	CertOnce     bool // the client showed a certificate on this connection
	CertSession  bool // or when its session began
	VerifyResult uint32
	Version      string
	CommonName   string
	Cipher       string
	Signature    string
	Key          string
}

// What typeSSL holds: flags of the client, and values of its own.
const (
	clientSSL, clientCertConnection, clientCertSession = 0x01, 0x02, 0x04

	subtypeVersion, subtypeCN, subtypeCipher, subtypeSignature, subtypeKey = 0x21, 0x22, 0x23, 0x24, 0x25
)

// Append2 appends a header of version 2.
func Append2(to []byte, o *Outgoing) []byte {
	start := len(to)
	to = append(to, signature2...)
	source, destination := unmapped(o.Source), unmapped(o.Destination)
	switch {
	case o.Local:
		to = append(to, commandLocal, 0, 0, 0)
	case !source.IsValid() || !destination.IsValid():
		to = append(to, commandProxy, 0, 0, 0)
	case source.Addr().Is4() && destination.Addr().Is4():
		to = append(to, commandProxy, familyTCP4, 0, 0)
		s, d := source.Addr().As4(), destination.Addr().As4()
		to = append(append(to, s[:]...), d[:]...)
		to = ports(to, source, destination)
	default:
		to = append(to, commandProxy, familyTCP6, 0, 0)
		s, d := source.Addr().As16(), destination.Addr().As16()
		to = append(append(to, s[:]...), d[:]...)
		to = ports(to, source, destination)
	}
	crc := -1
	if o.Checksum {
		to = appendValue(to, typeCRC32C, "\x00\x00\x00\x00")
		crc = len(to) - 4 - start
	}
	to = appendIf(to, typeALPN, o.ALPN)
	to = appendIf(to, typeAuthority, o.Authority)
	to = appendIf(to, typeUniqueID, o.UniqueID)
	if o.TLS != nil {
		to = o.TLS.append(to)
	}
	binary.BigEndian.PutUint16(to[start+14:], uint16(len(to)-start-fixed2))
	if crc >= 0 {
		binary.BigEndian.PutUint32(to[start+crc:], checksum(to[start:], crc))
	}
	return to
}

// append adds: flags, verify result, values.
func (t *TLS) append(to []byte) []byte {
	to = append(to, typeSSL, 0, 0)
	start := len(to)
	var flags byte
	for _, f := range [...]struct {
		set  bool
		flag byte
	}{{t.Secured, clientSSL}, {t.CertOnce, clientCertConnection}, {t.CertSession, clientCertSession}} {
		if f.set {
			flags |= f.flag
		}
	}
	to = append(to, flags)
	to = binary.BigEndian.AppendUint32(to, t.VerifyResult)
	to = appendIf(to, subtypeVersion, t.Version)
	to = appendIf(to, subtypeCN, t.CommonName)
	to = appendIf(to, subtypeKey, t.Key)
	to = appendIf(to, subtypeSignature, t.Signature)
	to = appendIf(to, subtypeCipher, t.Cipher)
	binary.BigEndian.PutUint16(to[start-2:], uint16(len(to)-start))
	return to
}

// longestValue keeps a header within the 16 bits of its length, whatever a certificate holds.
const longestValue = 1024

func appendIf(to []byte, kind byte, value string) []byte {
	if value == "" {
		return to
	}
	return appendValue(to, kind, value[:min(len(value), longestValue)])
}

func appendValue(to []byte, kind byte, value string) []byte {
	to = append(to, kind)
	to = binary.BigEndian.AppendUint16(to, uint16(len(value)))
	return append(to, value...)
}

func ports(to []byte, source, destination netip.AddrPort) []byte {
	to = binary.BigEndian.AppendUint16(to, source.Port())
	return binary.BigEndian.AppendUint16(to, destination.Port())
}

func unmapped(a netip.AddrPort) netip.AddrPort {
	return netip.AddrPortFrom(a.Addr().Unmap().WithZone(""), a.Port())
}
