package proxy

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"tidelock/proxy/config"
	"tidelock/proxy/config/syntax"
	"tidelock/proxy/socket"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// running is a proxy under test. The addresses in its configuration stand for free ports.
type running struct {
	*Proxy
	t         *testing.T
	addresses map[string]string // what is listened on, by what the configuration says
	diags     syntax.Diagnostics
}

// build parses and assembles a configuration. It returns nil for the proxy when that fails.
func build(t *testing.T, text string, o Options) *running {
	t.Helper()
	r := &running{t: t, addresses: map[string]string{}}
	o.Listen = func(ctx context.Context, o socket.Options) (net.Listener, error) {
		address := o.Address
		if o.Network != "unix" {
			o.Address = "127.0.0.1:0"
		}
		l, err := socket.Listen(ctx, o)
		if err == nil {
			r.addresses[address] = l.Addr().String()
		}
		return l, err
	}
	cfg := config.Parse([]syntax.Source{{Name: "test.cfg", Text: []byte(text)}},
		syntax.Condition{Environment: syntax.NewEnvironment(nil), Version: "2.6.12"}, &r.diags)
	if !r.diags.Has(syntax.Alert) {
		r.Proxy = Build(t.Context(), cfg, o, &r.diags)
	}
	return r
}

// start runs a configuration until the test ends.
func start(t *testing.T, text string, o Options) *running {
	t.Helper()
	r := build(t, text, o)
	if r.Proxy == nil {
		t.Fatalf("%v\n%s", r.diags.Err(), numbered(text))
	}
	if err := r.Start(t.Context()); err != nil {
		t.Fatalf("%v\n%s", err, numbered(text))
	}
	t.Cleanup(func() {
		if err := r.Stop(context.Background()); err != nil {
			t.Error(err)
		}
		if t.Failed() {
			t.Log("\n" + numbered(text))
		}
	})
	return r
}

func numbered(text string) string {
	var out strings.Builder
	for i, line := range strings.Split(text, "\n") {
		fmt.Fprintf(&out, "%3d %s\n", i+1, line)
	}
	return out.String()
}

// get sends a request to what the configuration calls address, on a connection of its own, and returns status, headers
// and body.
func (r *running) get(address, path string, headers ...string) (int, http.Header, string) {
	r.t.Helper()
	request, err := http.NewRequest("GET", "http://"+r.addresses[address]+path, nil)
	if err != nil {
		r.t.Fatal(err)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	transport := &http.Transport{DisableKeepAlives: true}
	response, err := transport.RoundTrip(request)
	if err != nil {
		r.t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return response.StatusCode, response.Header, string(body)
}

// origin runs a web server that answers with its name and the request's path and headers of interest.
func origin(t *testing.T, name string) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "%s %s", name, r.URL.Path)
		for _, header := range []string{"X-Forwarded-For", "X-Test"} {
			for _, value := range r.Header.Values(header) {
				fmt.Fprintf(w, " %s=%s", header, value)
			}
		}
	}))
	t.Cleanup(s.Close)
	return s.Listener.Addr().String()
}

// echo answers each line that it is sent with the same line.
func echo(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("unix", filepath.Join(t.TempDir(), "echo"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				io.Copy(c, c)
			}()
		}
	}()
	return l.Addr().String()
}

// lines returns the lines of text without those that are empty.
func lines(text []byte) []string {
	return strings.Split(string(bytes.TrimSpace(text)), "\n")
}
