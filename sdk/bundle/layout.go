package bundle

import (
	"archive/tar"
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/opencontainers/image-spec/specs-go"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

// layoutFiles returns the files of an OCI image layout that holds the artifact, in the order in which a tar file has them.
//
//	oci-layout, index.json         what it is, and the manifests in it: the bundle first, then its referrers
//	blobs/sha256/DIGEST            everything else
//
// https://github.com/opencontainers/image-spec/blob/main/image-layout.md
func (a *Artifact) layoutFiles() ([]string, Files, error) {
	layout, err := encode(ocispec.ImageLayout{Version: ocispec.ImageLayoutVersion})
	if err != nil {
		return nil, nil, err
	}
	index, err := encode(ocispec.Index{
		Versioned: specs.Versioned{SchemaVersion: 2}, MediaType: ocispec.MediaTypeImageIndex,
		Manifests: append([]ocispec.Descriptor{a.root}, a.referrers...),
	})
	if err != nil {
		return nil, nil, err
	}
	names := []string{ocispec.ImageLayoutFile, ocispec.ImageIndexFile}
	files := Files{ocispec.ImageLayoutFile: layout, ocispec.ImageIndexFile: index}
	for _, d := range a.digests() {
		name := blobPath(d.Encoded())
		names = append(names, name)
		files[name] = a.blobs[d]
	}
	return names, files, nil
}

func blobPath(encoded string) string { return "blobs/sha256/" + encoded }

// WriteLayout writes an OCI layout: a tar file when the path ends in .tar, or else a folder. It appears as a whole or not
// at all. It takes the place of what was there, but never that of a folder with other things than a layout.
func (a *Artifact) WriteLayout(path string) error {
	names, files, err := a.layoutFiles()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	if strings.HasSuffix(path, ".tar") {
		return writeTar(path, names, files)
	}
	return writeFolder(path, names, files)
}

func writeTar(path string, names []string, files Files) (err error) {
	file, err := os.CreateTemp(filepath.Dir(path), ".bundle-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(file.Name())
		}
	}()
	w := tar.NewWriter(file)
	for _, name := range names {
		header := &tar.Header{Typeflag: tar.TypeReg, Name: name, Size: int64(len(files[name])), Mode: 0o644}
		if err := w.WriteHeader(header); err != nil {
			return errors.Join(err, file.Close())
		}
		if _, err := w.Write(files[name]); err != nil {
			return errors.Join(err, file.Close())
		}
	}
	if err := errors.Join(w.Close(), file.Chmod(0o644), file.Close()); err != nil {
		return err
	}
	return os.Rename(file.Name(), path)
}

// writeFolder writes beside the folder, and then puts it in place.
func writeFolder(path string, names []string, files Files) error {
	if err := replaceable(path); err != nil {
		return err
	}
	folder, err := os.MkdirTemp(filepath.Dir(path), ".bundle-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder) // what was there before, at the end
	made := filepath.Join(folder, "new")
	for _, name := range names {
		target := filepath.Join(made, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(target, files[name], 0o644); err != nil {
			return err
		}
	}
	old := filepath.Join(folder, "old")
	if err := os.Rename(path, old); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if err := os.Rename(made, path); err != nil {
		return errors.Join(err, os.Rename(old, path))
	}
	return nil
}

// replaceable reports whether nothing but a layout, or an empty folder, stands at a path.
func replaceable(path string) error {
	entries, err := os.ReadDir(path)
	if errors.Is(err, os.ErrNotExist) || err == nil && len(entries) == 0 {
		return nil
	}
	if err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(path, ocispec.ImageLayoutFile)); err != nil {
		return fmt.Errorf("%s is a folder with other things than a bundle", path)
	}
	return nil
}

// ReadLayout reads the bundle of an OCI layout: a folder or a tar file.
func ReadLayout(path string) (*Artifact, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	var a *Artifact
	if info.IsDir() {
		root, err := os.OpenRoot(path) // which no symbolic link leads out of
		if err != nil {
			return nil, err
		}
		defer root.Close()
		a, err = readLayout(func(name string, limit int64) ([]byte, error) { return readFile(root.FS(), name, limit) })
		return a, inPath(path, err)
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	a, err = ReadLayoutTar(file)
	return a, inPath(path, err)
}

func inPath(path string, err error) error {
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

// ReadLayoutTar reads the bundle of an OCI layout in a tar file.
func ReadLayoutTar(r io.Reader) (*Artifact, error) {
	files, err := readTar(r)
	if err != nil {
		return nil, err
	}
	return readLayout(func(name string, limit int64) ([]byte, error) {
		content, found := files[name]
		if !found {
			return nil, fmt.Errorf("no file '%s'", name)
		}
		if int64(len(content)) > limit {
			return nil, fmt.Errorf("'%s' is larger than %d bytes", name, limit)
		}
		return content, nil
	})
}

// readTar reads a tar file into memory: regular files, of MaxSize bytes in all.
func readTar(r io.Reader) (Files, error) {
	start := make([]byte, 4)
	n, err := io.ReadFull(r, start)
	if err != nil && err != io.ErrUnexpectedEOF {
		return nil, cmp.Or(err, io.ErrUnexpectedEOF)
	}
	if compressed(start[:n]) {
		return nil, errors.New("compressed, expected a plain tar file")
	}
	files, left := Files{}, int64(MaxSize)
	for tr := tar.NewReader(io.MultiReader(strings.NewReader(string(start[:n])), r)); ; {
		header, err := tr.Next()
		if err == io.EOF {
			return files, nil
		}
		if err != nil {
			return nil, err
		}
		name := strings.TrimSuffix(strings.TrimPrefix(header.Name, "./"), "/")
		if header.Typeflag == tar.TypeDir && (name == "" || name == "." || checkPath(name) == nil) {
			continue
		}
		if err := checkPath(name); err != nil {
			return nil, err
		}
		if header.Typeflag != tar.TypeReg {
			return nil, fmt.Errorf("'%s' is not a regular file (type %q)", name, header.Typeflag)
		}
		if left -= header.Size; header.Size < 0 || left < 0 || len(files) >= maxBlobs+2 {
			return nil, fmt.Errorf("more than %d bytes or %d files", MaxSize, maxBlobs+2)
		}
		content, err := io.ReadAll(tr)
		if err != nil {
			return nil, fmt.Errorf("'%s': %w", name, err)
		}
		files[name] = content
	}
}
