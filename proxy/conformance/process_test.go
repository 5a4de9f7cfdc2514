package conformance

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// patience bounds every wait. Nothing that passes takes this long.
const patience = 15 * time.Second

// process is a proxy that runs.
type process struct {
	command *exec.Cmd
	ended   chan struct{} // closed when it has
	output  *lockedBuffer // its standard error, and standard output
}

// command returns the program with arguments, in the folder of a case.
func command(program, folder string, environment, arguments []string) (*exec.Cmd, *lockedBuffer) {
	cmd := exec.Command(program, arguments...)
	// Its name is what HAProxy's usage and process title show, and what makes Tidelock take HAProxy's options.
	cmd.Args[0] = "haproxy"
	cmd.Dir = folder
	cmd.Env = append(append(os.Environ(), "TZ=UTC"), environment...)
	output := &lockedBuffer{}
	cmd.Stdout, cmd.Stderr = output, output
	return cmd, output
}

func startProcess(program, folder string, environment, arguments []string) (*process, error) {
	cmd, output := command(program, folder, environment, arguments)
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	p := &process{command: cmd, ended: make(chan struct{}), output: output}
	go func() {
		cmd.Wait()
		close(p.ended)
	}()
	return p, nil
}

// ready waits until the process listens on all ports. It reports false when the process ended instead.
func (p *process) ready(ports map[string]int) (bool, error) {
	for deadline := time.Now().Add(patience); ; {
		open, err := listening()
		if err != nil {
			return false, err
		}
		missing := ""
		for name, port := range ports {
			if !open[port] {
				missing = name
			}
		}
		if missing == "" {
			return true, nil
		}
		select {
		case <-p.ended:
			return false, nil
		case <-time.After(10 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			return false, fmt.Errorf("nobody listens on ${%s}: a `closed` step says when that is right", missing)
		}
	}
}

// end kills the process if it still runs.
func (p *process) end() {
	p.command.Process.Kill()
	<-p.ended
}

// status waits for the process to end by itself.
func (p *process) status() (string, error) {
	select {
	case <-p.ended:
		return p.command.ProcessState.String(), nil
	case <-time.After(patience):
		return "", errors.New("the proxy did not end")
	}
}

// runToEnd runs the program until it ends, and returns its status and output.
func runToEnd(program, folder string, environment, arguments []string) (string, []byte, error) {
	p, err := startProcess(program, folder, environment, arguments)
	if err != nil {
		return "", nil, err
	}
	defer p.end()
	status, err := p.status()
	return status, p.output.bytes(), err
}

// messages leaves out of an output what tells about the program and not about the configuration.
func messages(output []byte) []byte {
	var kept []byte
	for line := range bytes.Lines(output) {
		text := string(line)
		if strings.HasPrefix(text, "[NOTICE]") || strings.HasPrefix(text, "time=") {
			continue
		}
		kept = append(kept, line...)
	}
	return kept
}

// lockedBuffer collects what a process writes while others read it.
type lockedBuffer struct {
	mu   sync.Mutex
	data bytes.Buffer
}

func (b *lockedBuffer) Write(data []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.data.Write(data)
}

func (b *lockedBuffer) bytes() []byte {
	b.mu.Lock()
	defer b.mu.Unlock()
	return bytes.Clone(b.data.Bytes())
}

// buildTidelock builds the binary into a folder, and returns its path.
func buildTidelock(folder string, output io.Writer) (string, error) {
	path := filepath.Join(folder, "haproxy")
	build := exec.Command("go", "build", "-buildvcs=false", "-o", path, "tidelock/cmd/tidelock")
	build.Stdout, build.Stderr = output, output
	return path, build.Run()
}

// findHAProxy returns the path of the reference, or "" where it is not installed.
func findHAProxy() string {
	if path, err := exec.LookPath("haproxy"); err == nil {
		return path
	}
	if _, err := os.Stat("/usr/sbin/haproxy"); err == nil { // where Debian keeps it, not on everybody's PATH
		return "/usr/sbin/haproxy"
	}
	return ""
}
