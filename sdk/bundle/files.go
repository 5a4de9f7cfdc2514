package bundle

import (
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
)

// Kind says what a file is, which its name does.
type Kind string

const (
	Scripts Kind = "scripts" // *.lua
	Modules Kind = "modules" // *.wasm
	Data    Kind = "data"    // everything else
)

// kinds are in the order of their layers.
var kinds = []Kind{Scripts, Modules, Data}

// KindOf returns the kind of a file.
func KindOf(name string) Kind {
	switch path.Ext(name) {
	case ".lua":
		return Scripts
	case ".wasm":
		return Modules
	}
	return Data
}

// Files are the contents of files by path. Paths have slashes, and are below the bundle.
type Files map[string][]byte

// Paths returns the paths in order.
func (f Files) Paths() []string { return slices.Sorted(maps.Keys(f)) }

// Of returns the files of one kind.
func (f Files) Of(kind Kind) Files {
	some := Files{}
	for name, content := range f {
		if KindOf(name) == kind {
			some[name] = content
		}
	}
	return some
}

// check refuses sets of files that not every system can hold: too many, too large, two paths that differ only in their
// letters' case, a path below a file.
func (f Files) check() error {
	if len(f) > maxFiles {
		return fmt.Errorf("%d files, more than %d", len(f), maxFiles)
	}
	folded := map[string]string{}
	size := 0
	for _, name := range f.Paths() {
		if err := checkPath(name); err != nil {
			return err
		}
		if other, taken := folded[strings.ToLower(name)]; taken {
			return fmt.Errorf("paths '%s' and '%s' differ only in case", other, name)
		}
		folded[strings.ToLower(name)] = name
		if size += len(f[name]); size > MaxSize {
			return fmt.Errorf("files of more than %d bytes", MaxSize)
		}
	}
	for name := range folded {
		for folder := path.Dir(name); folder != "."; folder = path.Dir(folder) {
			if file, taken := folded[folder]; taken {
				return fmt.Errorf("path '%s' is below the file '%s'", folded[name], file)
			}
		}
	}
	return nil
}

// ReadFolder reads a bundle's folder: the manifest and the files below it. Files and folders that begin with a dot, and
// tests (*_test.lua), are left out; symbolic links and other special files are errors, since not every machine resolves
// them to the same file.
func ReadFolder(folder fs.FS) (manifest []byte, files Files, err error) {
	files = Files{}
	left := int64(MaxSize)
	err = fs.WalkDir(folder, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case name == ".":
			return nil
		case strings.HasPrefix(entry.Name(), "."):
			if entry.IsDir() {
				return fs.SkipDir
			}
			return nil
		case entry.IsDir() || strings.HasSuffix(name, "_test.lua"):
			return nil
		case !entry.Type().IsRegular():
			return fmt.Errorf("'%s' is not a regular file (%s)", name, fileType(entry.Type()))
		}
		content, err := readFile(folder, name, left)
		if err != nil {
			return err
		}
		left -= int64(len(content))
		if name == ManifestFile {
			manifest = content
			return nil
		}
		if err := checkPath(name); err != nil {
			return err
		}
		files[name] = content
		return nil
	})
	if err == nil && manifest == nil {
		err = fmt.Errorf("no %s: 'tidelock bundle init' makes one", ManifestFile)
	}
	return manifest, files, err
}

func fileType(mode fs.FileMode) string {
	if mode&fs.ModeSymlink != 0 {
		return "a symbolic link"
	}
	return "a device, pipe or socket"
}

// readFile reads a regular file of at most limit bytes. Others could block, or not end.
func readFile(folder fs.FS, name string, limit int64) ([]byte, error) {
	info, err := fs.Lstat(folder, name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("'%s' is not a regular file (%s)", name, fileType(info.Mode()))
	}
	file, err := folder.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	content, err := io.ReadAll(io.LimitReader(file, limit+1))
	if err == nil && int64(len(content)) > limit {
		err = fmt.Errorf("'%s' is larger than %d bytes", name, limit)
	}
	return content, err
}
