package server

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"tidelock/proxy/stream"
)

func Test_parseAnswer(t *testing.T) {
	number := func(n *int) int {
		if n == nil {
			return -1
		}
		return *n
	}
	tests := []struct {
		name, line      string
		weight, maxConn int // -1 for none
		admin           adminWish
		status          CheckStatus
		info            string
	}{
		{"nothing", "", -1, -1, keepAdmin, Checked, ""},
		{"weight", "50%", 20, -1, keepAdmin, Checked, ""},
		{"no weight", "0%", 0, -1, keepAdmin, Checked, ""},
		{"much weight", "99999999999999999999%", 256, -1, keepAdmin, Checked, ""},
		{"bare percent", "%", -1, -1, keepAdmin, Checked, "agent reports an error : %"},
		{"number", "50", -1, -1, keepAdmin, Checked, "agent reports an error : 50"},
		{"several", "up,75%\tmaxconn:12 ready", 30, 12, askReady, Layer7OK, "via agent : up"},
		{"upper case", "DOWN", -1, -1, keepAdmin, Layer7Status, "via agent : DOWN"},
		{"described", "fail # it broke ", -1, -1, keepAdmin, Layer7Status, "via agent : fail (it broke)"},
		{"drain", "drain", -1, -1, askDrain, Checked, ""},
		{"maintenance", "maint", -1, -1, askMaintenance, Checked, ""},
		{"the first complaint", "foo bar", -1, -1, keepAdmin, Checked, "agent reports an error : foo"},
		{"no number", "maxconn:x", -1, -1, keepAdmin, Checked, "agent warns : maxconn string empty or preceded by garbage"},
		{"too large a number", "maxconn:99999999999", -1, -1, keepAdmin, Checked, "agent warns : Trailing garbage in maxconn string"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := parseAnswer(tt.line, 40)
			if number(a.weight) != tt.weight || number(a.maxConn) != tt.maxConn || a.admin != tt.admin {
				t.Errorf("got weight %d, maxconn %d, admin %d", number(a.weight), number(a.maxConn), a.admin)
			}
			if a.result.Status != tt.status || a.result.Info != tt.info {
				t.Errorf("got %v %q, want %v %q", a.result.Status, a.result.Info, tt.status, tt.info)
			}
		})
	}
}

func FuzzParseAnswer(f *testing.F) {
	for _, line := range []string{"up", "50% maxconn:3,drain # x", "maxconn:", "%", "down #", "\x00\xff"} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		a := parseAnswer(line, 100)
		if a.weight != nil && (*a.weight < 0 || *a.weight > 256) || a.maxConn != nil && *a.maxConn < 0 {
			t.Errorf("%q: out of bounds", line)
		}
	})
}

// A server with an agent goes down and comes up as the agent says, and is not asked any more once its backend is closed:
// synctest fails when a goroutine is left over.
func TestServer_Agent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		answers := []string{"down", "up", "drain", "ready"}
		asked := 0
		agent := &Agent{Inter: time.Second, Ask: func(context.Context, *Server) (string, *Result) {
			asked++
			if asked > len(answers) {
				return "", &Result{Status: Layer4Error}
			}
			return answers[asked-1], nil
		}}
		s := New(stream.Server{Name: "a", ID: 1}, Address{}, Settings{Weight: 1, Agent: agent})
		b := &Backend{Proxy: &stream.Proxy{Name: "b"}, Initial: []*Server{s}}
		b.Prepare()
		b.StartChecks()
		for i, usable := range []bool{false, true, false, true, true} {
			synctest.Wait()
			if s.Usable() != usable {
				t.Errorf("after %d answers usable is %v", i+1, s.Usable())
			}
			time.Sleep(time.Second)
		}
		b.Close()
		before := asked
		time.Sleep(10 * time.Second)
		if asked != before {
			t.Error("asked after the end")
		}
	})
}
