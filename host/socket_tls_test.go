package host

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// writeCertificate makes a self-signed certificate for name.example, and its file with the key.
func writeCertificate(t *testing.T, path string) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "name.example"}, DNSNames: []string{"name.example"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	content := append(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: private})...)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	certificate, err := tls.X509KeyPair(content, content)
	if err != nil {
		t.Fatal(err)
	}
	return certificate
}

func TestSocket_ConnectTLS(t *testing.T) {
	folder := t.TempDir()
	certificate := writeCertificate(t, filepath.Join(folder, "site.pem"))
	writeCertificate(t, filepath.Join(folder, "other.pem"))
	if err := os.WriteFile(filepath.Join(folder, "empty.pem"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		who := "nobody"
		if len(r.TLS.PeerCertificates) > 0 {
			who = r.TLS.PeerCertificates[0].Subject.CommonName
		}
		io.WriteString(w, who)
	}))
	server.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}, ClientAuth: tls.RequestClientCert}
	server.StartTLS()
	defer server.Close()
	for _, test := range []struct{ name, options, want string }{
		{"none", `nil`, "nobody"},
		{"name", `"name.example"`, "nobody"},
		{"any certificate", `{sni = "other.example"}`, "nobody"},
		{"verified", `{sni = "name.example", ca_file = "site.pem"}`, "nobody"},
		{"certificate of ours", `{crt = "site.pem"}`, "name.example"},
		{"other authority", `{sni = "name.example", ca_file = "other.pem"}`, "nil|Can't connect: tls: failed to verify certificate"},
		{"other name", `{sni = "other.example", ca_file = "site.pem"}`, "nil|Can't connect: tls: failed to verify certificate"},
		{"address", `{ca_file = "site.pem"}`, "nil|Can't connect: tls: failed to verify certificate"},
		{"system's authorities", `{sni = "name.example", verify = true}`, "nil|Can't connect: tls: failed to verify certificate"},
		{"no such file", `{ca_file = "nosuch.pem"}`, "error|script.lua:4: connect_ssl: file 'nosuch.pem'"},
		{"outside", `{ca_file = "/etc/passwd"}`, "error|script.lua:4: connect_ssl: file '/etc/passwd': outside the folders"},
		{"no certificate", `{ca_file = "empty.pem"}`, "error|script.lua:4: connect_ssl: ca_file 'empty.pem': no certificate in it"},
		{"no key", `{crt = "empty.pem"}`, "error|script.lua:4: connect_ssl: crt 'empty.pem'"},
		{"unknown option", `{ca = "x"}`, "error|script.lua:4: connect_ssl: unknown option 'ca'"},
		{"wrong type", `{sni = 5}`, "error|script.lua:4: connect_ssl: option 'sni' must be a string"},
	} {
		t.Run(test.name, func(t *testing.T) {
			config := StandardConfig{Files: FileConfig{Roots: []FileRoot{{Path: folder}}, WorkingFolder: folder}}
			got := runStandard(t, config, `
				local s = tcp()
				local made, ok, reason = pcall(function()
					return s:connect_ssl("`+server.Listener.Addr().String()+`", nil, `+test.options+`) end)
				if not made then print("error|" .. ok) return end
				if not ok then print("nil|" .. reason) return end
				s:send("GET / HTTP/1.0\r\n\r\n")
				print((s:receive("*a"):match("\r\n\r\n(.*)$")))`)
			if !strings.HasPrefix(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
