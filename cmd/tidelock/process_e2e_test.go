package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// asProgram makes the test's binary be the program, so that it can run itself again as the program does.
const asProgram = "TEST_AS_TIDELOCK"

// processes is a folder with a configuration, and the processes that were started in it.
type processes struct {
	t      *testing.T
	folder string
	port   int
}

func newProcesses(t *testing.T) *processes {
	if testing.Short() {
		t.Skip("starts processes")
	}
	p := &processes{t: t, folder: t.TempDir(), port: freePort(t)}
	p.configure("200")
	return p
}

// freePort returns a port that nobody listens on now.
func freePort(t *testing.T) int {
	t.Helper()
	s, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Close(s)
	if err := syscall.Bind(s, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		t.Fatal(err)
	}
	address, err := syscall.Getsockname(s)
	if err != nil {
		t.Fatal(err)
	}
	return address.(*syscall.SockaddrInet4).Port
}

// path returns the name of a file in the folder.
func (p *processes) path(name string) string { return filepath.Join(p.folder, name) }

// configure writes the configuration: every request is answered with the status.
func (p *processes) configure(status string) {
	text := fmt.Sprintf("global\n stats socket %s level admin expose-fd listeners\nfrontend www\n mode http\n timeout client 10s\n"+
		" bind 127.0.0.1:%d\n http-request return status %s\n", p.path("admin"), p.port, status)
	if err := os.WriteFile(p.path("cfg"), []byte(text), 0o600); err != nil {
		p.t.Fatal(err)
	}
}

// configureProgram is configure with a program beside the workers.
func (p *processes) configureProgram(command string) {
	p.configure("200")
	text, err := os.ReadFile(p.path("cfg"))
	if err != nil {
		p.t.Fatal(err)
	}
	text = append(text, "program side\n command "+command+"\n"...)
	if os.Getuid() == 0 {
		text = append(text, " user nobody\n group nogroup\n"...)
	}
	if err := os.WriteFile(p.path("cfg"), text, 0o600); err != nil {
		p.t.Fatal(err)
	}
}

// command returns the program with HAProxy's arguments.
func (p *processes) command(args ...string) *exec.Cmd {
	path, err := os.Executable()
	if err != nil {
		p.t.Fatal(err)
	}
	cmd := exec.Command(path)
	cmd.Args = append([]string{"haproxy", "-f", p.path("cfg"), "-p", p.path("pid")}, args...)
	cmd.Env = append(os.Environ(), asProgram+"=1", "XDG_CACHE_HOME="+p.folder)
	// Not the buffer itself: a daemon would keep the copying of it alive.
	file, err := os.OpenFile(p.path("output"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() { file.Close() })
	cmd.Stdout, cmd.Stderr = file, file
	return cmd
}

// said returns what the processes have printed.
func (p *processes) said() string {
	text, _ := os.ReadFile(p.path("output"))
	return string(text)
}

// pid returns what the pidfile holds, 0 as long as that is nothing.
func (p *processes) pid() int {
	text, _ := os.ReadFile(p.path("pid"))
	n, _ := strconv.Atoi(strings.TrimSpace(string(text)))
	return n
}

// status asks for a page and returns its status, 0 when nobody answers.
func (p *processes) status() int {
	client := http.Client{Timeout: patience, Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Get(fmt.Sprintf("http://127.0.0.1:%d/", p.port))
	if err != nil {
		return 0
	}
	response.Body.Close()
	return response.StatusCode
}

// until waits for something to become true.
func (p *processes) until(what string, holds func() bool) {
	p.t.Helper()
	for deadline := time.Now().Add(patience); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			p.t.Fatalf("%s: never; the processes said\n%s", what, p.said())
		}
	}
}

// kill sends a signal to a process at once, and one that ends it when the test does.
func (p *processes) kill(pid int, s syscall.Signal) {
	p.t.Helper()
	if err := syscall.Kill(pid, s); err != nil {
		p.t.Fatal(err)
	}
}

