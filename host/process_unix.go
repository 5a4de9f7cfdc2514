//go:build unix

package host

import (
	"os/exec"
	"syscall"
)

// isolate gives a command a process group of its own, so that kill reaches what the command has started.
func isolate(command *exec.Cmd) { command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

func (p *process) kill() {
	syscall.Kill(-p.command.Process.Pid, syscall.SIGKILL) //nolint:errcheck // it may have ended
}
