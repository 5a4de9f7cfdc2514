package registry

import (
	"context"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"

	ggcr "github.com/google/go-containerregistry/pkg/registry"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"

	"tidelock/sdk/bundle"
)

// server is a kind of registry.
type server struct {
	name  string
	start func(t *testing.T) http.Handler
}

// servers are registries of two kinds: with the API for referrers, and with tags in its place. The tag "interop" adds a
// third one.
var servers = []server{
	{"with referrers", func(*testing.T) http.Handler {
		return ggcr.New(ggcr.WithReferrersSupport(true), quiet)
	}},
	{"without referrers", func(*testing.T) http.Handler {
		return ggcr.New(quiet)
	}},
}

var quiet = ggcr.Logger(log.New(io.Discard, "", 0))

func start(t *testing.T, handler http.Handler) string {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return strings.TrimPrefix(server.URL, "http://")
}

func build(t *testing.T) *bundle.Artifact {
	t.Helper()
	a, err := bundle.Build(fstest.MapFS{
		bundle.ManifestFile: {Data: []byte(`{"name":"acme/auth","version":"1.0.0","dialect":"5.4","entry":"main.lua","registrations":[]}`)},
		"main.lua":          {Data: []byte("return 1\n")},
		"native.wasm":       {Data: []byte("\x00asm\x01\x00\x00\x00")},
	})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestPush(t *testing.T) {
	for _, server := range servers {
		t.Run(server.name, func(t *testing.T) {
			host := start(t, server.start(t))
			var copied atomic.Int64
			o := Options{PlainHTTP: true, Progress: func(_ string, size int64) { copied.Add(size) }}
			a := build(t)
			for i, note := range []string{"{}", "[]"} { // what is attached later follows
				if err := a.AttachSignature([]byte(note), nil); err != nil {
					t.Fatal(err)
				}
				if err := Push(t.Context(), a, host+"/acme/auth:1", o); err != nil {
					t.Fatal(err)
				}
				for _, reference := range []string{":1", "@" + a.Digest(), ":1@" + a.Digest()} {
					pulled, err := Pull(t.Context(), host+"/acme/auth"+reference, o)
					if err != nil {
						t.Fatalf("%s: %v", reference, err)
					}
					if pulled.Digest() != a.Digest() || len(pulled.Referrers()) != i+1 || pulled.Size() != a.Size() {
						t.Errorf("%s: %s, %d referrers, %d bytes", reference, pulled.Digest(), len(pulled.Referrers()), pulled.Size())
					}
					if _, err := pulled.Unpack(); err != nil {
						t.Errorf("%s: %v", reference, err)
					}
				}
			}
			if copied.Load() < a.Size() {
				t.Errorf("progress of %d bytes", copied.Load())
			}
		})
	}
}

func TestPull_Errors(t *testing.T) {
	host := start(t, servers[0].start(t))
	o := Options{PlainHTTP: true}
	a := build(t)
	if err := Push(t.Context(), a, host+"/acme/auth:1", o); err != nil {
		t.Fatal(err)
	}
	zeros := "sha256:" + strings.Repeat("0", 64)
	tests := []struct{ name, reference, want string }{
		{"no tag", host + "/acme/auth", "expected a tag or a digest"},
		{"not a reference", "acme auth", "invalid reference"},
		{"not a digest", host + "/acme/auth@sha256:0", "64 digits after @"},
		{"weak digest", host + "/acme/auth@md5:" + strings.Repeat("0", 32), "64 digits after @"},
		{"unknown tag", host + "/acme/auth:2", "not found"},
		{"unknown digest", host + "/acme/auth:1@" + zeros, "not found"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			if _, err := Pull(t.Context(), tc.reference, o); err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, expected %q", err, tc.want)
			}
		})
	}
	if err := Push(t.Context(), a, host+"/acme/auth:1@"+zeros, o); err == nil || !strings.Contains(err.Error(), a.Digest()) {
		t.Errorf("push under another digest: %v", err)
	}
}

// tampering answers requests for one blob with another content.
type tampering struct {
	http.Handler
	digest  string
	content []byte
}

func (h tampering) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodGet && strings.HasSuffix(r.URL.Path, h.digest) {
		w.Header().Set("Content-Type", ocispec.MediaTypeImageManifest)
		w.Write(h.content)
		return
	}
	h.Handler.ServeHTTP(w, r)
}

// TestPull_tampered pulls through a registry that answers with other bytes, for each blob in turn.
func TestPull_tampered(t *testing.T) {
	registry := servers[0].start(t)
	o := Options{PlainHTTP: true}
	a := build(t)
	if err := Push(t.Context(), a, start(t, registry)+"/acme/auth:1", o); err != nil {
		t.Fatal(err)
	}
	m, err := a.ImageManifest(a.Root())
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range append(m.Layers, m.Config, a.Root()) {
		content, err := a.Blob(d)
		if err != nil {
			t.Fatal(err)
		}
		flipped := append([]byte{}, content...)
		flipped[len(flipped)/2] ^= 1
		for name, answer := range map[string][]byte{
			"bit flip": flipped, "shorter": content[:len(content)-1], "longer": append(flipped, 0), "empty": {},
		} {
			t.Run(d.MediaType+" "+name, func(t *testing.T) {
				host := start(t, tampering{registry, d.Digest.String(), answer})
				if _, err := Pull(context.Background(), host+"/acme/auth@"+a.Digest(), o); err == nil {
					t.Error("pulled")
				}
			})
		}
	}
}
