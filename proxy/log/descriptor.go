package log

import (
	"fmt"
	"os"
	"sync"
)

// descriptors are the files that log lines were ever written to by number. They belong to whoever started the process
// and are never closed, which a file that is forgotten would be: another socket or file would soon have its number.
var descriptors struct {
	sync.Mutex
	files map[int]*os.File
}

// Descriptor returns the open file with a number.
func Descriptor(number int) *os.File {
	switch number {
	case 1:
		return os.Stdout
	case 2:
		return os.Stderr
	}
	descriptors.Lock()
	defer descriptors.Unlock()
	if descriptors.files == nil {
		descriptors.files = map[int]*os.File{}
	}
	if descriptors.files[number] == nil {
		descriptors.files[number] = os.NewFile(uintptr(number), fmt.Sprintf("descriptor %d", number))
	}
	return descriptors.files[number]
}
