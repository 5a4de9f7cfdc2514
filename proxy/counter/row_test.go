package counter

import (
	"os"
	"strings"
	"testing"
	"time"
)

// testdata/show_stat.csv is what HAProxy 2.6.12 prints for testdata/show_stat.cfg before any traffic.
func haproxyStat(t *testing.T) (header []string, lines [][]string) {
	text, err := os.ReadFile("testdata/show_stat.csv")
	if err != nil {
		t.Fatal(err)
	}
	all := strings.Split(strings.TrimSpace(string(text)), "\n")
	for _, line := range all[1:] {
		lines = append(lines, strings.Split(line, ","))
	}
	return strings.Split(strings.TrimPrefix(all[0], "# "), ","), lines
}

func TestColumns(t *testing.T) {
	header, _ := haproxyStat(t)
	var names []string
	for i, c := range Columns {
		if i == Separator {
			names = append(names, "-")
		}
		names = append(names, c.Name)
	}
	if got, want := strings.Join(names, ","), strings.TrimSuffix(strings.Join(header, ","), ","); got != want {
		t.Errorf("columns are\n%s, want\n%s", got, want)
	}
}

// Every row shows a value exactly where HAProxy shows one for the same kind, mode and checks.
func TestRow_Values_Shown(t *testing.T) {
	header, lines := haproxyStat(t)
	for _, line := range lines {
		t.Run(line[0]+"/"+line[1], func(t *testing.T) {
			r := &Row{Identity: Identity{Proxy: line[0], Name: line[1], HTTP: at(header, line, "mode") == "http"}}
			r.Kind = map[string]Kind{"0": Frontend, "1": Backend, "2": Server, "3": Listener}[at(header, line, "type")]
			r.State = func(s *State) {
				s.Status, s.Algorithm, s.Address = at(header, line, "status"), "roundrobin", at(header, line, "addr")
				s.Cookie, s.Tracked = at(header, line, "cookie"), at(header, line, "tracked")
				s.Limit.Ok = at(header, line, "slim") != ""
				s.HasDowntime = at(header, line, "downtime") != ""
				if at(header, line, "qlimit") != "" {
					s.QueueLimit = 3
				}
				s.Check = Check{Enabled: at(header, line, "check_status") != "", Status: "L4OK", Done: true,
					Description: "x", Last: at(header, line, "last_chk")}
				s.Agent = Check{Enabled: at(header, line, "agent_status") != "", Status: "L4CON", Done: true, Description: "x", Last: "y"}
			}
			for i, v := range r.Values(time.Now()) {
				column := i
				if i >= Separator {
					column++
				}
				if got, want := v.Type != "", line[column] != ""; got != want {
					t.Errorf("%s is shown: %v, want %v", Columns[i].Name, got, want)
				}
			}
		})
	}
}

func at(header, line []string, name string) string {
	for i, n := range header {
		if n == name {
			return line[i]
		}
	}
	return ""
}

func TestRow_Clear(t *testing.T) {
	now := time.Now()
	r := &Row{Identity: Identity{Kind: Frontend, HTTP: true}}
	for range 3 {
		r.Enter(now)
	}
	r.Leave()
	r.Add(H1OpenConnections, 1)
	r.Respond(404)
	r.Times(-1, time.Second, 2*time.Second, 3*time.Second)
	r.ClearMaxima()
	if r.Sessions.Max() != 2 || r.SessionRate.Max() != 0 || r.TotalTime.Max() != 0 || r.Value(Responses4xx) != 1 || r.TotalTime.Now() != 3000 {
		t.Error("maxima are not all that was cleared")
	}
	r.Clear()
	if r.Value(Responses4xx) != 0 || r.Value(Sessions) != 0 || r.Value(H1OpenConnections) != 1 || r.Current() != 2 || r.TotalTime.Now() != 0 {
		t.Error("not cleared as it should")
	}
}

func TestRow_Nil(t *testing.T) {
	var r *Row
	r.Enter(time.Now())
	r.Add(BytesIn, 1)
	r.Sub(H1OpenStreams)
	r.Respond(200)
	r.Select(time.Now())
	r.Times(0, 0, 0, 0)
	r.Leave()
	if r.Value(BytesIn) != 0 || r.Current() != 0 {
		t.Error("a nil row counts")
	}
}

func TestClassOf(t *testing.T) {
	tests := []struct {
		status int
		want   Count
	}{{100, Responses1xx}, {200, Responses2xx}, {304, Responses3xx}, {499, Responses4xx}, {599, Responses5xx}, {99, ResponsesOther}, {600, ResponsesOther}, {-1, ResponsesOther}}
	for _, tt := range tests {
		if got := classOf(tt.status); got != tt.want {
			t.Errorf("%d is of class %d, want %d", tt.status, got, tt.want)
		}
	}
}

// Means are what HAProxy 2.6.12 showed as rtime after responses that took as long.
func TestAverage(t *testing.T) {
	var a Average
	for i, tt := range []struct {
		sample time.Duration
		want   int64
	}{{100, 100}, {300, 200}, {20, 140}, {20, 110}, {0, 88}, {1, 74}} {
		a.Add(tt.sample * time.Millisecond)
		if got := a.Now(); got != tt.want {
			t.Errorf("after %d samples %d, want %d", i+1, got, tt.want)
		}
	}
	if a.Max() != 300 {
		t.Errorf("maximum %d", a.Max())
	}
	for range 20 * averaged {
		a.Add(10 * time.Millisecond)
	}
	if got := a.Now(); got < 10 || got > 11 {
		t.Errorf("%d after many samples of 10", got)
	}
}

func TestProcess_Send(t *testing.T) {
	var p Process
	now := epoch.Add(time.Hour)
	for range 4096 {
		p.Send(now, 100) // less than a unit of the rate each
	}
	info := map[string]Value{}
	for _, f := range p.Info(now) {
		info[f.Name] = f.Value
	}
	if got := info["TotalBytesOut"].Number; got != 409600 {
		t.Errorf("%d bytes", got)
	}
	if got := info["BytesOutRate"].Number; got != 409600 {
		t.Errorf("rate %d", got)
	}
}

func BenchmarkRow(b *testing.B) {
	r := new(Row)
	now := time.Now()
	b.ReportAllocs()
	for b.Loop() {
		r.Enter(now)
		r.Add(BytesIn, 100)
		r.Add(BytesOut, 200)
		r.Respond(200)
		r.Times(0, 0, time.Millisecond, time.Millisecond)
		r.Leave()
	}
}
