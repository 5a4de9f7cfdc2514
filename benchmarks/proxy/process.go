package main

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// process is a program that listens on a port of ours.
type process struct {
	cmd    *exec.Cmd
	port   int
	output bytes.Buffer
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// start runs a program until stop and waits for it to listen.
func start(ctx context.Context, port int, name string, arguments ...string) (*process, error) {
	p := &process{cmd: exec.CommandContext(ctx, name, arguments...), port: port}
	p.cmd.Stdout, p.cmd.Stderr = &p.output, &p.output
	p.cmd.Env = append(os.Environ(), "PATH="+os.Getenv("PATH")+":/usr/sbin")
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if c, err := net.Dial("tcp", p.address()); err == nil {
			c.Close()
			return p, nil
		}
	}
	p.stop()
	return nil, fmt.Errorf("%s does not listen: %s", name, p.output.String())
}

func (p *process) address() string { return fmt.Sprintf("127.0.0.1:%d", p.port) }

func (p *process) stop() {
	p.cmd.Process.Signal(syscall.SIGTERM)
	ended := make(chan struct{})
	go func() {
		p.cmd.Wait()
		close(ended)
	}()
	select {
	case <-ended:
	case <-time.After(2 * time.Second):
		p.cmd.Process.Kill()
		<-ended
	}
}

// resident returns the bytes that the process has in memory.
func (p *process) resident() (int64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	_, rest, _ := strings.Cut(string(text), "VmRSS:")
	var kib int64
	if _, err := fmt.Sscan(rest, &kib); err != nil {
		return 0, fmt.Errorf("no VmRSS: %w", err)
	}
	return kib << 10, nil
}

// processorTime returns what the process has used of processors, in user mode and in the kernel for it.
func (p *process) processorTime() (time.Duration, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:])) // from the third on
	if len(fields) < 13 {
		return 0, fmt.Errorf("unexpected /proc/%d/stat: %s", p.cmd.Process.Pid, text)
	}
	var total time.Duration
	for _, field := range fields[11:13] {
		ticks, err := strconv.Atoi(field)
		if err != nil {
			return 0, err
		}
		total += time.Duration(ticks) * time.Second / 100 // what Linux shows is in hundredths, whatever its own clock does
	}
	return total, nil
}

// startProxies starts HAProxy and Tidelock on the same configuration, each on a port of its own.
func startProxies(ctx context.Context, o options, folder string, s scenario, server int) (haproxy, tidelock *process, err error) {
	scripts := filepath.Join(folder, "bench.lua")
	if err := os.WriteFile(scripts, []byte(script), 0o600); err != nil {
		return nil, nil, err
	}
	for i, run := range []func(file string) []string{
		func(file string) []string { return []string{"haproxy", "-db", "-f", file} },
		func(file string) []string { return []string{o.binary, "run", "-f", file} },
	} {
		port, err := freePort()
		if err != nil {
			return nil, nil, err
		}
		file := filepath.Join(folder, fmt.Sprintf("proxy%d.cfg", i))
		if err := os.WriteFile(file, []byte(s.configuration(o, scripts, port, server)), 0o600); err != nil {
			return nil, nil, err
		}
		command := run(file)
		p, err := start(ctx, port, command[0], command[1:]...)
		if err != nil {
			if haproxy != nil {
				haproxy.stop()
			}
			return nil, nil, err
		}
		if i == 0 {
			haproxy = p
		} else {
			tidelock = p
		}
	}
	return haproxy, tidelock, nil
}

// startServer starts nginx as the server behind the proxies.
func startServer(ctx context.Context, folder string) (*process, error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	file := filepath.Join(folder, "nginx.conf")
	text := fmt.Sprintf(`worker_processes 1;
daemon off;
pid %[1]s/nginx.pid;
error_log stderr crit;
events { worker_connections 4096; }
http {
	access_log off;
	keepalive_requests 1000000000;
	client_body_temp_path %[1]s; proxy_temp_path %[1]s; fastcgi_temp_path %[1]s; uwsgi_temp_path %[1]s; scgi_temp_path %[1]s;
	server {
		listen 127.0.0.1:%[2]d;
		default_type text/plain;
		return 200 "hello from the server\n";
	}
}
`, folder, port)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		return nil, err
	}
	return start(ctx, port, "nginx", "-c", file)
}
