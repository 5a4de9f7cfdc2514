package signature

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"strings"
	"testing"
	"testing/fstest"

	"tidelock/sdk/bundle"
)

func build(t *testing.T, version string) *bundle.Artifact {
	t.Helper()
	a, err := bundle.Build(fstest.MapFS{
		bundle.ManifestFile: {Data: []byte(`{"name":"acme/auth","version":"` + version + `","dialect":"5.4","entry":"main.lua","registrations":[]}`)},
		"main.lua":          {Data: []byte("return 1\n")},
	})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func newKey(t *testing.T, password []byte) (*PrivateKey, *PublicKey) {
	t.Helper()
	private, public, err := GenerateKey(password)
	if err != nil {
		t.Fatal(err)
	}
	key, err := ParsePrivateKey(private, password)
	if err != nil {
		t.Fatal(err)
	}
	verifier, err := ParsePublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	return key, verifier
}

func TestSign(t *testing.T) {
	tests := []struct {
		name     string
		password []byte
	}{
		{"key in the clear", nil},
		{"key with a password", []byte("secret")},
		{"key with an empty password, as cosign's by default", []byte{}},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			private, public := newKey(t, tc.password)
			a := build(t, "1.0.0")
			if err := Verify(a, public); !errors.Is(err, ErrUnsigned) {
				t.Errorf("before: %v", err)
			}
			if err := Sign(a, private); err != nil {
				t.Fatal(err)
			}
			if err := Verify(a, public); err != nil {
				t.Error(err)
			}
		})
	}
}

// resign takes the content of a's signature, changes it, and attaches it to another artifact.
func resign(t *testing.T, a, to *bundle.Artifact, old, with string) {
	t.Helper()
	found, err := signatures(a)
	if err != nil || len(found) != 1 {
		t.Fatal(found, err)
	}
	document, err := a.Blob(found[0])
	if err != nil {
		t.Fatal(err)
	}
	if old != "" && !strings.Contains(string(document), old) {
		t.Fatalf("no %q in %s", old, document)
	}
	changed := strings.Replace(string(document), old, with, 1)
	if err := to.AttachSignature([]byte(changed), nil); err != nil {
		t.Fatal(err)
	}
}

func TestVerify_Errors(t *testing.T) {
	private, public := newKey(t, nil)
	_, other := newKey(t, nil)
	tests := []struct {
		name    string
		prepare func(t *testing.T, a *bundle.Artifact)
		key     *PublicKey
		want    string
	}{
		{"unknown key", func(t *testing.T, a *bundle.Artifact) { attachSignature(t, a, private) }, other, "signed by the key"},
		{"signature of another bundle", func(t *testing.T, a *bundle.Artifact) {
			b := build(t, "2.0.0")
			attachSignature(t, b, private)
			resign(t, b, a, "", "")
		}, public, "a signature of another bundle, with"},
		{"claims to be by the key", func(t *testing.T, a *bundle.Artifact) {
			unknown, its := newKey(t, nil)
			b := build(t, "1.0.0")
			attachSignature(t, b, unknown)
			resign(t, b, a, its.ID(), public.ID())
		}, public, "could not verify envelope"},
		{"wrong predicate", func(t *testing.T, a *bundle.Artifact) {
			attach(t, a, private, strings.Replace(payload(a), predicateType, "https://slsa.dev/provenance/v1", 1), payloadType)
		}, public, "expected https://sigstore.dev/cosign/sign/v1"},
		{"not a statement", func(t *testing.T, a *bundle.Artifact) {
			attach(t, a, private, "hello", "text/plain")
		}, public, ""},
		{"changed statement", func(t *testing.T, a *bundle.Artifact) {
			b := build(t, "1.0.0")
			attachSignature(t, b, private)
			resign(t, b, a, `"payload":"ey`, `"payload":"eyA`)
		}, public, ""},
		{"not a signature", func(t *testing.T, a *bundle.Artifact) {
			must(t, a.AttachSignature([]byte("{}"), nil))
		}, public, "not a sigstore bundle"},
		{"too deep", func(t *testing.T, a *bundle.Artifact) {
			must(t, a.AttachSignature([]byte(strings.Repeat(`{"a":`, 12000)), nil))
		}, public, "not a sigstore bundle"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			a := build(t, "1.0.0")
			tc.prepare(t, a)
			err := Verify(a, tc.key)
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, expected %q", err, tc.want)
			}
		})
	}
}

// TestVerify_any takes the one good signature among several.
func TestVerify_any(t *testing.T) {
	private, public := newKey(t, nil)
	other, _ := newKey(t, nil)
	a := build(t, "1.0.0")
	attachSignature(t, a, other)
	must(t, a.AttachSignature([]byte("{}"), nil))
	attachSignature(t, a, private)
	if err := Verify(a, public); err != nil {
		t.Error(err)
	}
}

func attachSignature(t *testing.T, a *bundle.Artifact, key *PrivateKey) {
	t.Helper()
	must(t, Sign(a, key))
}

func attach(t *testing.T, a *bundle.Artifact, key *PrivateKey, payload, payloadType string) {
	t.Helper()
	document, err := envelope([]byte(payload), payloadType, key)
	must(t, err)
	must(t, a.AttachSignature(document, nil))
}

func payload(a *bundle.Artifact) string {
	return `{"_type":"` + statementType + `","subject":[{"digest":{"sha256":"` + a.Root().Digest.Encoded() +
		`"}}],"predicateType":"` + predicateType + `","predicate":{}}`
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestParseKey_Errors(t *testing.T) {
	public, private, err := ed25519.GenerateKey(rand.Reader)
	must(t, err)
	encode := func(kind string, key []byte, err error) []byte {
		must(t, err)
		return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: key})
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	privatePEM := encode("PRIVATE KEY", der, err)
	der, err = x509.MarshalPKIXPublicKey(public)
	publicPEM := encode("PUBLIC KEY", der, err)
	if _, err := ParsePrivateKey(privatePEM, nil); !errors.Is(err, errEd25519) {
		t.Errorf("private: %v", err)
	}
	if _, err := ParsePublicKey(publicPEM); !errors.Is(err, errEd25519) {
		t.Errorf("public: %v", err)
	}
	sealed, _, err := GenerateKey([]byte("secret"))
	must(t, err)
	if _, err := ParsePrivateKey(sealed, []byte("guess")); err == nil {
		t.Error("the wrong password opened a key")
	}
	if _, err := ParsePublicKey([]byte("no key")); err == nil {
		t.Error("text was read as a key")
	}
}
