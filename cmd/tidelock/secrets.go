package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// Bounds of a secret, in bytes. One that is too short would be found in every other line of a log, which shows asterisks in
// its place.
const (
	minSecret = 4
	maxSecret = 64 << 10
)

// secretName is that of manifests; other files, as those that Kubernetes keeps beside the ones it mounts, are none.
var secretName = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9._-]*$`)

// readSecrets returns the secrets of a folder, by the names of their files. A line feed at the end, which editors leave there,
// is not part of one. No folder has none.
func readSecrets(folder string) (map[string]string, error) {
	if folder == "" {
		return nil, nil
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, fmt.Errorf("secrets: %w", err)
	}
	secrets := map[string]string{}
	var failed []error
	for _, entry := range entries {
		path := filepath.Join(folder, entry.Name())
		info, err := os.Stat(path) // what a link leads to counts: mounts are made of links
		if !secretName.MatchString(entry.Name()) || err == nil && !info.Mode().IsRegular() {
			continue
		}
		secret, err := readSecret(path)
		if err != nil {
			failed = append(failed, fmt.Errorf("secret '%s': %w", path, err))
			continue
		}
		secrets[entry.Name()] = secret
	}
	return secrets, errors.Join(failed...)
}

func readSecret(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	content, err := io.ReadAll(io.LimitReader(f, maxSecret+1))
	secret := strings.TrimSuffix(string(content), "\n")
	switch {
	case err != nil:
		return "", err
	case len(content) > maxSecret:
		return "", fmt.Errorf("more than %d bytes", maxSecret)
	case len(secret) < minSecret:
		return "", fmt.Errorf("less than %d bytes: it could not be kept out of logs", minSecret)
	}
	return secret, nil
}
