package command

import (
	"encoding/json"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"tidelock/proxy/counter"
	"tidelock/proxy/report"
	"tidelock/proxy/runtime"
)

// ask runs one line on a session of its own.
func ask(t *testing.T, level runtime.Level, commands []runtime.Command, line string) string {
	t.Helper()
	registry := runtime.NewRegistry()
	if err := registry.Add(commands...); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &runtime.Server{Registry: registry, MaxConn: 1, Timeout: time.Minute}
	served := make(chan error)
	go func() { served <- s.Serve(l, runtime.Socket{Level: level}) }()
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	io.WriteString(c, line+"\n")
	answer, err := io.ReadAll(c)
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
	if err := <-served; err != nil {
		t.Fatal(err)
	}
	return string(answer)
}

func statistics() *Statistics {
	row := func(kind counter.Kind, proxy, name string, proxyID, id int, status string) *counter.Row {
		r := &counter.Row{Identity: counter.Identity{Kind: kind, Proxy: proxy, Name: name, ProxyID: proxyID, ID: id, HTTP: true}}
		r.State = func(s *counter.State) { s.Status = status }
		r.Add(counter.BytesIn, 7)
		return r
	}
	rows := []*counter.Row{
		row(counter.Frontend, "fe", "FRONTEND", 2, 0, "OPEN"),
		row(counter.Server, "be", "s1", 3, 1, "UP"), row(counter.Server, "be", "s2", 3, 2, "DOWN"),
		row(counter.Server, "be", "s3", 3, 3, "MAINT"), row(counter.Backend, "be", "BACKEND", 3, 0, "UP, \"so\""),
	}
	return &Statistics{Rows: func() []*counter.Row { return rows }, Process: new(counter.Process)}
}

func TestStatistics_showStat_Filter(t *testing.T) {
	tests := []struct{ name, line, want string }{
		{"all", "show stat", "fe/FRONTEND be/s1 be/s2 be/s3 be/BACKEND"},
		{"one frontend", "show stat 2 1 -1", "fe/FRONTEND"},
		{"servers", "show stat -1 4 -1", "be/s1 be/s2 be/s3"},
		{"one server, and what is none", "show stat 3 -1 2", "be/s2 be/BACKEND"},
		{"by name", "show stat be 2 -1", "be/BACKEND"},
		{"of the domain", "show stat domain proxy 2 -1 -1", "fe/FRONTEND"},
		{"no such number", "show stat 99 -1 -1", ""},
		{"too few words", "show stat 3", "fe/FRONTEND be/s1 be/s2 be/s3 be/BACKEND"},
		{"up", "show stat up", "fe/FRONTEND be/s1 be/BACKEND"},
		{"not in maintenance", "show stat no-maint", "fe/FRONTEND be/s1 be/s2 be/BACKEND"},
		{"no such proxy", "show stat nope 1 1", "No such proxy."},
		{"no such domain", "show stat domain dns", "Invalid statistics domain."},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			answer := ask(t, runtime.User, statistics().Commands(), tc.line)
			var rows []string
			for line := range strings.Lines(answer) {
				if fields := strings.Split(strings.TrimSpace(line), ","); fields[0] != "" && fields[0][0] != '#' {
					rows = append(rows, strings.Join(fields[:min(2, len(fields))], "/"))
				}
			}
			if got := strings.Join(rows, " "); got != tc.want {
				t.Errorf("got %s, want %s", got, tc.want)
			}
		})
	}
}

