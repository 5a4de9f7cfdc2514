package tlsconfig

import (
	"crypto/tls"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tidelock/proxy/tlsname"
)

func Test_parseCiphers(t *testing.T) {
	tests := []struct {
		name, list string
		want       []string
	}{
		{"names", "ECDHE-RSA-AES128-GCM-SHA256:AES256-SHA", []string{"ECDHE-RSA-AES128-GCM-SHA256", "AES256-SHA"}},
		{"unknown ones beside known", "DHE-RSA-AES128-GCM-SHA256,ECDHE-RSA-AES128-GCM-SHA256", []string{"ECDHE-RSA-AES128-GCM-SHA256"}},
		{"joined words", "ECDHE+AESGCM:!aRSA", []string{"ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-ECDSA-AES128-GCM-SHA256"}},
		{"banned before", "!AES256:kRSA+AESGCM", []string{"AES128-GCM-SHA256"}},
		{"removed and added again", "AES128-SHA:-SHA1:AES128-SHA", []string{"AES128-SHA"}},
		{"strength", "CHACHA20:@STRENGTH", []string{"ECDHE-ECDSA-CHACHA20-POLY1305", "ECDHE-RSA-CHACHA20-POLY1305"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			ids, ok := parseCiphers(tt.list)
			if !ok {
				t.Fatal("nothing was chosen")
			}
			var got []string
			for _, id := range ids {
				got = append(got, tlsname.Cipher(id))
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func Test_parseCiphers_Errors(t *testing.T) {
	for _, list := range []string{"FOO", "", "HIGH:!ALL", "DHE"} {
		if ids, ok := parseCiphers(list); ok {
			t.Errorf("%q chose %v", list, ids)
		}
	}
}

// Test_ciphers holds that every suite that crypto/tls has up to TLS 1.2, and that is not broken, can be named.
func Test_ciphers(t *testing.T) {
	for _, suite := range tls.CipherSuites() {
		if tlsname.Cipher(suite.ID) == tls.CipherSuiteName(suite.ID) && suite.SupportedVersions[0] != tls.VersionTLS13 {
			t.Errorf("%s has no name", suite.Name)
		}
	}
	for _, c := range ciphers {
		if tlsname.Cipher(c.id) == tls.CipherSuiteName(c.id) {
			t.Errorf("%#x has no name", c.id)
		}
	}
}

func Test_timestamps_Errors(t *testing.T) {
	for _, list := range []string{"", "\x00", "\x00\x05ab", "\x00\x03\x00\x05a", "\x00\x01a"} {
		if got, err := timestamps([]byte(list)); err == nil {
			t.Errorf("%q gave %q", list, got)
		}
	}
	if got, err := timestamps([]byte("\x00\x05\x00\x03abc")); err != nil || len(got) != 1 || string(got[0]) != "abc" {
		t.Errorf("got %q, %v", got, err)
	}
}
