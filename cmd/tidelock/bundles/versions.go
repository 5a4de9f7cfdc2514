package bundles

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"tidelock/sdk/bundle"
)

// Versions remembers which versions of bundles have run, in a file, so that nobody can bring back an older one whose faults are
// known. Its methods are safe for concurrent use.
type Versions struct {
	path string
	mu   sync.Mutex // held while the file is replaced
}

// ran is what the file holds of a bundle.
type ran struct {
	Version bundle.Version `json:"version"`
	Digest  string         `json:"digest"` // of that version
}

// maxVersions bounds the file, in bytes.
const maxVersions = 1 << 20

// NewVersions returns what remembers in a folder, which is made when there is something to remember.
func NewVersions(folder string) *Versions {
	return &Versions{path: filepath.Join(folder, "bundles.json")}
}

// read returns what is remembered, by the bundles' names. A file that is not there remembers nothing.
func (v *Versions) read() (map[string]ran, error) {
	info, err := os.Stat(v.path)
	if errors.Is(err, fs.ErrNotExist) {
		return map[string]ran{}, nil
	}
	var text []byte
	if err == nil && info.Size() > maxVersions {
		err = fmt.Errorf("more than %d bytes", maxVersions)
	}
	if err == nil {
		text, err = os.ReadFile(v.path)
	}
	all := map[string]ran{}
	if err == nil {
		err = json.Unmarshal(text, &all)
	}
	if err != nil {
		return nil, fmt.Errorf("versions that have run cannot be read from %s: %w; restore it, or remove it to have any version run", v.path, err)
	}
	return all, nil
}

// Check refuses a version that is older than one that has run.
func (v *Versions) Check(name string, version bundle.Version) error {
	all, err := v.read()
	if err != nil {
		return err
	}
	if last := all[name].Version; version.Compare(last) < 0 {
		return fmt.Errorf("expected at least version %s, which has run before (%s), found %s; bundle-allow-older runs it all the same", last, v.path, version)
	}
	return nil
}

// Record notes the version that runs. The file is replaced as a whole.
func (v *Versions) Record(name, version, digest string) error {
	parsed, err := bundle.ParseVersion(version)
	if err != nil {
		return err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	all, err := v.read()
	if err != nil {
		return err
	}
	if all[name] == (ran{parsed, digest}) {
		return nil
	}
	all[name] = ran{parsed, digest}
	text, err := json.MarshalIndent(all, "", "  ")
	if err != nil {
		return err
	}
	return replaceFile(v.path, append(text, '\n'))
}

// replaceFile puts a file in the place of another, so that every reader finds one or the other, and nobody else any.
func replaceFile(path string, text []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*") // with the mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) //nolint:errcheck // it is not there any more when all went well
	_, err = f.Write(text)
	err = errors.Join(err, f.Sync(), f.Close())
	if err != nil {
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	removeAbandoned(path)
	return nil
}

// removeAbandoned removes what processes left that were killed before they could put it in the place of a file. Others may be about
// to: theirs is young.
func removeAbandoned(path string) {
	const age = time.Hour
	left, _ := filepath.Glob(path + ".*") // a folder with a name that is a pattern keeps what is left
	for _, one := range left {
		if info, err := os.Stat(one); err == nil && time.Since(info.ModTime()) > age {
			os.Remove(one) //nolint:errcheck // it does no harm
		}
	}
}