func TestStatistics_showStat_Formats(t *testing.T) {
	csv := ask(t, runtime.User, statistics().Commands(), "show stat 3 2 -1")
	lines := strings.Split(csv, "\n")
	if !strings.HasPrefix(lines[0], "# pxname,svname,qcur,") || !strings.Contains(lines[0], "agg_check_status,-,ssl_sess") || !strings.HasSuffix(lines[0], "h1_spliced_bytes_out,") {
		t.Errorf("header %s", lines[0])
	}
	if !strings.Contains(lines[1], `,"UP, ""so""",`) || strings.Count(lines[0], ",") != strings.Count(lines[1], ",")-1 {
		t.Errorf("line %s", lines[1])
	}

	typed := ask(t, runtime.User, statistics().Commands(), "show stat 3 4 1 typed")
	for _, want := range []string{"S.3.1.0.pxname.1:KNS:str:be\n", "S.3.1.1.svname.1:KNS:str:s1\n", "S.3.1.8.bin.1:MCP:u64:7\n", "S.3.1.17.status.1:SGP:str:UP\n"} {
		if !strings.Contains(typed, want) {
			t.Errorf("no line %q in\n%s", want, typed)
		}
	}

	var rows [][]struct {
		ObjType string
		ProxyID int `json:"proxyId"`
		Field   struct{ Name string }
		Tags    struct{ Origin, Nature, Scope string }
		Value   struct{ Value any }
	}
	if err := json.Unmarshal([]byte(ask(t, runtime.User, statistics().Commands(), "show stat json")), &rows); err != nil {
		t.Fatal(err)
	}
	if f := rows[1][0]; len(rows) != 5 || f.ObjType != "Server" || f.ProxyID != 3 || f.Field.Name != "pxname" || f.Value.Value != "be" ||
		f.Tags.Origin != "Key" || f.Tags.Nature != "Name" || f.Tags.Scope != "Service" {
		t.Errorf("%d rows, the second begins with %+v", len(rows), f)
	}
}

// Every tag of the tables has its word in JSON.
func TestStatistics_Tags(t *testing.T) {
	check := func(name, tags string) {
		if len(tags) != 3 || report.Origins[tags[0]] == "" || report.Natures[tags[1]] == "" || report.Scopes[tags[2]] == "" {
			t.Errorf("%s has tags %q", name, tags)
		}
	}
	for i := range counter.Columns {
		for _, kind := range []counter.Kind{counter.Frontend, counter.Backend, counter.Server, counter.Listener} {
			check(counter.Columns[i].Name, counter.Columns[i].TagsOf(kind))
		}
	}
	for _, f := range new(counter.Process).Info(time.Now()) {
		check(f.Name, f.Tags)
	}
}

func TestStatistics_showInfo(t *testing.T) {
	s := statistics()
	s.Process.State = func(p *counter.ProcessState) { p.Name, p.Version = "HAProxy", `2.6 "x"` }
	if got := ask(t, runtime.User, s.Commands(), "show info"); !strings.HasPrefix(got, "Name: HAProxy\nVersion: 2.6 \"x\"\n") {
		t.Errorf("got %.80q", got)
	}
	if got := ask(t, runtime.User, s.Commands(), "show info typed"); !strings.HasPrefix(got, "0.Name.1:POS:str:HAProxy\n1.Version.1:POS:str:2.6 \"x\"\n") {
		t.Errorf("got %.80q", got)
	}
	var fields []map[string]any
	if err := json.Unmarshal([]byte(ask(t, runtime.User, s.Commands(), "show info json")), &fields); err != nil {
		t.Fatal(err)
	}
	if got := fields[1]["value"].(map[string]any)["value"]; got != `2.6 "x"` {
		t.Errorf("version is %v", got)
	}
}

func TestStatistics_clear(t *testing.T) {
	tests := []struct {
		name  string
		level runtime.Level
		line  string
		want  string
		bytes uint64
	}{
		{"maxima", runtime.Operator, "clear counters", "\n", 7},
		{"everything", runtime.Admin, "clear counters all", "\n", 0},
		{"everything by an operator", runtime.Operator, "clear counters all", "Permission denied\n\n", 7},
		{"by a user", runtime.User, "clear counters", "Permission denied\n\n", 7},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			s := statistics()
			if got := ask(t, tc.level, s.Commands(), tc.line); got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
			if got := s.Rows()[0].Value(counter.BytesIn); got != tc.bytes {
				t.Errorf("%d bytes left, want %d", got, tc.bytes)
			}
		})
	}
}
