// Package template holds the bundle that "tidelock bundle init" begins with: a service, a module of its own, tests, and a
// recipe for continuous integration.
package template

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"tidelock/sdk/bundle"
)

//go:embed all:files
var embedded embed.FS

// schemaFile is hidden: it is for editors, and no part of what is built.
const schemaFile = ".bundle.schema.json"

// workflow is the part of the template that a bundle with scripts of its own wants, too.
const workflow = ".github/workflows/bundle.yaml"

// New returns the files of a new bundle but for its manifest, and what they register.
func New() (map[string][]byte, []bundle.Registration, error) {
	folder, err := fs.Sub(embedded, "files")
	if err != nil {
		return nil, nil, err
	}
	files := map[string][]byte{}
	err = fs.WalkDir(folder, ".", func(name string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			files[name], err = fs.ReadFile(folder, name)
		}
		return err
	})
	return files, []bundle.Registration{{Kind: "service", Name: "hello"}}, err
}

// Workflow returns the recipe for continuous integration alone.
func Workflow() (map[string][]byte, error) {
	content, err := embedded.ReadFile("files/" + workflow)
	return map[string][]byte{workflow: content}, err
}

// Write writes a manifest, its schema and files into a folder, which is made when it is not there. It overwrites nothing.
func Write(folder string, m bundle.Manifest, files map[string][]byte) error {
	m.Schema = schemaFile
	document, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	if _, err := bundle.ParseManifest(document); err != nil {
		return err
	}
	all := map[string][]byte{bundle.ManifestFile: append(document, '\n'), schemaFile: bundle.Schema()}
	for name, content := range files {
		all[name] = content
	}
	for name := range all {
		if _, err := os.Lstat(filepath.Join(folder, filepath.FromSlash(name))); !errors.Is(err, fs.ErrNotExist) {
			return errors.Join(fmt.Errorf("%s is there already", filepath.Join(folder, name)), err)
		}
	}
	for name, content := range all {
		path := filepath.Join(folder, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, content, 0o644); err != nil {
			return err
		}
	}
	return nil
}
