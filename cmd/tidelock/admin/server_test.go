package admin

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

// testCache keeps the compiled interpreter for all tests of a run.
var testCache string

func TestMain(m *testing.M) {
	var err error
	if testCache, err = os.MkdirTemp("", "cache"); err != nil {
		panic(err)
	}
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		os.RemoveAll(testCache)
		os.Exit(code)
	}))
}

// started returns a server on a Unix socket, and a client of it.
func started(t *testing.T, token string) (*Server, *http.Client) {
	t.Helper()
	folder, err := os.MkdirTemp("", "admin")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(folder) })
	path := filepath.Join(folder, "socket")
	s := &Server{Executions: NewExecutions(8)}
	s.SetToken(token)
	if err := s.Start(context.Background(), "unix", path); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if _, err := os.Lstat(path); err == nil {
			t.Error("the socket is left behind")
		}
	})
	if info, err := os.Lstat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the socket has the mode %v, %v", info.Mode(), err)
	}
	transport := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", path)
	}}
	t.Cleanup(transport.CloseIdleConnections)
	return s, &http.Client{Transport: transport}
}

// ask returns status and body.
func ask(t *testing.T, client *http.Client, url, token string) string {
	t.Helper()
	request, err := http.NewRequest("GET", url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint(response.StatusCode, " ", strings.TrimSpace(string(body)))
}

func TestServer(t *testing.T) {
	s, client := started(t, "")
	metrics := func(w io.Writer, query string) error {
		if query == "bad" {
			return errors.New("unknown scope")
		}
		_, err := io.WriteString(w, "metrics of "+query)
		return err
	}
	for _, tc := range []struct {
		name, url string
		ready     bool
		want      string
	}{
		{"alive", "http://localhost/live", false, "200 live"},
		{"not ready", "http://localhost/ready", false, "503 not ready"},
		{"no metrics yet", "http://localhost/metrics", false, "503 not ready"},
		{"ready", "http://localhost/ready", true, "200 ready"},
		{"metrics", "http://127.0.0.1:80/metrics?scope=global", true, "200 metrics of scope=global"},
		{"metrics of nothing", "http://[::1]/metrics?bad", true, "400 unknown scope"},
		{"another host's name", "http://evil.example/ready", true, "403 the request names another host"},
		{"unknown path", "http://localhost/other", true, "404 404 page not found"},
		{"unknown outcome", "http://localhost/executions?outcome=good", true,
			"400 outcome: expected one of ok, error, timeout, fuel, busy, memory, killed, reset, cancelled, closed, fault, failed, found 'good'"},
		{"unknown parameter", "http://localhost/executions?name=x", true, "400 unknown parameter 'name'"},
		{"duration", "http://localhost/executions?slow=x", true, "400 slow: expected a time such as 5ms, found 'x'"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s.SetReady(nil)
			if tc.ready {
				s.SetReady(metrics)
			}
			if got := ask(t, client, tc.url, ""); got != tc.want {
				t.Errorf("got %s, want %s", got, tc.want)
			}
		})
	}
}

func TestServer_token(t *testing.T) {
	s, client := started(t, "hush")
	const refused = "401 the token is missing or wrong"
	for _, tc := range []struct{ name, token, want string }{
		{"none", "", refused}, {"wrong", "hus", refused}, {"right", "hush", "200 live"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := ask(t, client, "http://any.name/live", tc.token); got != tc.want {
				t.Errorf("got %s, want %s", got, tc.want)
			}
		})
	}
	s.SetToken("other")
	if got := ask(t, client, "http://localhost/live", "hush"); got != refused {
		t.Errorf("after the change: %s", got)
	}
}

// The next process takes the address while this one still has it, and this one does not take it away when it goes.
func TestServer_successor(t *testing.T) {
	for _, network := range []string{"unix", "tcp"} {
		t.Run(network, func(t *testing.T) {
			address := filepath.Join(t.TempDir(), "s")
			if network == "tcp" {
				address = "127.0.0.1:0"
			}
			first, second := &Server{Executions: NewExecutions(1)}, &Server{Executions: NewExecutions(1)}
			if err := first.Start(context.Background(), network, address); err != nil {
				t.Fatal(err)
			}
			defer first.Close()
			if network == "tcp" {
				address = first.listener.Addr().String()
			}
			if err := second.Start(context.Background(), network, address); err != nil {
				t.Fatal(err)
			}
			defer second.Close()
			first.Retire()
			second.SetReady(func(io.Writer, string) error { return nil })
			transport := &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) { return net.Dial(network, address) }}
			defer transport.CloseIdleConnections()
			if got := ask(t, &http.Client{Transport: transport}, "http://localhost/ready", ""); got != "200 ready" {
				t.Errorf("got %s", got)
			}
		})
	}
}

func TestServer_Start_Errors(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct{ name, network, address, want string }{
		{"a file", "unix", file, "admin address: " + file + ": there is a file of that name, and it is no socket"},
		{"no folder", "unix", "/nosuch/s", "no such file or directory"},
		{"no port", "tcp", "127.0.0.1:many", "admin address: listen tcp: lookup tcp/many"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if err := new(Server).Start(context.Background(), tc.network, tc.address); err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, want %s", err, tc.want)
			}
		})
	}
}

// streamed asks for executions and returns a function that reads the next line.
func streamed(t *testing.T, client *http.Client, query string) func() Line {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	request, err := http.NewRequestWithContext(ctx, "GET", "http://localhost/executions"+query, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cancel(); response.Body.Close() })
	lines := bufio.NewScanner(response.Body)
	return func() (line Line) {
		t.Helper()
		if !lines.Scan() {
			t.Fatalf("no more lines: %v", lines.Err())
		}
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			t.Fatal(err)
		}
		return line
	}
}
