package syntax

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// Source is one configuration file.
type Source struct {
	Name string // as it is shown in messages
	Text []byte
}

// Load reads the files that -f names. A directory stands for its files *.cfg in lexical order, hidden ones left out.
func Load(paths []string, diags *Diagnostics) []Source {
	var sources []Source
	for _, path := range paths {
		files, err := expandDirectory(path)
		if err != nil {
			diags.Alertf(Position{}, "Cannot open configuration file/directory %s : %s", path, SystemReason(err))
			continue
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				diags.Alertf(Position{}, "Could not open configuration file %s : %s", file, SystemReason(err))
				continue
			}
			sources = append(sources, Source{Name: file, Text: text})
		}
	}
	return sources
}

// expandDirectory returns the configuration files of a directory, or path itself when it is a file.
func expandDirectory(path string) ([]string, error) {
	info, err := os.Stat(path)
	if err != nil || !info.IsDir() {
		return []string{path}, err
	}
	entries, err := os.ReadDir(path) // sorted by name
	if err != nil {
		return nil, err
	}
	var files []string
	for _, entry := range entries {
		name := entry.Name()
		if !entry.IsDir() && strings.HasSuffix(name, ".cfg") && !strings.HasPrefix(name, ".") {
			files = append(files, filepath.Join(path, name))
		}
	}
	return files, nil
}

// SystemReason words an error of the file system as the C library does, which is what HAProxy's users know.
func SystemReason(err error) string {
	var errno syscall.Errno
	var pathError *fs.PathError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "No such file or directory"
	case errors.Is(err, fs.ErrPermission):
		return "Permission denied"
	case errors.As(err, &errno):
		text := errno.Error()
		return strings.ToUpper(text[:1]) + text[1:]
	case errors.As(err, &pathError):
		return pathError.Err.Error()
	}
	return err.Error()
}
