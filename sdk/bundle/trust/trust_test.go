package trust

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"tidelock/sdk/bundle"
	"tidelock/sdk/bundle/signature"
)

func build(t *testing.T, name, least string) *bundle.Artifact {
	t.Helper()
	a, err := bundle.Build(fstest.MapFS{
		bundle.ManifestFile: {Data: []byte(`{"name":"` + name + `","version":"1.0.0","dialect":"5.4","entry":"main.lua","registrations":[],"min-version":"` + least + `"}`)},
		"main.lua":          {Data: []byte("return 1\n")},
	})
	must(t, err)
	return a
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// pair is a key pair: what signs, and what trusts it.
type pair struct {
	private *signature.PrivateKey
	key     Key
}

func newPair(t *testing.T, label string) pair {
	t.Helper()
	document, _, err := signature.GenerateKey(nil)
	must(t, err)
	private, err := signature.ParsePrivateKey(document, nil)
	must(t, err)
	public, err := private.Public()
	must(t, err)
	return pair{private, Key{Label: label, Public: public}}
}

func TestPolicy_Check(t *testing.T) {
	acme, other := newPair(t, "acme.pub"), newPair(t, "other.pub")
	named := func(names ...string) Key { k := acme.key; k.Names = names; return k }
	until := func(end time.Time) Key { k := acme.key; k.Expires = end; return k }
	version := bundle.Version{Major: 1, Minor: 5}
	const unsigned = ""
	tests := []struct {
		name   string
		policy Policy
		signer *pair
		want   string // part of the error; "" when it is opened
		is     error
		by     string
	}{
		{"signed", Policy{Keys: []Key{acme.key}}, &acme, "", nil, "acme.pub"},
		{"signed by one of two", Policy{Keys: []Key{other.key, acme.key}}, &acme, "", nil, "acme.pub"},
		{"a name that the key may sign", Policy{Keys: []Key{named("shop/*", "acme/*")}}, &acme, "", nil, "acme.pub"},
		{"a key that has not expired", Policy{Keys: []Key{until(time.Now().Add(time.Hour))}}, &acme, "", nil, "acme.pub"},
		{"unsigned, as is allowed", Policy{AllowUnsigned: true}, nil, "", nil, unsigned},
		{"new enough", Policy{Keys: []Key{acme.key}, Version: version}, &acme, "", nil, "acme.pub"},
		{"no policy", Policy{}, &acme, "no key is trusted", nil, ""},
		{"unsigned", Policy{Keys: []Key{acme.key}}, nil, "not signed", signature.ErrUnsigned, ""},
		{"unknown key", Policy{Keys: []Key{other.key}}, &acme, "no valid signature by the key " + other.key.Public.ID(), signature.ErrUntrusted, ""},
		{"unknown key where unsigned is allowed", Policy{Keys: []Key{other.key}, AllowUnsigned: true}, &acme, "no valid signature", signature.ErrUntrusted, ""},
		{"unsigned, as is allowed beside a key", Policy{Keys: []Key{acme.key}, AllowUnsigned: true}, nil, "", nil, unsigned},
		{"expired key", Policy{Keys: []Key{until(time.Unix(0, 0))}}, &acme, "the key has expired: acme.pub, on 1970", ErrExpired, ""},
		{"a name of another key", Policy{Keys: []Key{named("shop/*")}}, &acme, "acme.pub signs shop/*, found 'acme/auth'", ErrName, ""},
		{"a name below the pattern", Policy{Keys: []Key{named("*")}}, &acme, "found 'acme/auth'", ErrName, ""},
		{"too old", Policy{Keys: []Key{acme.key}, Version: bundle.Version{Major: 1, Minor: 3}}, &acme, "at least 1.4.0, this is 1.3.0", ErrTooOld, ""},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			a := build(t, "acme/auth", "1.4.0")
			if tc.signer != nil {
				must(t, signature.Sign(a, tc.signer.private))
			}
			opened, err := tc.policy.Check(a, "")
			switch {
			case tc.want == "" && err != nil:
				t.Fatal(err)
			case tc.want == "":
				if opened.SignedBy != tc.by || opened.Manifest.Name != "acme/auth" {
					t.Errorf("%s by '%s'", opened.Manifest.Name, opened.SignedBy)
				}
			case err == nil || !strings.Contains(err.Error(), tc.want) || tc.is != nil && !errors.Is(err, tc.is):
				t.Errorf("got %v, expected %q", err, tc.want)
			}
		})
	}
}

