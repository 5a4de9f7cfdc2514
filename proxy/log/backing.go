package log

import (
	"encoding/binary"
	"os"
)

// backing is a file that a ring is copied to, so that what it held can be read when the process is gone. It is written to
// and not mapped: a file that someone cuts short, or a full disk, then costs the copy and not the process.
//
// The file begins with where the oldest entry begins and where the next one will, in little endian, each counted from the
// first entry of all; the ring's memory follows. An entry is at its place modulo the size of that.
//
//	00  first  uint64
//	08  end    uint64
//	10  memory
type backing struct {
	file *os.File
}

const backingHeader = 16

// Back has a ring that is still empty copied to a file of its size, from which the file's header is taken. It creates the
// file; a file with something in it is first renamed to have ".bak" behind its name, where that is possible.
func (r *Ring) Back(path string) error {
	if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() && info.Size() > 0 {
		os.Rename(path, path+".bak")
	}
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	if err := file.Truncate(int64(r.size)); err != nil {
		file.Close()
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.backing = &backing{file}
	r.size -= min(r.size, backingHeader)
	return nil
}

// save copies the last entry, which takes size bytes before end. What cannot be written is lost: nobody could be told.
func (b *backing) save(memory []byte, first, end, size uint64) {
	at := (end - size) % uint64(len(memory))
	upTo := min(at+size, uint64(len(memory)))
	b.file.WriteAt(memory[at:upTo], backingHeader+int64(at))
	b.file.WriteAt(memory[:size-(upTo-at)], backingHeader)
	var header [backingHeader]byte
	binary.LittleEndian.PutUint64(header[:], first)
	binary.LittleEndian.PutUint64(header[8:], end)
	b.file.WriteAt(header[:], 0)
}

// Close lets go of the file that the ring is copied to, if any.
func (r *Ring) Close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.backing != nil {
		r.backing.file.Close()
		r.backing = nil
	}
}
