package host

import (
	"encoding/binary"
	"os"
	"sync"
	"unsafe"

	"golang.org/x/sys/unix"
)

// snapshot is an image's memory: as bytes to copy from, and as a sealed memory file to map from.
type snapshot struct {
	memory []byte
	file   int
}

func newSnapshot(memory []byte) (*snapshot, error) {
	fd, err := unix.MemfdCreate("tidelock-image", unix.MFD_CLOEXEC|unix.MFD_ALLOW_SEALING)
	if err != nil {
		return nil, os.NewSyscallError("memfd_create", err)
	}
	s := &snapshot{file: fd}
	if err := s.fill(memory); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

func (s *snapshot) fill(memory []byte) error {
	if err := unix.Ftruncate(s.file, int64(len(memory))); err != nil {
		return os.NewSyscallError("ftruncate", err)
	}
	view, err := unix.Mmap(s.file, 0, len(memory), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	if err != nil {
		return os.NewSyscallError("mmap", err)
	}
	zero := make([]byte, pageSize)
	for at := 0; at < len(memory); at += pageSize { // zero pages stay holes
		if page := memory[at : at+pageSize]; string(page) != string(zero) {
			copy(view[at:], page)
		}
	}
	if err := unix.Munmap(view); err != nil {
		return os.NewSyscallError("munmap", err)
	}
	seals := unix.F_SEAL_WRITE | unix.F_SEAL_SHRINK | unix.F_SEAL_GROW | unix.F_SEAL_SEAL
	if _, err := unix.FcntlInt(uintptr(s.file), unix.F_ADD_SEALS, seals); err != nil {
		return os.NewSyscallError("fcntl", err)
	}
	s.memory, err = unix.Mmap(s.file, 0, len(memory), unix.PROT_READ, unix.MAP_PRIVATE)
	return os.NewSyscallError("mmap", err)
}

func (s *snapshot) close() {
	if s.memory != nil {
		unix.Munmap(s.memory)
	}
	unix.Close(s.file)
}

const pageSize = 4096 // of the processor; a wasm page is a multiple of it on every architecture that wazero compiles for

// reserveMemory returns limit bytes of address space that cost nothing until they are touched, beginning with a
// private view of the image.
func reserveMemory(limit uint64, image *snapshot) ([]byte, error) {
	reserve, err := unix.Mmap(-1, 0, int(limit), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANON|unix.MAP_NORESERVE)
	if err != nil {
		return nil, os.NewSyscallError("mmap", err)
	}
	if image != nil {
		_, err := unix.MmapPtr(image.file, 0, unsafe.Pointer(&reserve[0]), uintptr(len(image.memory)),
			unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_FIXED)
		if err != nil {
			unix.Munmap(reserve)
			return nil, os.NewSyscallError("mmap", err)
		}
	}
	return reserve, nil
}

func releaseMemory(reserve []byte) { unix.Munmap(reserve) }

// pagemap is the kernel's table of this process's pages, which tells copied pages from those of the image: a descriptor,
// or -1 where it cannot be read.
var pagemap = sync.OnceValue(func() (fd int) {
	fd, err := unix.Open("/proc/self/pagemap", unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return -1
	}
	return fd
})

// Bits of a page's entry, see the kernel's Documentation/admin-guide/mm/pagemap.rst.
const (
	pageOfFile  = 1 << 61
	pageSwapped = 1 << 62
	pagePresent = 1 << 63
)

// restoreMemory copies back the pages of memory that were written since it was mapped from the image. Unmapping them
// would cost more, in the faults of the next execution, unless there are many.
func restoreMemory(memory []byte, image *snapshot) bool {
	const manyPages = 128
	var entries [4096]byte
	copied := 0
	for page := 0; page < len(memory)/pageSize; {
		n, at := len(memory)/pageSize-page, int64(uintptr(unsafe.Pointer(&memory[0]))/pageSize+uintptr(page))*8
		chunk := entries[:min(len(entries), n*8)]
		if got, err := unix.Pread(pagemap(), chunk, at); err != nil || got != len(chunk) {
			return discardMemory(memory)
		}
		for ; len(chunk) > 0; chunk, page = chunk[8:], page+1 {
			entry := binary.LittleEndian.Uint64(chunk)
			if entry&pageOfFile != 0 || entry&(pagePresent|pageSwapped) == 0 {
				continue
			}
			if copied++; copied > manyPages {
				return discardMemory(memory)
			}
			copy(memory[page*pageSize:(page+1)*pageSize], image.memory[page*pageSize:])
		}
	}
	return true
}

// discardMemory drops the private copies of pages, so that the image shows through again.
func discardMemory(memory []byte) bool {
	return unix.Madvise(memory, unix.MADV_DONTNEED) == nil
}