func TestOpen(t *testing.T) {
	acme := newPair(t, "acme.pub")
	a := build(t, "acme/auth", "0.1.0")
	must(t, signature.Sign(a, acme.private))
	folder := t.TempDir()
	must(t, a.WriteLayout(filepath.Join(folder, "auth.tar")))
	must(t, a.WriteLayout(filepath.Join(folder, "auth")))
	policy := Policy{Keys: []Key{acme.key}}
	for _, reference := range []string{"auth", "auth.tar", "auth.tar@" + a.Digest()} {
		opened, err := Open(t.Context(), "file:"+filepath.Join(folder, reference), policy)
		if err != nil {
			t.Errorf("%s: %v", reference, err)
		} else if opened.Digest != a.Digest() || string(opened.Files["main.lua"]) != "return 1\n" {
			t.Errorf("%s: %s with %v", reference, opened.Digest, opened.Files.Paths())
		}
	}
	other := "sha256:" + strings.Repeat("0", 64)
	if _, err := Open(t.Context(), "file:"+filepath.Join(folder, "auth")+"@"+other, policy); !errors.Is(err, ErrDigest) {
		t.Errorf("another digest: %v", err)
	}
	if _, err := Open(t.Context(), "file:"+filepath.Join(folder, "missing"), policy); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("missing: %v", err)
	}
}

// TestOpen_tampered changes bytes of a signed bundle's file, one at a time: it is opened as it was, or not
// at all.
func TestOpen_tampered(t *testing.T) {
	acme := newPair(t, "acme.pub")
	a := build(t, "acme/auth", "0.1.0")
	must(t, signature.Sign(a, acme.private))
	path := filepath.Join(t.TempDir(), "auth.tar")
	must(t, a.WriteLayout(path))
	content, err := os.ReadFile(path)
	must(t, err)
	policy := Policy{Keys: []Key{acme.key}}
	refused := 0
	for i := 0; i < len(content); i += 29 {
		content[i] ^= 0x11
		must(t, os.WriteFile(path, content, 0o600))
		opened, err := Open(t.Context(), "file:"+path, policy)
		if err != nil {
			refused++
		} else if opened.Digest != a.Digest() || string(opened.Files["main.lua"]) != "return 1\n" {
			t.Errorf("byte %d: opened %s with %v", i, opened.Digest, opened.Files)
		}
		content[i] ^= 0x11
	}
	if refused < len(content)/29/4 { // what is left is padding
		t.Errorf("%d refused of %d", refused, len(content)/29)
	}
}

func TestParseReference_Errors(t *testing.T) {
	for _, text := range []string{"", "auth.tar", "file:", "oci:", "http://example.com/auth", "file:x@sha256:1", "oci:h/n@sha256:" + strings.Repeat("G", 64)} {
		if r, err := ParseReference(text); err == nil {
			t.Errorf("%q is %+v", text, r)
		}
	}
}

// What a bundle's signers may do together does not depend on the order in which the policy lists them: one that may sign its
// name is enough, and another's signature takes nothing away.
func TestPolicy_Check_signers(t *testing.T) {
	shop, acme, old := newPair(t, "shop.pub"), newPair(t, "acme.pub"), newPair(t, "old.pub")
	shop.key.Names, acme.key.Names = []string{"shop/*"}, []string{"acme/*"}
	old.key.Expires = time.Unix(0, 0)
	tests := []struct {
		name string
		keys []Key
		by   string // "" when it is refused
		is   []error
	}{
		{"another name's key first", []Key{shop.key, acme.key}, "acme.pub", nil},
		{"another name's key last", []Key{acme.key, shop.key}, "acme.pub", nil},
		{"rotation: the expired key first", []Key{old.key, acme.key}, "acme.pub", nil},
		{"only another name's key", []Key{shop.key}, "", []error{ErrName}},
		{"expired, and another name's", []Key{old.key, shop.key}, "", []error{ErrExpired, ErrName}},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			a := build(t, "acme/auth", "1.4.0")
			for _, signer := range []pair{shop, acme, old} {
				must(t, signature.Sign(a, signer.private))
			}
			policy := Policy{Keys: tc.keys}
			opened, err := policy.Check(a, "")
			if tc.by != "" && (err != nil || opened.SignedBy != tc.by) {
				t.Fatalf("got %+v, %v", opened, err)
			}
			for _, is := range tc.is {
				if !errors.Is(err, is) {
					t.Errorf("got %v, expected %v", err, is)
				}
			}
		})
	}
}

// A signature that is damaged is none, and the refusal says what happened to it.
func TestOpen_damagedSignature(t *testing.T) {
	acme := newPair(t, "acme.pub")
	a := build(t, "acme/auth", "0.1.0")
	must(t, signature.Sign(a, acme.private))
	folder := filepath.Join(t.TempDir(), "auth")
	must(t, a.WriteLayout(folder))
	m, err := a.ImageManifest(a.Referrers()[0])
	must(t, err)
	blob := filepath.Join(folder, "blobs", "sha256", m.Layers[0].Digest.Encoded())
	document, err := os.ReadFile(blob)
	must(t, err)
	document[len(document)/2] ^= 1
	must(t, os.WriteFile(blob, document, 0o600))
	_, err = Open(t.Context(), "file:"+folder, Policy{Keys: []Key{acme.key}})
	if !errors.Is(err, signature.ErrUnsigned) || !strings.Contains(err.Error(), "content does not match its digest") {
		t.Errorf("got %v", err)
	}
}
