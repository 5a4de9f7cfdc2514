package trace

import (
	"os"

	"golang.org/x/sys/unix"
)

// Open makes a terminal of two files, and what puts it back as it was. It is nil when they are none.
func Open(in, out *os.File) (t *Terminal, restore func()) {
	before, err := unix.IoctlGetTermios(int(in.Fd()), unix.TCGETS)
	if err != nil {
		return nil, nil
	}
	if _, err := unix.IoctlGetWinsize(int(out.Fd()), unix.TIOCGWINSZ); err != nil {
		return nil, nil
	}
	raw := *before
	raw.Lflag &^= unix.ECHO | unix.ICANON | unix.ISIG
	raw.Iflag &^= unix.ICRNL | unix.IXON
	raw.Cc[unix.VMIN], raw.Cc[unix.VTIME] = 1, 0
	if err := unix.IoctlSetTermios(int(in.Fd()), unix.TCSETS, &raw); err != nil {
		return nil, nil
	}
	size := func() (width, height int) {
		w, err := unix.IoctlGetWinsize(int(out.Fd()), unix.TIOCGWINSZ)
		if err != nil || w.Col == 0 || w.Row == 0 {
			return 80, 24
		}
		return int(w.Col), int(w.Row)
	}
	return &Terminal{In: in, Out: out, Size: size}, func() {
		unix.IoctlSetTermios(int(in.Fd()), unix.TCSETS, before) //nolint:errcheck // nothing is left to try
	}
}
