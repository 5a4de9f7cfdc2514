//go:build unix

package check

import (
	"os/exec"
	"syscall"
)

// ownGroup has a process and what it starts end together.
func ownGroup(process *exec.Cmd) {
	process.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	process.Cancel = func() error { return syscall.Kill(-process.Process.Pid, syscall.SIGKILL) }
}
