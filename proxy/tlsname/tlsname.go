// Package tlsname has OpenSSL's names of what crypto/tls numbers: users know those from HAProxy's configurations and logs.
package tlsname

import (
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"strings"
)

// suites are the cipher suites that crypto/tls speaks.
var suites = map[uint16]string{
	tls.TLS_AES_128_GCM_SHA256:                        "TLS_AES_128_GCM_SHA256",
	tls.TLS_AES_256_GCM_SHA384:                        "TLS_AES_256_GCM_SHA384",
	tls.TLS_CHACHA20_POLY1305_SHA256:                  "TLS_CHACHA20_POLY1305_SHA256",
	tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384:       "ECDHE-ECDSA-AES256-GCM-SHA384",
	tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384:         "ECDHE-RSA-AES256-GCM-SHA384",
	tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256: "ECDHE-ECDSA-CHACHA20-POLY1305",
	tls.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256:   "ECDHE-RSA-CHACHA20-POLY1305",
	tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256:       "ECDHE-ECDSA-AES128-GCM-SHA256",
	tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256:         "ECDHE-RSA-AES128-GCM-SHA256",
	tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256:       "ECDHE-ECDSA-AES128-SHA256",
	tls.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256:         "ECDHE-RSA-AES128-SHA256",
	tls.TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA:          "ECDHE-ECDSA-AES256-SHA",
	tls.TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA:            "ECDHE-RSA-AES256-SHA",
	tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA:          "ECDHE-ECDSA-AES128-SHA",
	tls.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA:            "ECDHE-RSA-AES128-SHA",
	tls.TLS_RSA_WITH_AES_256_GCM_SHA384:               "AES256-GCM-SHA384",
	tls.TLS_RSA_WITH_AES_128_GCM_SHA256:               "AES128-GCM-SHA256",
	tls.TLS_RSA_WITH_AES_128_CBC_SHA256:               "AES128-SHA256",
	tls.TLS_RSA_WITH_AES_256_CBC_SHA:                  "AES256-SHA",
	tls.TLS_RSA_WITH_AES_128_CBC_SHA:                  "AES128-SHA",
}

// Cipher returns the name of a suite.
func Cipher(id uint16) string {
	if name, found := suites[id]; found {
		return name
	}
	return tls.CipherSuiteName(id)
}

// KeySize returns the length of a suite's key in bits.
func KeySize(id uint16) int {
	if name := Cipher(id); strings.Contains(name, "AES128") || strings.Contains(name, "AES_128") {
		return 128
	}
	return 256
}

var versions = map[uint16]string{
	tls.VersionTLS10: "TLSv1", tls.VersionTLS11: "TLSv1.1", tls.VersionTLS12: "TLSv1.2", tls.VersionTLS13: "TLSv1.3",
}

// Version returns the name of a version, "" for an unknown one.
func Version(id uint16) string { return versions[id] }

var signatures = map[x509.SignatureAlgorithm]string{
	x509.SHA1WithRSA: "RSA-SHA1", x509.SHA256WithRSA: "RSA-SHA256", x509.SHA384WithRSA: "RSA-SHA384", x509.SHA512WithRSA: "RSA-SHA512",
	x509.SHA256WithRSAPSS: "RSASSA-PSS", x509.SHA384WithRSAPSS: "RSASSA-PSS", x509.SHA512WithRSAPSS: "RSASSA-PSS",
	x509.ECDSAWithSHA1: "ecdsa-with-SHA1", x509.ECDSAWithSHA256: "ecdsa-with-SHA256", x509.ECDSAWithSHA384: "ecdsa-with-SHA384",
	x509.ECDSAWithSHA512: "ecdsa-with-SHA512", x509.PureEd25519: "ED25519", x509.DSAWithSHA1: "dsaWithSHA1", x509.DSAWithSHA256: "dsa_with_SHA256",
	x509.MD5WithRSA: "RSA-MD5",
}

// Signature returns the name of the algorithm that a certificate is signed with, "" for an unknown one.
func Signature(a x509.SignatureAlgorithm) string { return signatures[a] }

var keys = map[x509.PublicKeyAlgorithm]string{
	x509.RSA: "rsaEncryption", x509.DSA: "dsaEncryption", x509.ECDSA: "id-ecPublicKey", x509.Ed25519: "ED25519",
}

// Key returns the name of the algorithm of a certificate's key, "" for an unknown one.
func Key(a x509.PublicKeyAlgorithm) string { return keys[a] }

// KeyKind returns the kind and size of a certificate's key as the PROXY protocol tells it: RSA2048, EC256; "" for others.
func KeyKind(c *x509.Certificate) string {
	switch key := c.PublicKey.(type) {
	case *rsa.PublicKey:
		return fmt.Sprintf("RSA%d", key.N.BitLen())
	case *ecdsa.PublicKey:
		return fmt.Sprintf("EC%d", key.Curve.Params().BitSize)
	}
	return ""
}
