package host

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
)

// FileConfig says what scripts can reach of the file system. The zero value is nothing.
type FileConfig struct {
	// Roots are the folders below which scripts can use files; of nested ones the innermost decides. A root of "/" grants
	// what the process itself may do. Devices, pipes and sockets cannot be opened under any root.
	Roots []FileRoot
	// WorkingFolder is where relative names start. "": the process's own, when Standard is called.
	WorkingFolder string
	// TemporaryFolder receives the files of os.tmpname and io.tmpfile; it has to lie in a writable root. "": os.TempDir().
	TemporaryFolder string
}

// FileRoot is one folder, with everything below it.
type FileRoot struct {
	Path     string
	Writable bool
}

var (
	errOutside  = errors.New("outside the folders that scripts can use")
	errReadOnly = errors.New("in a folder that scripts can only read")
	errSpecial  = errors.New("not a regular file")
)

// fileAccess resolves the names that scripts use. Everything goes through os.Root, which follows no symbolic link out of
// its folder, even one that is put there while it looks.
type fileAccess struct {
	roots     []fileRoot // innermost first
	folder    string
	temporary string
}

type fileRoot struct {
	FileRoot
	real string // Path without symbolic links
}

// maxReadFile bounds the files that Reader's function reads.
const maxReadFile = 1 << 20

// Reader returns a function that reads files as far as scripts may, at most a mebibyte of each.
func (c FileConfig) Reader() func(name string) ([]byte, error) {
	access := newFileAccess(c)
	return func(name string) ([]byte, error) {
		f, err := access.open(name, os.O_RDONLY)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		return io.ReadAll(io.LimitReader(f, maxReadFile))
	}
}

func newFileAccess(config FileConfig) *fileAccess {
	a := &fileAccess{temporary: config.TemporaryFolder}
	a.folder, _ = filepath.Abs(config.WorkingFolder) // fails without a working folder: relative names are outside then
	if a.temporary == "" {
		a.temporary = os.TempDir()
	}
	for _, root := range config.Roots {
		root.Path = a.absolute(root.Path)
		real, err := filepath.EvalSymlinks(root.Path)
		if err != nil {
			real = root.Path // not there yet
		}
		a.roots = append(a.roots, fileRoot{root, real})
	}
	slices.SortStableFunc(a.roots, func(x, y fileRoot) int { return len(y.real) - len(x.real) })
	return a
}

func (a *fileAccess) absolute(name string) string {
	if filepath.IsAbs(name) {
		return filepath.Clean(name)
	}
	return filepath.Join(a.folder, name)
}

// within calls do with the root that holds name, and the name relative to it. follow says whether a symbolic link as the
// last element of name is looked through.
func (a *fileAccess) within(name string, write, follow bool, do func(root *os.Root, relative string) error) error {
	if name == "" {
		return syscall.ENOENT
	}
	path := a.absolute(name)
	err := a.attempt(path, write, do)
	if !errors.Is(err, errOutside) {
		return err
	}
	// An absolute link, which os.Root never follows, may still lead from one permitted place to another.
	if real := resolveLinks(path, follow); real != path {
		return a.attempt(real, write, do)
	}
	return err
}

func (a *fileAccess) attempt(path string, write bool, do func(*os.Root, string) error) error {
	root, relative, ok := a.locate(path)
	if !ok {
		return errOutside
	}
	if write && !root.Writable {
		return errReadOnly
	}
	folder, err := os.OpenRoot(root.Path)
	if err != nil {
		return err
	}
	defer folder.Close()
	err = do(folder, relative)
	if errno := syscall.Errno(0); err != nil && !errors.As(err, &errno) && !errors.Is(err, errSpecial) {
		return errOutside // os.Root's own refusal has no exported name
	}
	return err
}

// locate finds the innermost root that holds path.
func (a *fileAccess) locate(path string) (root fileRoot, relative string, ok bool) {
	for _, root := range a.roots {
		for _, folder := range []string{root.Path, root.real} {
			relative, err := filepath.Rel(folder, path)
			if err == nil && filepath.IsLocal(relative) {
				return root, relative, true
			}
		}
	}
	return fileRoot{}, "", false
}

func resolveLinks(path string, follow bool) string {
	if follow {
		if real, err := filepath.EvalSymlinks(path); err == nil {
			return real
		}
	}
	if folder, err := filepath.EvalSymlinks(filepath.Dir(path)); err == nil {
		return filepath.Join(folder, filepath.Base(path))
	}
	return path
}

// open opens a regular file, or a folder for reading: as in C that succeeds, and reading it fails.
func (a *fileAccess) open(name string, flags int) (f *os.File, err error) {
	write := flags&(os.O_WRONLY|os.O_RDWR) != 0
	err = a.within(name, write, true, func(root *os.Root, relative string) error {
		if info, err := root.Stat(relative); err == nil && !plain(info) {
			return errSpecial
		}
		// Without O_NONBLOCK, a pipe that takes the file's place in this moment would hold us up for ever.
		f, err = root.OpenFile(relative, flags|syscall.O_NONBLOCK, 0o666)
		if err != nil {
			return err
		}
		if info, err := f.Stat(); err != nil || !plain(info) {
			f.Close()
			return errors.Join(err, errSpecial)
		}
		return nil
	})
	return f, err
}

func plain(info fs.FileInfo) bool { return info.Mode().IsRegular() || info.IsDir() }

func (a *fileAccess) remove(name string) error {
	return a.within(name, true, false, func(root *os.Root, relative string) error { return root.Remove(relative) })
}

// rename moves a file within one root.
func (a *fileAccess) rename(from, to string) error {
	target, _, ok := a.locate(resolveLinks(a.absolute(to), false))
	if !ok {
		return errOutside
	}
	return a.within(from, true, false, func(root *os.Root, relative string) error {
		path := resolveLinks(a.absolute(to), false)
		if rel, err := filepath.Rel(target.real, path); err == nil && root.Name() == target.Path {
			return root.Rename(relative, rel)
		}
		return syscall.EXDEV
	})
}

// create makes a new file with a random name in the temporary folder.
func (a *fileAccess) create() (f *os.File, name string, err error) {
	for range 100 {
		name = filepath.Join(a.temporary, "lua_"+strings.ToLower(randomText()))
		f, err = a.open(name, os.O_RDWR|os.O_CREATE|os.O_EXCL)
		if !errors.Is(err, fs.ErrExist) {
			break
		}
	}
	return f, name, err
}
