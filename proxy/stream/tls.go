package stream

import (
	"crypto/tls"
	"crypto/x509"
)

// TLS is what secures one side of an exchange. It belongs to the connection and does not change.
type TLS struct {
	tls.ConnectionState
	Certificate  *x509.Certificate // our own, nil for a client without one
	Verification Verification
	Hello        *ClientHello // nil unless it is kept
	KeyLog       *KeyLog      // nil unless it is kept
}

// Verification is what was wrong with the peer's certificate, by OpenSSL's numbers; 0 for nothing. The connection lives in
// spite of it when the configuration says so.
type Verification struct {
	Error                          int // of the certificate itself
	AuthorityError, AuthorityDepth int // of an issuer, and how far that is from it
	Result                         int // what was met last
}
