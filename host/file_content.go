package host

import (
	"bytes"
	"syscall"
	"time"
)

// content is a file that is a text in memory. It cannot be written.
type content struct{ *bytes.Reader }

// Write implements io.Writer.
func (content) Write([]byte) (int, error) { return 0, syscall.EBADF }

// Close implements io.Closer.
func (content) Close() error { return nil }

// SetDeadline implements deadliner: nothing waits.
func (content) SetDeadline(time.Time) error { return nil }

// GiveContent gives the script an open file with a text, as file.open does with one of the system. The text is not copied.
func GiveContent(c *Call, text []byte) error {
	return c.Execution.give(newFile(content{bytes.NewReader(text)}, false), &c.Results)
}

// GiveMissing tells the script that there is no file of a name, as file.open does.
func GiveMissing(c *Call, name string) { fail(&c.Results, name, syscall.ENOENT) }

// GiveReadOnly tells the script that a file cannot be written, as file.open does.
func GiveReadOnly(c *Call, name string) { fail(&c.Results, name, syscall.EROFS) }
