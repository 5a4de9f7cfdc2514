package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// patience is for what comes by itself, as a message in the log. Nothing is expected to take that long.
const patience = time.Minute

// served is the whole program at work, started as from a shell. One at a time: signals are for the process.
type served struct {
	t      *testing.T
	folder string // with its files and sockets
	status chan int
	client *http.Client
	log    transcript
}

// layout is the folder of a program to be run, with the files that its configuration loads. Unix sockets need short
// names, which a test's own folder does not have.
func layout(t *testing.T, files map[string]string) string {
	t.Helper()
	folder, err := os.MkdirTemp("", "tidelock")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(folder) })
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

// serve runs a configuration whose frontend listens on folder/www. When the test ends the program has to have stopped,
// or is told to, and has to leave nothing behind.
func serve(t *testing.T, folder, cache, configuration string, arguments ...string) *served {
	t.Helper()
	s := &served{t: t, folder: folder, status: make(chan int, 1)}
	before := descriptors(t)
	goroutines := goleak.IgnoreCurrent()
	transport := &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) { return s.dial("www"), nil }}
	s.client = &http.Client{Transport: transport}
	arguments = append([]string{"tidelock", "run", "-f", write(t, "run.cfg", configuration), "--cache-folder", cache}, arguments...)
	go func() {
		code := doMain(arguments, io.Discard, &s.log)
		s.log.add([]byte(fmt.Sprintf("exit status %d\n", code)))
		s.status <- code
	}()
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		if s.status != nil {
			s.stop()
		}
		if err := goleak.Find(goroutines); err != nil {
			t.Errorf("goroutines left behind: %v", err)
		}
		if after := descriptors(t); len(after) > len(before) {
			t.Errorf("open descriptors:\n%s\nbefore:\n%s", strings.Join(after, "\n"), strings.Join(before, "\n"))
		}
		if t.Failed() {
			t.Logf("log:\n%s", s.log.text())
		}
	})
	if s.await(`listening.*"www |^exit status `); strings.Contains(s.log.text(), "exit status") {
		<-s.status
		s.status = nil
		t.FailNow()
	}
	return s
}

// signal sends the process a signal. The program has to be running: else it is the test that ends.
func (s *served) signal() {
	s.t.Helper()
	if err := syscall.Kill(os.Getpid(), syscall.SIGTERM); err != nil {
		s.t.Fatal(err)
	}
}

// stop tells the program to end, which it has to do well.
func (s *served) stop() {
	s.t.Helper()
	s.signal()
	s.ended()
}

// ended waits until the program has ended by itself or after a signal.
func (s *served) ended() {
	s.t.Helper()
	select {
	case code := <-s.status:
		if code != exitOK {
			s.t.Errorf("exit status %d", code)
		}
	case <-time.After(patience):
		s.t.Error("does not stop")
	}
	s.status = nil
}

// dial connects to one of the program's sockets.
func (s *served) dial(socket string) net.Conn {
	c, err := net.Dial("unix", filepath.Join(s.folder, socket))
	if err != nil {
		s.t.Error(err)
		return brokenConn{}
	}
	return c
}

// get sends a request and returns status and body; what was cut ends with "...". It is safe for concurrent use.
func (s *served) get(path string) string {
	response, err := s.client.Get("http://www" + path)
	if err != nil {
		return "..."
	}
	defer response.Body.Close()
	return answer(response)
}

func answer(response *http.Response) string {
	body, err := io.ReadAll(response.Body)
	text := fmt.Sprintf("%d %s", response.StatusCode, body)
	if err != nil {
		text += "..."
	}
	return text
}

// await waits until the log has what pattern matches.
func (s *served) await(pattern string) {
	s.t.Helper()
	re := regexp.MustCompile("(?m)" + pattern)
	end := time.After(patience)
	for {
		text, more := s.log.state()
		if re.MatchString(text) {
			return
		}
		select {
		case <-more:
		case <-end:
			s.t.Fatalf("not logged: %s; but\n%s", pattern, text)
		}
	}
}

// transcript is what the program writes.
type transcript struct {
	mu      sync.Mutex
	written strings.Builder // guarded by mu
	more    chan struct{}   // guarded by mu; closed with the next Write
}

func (l *transcript) Write(p []byte) (int, error) {
	l.add(p)
	return len(p), nil
}

func (l *transcript) add(p []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.written.Write(p)
	if l.more != nil {
		close(l.more)
		l.more = nil
	}
}

func (l *transcript) text() string {
	text, _ := l.state()
	return text
}

func (l *transcript) state() (string, <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.more == nil {
		l.more = make(chan struct{})
	}
	return l.written.String(), l.more
}

// gate is a TCP server whose clients wait until it lets them pass: how a test knows that a script waits, and for how long.
type gate struct {
	t        *testing.T
	listener net.Listener
	arrivals chan net.Conn
}

func newGate(t *testing.T) *gate {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	g := &gate{t: t, listener: l, arrivals: make(chan net.Conn, 100)}
	go func() {
		defer close(g.arrivals)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			g.arrivals <- c
		}
	}()
	t.Cleanup(func() {
		l.Close()
		for c := range g.arrivals {
			c.Close()
			t.Error("somebody was left at the gate")
		}
	})
	return g
}

// port returns where scripts find the gate.
func (g *gate) port() int { return g.listener.Addr().(*net.TCPAddr).Port }

// arrival waits for a script to come and say so with a line.
func (g *gate) arrival() net.Conn {
	g.t.Helper()
	select {
	case c := <-g.arrivals:
		line := make([]byte, len("knock\n"))
		if _, err := io.ReadFull(c, line); err != nil {
			g.t.Errorf("the gate's client says %q, %v", line, err)
		}
		return c
	case <-time.After(patience):
		g.t.Fatal("nobody comes to the gate")
		return nil
	}
}

// let lets a script pass.
func (g *gate) let(c net.Conn) {
	g.t.Helper()
	if _, err := fmt.Fprintln(c, "pass"); err != nil {
		g.t.Error(err)
	}
	c.Close()
}

// left waits until the script at the gate has gone away without having been let through.
func (g *gate) left(c net.Conn) {
	g.t.Helper()
	c.SetReadDeadline(time.Now().Add(patience))
	if n, err := c.Read(make([]byte, 1)); n > 0 || err != io.EOF {
		g.t.Errorf("the script waits on: %v", err)
	}
	c.Close()
}

// brokenConn stands for a connection that could not be made.
type brokenConn struct{ net.Conn }

func (brokenConn) Read([]byte) (int, error)  { return 0, io.ErrUnexpectedEOF }
func (brokenConn) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }
func (brokenConn) Close() error              { return nil }

// descriptors lists the files and sockets that the process has open, where the system tells. The page map of the process
// is not among them: it stays open from its first use.
func descriptors(t *testing.T) []string {
	t.Helper()
	if runtime.GOOS != "linux" {
		return nil
	}
	links, err := filepath.Glob("/proc/self/fd/*")
	if err != nil {
		t.Fatal(err)
	}
	var open []string
	for _, link := range links {
		target, err := os.Readlink(link) // fails for the listing's own
		if err == nil && filepath.Base(target) != "pagemap" {
			open = append(open, link+" "+target)
		}
	}
	return open
}