// ask sends a command to the master's runtime API and returns the answer.
func (p *processes) ask(command string) string {
	p.t.Helper()
	c, err := net.Dial("unix", p.path("master"))
	if err != nil {
		p.t.Fatal(err)
	}
	defer c.Close()
	fmt.Fprintln(c, command)
	answer, err := io.ReadAll(c)
	if err != nil {
		p.t.Fatal(err)
	}
	return string(answer)
}

// gone reports whether a process has ended. One of somebody else's children may be left as a zombie, which counts.
func gone(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err != nil || strings.Contains(string(stat), ") Z ")
}

// TestDaemon starts one, has a second one take its place, and stops that.
func TestDaemon(t *testing.T) {
	p := newProcesses(t)
	if err := p.command("-D").Run(); err != nil {
		t.Fatalf("%v: %s", err, p.said())
	}
	first := p.pid()
	t.Cleanup(func() { syscall.Kill(first, syscall.SIGKILL) })
	if status := p.status(); status != 200 {
		t.Errorf("status %d", status)
	}
	p.configure("204")
	if err := p.command("-D", "-x", p.path("admin"), "-sf", strconv.Itoa(first)).Run(); err != nil {
		t.Fatalf("%v: %s", err, p.said())
	}
	second := p.pid()
	t.Cleanup(func() { syscall.Kill(second, syscall.SIGKILL) })
	p.until("the first process ends", func() bool { return gone(first) })
	if status := p.status(); status != 204 {
		t.Errorf("status %d", status)
	}
	p.kill(second, syscall.SIGTERM)
	p.until("the second process ends", func() bool { return gone(second) })
	if status := p.status(); status != 0 {
		t.Errorf("status %d from nobody", status)
	}
}

// A daemon that cannot start is known to whoever started it.
func TestDaemon_Errors(t *testing.T) {
	p := newProcesses(t)
	for _, tc := range []struct{ name, text, want string }{
		{"configuration", "frontend f\n bnd\n", "unknown keyword 'bnd'"},
		{"address", fmt.Sprintf("frontend f\n timeout client 1s\n bind unix@%s/nosuch/socket\n", p.folder), "cannot bind UNIX socket"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if err := os.WriteFile(p.path("cfg"), []byte(tc.text), 0o600); err != nil {
				t.Fatal(err)
			}
			cmd := p.command("-D")
			if err := cmd.Run(); cmd.ProcessState.ExitCode() != exitError || !strings.Contains(p.said(), tc.want) {
				t.Errorf("got %v: %s", err, p.said())
			}
		})
	}
}

// TestMaster reloads a good configuration and a bad one while clients come all the time, and stops.
func TestMaster(t *testing.T) {
	p := newProcesses(t)
	cmd := p.command("-W", "-S", p.path("master")+",level,operator,mode,600")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	t.Cleanup(func() { cmd.Process.Kill() })
	p.until("the first worker serves", func() bool { return strings.Contains(p.said(), "Loading success") })
	if p.pid() != cmd.Process.Pid {
		t.Errorf("the pidfile says %d, the master is %d", p.pid(), cmd.Process.Pid)
	}

	lost, asked, done := 0, make(chan struct{}), make(chan struct{})
	go func() {
		defer close(asked)
		for {
			select {
			case <-done:
				return
			default:
			}
			if status := p.status(); status != 200 && status != 204 {
				lost++
			}
		}
	}()
	p.configure("204")
	p.kill(cmd.Process.Pid, syscall.SIGUSR2)
	p.until("the second worker serves", func() bool { return p.status() == 204 })
	p.until("the first worker ends", func() bool { return strings.Contains(p.said(), "Former worker") })
	p.configure("nonsense")
	p.kill(cmd.Process.Pid, syscall.SIGHUP)
	p.until("the third worker fails", func() bool { return strings.Contains(p.said(), "Loading failure!") })
	if status := p.status(); status != 204 {
		t.Errorf("status %d", status)
	}
	close(done)
	<-asked
	if lost > 0 {
		t.Errorf("%d clients were lost", lost)
	}

	if got := p.ask("show proc"); !regexp.MustCompile(`(?s)^#<PID> .*\n\d+ +master +2 \[failed: 1\] .*# workers\n\d+ +worker +0 .*# programs\n\n$`).MatchString(got) {
		t.Errorf("show proc:\n%s", got)
	}
	if got := p.ask("@1 show info"); !strings.Contains(got, "Stopping: 0\n") {
		t.Errorf("the worker says:\n%s", got)
	}
	if got := p.ask("@!1 show info"); got != "Can't find the target PID matching the prefix '@!1'\n" {
		t.Errorf("nobody says:\n%s", got)
	}
	p.configure("200")
	p.ask("reload")
	p.until("the fourth worker serves", func() bool { return p.status() == 200 })

	p.kill(cmd.Process.Pid, syscall.SIGTERM)
	if err := <-ended; err != nil {
		t.Errorf("%v: %s", err, p.said())
	}
	if status := p.status(); status != 0 {
		t.Errorf("status %d from nobody", status)
	}
}

