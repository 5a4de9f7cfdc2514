package bundle

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// FuzzParseManifest holds that what is accepted stays the same when it is written and read again.
func FuzzParseManifest(f *testing.F) {
	f.Add([]byte(exampleManifest))
	f.Add([]byte(`{"name":"a","version":"1.0.0-rc.1+x","dialect":"5.1","entry":"a.lua","registrations":null}`))
	f.Add([]byte(`[[[[[[[[[`))
	f.Fuzz(func(t *testing.T, document []byte) {
		m, err := ParseManifest(document)
		if err != nil {
			return
		}
		encoded, err := m.Encode()
		if err != nil {
			t.Fatal(err)
		}
		again, err := ParseManifest(encoded)
		if err != nil {
			t.Fatalf("%s: %v", encoded, err)
		}
		if twice, err := again.Encode(); err != nil || !bytes.Equal(twice, encoded) {
			t.Errorf("%s became %s (%v)", encoded, twice, err)
		}
	})
}

// FuzzReadLayoutTar reads layouts that somebody made up: no panic, no large allocation, and what unpacks has its digest.
func FuzzReadLayoutTar(f *testing.F) {
	a, err := Build(exampleFolder())
	if err != nil {
		f.Fatal(err)
	}
	path := filepath.Join(f.TempDir(), "seed.tar")
	if err := a.WriteLayout(path); err != nil {
		f.Fatal(err)
	}
	seed, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(seed)
	f.Add(seed[:len(seed)/2])
	f.Fuzz(func(t *testing.T, content []byte) {
		read, err := ReadLayoutTar(bytes.NewReader(content))
		if err != nil {
			return
		}
		b, err := read.Unpack()
		if err == nil && b.Digest != read.Digest() {
			t.Errorf("%s and %s", b.Digest, read.Digest())
		}
	})
}

// FuzzUnpackLayer unpacks layers that somebody made up: only safe paths, and no more than the layer has.
func FuzzUnpackLayer(f *testing.F) {
	layer, err := packLayer(Files{"main.lua": []byte("return 1"), "lib/a.lua": nil})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(layer)
	f.Add(layer[:700])
	f.Fuzz(func(t *testing.T, content []byte) {
		files := Files{}
		if err := unpackLayer(Scripts, content, files); err != nil {
			return
		}
		size := 0
		for name, file := range files {
			if err := checkPath(name); err != nil {
				t.Error(err)
			}
			size += len(file)
		}
		if size > len(content) {
			t.Errorf("%d bytes from %d", size, len(content))
		}
	})
}
