package bundle

import (
	"archive/tar"
	"bytes"
	"errors"
	"fmt"
	"io"
)

// packLayer returns a tar file of files, the same bytes for the same files: sorted, without times, owners and folders.
func packLayer(files Files) ([]byte, error) {
	var buffer bytes.Buffer
	w := tar.NewWriter(&buffer)
	for _, name := range files.Paths() {
		header := &tar.Header{Typeflag: tar.TypeReg, Name: name, Size: int64(len(files[name])), Mode: 0o644}
		if err := w.WriteHeader(header); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if _, err := w.Write(files[name]); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	err := w.Close()
	return buffer.Bytes(), err
}

// gzipMagic and zstdMagic begin what other tools compress layers to. Layers are not compressed: what unpacks to more
// than it weighs is refused before anything unpacks it, and no version of a compressor changes a digest.
var (
	gzipMagic = []byte{0x1f, 0x8b}
	zstdMagic = []byte{0x28, 0xb5, 0x2f, 0xfd}
)

func compressed(content []byte) bool {
	return bytes.HasPrefix(content, gzipMagic) || bytes.HasPrefix(content, zstdMagic)
}

// unpackLayer adds the files of a layer to files. All of them must be of the layer's kind, and only regular files.
func unpackLayer(kind Kind, layer []byte, files Files) error {
	if compressed(layer) {
		return errors.New("compressed, which layers of bundles are not")
	}
	r := tar.NewReader(bytes.NewReader(layer))
	for {
		header, err := r.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if err := checkEntry(kind, header, len(layer)); err != nil {
			return err
		}
		if _, taken := files[header.Name]; taken {
			return fmt.Errorf("'%s' stands twice", header.Name)
		}
		if len(files) >= maxFiles {
			return fmt.Errorf("more than %d files", maxFiles)
		}
		content := make([]byte, header.Size) // not more than the layer has
		if _, err := io.ReadFull(r, content); err != nil {
			return fmt.Errorf("'%s': %w", header.Name, err)
		}
		files[header.Name] = content
	}
}

func checkEntry(kind Kind, header *tar.Header, room int) error {
	if err := checkPath(header.Name); err != nil {
		return err
	}
	switch header.Typeflag {
	case tar.TypeReg:
	case tar.TypeSymlink:
		return fmt.Errorf("'%s' is a symbolic link to %.256q", header.Name, header.Linkname)
	case tar.TypeLink:
		return fmt.Errorf("'%s' is a hard link to %.256q", header.Name, header.Linkname)
	default:
		return fmt.Errorf("'%s' is not a regular file (type %q)", header.Name, header.Typeflag)
	}
	// Sparse files say that they are larger than what is stored: the bomb that needs no compression.
	if header.Size < 0 || header.Size > int64(room) {
		return fmt.Errorf("'%s' claims %d bytes in a layer of %d", header.Name, header.Size, room)
	}
	for record := range header.PAXRecords {
		if record != "path" && record != "size" {
			return fmt.Errorf("'%s' has the extended header %.64q", header.Name, record)
		}
	}
	if header.Format == tar.FormatGNU {
		return fmt.Errorf("'%s' is in the GNU format, expected USTAR or PAX", header.Name)
	}
	if actual := KindOf(header.Name); actual != kind {
		return fmt.Errorf("'%s' belongs to the %s layer", header.Name, actual)
	}
	return nil
}
