package frontend

import (
	"bufio"
	"bytes"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "record what HAProxy makes of hostile messages")

// What is made of hostile messages is what HAProxy 2.6 was seen to make of them (-update runs it), or a refusal.
func TestFrontend_Robustness_Requests(t *testing.T) {
	compareVerdicts(t, "requests", hostileRequests, func(h hostile) (string, script) {
		return h.text, script{}
	})
}

func TestFrontend_Robustness_Responses(t *testing.T) {
	compareVerdicts(t, "responses", hostileResponses, func(h hostile) (string, script) {
		method := h.ask
		if method == "" {
			method = "GET"
		}
		// What is left of the first response must not be taken for the second one.
		return head(method+" /1 HTTP/1.1") + head("GET /2 HTTP/1.1", "Connection: close"), script{first: &h.text, close: !h.open}
	})
}

func compareVerdicts(t *testing.T, kind string, table []hostile, play func(hostile) (string, script)) {
	o := newRecordingOrigin(t)
	path := filepath.Join("testdata", "robustness_"+kind+".golden")
	if *update {
		recordVerdicts(t, path, o, table, play)
	}
	recorded := readVerdicts(t, path)
	backend := backendOf(t, o.address)
	address := serve(t, Config{ChooseBackend: to(backend)})
	stricter := 0
	for _, h := range table {
		t.Run(h.name, func(t *testing.T) {
			request, answer := play(h)
			got := o.verdict(t, address, request, answer)
			want, ok := recorded[h.name]
			switch {
			case !ok:
				t.Fatalf("no verdict of HAProxy's is recorded: run with -update")
			case got == want, got == differences[kind+"/"+h.name], answer.close && (lost(got, want) || lost(want, got)):
			case refusesMore(kind, got, want):
				stricter++
				t.Logf("stricter: %s, HAProxy %s", got, want)
			default:
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
	t.Logf("%d %s, %d stricter than HAProxy", len(table), kind, stricter)
}

// differences are the verdicts that are neither HAProxy's nor a refusal.
var differences = map[string]string{
	// The server is told the coding in the one spelling that nobody misunderstands.
	"requests/chunked, empty element": `200("ok") | "POST / HTTP/1.1 {host: a; transfer-encoding: chunked}"`,
	// The upgrade is not asked for; HAProxy leaves the connection option and takes the header away.
	"requests/upgrade with a body": `200("ok") | "POST / HTTP/1.1 {host: a; upgrade: x; content-length: 3}" "abc"`,
	// HAProxy takes no notice of the coding and passes chunks on as the body.
	"responses/chunked in version 1.0": `200("abc") | "GET /1 HTTP/1.1 {host: a}"`,
}

// lost reports whether want is got without what comes behind a response at whose end the server closed: both programs may
// send another request on that connection and then close on the client.
func lost(got, want string) bool {
	gotClient, gotServer, _ := strings.Cut(got, " | ")
	wantClient, wantServer, _ := strings.Cut(want, " | ")
	return strings.HasPrefix(gotClient, wantClient+" ") && strings.HasPrefix(gotServer, wantServer+", ")
}

// refusesMore reports whether a verdict refuses what another one accepts: where the two first differ the client is told of
// an error. A request that is refused does not reach the server, or not to its end.
func refusesMore(kind, got, want string) bool {
	gotClient, gotServer, _ := strings.Cut(got, " | ")
	wantClient, wantServer, _ := strings.Cut(want, " | ")
	if kind == "requests" && !strings.HasPrefix(wantServer, strings.TrimSuffix(gotServer, "-")) {
		return gotClient == wantClient && strings.HasSuffix(gotServer, "cut short")
	}
	others := strings.Fields(wantClient)
	for i, status := range strings.Fields(gotClient) {
		if i >= len(others) || status != others[i] {
			return status == "400" || status == "422" || status == "502"
		}
	}
	return false
}

// readVerdicts reads lines of "name: verdict".
func readVerdicts(t *testing.T, path string) map[string]string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	verdicts := map[string]string{}
	for line := range strings.Lines(string(text)) {
		if name, verdict, ok := strings.Cut(strings.TrimSuffix(line, "\n"), ": "); ok {
			verdicts[name] = verdict
		}
	}
	return verdicts
}

// recordVerdicts runs HAProxy on the table.
func recordVerdicts(t *testing.T, path string, o *recordingOrigin, table []hostile, play func(hostile) (string, script)) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	l.Close()
	file := filepath.Join(t.TempDir(), "haproxy.cfg")
	text := fmt.Sprintf(`defaults
  mode http
  timeout client 5s
  timeout server 5s
  timeout connect 5s
listen l
  bind %s
  server s %s
`, address, o.address)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	haproxy := exec.Command("haproxy", "-db", "-f", file)
	if err := haproxy.Start(); err != nil {
		t.Fatal(err)
	}
	defer haproxy.Wait()
	defer haproxy.Process.Kill()
	for range 100 {
		if c, err := net.Dial("tcp", address); err == nil {
			c.Close()
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	var b bytes.Buffer
	for _, h := range table {
		request, answer := play(h)
		fmt.Fprintf(&b, "%s: %s\n", h.name, o.verdict(t, address, request, answer))
	}
	if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

// script is how the origin answers: first, or a usual response when it is nil, then usual ones.
type script struct {
	first *string
	close bool // the connection behind first
}

// recordingOrigin is a server that notes what reaches it.
type recordingOrigin struct {
	address string

	mu    sync.Mutex
	play  script   // guarded by mu
	heard []string // guarded by mu
	hears int      // guarded by mu; connections in the midst of a message
}

func newRecordingOrigin(t *testing.T) *recordingOrigin {
	o := &recordingOrigin{}
	o.address = origin(t, o.handle)
	return o
}

func (o *recordingOrigin) handle(c net.Conn) {
	r := bufio.NewReader(c)
	for {
		if _, err := r.Peek(1); err != nil {
			return
		}
		o.hear(1)
		note, ok := readMessage(r)
		o.hear(-1)
		if note == "" {
			return
		}
		o.mu.Lock()
		o.heard = append(o.heard, note)
		first := o.play.first
		o.play.first = nil
		close := o.play.close
		o.mu.Unlock()
		switch {
		case first != nil:
			io.WriteString(c, *first)
			if close {
				return
			}
		case ok:
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
		}
		if !ok {
			return
		}
	}
}

func (o *recordingOrigin) hear(n int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.hears += n
}

// settle waits until no message is under way. What a proxy sent may still be on its way to us.
func (o *recordingOrigin) settle() {
	for {
		time.Sleep(2 * time.Millisecond)
		o.mu.Lock()
		hears := o.hears
		o.mu.Unlock()
		if hears == 0 {
			return
		}
	}
}

// readMessage reads a request as a simple server would and returns what matters of it, and whether it was whole.
func readMessage(r *bufio.Reader) (note string, whole bool) {
	var start string
	var framing []string
	length, chunked := 0, false
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			if start == "" {
				return "", false
			}
			return start + " cut short", false
		}
		line = strings.TrimRight(line, "\r\n")
		if line == "" {
			break
		}
		if start == "" {
			start = line
			continue
		}
		name, value, _ := strings.Cut(line, ":")
		switch name {
		case "content-length":
			fmt.Sscan(value, &length)
		case "transfer-encoding":
			chunked = true
		case "host", "connection", "upgrade", "te", "trailer":
		default:
			if len(line) > 20 {
				line = line[:20] + "..."
			}
			if name[0] == 'x' && len(framing) > 3 {
				continue
			}
		}
		framing = append(framing, line)
	}
	if len(start) > 60 {
		start = start[:60] + "..."
	}
	note = fmt.Sprintf("%q", start+" {"+strings.Join(framing, "; ")+"}")
	body, err := readBody(r, length, chunked)
	if body != "" {
		note += fmt.Sprintf(" %q", body)
	}
	if err != nil {
		note += " cut short"
	}
	return note, err == nil
}

func readBody(r *bufio.Reader, length int, chunked bool) (string, error) {
	if !chunked {
		body := make([]byte, min(length, 1000))
		n, err := io.ReadFull(r, body)
		return string(body[:n]), err
	}
	var all strings.Builder
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return all.String(), err
		}
		var size int
		fmt.Sscanf(line, "%x", &size)
		if size == 0 {
			break
		}
		piece := make([]byte, min(size, 1000)+2)
		n, err := io.ReadFull(r, piece)
		all.Write(piece[:min(n, size)])
		if err != nil {
			return all.String(), err
		}
	}
	for {
		line, err := r.ReadString('\n')
		if err != nil || strings.TrimRight(line, "\r\n") == "" {
			return all.String(), err
		}
		all.WriteString("+" + strings.TrimRight(line, "\r\n"))
	}
}

// verdict sends requests to a proxy, ends the client's side where the last one does not, and says what came of it: the statuses (and bodies, where
// they are not the proxy's own) that the client got, and the requests that the server did.
func (o *recordingOrigin) verdict(t *testing.T, address, request string, answer script) string {
	t.Helper()
	o.mu.Lock()
	o.heard, o.play = nil, answer
	o.mu.Unlock()
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(patience))
	go func() {
		io.WriteString(c, request)
		// HAProxy may forget a request that waits behind another when the client's side has ended.
		if answer.first == nil {
			c.(*net.TCPConn).CloseWrite()
		}
	}()
	all, _ := io.ReadAll(c)
	client := summary(all)
	if *update {
		time.Sleep(20 * time.Millisecond) // HAProxy may close the client's side first
	}
	o.settle()
	o.mu.Lock()
	defer o.mu.Unlock()
	server := strings.Join(o.heard, ", ")
	if server == "" {
		server = "-"
	}
	return client + " | " + server
}