// Without its worker a master has nothing to do; without its master a worker stops.
func TestMaster_Orphans(t *testing.T) {
	for _, tc := range []struct {
		name   string
		victim func(p *processes) int
	}{
		{"worker", func(p *processes) int { return workerOf(p) }},
		{"master", func(p *processes) int { return p.pid() }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			p := newProcesses(t)
			cmd := p.command("-W")
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			ended := make(chan error, 1)
			go func() { ended <- cmd.Wait() }()
			t.Cleanup(func() { cmd.Process.Kill() })
			p.until("the worker serves", func() bool { return p.status() == 200 && strings.Contains(p.said(), "Loading success") })
			worker := workerOf(p)
			p.kill(tc.victim(p), syscall.SIGKILL)
			<-ended
			p.until("the worker ends", func() bool { return gone(worker) })
			if status := cmd.ProcessState.ExitCode(); tc.name == "worker" && status != exitSignal+int(syscall.SIGKILL) {
				t.Errorf("status %d: %s", status, p.said())
			}
		})
	}
}

// workerOf returns the last worker that a master has started.
func workerOf(p *processes) int {
	_, rest, _ := strings.Cut(p.said()[max(strings.LastIndex(p.said(), "New worker ("), 0):], "(")
	number, _, _ := strings.Cut(rest, ")")
	n, err := strconv.Atoi(number)
	if err != nil {
		p.t.Fatalf("no worker in %s", p.said())
	}
	return n
}

// TestMaster_Programs has a program run beside the workers: as another user where that is possible, replaced by a reload,
// and listed by the master's runtime API. One that cannot be started ends all.
func TestMaster_Programs(t *testing.T) {
	p := newProcesses(t)
	p.configureProgram("/nosuch/program")
	cmd := p.command("-W")
	if err := cmd.Run(); cmd.ProcessState.ExitCode() != exitError || !strings.Contains(p.said(), "Cannot execute /nosuch/program: No such file or directory") {
		t.Errorf("a program that does not exist: %v: %s", err, p.said())
	}

	p.configureProgram(`sh -c 'echo "started $0"; trap "exit 3" USR1; while :; do sleep 0.05; done' again`)
	cmd = p.command("-W", "-S", p.path("master"))
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	t.Cleanup(func() { cmd.Process.Kill() })
	p.until("the program runs", func() bool { return strings.Contains(p.said(), "New program 'side'") })
	p.kill(cmd.Process.Pid, syscall.SIGUSR2)
	p.until("the program is replaced", func() bool {
		return strings.Count(p.said(), "New program 'side'") == 2 && strings.Contains(p.said(), "Former program 'side'")
	})
	c, err := net.Dial("unix", p.path("master"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	io.WriteString(c, "show proc\n")
	if shown, err := io.ReadAll(c); err != nil || !regexp.MustCompile(`# programs\n\d+ +side +0 `).Match(shown) {
		t.Errorf("show proc answers %q, %v", shown, err)
	}
	p.kill(cmd.Process.Pid, syscall.SIGTERM)
	if err := <-ended; err != nil {
		t.Errorf("the master ended with %v: %s", err, p.said())
	}
}
