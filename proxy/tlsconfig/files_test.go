package tlsconfig

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"tidelock/proxy/config"
)

// madeFor returns a certificate for a name with its key, as PEM.
func madeFor(t *testing.T, name string) []byte {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(255), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name}, NotAfter: time.Now().Add(time.Hour)}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return slices.Concat(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate}),
		pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}))
}

// chosen returns the name of the certificate that a listener shows clients without a wish.
func chosen(t *testing.T, l *Listener) string {
	t.Helper()
	return l.current.Load().first.leaf.Subject.CommonName
}

func TestFiles_Replace(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.pem")
	if err := os.WriteFile(path, madeFor(t, "a.example"), 0o600); err != nil {
		t.Fatal(err)
	}
	files := NewFiles()
	line := config.TLS{Enabled: true, Certificates: []config.Certificate{{Path: path}}}
	l, err := NewListener(files, line, config.TLS{}, func(string) {})
	if err != nil {
		t.Fatal(err)
	}
	os.Remove(path) // it may be out of reach later
	if n, err := files.Replace(map[string][]byte{"other": nil}); n != 0 || err != nil || chosen(t, l) != "a.example" {
		t.Errorf("another file: %d made again, %v", n, err)
	}
	if n, err := files.Replace(map[string][]byte{path: madeFor(t, "b.example")}); n != 1 || err != nil || chosen(t, l) != "b.example" {
		t.Errorf("%d made again, %v", n, err)
	}
	for _, broken := range []string{"", "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n"} {
		if _, err := files.Replace(map[string][]byte{path: []byte(broken)}); err == nil || chosen(t, l) != "b.example" {
			t.Errorf("%q is taken", broken)
		}
	}
	if used, there := files.Used(Certificates, path); !used || !there || !slices.Equal(files.Names(Certificates), []string{path}) {
		t.Error("the file is not listed")
	}
	if files.Create(Certificates, path) || !files.Create(Certificates, "new") || files.Create(Certificates, "new") {
		t.Error("creation of files")
	}
	if used, there := files.Used(Certificates, "new"); used || !there {
		t.Error("a new file is in use")
	}
	files.Remove(Certificates, "new")
	if _, there := files.Used(Certificates, "new"); there {
		t.Error("a file is there after its removal")
	}
}