// summary returns the statuses of responses, each with the body of those that a server made.
func summary(all []byte) string {
	var parts []string
	for len(all) > 0 {
		end := bytes.Index(all, []byte("\r\n\r\n"))
		if end < 0 || !bytes.HasPrefix(all, []byte("HTTP/1.")) || len(all) < 12 {
			parts = append(parts, fmt.Sprintf("and %.30q", all))
			break
		}
		header, status := strings.ToLower(string(all[:end])), string(all[9:12])
		all = all[end+4:]
		length := len(all)
		if _, value, ok := strings.Cut(header, "\r\ncontent-length: "); ok {
			fmt.Sscan(value, &length)
		} else if strings.Contains(header, "\r\ntransfer-encoding: chunked") {
			if i := bytes.Index(all, []byte("0\r\n\r\n")); i >= 0 {
				length = i + 5
			}
		}
		if status[0] == '1' || status == "204" || status == "304" {
			length = 0
		}
		body := all[:min(length, len(all))]
		if bytes.HasPrefix(all, []byte("HTTP/1.")) {
			body = nil // of HEAD
		}
		all = all[len(body):]
		if len(body) > 0 && !bytes.HasPrefix(body, []byte("<html><body><h1>")) {
			status += fmt.Sprintf("(%.20q)", body)
		}
		parts = append(parts, status)
	}
	if parts == nil {
		return "closed"
	}
	return strings.Join(parts, " ")
}
