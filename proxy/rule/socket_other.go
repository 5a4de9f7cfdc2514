//go:build !linux

package rule

// Other systems than Linux have no marks, and closing is announced there.

func markSocket(uintptr, int) {}

func setSocketTOS(uintptr, int) {}

func muteSocket(uintptr) {}
