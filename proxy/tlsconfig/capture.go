package tlsconfig

import (
	"crypto/tls"
	"encoding/binary"
	"slices"

	"github.com/cespare/xxhash/v2"

	"tidelock/proxy/stream"
)

// extensionVersions is supported_versions (RFC 8446, section 4.2.1).
const extensionVersions = 43

// captureHello keeps the lists of a client's hello, one after the other until there are size bytes of them, as HAProxy's
// capture buffer does.
func captureHello(hello *tls.ClientHelloInfo, size int) *stream.ClientHello {
	h := &stream.ClientHello{Version: helloVersion(hello)}
	ciphers := appendNumbers(hello.CipherSuites)
	h.Hash = xxhash.Sum64(ciphers)
	curves := make([]uint16, len(hello.SupportedCurves))
	for i, c := range hello.SupportedCurves {
		curves[i] = uint16(c)
	}
	keep := func(list []byte) []byte {
		n := min(len(list), size)
		size -= n
		return slices.Clip(list[:n])
	}
	h.Ciphers = keep(ciphers)
	h.Extensions = keep(appendNumbers(hello.Extensions))
	h.Curves = keep(appendNumbers(curves))
	h.PointFormats = keep(slices.Clone(hello.SupportedPoints))
	return h
}

func appendNumbers(numbers []uint16) []byte {
	list := make([]byte, 0, 2*len(numbers))
	for _, n := range numbers {
		list = binary.BigEndian.AppendUint16(list, n)
	}
	return list
}

// helloVersion returns the version in the hello itself, which crypto/tls does not tell: a client that lists versions in an
// extension has to say TLS 1.2 there, for others it is the highest that they speak.
func helloVersion(hello *tls.ClientHelloInfo) uint16 {
	if slices.Contains(hello.Extensions, extensionVersions) || len(hello.SupportedVersions) == 0 {
		return tls.VersionTLS12
	}
	return slices.Max(hello.SupportedVersions)
}
