package tlsconfig

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
)

// Files are the files that the TLS of one configuration is made from, as they were read at first. When one of them is
// replaced the others need not be read again: they may be out of reach by then, behind a chroot or rights given up. It is
// safe for concurrent use. A nil *Files reads from the disk each time and remembers nothing.
type Files struct {
	mu      sync.Mutex
	known   map[string]known    // guarded by mu
	folders map[string][]string // guarded by mu; of folders, the names of their files
	used    [kinds]map[string]int
	users   []user // guarded by mu

	// SkipSelfIssued leaves authorities that issued themselves out of the chains that are sent: whoever trusts one has it.
	SkipSelfIssued bool

	under   *Files // what a trial changes; nil for none
	touched bool   // something that a trial changes was read
}

// known is what is known of a file.
type known struct {
	content []byte
	err     error
}

// Kind is what a file is read as.
type Kind uint8

const (
	Certificates Kind = iota
	Authorities       // ca-file
	Revocations       // crl-file
	TicketKeys        // tls-ticket-keys
	kinds
)

// user is what is made from files, and can be made again.
type user interface {
	// remake reads the files again and returns what puts the result into effect.
	remake(*Files) (apply func(), err error)
}

// NewFiles returns Files that know nothing yet.
func NewFiles() *Files {
	f := &Files{known: map[string]known{}, folders: map[string][]string{}}
	for k := range f.used {
		f.used[k] = map[string]int{}
	}
	return f
}

// ReadFile returns the content of a file. Nobody may change it.
func (f *Files) ReadFile(path string) ([]byte, error) {
	if f == nil {
		return os.ReadFile(path)
	}
	f.mu.Lock()
	k, found := f.known[path]
	f.touched = f.touched || found
	f.mu.Unlock()
	if found {
		return k.content, k.err
	}
	if f.under != nil {
		return f.under.ReadFile(path)
	}
	k.content, k.err = os.ReadFile(path)
	f.mu.Lock()
	f.known[path] = k
	f.mu.Unlock()
	return k.content, k.err
}

// folder returns the names in a folder, in order, or nil and whether the path is a file.
func (f *Files) folder(path string) (names []string, isFile bool, err error) {
	if f == nil {
		return readFolder(path)
	}
	f.mu.Lock()
	names, found := f.folders[path]
	_, isFile = f.known[path]
	f.mu.Unlock()
	switch {
	case found:
		return names, false, nil
	case isFile:
		_, err := f.ReadFile(path)
		return nil, err == nil, err
	case f.under != nil:
		return f.under.folder(path)
	}
	names, isFile, err = readFolder(path)
	if names != nil {
		f.mu.Lock()
		f.folders[path] = names
		f.mu.Unlock()
	}
	return names, isFile, err
}

func readFolder(path string) (names []string, isFile bool, err error) {
	info, err := os.Stat(path)
	if err != nil || !info.IsDir() {
		return nil, err == nil, err
	}
	entries, err := os.ReadDir(path)
	names = []string{}
	for _, e := range entries {
		if !e.IsDir() {
			names = append(names, filepath.Base(e.Name()))
		}
	}
	return names, false, err
}

// use notes that a file is read as what it is.
func (f *Files) use(k Kind, path string) {
	if f == nil || f.under != nil {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.used[k][path]++
}

// enlist has what was made from files made again when one changes.
func (f *Files) enlist(u user) {
	if f == nil || f.under != nil {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.users = append(f.users, u)
}

// Names returns the files of a kind, in order.
func (f *Files) Names(k Kind) []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Sorted(maps.Keys(f.used[k]))
}

// Used reports whether a file of a kind is there, and whether anything was made from it.
func (f *Files) Used(k Kind, path string) (used, there bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	n, there := f.used[k][path]
	return n > 0, there
}

// Create adds an empty file that nothing is made from. It reports false when there is one already.
func (f *Files) Create(k Kind, path string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, there := f.used[k][path]; there {
		return false
	}
	f.used[k][path] = 0
	f.known[path] = known{}
	return true
}

// Remove forgets a file that nothing is made from.
func (f *Files) Remove(k Kind, path string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.used[k], path)
	delete(f.known, path)
}

// Replace gives files new contents, nil for none, and makes all again that was made from any. It returns how many listeners
// and servers that were. When it fails nothing has changed. Connections that are open keep what they have.
func (f *Files) Replace(contents map[string][]byte) (int, error) {
	trial := NewFiles()
	trial.under, trial.SkipSelfIssued = f, f.SkipSelfIssued
	for path, content := range contents {
		k := known{content: content}
		if content == nil {
			k.err = errAbsent
		}
		trial.known[path] = k
	}
	f.mu.Lock()
	users := slices.Clone(f.users)
	f.mu.Unlock()
	var effects []func()
	for _, u := range users {
		trial.touched = false
		apply, err := u.remake(trial)
		switch {
		case trial.touched && err != nil:
			return 0, err
		case trial.touched:
			effects = append(effects, apply)
		}
	}
	f.mu.Lock()
	maps.Copy(f.known, trial.known)
	f.mu.Unlock()
	for _, apply := range effects {
		apply()
	}
	return len(effects), nil
}

// errAbsent is the error of a file that a replacement does without.
var errAbsent error = &fs.PathError{Op: "open", Err: syscall.ENOENT}
