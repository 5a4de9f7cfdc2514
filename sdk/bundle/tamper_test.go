package bundle

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

// forge returns an artifact whose image manifest was changed: its digests are right, what it says is not.
func forge(t *testing.T, change func(a *Artifact, m *ocispec.Manifest)) *Artifact {
	t.Helper()
	a := example(t)
	m, err := a.ImageManifest(a.root)
	if err != nil {
		t.Fatal(err)
	}
	change(a, &m)
	encoded, err := encode(m)
	if err != nil {
		t.Fatal(err)
	}
	if a.root, err = a.store(ocispec.MediaTypeImageManifest, encoded); err != nil {
		t.Fatal(err)
	}
	return a
}

// archive returns a tar file of entries whose contents are all "x".
func archive(t *testing.T, entries ...tar.Header) []byte {
	t.Helper()
	var buffer bytes.Buffer
	w := tar.NewWriter(&buffer)
	for _, header := range entries {
		if header.Typeflag == tar.TypeReg {
			header.Size = 1
		}
		if err := w.WriteHeader(&header); err != nil {
			t.Fatal(err)
		}
		if header.Size > 0 {
			if _, err := w.Write([]byte("x")); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buffer.Bytes()
}

func compressedLayer(t *testing.T, size int) []byte {
	t.Helper()
	var buffer bytes.Buffer
	w := gzip.NewWriter(&buffer)
	if _, err := w.Write(make([]byte, size)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buffer.Bytes()
}

// sparseLayer holds a file of an old GNU sparse format: 512 bytes that claim to be 1 TiB.
func sparseLayer(t *testing.T) []byte {
	t.Helper()
	layer := archive(t, tar.Header{Typeflag: tar.TypeReg, Name: "main.lua", Format: tar.FormatGNU})
	header := layer[:512]
	header[156] = 'S'                                                      // type: sparse
	copy(header[386:], "00000000000\x00")                                  // the first piece's offset
	copy(header[398:], "00000000001\x00")                                  // and size
	copy(header[483:], "\x80\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00") // the size that it claims, in base 256
	copy(header[148:], "        ")
	sum := 0
	for _, c := range header {
		sum += int(c)
	}
	copy(header[148:], []byte{byte('0' + sum>>15&7), byte('0' + sum>>12&7), byte('0' + sum>>9&7), byte('0' + sum>>6&7), byte('0' + sum>>3&7), byte('0' + sum&7), 0, ' '})
	return layer
}

func TestArtifact_Unpack_Errors(t *testing.T) {
	scripts := func(layer func(t *testing.T) []byte) func(*testing.T) *Artifact {
		return func(t *testing.T) *Artifact {
			return forge(t, func(a *Artifact, m *ocispec.Manifest) {
				d, err := a.store(layerType(Scripts), layer(t))
				if err != nil {
					t.Fatal(err)
				}
				m.Layers[0] = d
			})
		}
	}
	entries := func(entries ...tar.Header) func(*testing.T) *Artifact {
		return scripts(func(t *testing.T) []byte { return archive(t, entries...) })
	}
	file := func(name string) tar.Header { return tar.Header{Typeflag: tar.TypeReg, Name: name} }
	forged := func(change func(a *Artifact, m *ocispec.Manifest)) func(*testing.T) *Artifact {
		return func(t *testing.T) *Artifact { return forge(t, change) }
	}
	tests := []struct {
		name string
		make func(t *testing.T) *Artifact
		want string
	}{
		{"zip slip", entries(file("../../etc/cron.d/x.lua")), "is not below the bundle"},
		{"zip slip inside", entries(file("lib/../../x.lua")), "is not below the bundle"},
		{"absolute path", entries(file("/etc/x.lua")), "is not below the bundle"},
		{"Windows's separators", entries(file(`..\x.lua`)), "not every system takes"},
		{"Windows's drive", entries(file("c:x.lua")), "not every system takes"},
		{"path that ends a line", entries(file("a\nb.lua")), "not every system takes"},
		{"long path", entries(file(strings.Repeat("a/", 200) + "x.lua")), "more than 256"},
		{"symbolic link", entries(tar.Header{Typeflag: tar.TypeSymlink, Name: "main.lua", Linkname: "/etc/passwd"}), `a symbolic link to "/etc/passwd"`},
		{"hard link", entries(tar.Header{Typeflag: tar.TypeLink, Name: "main.lua", Linkname: "/etc/passwd"}), "a hard link to"},
		{"device", entries(tar.Header{Typeflag: tar.TypeChar, Name: "main.lua"}), "not a regular file"},
		{"folder", entries(tar.Header{Typeflag: tar.TypeDir, Name: "lib"}), "not a regular file"},
		{"file twice", entries(file("main.lua"), file("main.lua")), "stands twice"},
		{"paths that differ in case", entries(file("main.lua"), file("Main.lua")), "differ only in case"},
		{"file below a file", entries(file("main.lua"), file("main.lua/x.lua")), "is below the file"},
		{"no entry", entries(file("other.lua")), "no file 'main.lua'"},
		{"file of another kind", entries(file("main.lua"), file("x.wasm")), "belongs to the modules layer"},
		{"extended attributes", entries(tar.Header{Typeflag: tar.TypeReg, Name: "main.lua", PAXRecords: map[string]string{"SCHILY.xattr.user.x": "y"}}), "extended header"},
		{"not a tar file", scripts(func(*testing.T) []byte { return bytes.Repeat([]byte("x"), 1024) }), "invalid tar header"},
		{"cut off", scripts(func(t *testing.T) []byte { return archive(t, file("main.lua"))[:512] }), "unexpected EOF"},
		{"compression bomb", scripts(func(t *testing.T) []byte { return compressedLayer(t, 16<<20) }), "compressed, which layers"},
		{"sparse bomb", scripts(sparseLayer), "is not a regular file (type 'S')"},
		{"swapped layers", forged(func(_ *Artifact, m *ocispec.Manifest) {
			m.Layers[0].MediaType, m.Layers[1].MediaType = m.Layers[1].MediaType, m.Layers[0].MediaType
		}), "modules layer: 'lib/token.lua' belongs to the scripts layer"},
		{"swapped contents", forged(func(_ *Artifact, m *ocispec.Manifest) {
			m.Layers[0].Digest, m.Layers[1].Digest = m.Layers[1].Digest, m.Layers[0].Digest
		}), "bytes, expected"},
		{"layer twice", forged(func(_ *Artifact, m *ocispec.Manifest) { m.Layers[1] = m.Layers[0] }), "two scripts layers"},
		{"unknown layer", forged(func(_ *Artifact, m *ocispec.Manifest) { m.Layers[0].MediaType = "text/plain" }), `layer of an unknown type "text/plain"`},
		{"missing layer", forged(func(a *Artifact, m *ocispec.Manifest) { delete(a.blobs, m.Layers[0].Digest) }), "is missing"},
		{"layer for a manifest", forged(func(_ *Artifact, m *ocispec.Manifest) { m.Config = m.Layers[0] }), "expected a config of"},
		{"another artifact", forged(func(_ *Artifact, m *ocispec.Manifest) { m.ArtifactType = "application/vnd.example" }), "not a bundle"},
		{"oversized manifest", forged(func(a *Artifact, m *ocispec.Manifest) {
			m.Config, _ = a.store(ManifestMediaType, bytes.Repeat([]byte(" "), maxManifest+1))
		}), "manifest: 65537 bytes, more than 65536"},
		{"deep manifest", forged(func(a *Artifact, m *ocispec.Manifest) {
			m.Config, _ = a.store(ManifestMediaType, bytes.Repeat([]byte("["), maxManifest))
		}), "manifest: nested more than 8 deep"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			if _, err := tc.make(t).Unpack(); err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, expected %q", err, tc.want)
			}
		})
	}
}

// TestReadLayout_tampered flips a bit of each file of a layout in turn, in a folder and in a tar file.
func TestReadLayout_tampered(t *testing.T) {
	a := example(t)
	names, files, err := a.layoutFiles()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names[2:] { // blobs: the index has no digest
		for _, path := range []string{"auth", "auth.tar"} {
			t.Run(path+" "+name[:20], func(t *testing.T) {
				changed := Files{}
				for other, content := range files {
					changed[other] = content
				}
				changed[name] = bytes.Clone(files[name])
				changed[name][len(files[name])/2] ^= 4
				path := filepath.Join(t.TempDir(), path)
				write := writeFolder
				if strings.HasSuffix(path, ".tar") {
					write = writeTar
				}
				if err := write(path, names, changed); err != nil {
					t.Fatal(err)
				}
				if _, err := ReadLayout(path); err == nil {
					t.Error("read")
				} else if !errors.Is(err, ErrDigest) && !strings.Contains(err.Error(), a.root.Digest.String()) {
					t.Errorf("got %v", err)
				}
			})
		}
	}
}

func TestReadLayoutTar_Errors(t *testing.T) {
	file := func(name string) tar.Header { return tar.Header{Typeflag: tar.TypeReg, Name: name} }
	tests := []struct {
		name    string
		content []byte
		want    string
	}{
		{"empty", nil, "EOF"},
		{"compressed", compressedLayer(t, 1<<20), "compressed, expected a plain tar file"},
		{"not a tar file", bytes.Repeat([]byte("x"), 1024), "invalid tar header"},
		{"zip slip", archive(t, file("../oci-layout")), "is not below the bundle"},
		{"symbolic link", archive(t, tar.Header{Typeflag: tar.TypeSymlink, Name: "oci-layout", Linkname: "/etc/passwd"}), "is not a regular file"},
		{"no layout", archive(t, file("index.json")), "not an OCI layout: no file 'oci-layout'"},
		{"not a layout", archive(t, file("oci-layout")), "not an OCI layout: expected the version"},
		{"sparse bomb", sparseLayer(t), "is not a regular file (type 'S')"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			if _, err := ReadLayoutTar(bytes.NewReader(tc.content)); err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, expected %q", err, tc.want)
			}
		})
	}
}

