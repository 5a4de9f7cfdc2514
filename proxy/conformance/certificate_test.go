package conformance

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// Certificates are valid for longer than anybody will run this, from and until fixed dates.
var (
	validFrom  = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	validUntil = time.Date(2049, 12, 31, 0, 0, 0, 0, time.UTC) // later ones have another form
)

// rsaKey is the one RSA key of all certificates that want one: they take long to make.
var rsaKey = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })

// settings are the words <name>=<value>, or <name> alone, of a step.
type settings map[string]string

func (s step) settings(i int) settings {
	all := settings{}
	for _, text := range s.texts(i) {
		name, value, _ := strings.Cut(text, "=")
		all[name] = value
	}
	return all
}

func (s settings) has(name string) bool {
	_, have := s[name]
	return have
}

func (s settings) list(name string) []string {
	if s[name] == "" {
		return nil
	}
	return strings.Split(s[name], ",")
}

// doCertificate is certificate <file> [cn=<name>] [names=<name>,...] [issuer=<file>] [ca] [rsa] [expired] [serial=<n>]
// [only=certificate|key]. It writes certificate and key into one file.
func doCertificate(r *run, s step) (string, error) {
	file, o := s.argument(1).text, s.settings(2)
	var key crypto.Signer
	var err error
	if o.has("rsa") {
		key, err = rsaKey()
	} else {
		key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	}
	if err != nil {
		return "", err
	}
	r.serial++
	template := &x509.Certificate{
		SerialNumber: big.NewInt(r.serial), Subject: pkix.Name{CommonName: o["cn"], Organization: o.list("o")}, DNSNames: o.list("names"),
		NotBefore: validFrom, NotAfter: validUntil, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature,
	}
	if o.has("expired") {
		template.NotAfter = validFrom.AddDate(1, 0, 0)
	}
	if o.has("ca") {
		template.IsCA, template.KeyUsage = true, x509.KeyUsageCertSign|x509.KeyUsageCRLSign
	} else {
		template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}
	}
	issuer := &tls.Certificate{Leaf: template, PrivateKey: key}
	if name := o["issuer"]; name != "" {
		if issuer, err = r.certificate(name); err != nil {
			return "", err
		}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, issuer.Leaf, key.Public(), issuer.PrivateKey)
	if err != nil {
		return "", err
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return "", err
	}
	var content []byte
	if o["only"] != "key" {
		content = append(content, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})...)
	}
	if o["only"] != "certificate" {
		content = append(content, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})...)
	}
	path := below(r.folder, file)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return "", err
	}
	return "", os.WriteFile(path, content, 0o600)
}

// doRevoke is revoke <list> issuer=<file> [<certificate>...]: it writes a revocation list.
func doRevoke(r *run, s step) (string, error) {
	issuer, err := r.certificate(s.settings(2)["issuer"])
	if err != nil {
		return "", err
	}
	list := &x509.RevocationList{Number: big.NewInt(1), ThisUpdate: validFrom, NextUpdate: validUntil}
	for _, file := range s.texts(3) {
		c, err := r.certificate(file)
		if err != nil {
			return "", err
		}
		list.RevokedCertificateEntries = append(list.RevokedCertificateEntries, x509.RevocationListEntry{SerialNumber: c.Leaf.SerialNumber, RevocationTime: validFrom})
	}
	der, err := x509.CreateRevocationList(rand.Reader, list, issuer.Leaf, issuer.PrivateKey.(crypto.Signer))
	if err != nil {
		return "", err
	}
	return "", os.WriteFile(below(r.folder, s.argument(1).text), pem.EncodeToMemory(&pem.Block{Type: "X509 CRL", Bytes: der}), 0o600)
}

func (r *run) certificate(file string) (*tls.Certificate, error) {
	path := below(r.folder, file)
	c, err := tls.LoadX509KeyPair(path, path)
	return &c, err
}

var tlsVersions = map[string]uint16{"1.0": tls.VersionTLS10, "1.1": tls.VersionTLS11, "1.2": tls.VersionTLS12, "1.3": tls.VersionTLS13}

// configuration makes a TLS configuration of settings: sni, alpn, certificate, min, max, resume.
func (r *run) configuration(o settings) (*tls.Config, error) {
	c := &tls.Config{
		InsecureSkipVerify: true, ServerName: o["sni"], NextProtos: o.list("alpn"),
		MinVersion: tls.VersionTLS10, MaxVersion: tlsVersions[o["max"]],
	}
	if o.has("resume") {
		c.ClientSessionCache = r.sessions
	}
	if o["min"] != "" {
		c.MinVersion = tlsVersions[o["min"]]
	}
	if file := o["certificate"]; file != "" {
		own, err := r.certificate(file)
		if err != nil {
			return nil, err
		}
		c.Certificates = []tls.Certificate{*own}
		// Show it even to who names authorities, and not this one's.
		c.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return own, nil }
	}
	return c, nil
}

// describe says what a handshake came to.
func describe(state tls.ConnectionState) string {
	text := tls.VersionName(state.Version)
	if len(state.PeerCertificates) > 0 {
		text += ", certificate of " + state.PeerCertificates[0].Subject.CommonName
	}
	if state.ServerName != "" {
		text += ", for " + state.ServerName
	}
	if state.NegotiatedProtocol != "" {
		text += ", " + state.NegotiatedProtocol
	}
	if state.DidResume {
		text += ", resumed"
	}
	return text
}

// tlsFailure words a failed handshake without what differs between libraries.
func tlsFailure(err error) string { return fmt.Sprintf("handshake failed: %s", err) }
