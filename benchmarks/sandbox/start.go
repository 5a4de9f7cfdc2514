package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"syscall"
	"time"
)

const quickstart = "examples/quickstart/haproxy.cfg"

// timeStarts returns the median milliseconds from starting the program with the quickstart's configuration to its first
// answer. An unmeasured first start fills the compilation cache.
func timeStarts(ctx context.Context, binary string, count int) (float64, error) {
	samples := make([]float64, 0, count)
	for i := range count + 1 {
		elapsed, err := timeStart(ctx, binary)
		if err != nil {
			return 0, err
		}
		if i > 0 {
			samples = append(samples, float64(elapsed.Microseconds())/1000)
		}
	}
	slices.Sort(samples)
	return samples[len(samples)/2], nil
}

func timeStart(ctx context.Context, binary string) (time.Duration, error) {
	port, err := freePort()
	if err != nil {
		return 0, err
	}
	command := exec.CommandContext(ctx, binary, "run", "-f", quickstart)
	command.Env = append(os.Environ(), "QUICKSTART_PORT="+port)
	start := time.Now()
	if err := command.Start(); err != nil {
		return 0, fmt.Errorf("%w (make build makes it)", err)
	}
	defer command.Wait()
	defer command.Process.Signal(syscall.SIGTERM)
	for time.Since(start) < time.Minute {
		if answers("127.0.0.1:" + port) {
			return time.Since(start), nil
		}
		time.Sleep(500 * time.Microsecond)
	}
	return 0, errors.New("the quickstart did not answer within a minute")
}

// answers reports whether an HTTP server sends something back.
func answers(address string) bool {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return false
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(time.Second))
	if _, err := conn.Write([]byte("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")); err != nil {
		return false
	}
	n, err := conn.Read(make([]byte, 16))
	return n > 0 && err == nil
}

func freePort() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer listener.Close()
	return strconv.Itoa(listener.Addr().(*net.TCPAddr).Port), nil
}
