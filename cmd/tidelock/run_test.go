package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// Test_doMain_Run serves until each of the signals, and asks something in between.
func Test_doMain_Run(t *testing.T) {
	for _, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT, syscall.SIGUSR1} {
		t.Run(signal.String(), func(t *testing.T) {
			folder := t.TempDir()
			socket, pidfile := filepath.Join(folder, "www"), filepath.Join(folder, "pid")
			config := write(t, "run.cfg", fmt.Sprintf(
				"global\n pidfile %s\n nbthread 2\nfrontend www\n mode http\n timeout client 5s\n bind unix@%s\n http-request return status 204\n", pidfile, socket))
			reader, stderr := io.Pipe()
			status := make(chan int)
			go func() {
				code := doMain([]string{"tidelock", "run", "-f", config}, io.Discard, stderr)
				stderr.Close()
				status <- code
			}()

			output := bufio.NewScanner(reader)
			output.Scan()
			if line := output.Text(); !strings.Contains(line, `msg=listening on="www `+socket) {
				t.Errorf("got %s", line)
			}
			c, err := net.Dial("unix", socket)
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprint(c, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
			response, err := http.ReadResponse(bufio.NewReader(c), nil)
			if err != nil || response.StatusCode != 204 {
				t.Errorf("got %v, %v", response, err)
			}
			c.Close()
			if pid, err := os.ReadFile(pidfile); strings.TrimSpace(string(pid)) != fmt.Sprint(os.Getpid()) {
				t.Errorf("pidfile: %q, %v", pid, err)
			}

			syscall.Kill(os.Getpid(), signal)
			var last string
			for output.Scan() {
				last = output.Text()
			}
			if code := <-status; code != 0 || !strings.Contains(last, "msg=stopped") {
				t.Errorf("status %d, last line %s", code, last)
			}
		})
	}
}

func Test_doMain_Run_Errors(t *testing.T) {
	config := write(t, "run.cfg", "frontend www\n mode http\n timeout client 5s\n bind unix@/nonexistent/a\n bind unix@/nonexistent/b\n")
	var stdout, stderr strings.Builder
	if status := doMain([]string{"tidelock", "run", "-f", config}, &stdout, &stderr); status != 1 {
		t.Errorf("status %d", status)
	}
	want := "[ALERT]    (P) : Binding [" + config + ":4] for frontend www: cannot bind UNIX socket (No such file or directory) [/nonexistent/a]\n" +
		"[ALERT]    (P) : Binding [" + config + ":5] for frontend www: cannot bind UNIX socket (No such file or directory) [/nonexistent/b]\n" +
		"[ALERT]    (P) : [haproxy.main()] Some protocols failed to start their listeners! Exiting.\n"
	expect(t, "stderr", processNumber.ReplaceAllString(stderr.String(), "(P)"), want)
	expect(t, "stdout", stdout.String(), "")
}
