//go:build !unix

package host

import "os/exec"

func isolate(*exec.Cmd) {}

func (p *process) kill() {
	p.command.Process.Kill() //nolint:errcheck // it may have ended
}
