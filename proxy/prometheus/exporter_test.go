package prometheus

import (
	"bufio"
	"bytes"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tidelock/proxy/counter"
	"tidelock/proxy/sticktable"
)

// export returns the lines that a query gives for a small configuration.
func export(t *testing.T, text string) []string {
	t.Helper()
	row := func(kind counter.Kind, proxy, name string, http bool, status string) *counter.Row {
		r := &counter.Row{Identity: counter.Identity{Kind: kind, Proxy: proxy, Name: name, ProxyID: len(proxy), HTTP: http}}
		r.State = func(s *counter.State) {
			s.Status = status
			s.Check.Enabled, s.Check.Status, s.Check.Done, s.Check.Duration = name == "s1", "* L7OK", true, 1500*time.Millisecond
		}
		return r
	}
	rows := []*counter.Row{
		row(counter.Frontend, "web", "FRONTEND", true, "OPEN"), row(counter.Frontend, "raw", "FRONTEND", false, "STOP"),
		row(counter.Listener, "web", "sock-1", true, "OPEN"),
		row(counter.Server, "app", "s1", true, "DOWN"), row(counter.Server, "app", "s2", true, "MAINT (via app/s1)"),
		row(counter.Backend, "app", "BACKEND", true, "UP"),
	}
	rows[3].Respond(404)
	rows[3].QueueTime.Add(2500 * time.Microsecond)
	process := &counter.Process{State: func(s *counter.ProcessState) { s.Build = `a"b\` }}
	q, ok := parse(text)
	if !ok {
		t.Fatalf("%q is refused", text)
	}
	var b bytes.Buffer
	w := &writer{Writer: bufio.NewWriter(&b), now: time.Now()}
	(&Exporter{Rows: func() []*counter.Row { return rows }, Process: process, Tables: &sticktable.Tables{}}).write(w, q)
	w.Flush()
	return strings.Split(b.String(), "\n")
}

func TestExporter(t *testing.T) {
	got := export(t, "")
	for _, want := range []string{
		"# TYPE haproxy_process_nbthread gauge",
		`haproxy_process_build_info{version="a\"b\\"} 1`,
		"haproxy_process_current_zlib_memory NaN",
		`haproxy_frontend_status{proxy="web",state="UP"} 1`,
		`haproxy_frontend_status{proxy="raw",state="UP"} 0`,
		`haproxy_listener_status{proxy="web",listener="sock-1",state="OPEN"} 1`,
		`haproxy_server_status{proxy="app",server="s2",state="MAINT"} 1`,
		`haproxy_server_check_status{proxy="app",server="s1",state="L7OK"} 1`,
		`haproxy_server_check_duration_seconds{proxy="app",server="s1"} 1.500000`,
		`haproxy_server_http_responses_total{proxy="app",server="s1",code="4xx"} 1`,
		`haproxy_server_limit_sessions{proxy="app",server="s1"} NaN`,
		`haproxy_backend_agg_server_status{proxy="app",state="DOWN"} 1`,
		`haproxy_backend_agg_check_status{proxy="app",state="L7OK"} 1`,
	} {
		if !slices.Contains(got, want) {
			t.Errorf("no line %s", want)
		}
	}
	for _, line := range got {
		for _, never := range []string{`http_requests_total{proxy="raw"`, `check_status{proxy="app",server="s2"`} {
			if strings.Contains(line, never) {
				t.Errorf("got %s", line)
			}
		}
	}
}

// Names, types and order are those of HAProxy's exporter: testdata has its lines "# TYPE".
func TestExporter_HAProxy(t *testing.T) {
	types := func(lines []string) []string {
		return slices.DeleteFunc(lines, func(line string) bool { return !strings.HasPrefix(line, "# TYPE") })
	}
	captured, err := os.ReadFile("testdata/haproxy.txt")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(types(strings.Split(string(captured), "\n")), types(export(t, ""))); diff != "" {
		t.Error(diff)
	}
}

// Every metric reads a field or a column that there is, and has one description for all its rows.
func TestMetrics(t *testing.T) {
	columns := map[string]bool{}
	for _, c := range counter.Columns {
		columns[c.Name] = true
	}
	for _, m := range rowMetrics {
		if !columns[m.from] || m.help == "" || m.of == 0 {
			t.Errorf("%+v", m)
		}
	}
	fields := map[string]bool{"ZlibMemUsage": true, "MaxZlibMemUsage": true} // shown by HAProxy as not there
	for _, f := range new(counter.Process).Info(time.Now()) {
		fields[f.Name] = true
	}
	for _, m := range processMetrics {
		if !fields[m.from] || m.help == "" {
			t.Errorf("%+v", m)
		}
	}
}

func TestExporter_Scopes(t *testing.T) {
	tests := []struct {
		name, query string
		prefixes    []string
	}{
		{"process", "scope=global", []string{"haproxy_process"}},
		{"several", "scope=frontend&scope=listener", []string{"haproxy_frontend", "haproxy_listener"}},
		{"none", "scope=", nil},
		{"all", "scope=*", []string{"haproxy_backend", "haproxy_frontend", "haproxy_listener", "haproxy_process", "haproxy_server"}},
		{"other words", "a=b&c", []string{"haproxy_backend", "haproxy_frontend", "haproxy_listener", "haproxy_process", "haproxy_server"}},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			var got []string
			for _, line := range export(t, tc.query) {
				if name, found := strings.CutPrefix(line, "# TYPE "); found {
					got = append(got, name[:strings.Index(name[8:], "_")+8])
				}
			}
			slices.Sort(got)
			if got = slices.Compact(got); !slices.Equal(got, tc.prefixes) {
				t.Errorf("got %v, want %v", got, tc.prefixes)
			}
		})
	}
	for _, line := range export(t, "no-maint&scope=server") {
		if strings.Contains(line, `server="s2"`) {
			t.Errorf("a server in maintenance: %s", line)
		}
	}
	for _, query := range []string{"scope=x", "scope", "scope=%zz"} {
		if _, ok := parse(query); ok {
			t.Errorf("%q is accepted", query)
		}
	}
}
