//go:build !linux

package host

// snapshot is an image's memory. Elsewhere than on Linux clones copy it whole.
type snapshot struct{ memory []byte }

func newSnapshot(memory []byte) (*snapshot, error) {
	return &snapshot{memory: append([]byte(nil), memory...)}, nil
}

func (s *snapshot) close() {}

// reserveMemory returns limit bytes that begin with a copy of the image.
func reserveMemory(limit uint64, image *snapshot) ([]byte, error) {
	reserve := make([]byte, limit)
	if image != nil {
		copy(reserve, image.memory)
	}
	return reserve, nil
}

func releaseMemory([]byte) {}

func restoreMemory(memory []byte, image *snapshot) bool {
	copy(memory, image.memory)
	return true
}
