package tlsconfig

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tidelock/proxy/config"
)

// TestFiles_Update replaces parts of a certificate. A chain and its key may come in one text or in two.
func TestFiles_Update(t *testing.T) {
	other := madeFor(t, "other.example")
	chain, key := Parts(other)
	for _, tt := range []struct {
		name    string
		parts   map[Part][]byte
		problem string // "" for none
		now     string
	}{
		{"nothing", nil, "", "a.example"},
		{"both in one", map[Part][]byte{Chain: other}, "", "other.example"},
		{"each", map[Part][]byte{Chain: chain, Key: key}, "", "other.example"},
		{"the key of another", map[Part][]byte{Chain: chain}, "unable to load SSL private key", "a.example"},
		{"only another key", map[Part][]byte{Key: key}, "unable to load SSL private key", "a.example"},
		{"a chain that is none", map[Part][]byte{Chain: key}, "for 'crt'", "a.example"},
		{"a key that is none", map[Part][]byte{Chain: other, Key: chain}, "for 'key'", "a.example"},
		{"a staple that is none", map[Part][]byte{Chain: other, OCSP: []byte("?")}, "for 'ocsp'", "a.example"},
		{"timestamps that are none", map[Part][]byte{Chain: other, SCTL: []byte("?")}, "for 'sctl'", "a.example"},
	} {
		t.Run(tt.name, func(t *testing.T) {
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
			err = files.Update(path, tt.parts)
			if (err != nil) != (tt.problem != "") || err != nil && !strings.Contains(err.Error(), tt.problem) {
				t.Errorf("got error %v, want %q", err, tt.problem)
			}
			if got := chosen(t, l); got != tt.now {
				t.Errorf("the listener shows %s, want %s", got, tt.now)
			}
			if err := files.Update("unknown.pem", tt.parts); !errors.Is(err, ErrUnknownCertificate) {
				t.Errorf("a file that nobody uses: %v", err)
			}
		})
	}
}
