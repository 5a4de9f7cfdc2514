package tlsconfig

import (
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Parts takes the certificates and the first private key out of a file, each as PEM.
func Parts(content []byte) (certificates, key []byte) { return pemParts(content) }

// ErrMismatch says that a key is not the one of a certificate.
var ErrMismatch = errors.New("the private key is not that of the certificate")

// Match reports whether a key belongs to a certificate: nil, or ErrMismatch.
func Match(certificates, key []byte) error {
	if _, err := tls.X509KeyPair(certificates, key); err != nil {
		return ErrMismatch
	}
	return nil
}

// ParseCertificates returns the certificates of a file, leaving out what is none.
func ParseCertificates(content []byte) (all []*x509.Certificate) {
	for {
		var block *pem.Block
		if block, content = pem.Decode(content); block == nil {
			return all
		}
		if c, err := x509.ParseCertificate(block.Bytes); err == nil && strings.HasSuffix(block.Type, "CERTIFICATE") {
			all = append(all, c)
		}
	}
}

// ParseRevocations returns the revocation lists of a file.
func ParseRevocations(content []byte) (all []*x509.RevocationList) {
	for {
		var block *pem.Block
		if block, content = pem.Decode(content); block == nil {
			return all
		}
		if l, err := x509.ParseRevocationList(block.Bytes); err == nil && block.Type == "X509 CRL" {
			all = append(all, l)
		}
	}
}

// opensslTime is how OpenSSL prints times.
const opensslTime = "Jan _2 15:04:05 2006 GMT"

func shown(t time.Time) string { return t.UTC().Format(opensslTime) }

// Describe tells of a certificate in lines as "show ssl cert" has them.
func Describe(c *x509.Certificate) string {
	var names []string
	for _, n := range c.DNSNames {
		names = append(names, "DNS:"+n)
	}
	for range len(c.IPAddresses) + len(c.EmailAddresses) + len(c.URIs) {
		names = append(names, "") // HAProxy leaves a gap for them
	}
	serial := c.SerialNumber.Bytes()
	if len(serial) == 0 {
		serial = []byte{0}
	}
	print := sha1.Sum(c.Raw)
	return fmt.Sprintf("Serial: %s\nnotBefore: %s\nnotAfter: %s\nSubject Alternative Name: %s\nAlgorithm: %s\nSHA1 FingerPrint: %s\nSubject: %s\nIssuer: %s\n",
		upperHex(serial), shown(c.NotBefore), shown(c.NotAfter), strings.Join(names, ", "), algorithm(c), upperHex(print[:]),
		DistinguishedName(c.RawSubject), DistinguishedName(c.RawIssuer))
}

// DescribeRevocations tells of a revocation list in lines as "show ssl crl-file" has them.
func DescribeRevocations(l *x509.RevocationList) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Version 2\nSignature Algorithm: %s\nIssuer: %s\nLast Update: %s\nNext Update: %s\n",
		signature(l.SignatureAlgorithm), DistinguishedName(l.RawIssuer), shown(l.ThisUpdate), shown(l.NextUpdate))
	if len(l.RevokedCertificateEntries) == 0 {
		b.WriteString("No Revoked Certificates.\n")
		return b.String()
	}
	b.WriteString("Revoked Certificates:\n")
	for _, e := range l.RevokedCertificateEntries {
		fmt.Fprintf(&b, "    Serial Number: %s\n        Revocation Date: %s\n", upperHex(e.SerialNumber.Bytes()), shown(e.RevocationTime))
	}
	return b.String()
}

func upperHex(b []byte) string { return strings.ToUpper(hex.EncodeToString(b)) }

func algorithm(c *x509.Certificate) string {
	switch key := c.PublicKey.(type) {
	case *ecdsa.PublicKey:
		return fmt.Sprintf("EC%d", key.Curve.Params().BitSize)
	case *rsa.PublicKey:
		return fmt.Sprintf("RSA%d", key.N.BitLen())
	}
	return c.PublicKeyAlgorithm.String()
}

// signature returns OpenSSL's name of a signature algorithm.
func signature(a x509.SignatureAlgorithm) string {
	if hash, found := strings.CutPrefix(a.String(), "ECDSA-"); found {
		return "ecdsa-with-" + hash
	}
	if hash, found := strings.CutSuffix(a.String(), "-RSA"); found {
		return strings.ToLower(hash) + "WithRSAEncryption"
	}
	return a.String()
}

// attributes are the short names of the parts of distinguished names.
var attributes = map[string]string{
	"2.5.4.3": "CN", "2.5.4.4": "SN", "2.5.4.5": "serialNumber", "2.5.4.6": "C", "2.5.4.7": "L", "2.5.4.8": "ST", "2.5.4.9": "street",
	"2.5.4.10": "O", "2.5.4.11": "OU", "2.5.4.12": "title", "2.5.4.42": "GN", "1.2.840.113549.1.9.1": "emailAddress",
	"0.9.2342.19200300.100.1.1": "UID", "0.9.2342.19200300.100.1.25": "DC",
}

// DistinguishedName writes a name as in "/C=DE/CN=a.example".
func DistinguishedName(raw []byte) string {
	var sequence pkix.RDNSequence
	if _, err := asn1.Unmarshal(raw, &sequence); err != nil {
		return ""
	}
	var b strings.Builder
	for _, set := range sequence {
		for _, part := range set {
			name := part.Type.String()
			if short, known := attributes[name]; known {
				name = short
			}
			fmt.Fprintf(&b, "/%s=%v", name, part.Value)
		}
	}
	return b.String()
}