// TestArtifact_Collect_repeated reads a blob once, however often a manifest names it: else a small manifest would be a
// large download.
func TestArtifact_Collect_repeated(t *testing.T) {
	forged := forge(t, func(_ *Artifact, m *ocispec.Manifest) {
		for range maxLayers - len(m.Layers) {
			m.Layers = append(m.Layers, m.Layers[0])
		}
	})
	a, reads := NewArtifact(forged.root), 0
	err := a.Collect(func(d ocispec.Descriptor) ([]byte, error) {
		reads++
		return forged.Blob(d)
	})
	if err != nil || reads > 5 {
		t.Errorf("%d blobs read: %v", reads, err)
	}
}

// TestReadLayout_links follows no link out of a layout, nor inside it.
func TestReadLayout_links(t *testing.T) {
	path := filepath.Join(t.TempDir(), "auth")
	if err := example(t).WriteLayout(path); err != nil {
		t.Fatal(err)
	}
	index := filepath.Join(path, ocispec.ImageIndexFile)
	if err := os.Rename(index, filepath.Join(filepath.Dir(path), "index")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("../index", index); err != nil {
		t.Skip(err)
	}
	if _, err := ReadLayout(path); err == nil || !strings.Contains(err.Error(), "a symbolic link") {
		t.Errorf("got %v", err)
	}
}

func TestBuild_Errors(t *testing.T) {
	with := func(name string, file *fstest.MapFile) fstest.MapFS {
		folder := exampleFolder()
		folder[name] = file
		if file == nil {
			delete(folder, name)
		}
		return folder
	}
	tests := []struct {
		name   string
		folder fstest.MapFS
		want   string
	}{
		{"no manifest", with(ManifestFile, nil), "no bundle.json"},
		{"broken manifest", with(ManifestFile, &fstest.MapFile{Data: []byte("{")}), "bundle.json: manifest: "},
		{"no entry", with("main.lua", nil), "no file 'main.lua'"},
		{"symbolic link", with("link.lua", &fstest.MapFile{Data: []byte("main.lua"), Mode: os.ModeSymlink}), "a symbolic link"},
		{"paths that differ in case", with("MAIN.lua", &fstest.MapFile{}), "differ only in case"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			if _, err := Build(tc.folder); err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, expected %q", err, tc.want)
			}
		})
	}
}

// TestArtifact_WriteLayout_kept leaves alone what is no bundle.
func TestArtifact_WriteLayout_kept(t *testing.T) {
	folder := t.TempDir()
	kept := filepath.Join(folder, "kept")
	if err := os.WriteFile(kept, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := example(t).WriteLayout(folder); err == nil || !strings.Contains(err.Error(), "other things than a bundle") {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(kept); err != nil {
		t.Error(err)
	}
}
