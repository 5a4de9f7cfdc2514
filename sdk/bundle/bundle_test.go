package bundle

import (
	"path/filepath"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

const exampleManifest = `{
  "name": "acme/auth", "version": "1.2.3", "dialect": "5.4", "entry": "main.lua",
  "registrations": [{"kind": "action", "name": "auth"}, {"kind": "task"}],
  "capabilities": {"network": ["auth.example.com:443"], "read-headers": ["authorization"]},
  "limits": {"isolation": "transaction", "memory": 16777216}
}`

func exampleFolder() fstest.MapFS {
	return fstest.MapFS{
		ManifestFile:    {Data: []byte(exampleManifest)},
		"main.lua":      {Data: []byte("core.register_action('auth', {'http-req'}, function() end)\n")},
		"lib/token.lua": {Data: []byte("return {}\n")},
		"hash.wasm":     {Data: []byte("\x00asm\x01\x00\x00\x00")},
		"users.txt":     {Data: []byte("jane\n")},
		"main_test.lua": {Data: []byte("script 'main.lua'\n")},
		".git/config":   {Data: []byte("not part of it")},
	}
}

func example(t *testing.T) *Artifact {
	t.Helper()
	a, err := Build(exampleFolder())
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// TestBuild_deterministic holds the digest of a folder: a change of it breaks what configurations pin and keys signed.
func TestBuild_deterministic(t *testing.T) {
	const want = "sha256:0fdf5c0aaf5f23b54fd5b78db3df7934cc33f10f716f5d225c47458b4b7be5c9"
	if got := example(t).Digest(); got != want {
		t.Errorf("the example's digest is %s", got)
	}
}

func TestArtifact_Unpack(t *testing.T) {
	b, err := example(t).Unpack()
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"hash.wasm", "lib/token.lua", "main.lua", "users.txt"}
	if got := b.Files.Paths(); !cmp.Equal(got, want) {
		t.Errorf("files %v, expected %v", got, want)
	}
	if m := b.Manifest; m.Name != "acme/auth" || m.Version.String() != "1.2.3" || m.Limits.Memory != 16<<20 ||
		m.Capabilities.Network[0].String() != "auth.example.com:443" {
		t.Errorf("manifest %+v", m)
	}
}

func TestArtifact_WriteLayout(t *testing.T) {
	for _, name := range []string{"auth", "auth.tar"} {
		t.Run(name, func(t *testing.T) {
			a := example(t)
			if err := a.AttachSignature([]byte("{}"), nil); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(t.TempDir(), name)
			for range 2 { // the second takes the first's place
				if err := a.WriteLayout(path); err != nil {
					t.Fatal(err)
				}
			}
			read, err := ReadLayout(path)
			if err != nil {
				t.Fatal(err)
			}
			if read.Digest() != a.Digest() || !cmp.Equal(read.blobs, a.blobs) || len(read.Referrers()) != 1 {
				t.Errorf("%s with %d blobs and %d referrers", read.Digest(), len(read.blobs), len(read.Referrers()))
			}
			left, err := filepath.Glob(filepath.Join(filepath.Dir(path), ".bundle-*"))
			if err != nil || len(left) > 0 {
				t.Errorf("%v left: %v", left, err)
			}
		})
	}
}
