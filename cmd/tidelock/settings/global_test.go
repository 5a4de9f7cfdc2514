package settings

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"tidelock/proxy/config"
)

// stated is a global section with some keywords, all in its third line.
func stated(keywords ...string) func(string) (string, bool) {
	return func(keyword string) (string, bool) { return "haproxy.cfg:3", slices.Contains(keywords, keyword) }
}

func TestSettings_Reconcile(t *testing.T) {
	s, _, err := load(t, "", "", nil, []string{"--lua-maxmem", "64m", "--lua-task-timeout", "0s"})
	if err != nil {
		t.Fatal(err)
	}
	scripts := config.DefaultScripts()
	scripts.MaxMemory, scripts.TaskTimeout, scripts.SessionTimeout, scripts.Isolation = 1<<20, time.Second, 0, config.IsolationAuto
	keywords := stated("tune.lua.maxmem", "tune.lua.session-timeout", "tune.lua.isolation")
	for range 2 { // it changes nothing any more
		s.Reconcile(&scripts, keywords)
	}
	for _, tc := range []struct {
		name                  string
		setting, global, want any
		origin                string
	}{
		{"lua-maxmem", s.Sandbox.MaxMemory, Size(scripts.MaxMemory), Size(64 << 20), "--lua-maxmem"},
		{"lua-task-timeout", s.Sandbox.TaskTimeout, scripts.TaskTimeout, time.Duration(0), "--lua-task-timeout"},
		{"lua-session-timeout", s.Sandbox.SessionTimeout, scripts.SessionTimeout, time.Duration(0), "haproxy.cfg:3"},
		{"isolation", s.Sandbox.Isolation, string(scripts.Isolation), "auto", "haproxy.cfg:3"},
		{"lua-service-timeout", s.Sandbox.ServiceTimeout, scripts.ServiceTimeout, 4 * time.Second, "default"},
		{"lua-instance-memory", s.Sandbox.InstanceMemory, Size(128 << 20), Size(128 << 20), "default"},
	} {
		if tc.setting != tc.want || tc.global != tc.want || s.Origin(tc.name).String() != tc.origin {
			t.Errorf("%s: setting %v, configuration %v, from %s", tc.name, tc.setting, tc.global, s.Origin(tc.name))
		}
	}
}

func TestSettings_Bound(t *testing.T) {
	for _, tc := range []struct {
		name      string
		arguments []string
		change    func(*config.Scripts)
		keywords  []string
		want      string // memory of all, memory of one, two times; or the errors
	}{
		{"no ceiling", nil, func(*config.Scripts) {}, nil, "0 0 4s 4s []"},
		{"defaults come down", []string{"--ceiling-lua-instance-memory", "64m", "--ceiling-lua-session-timeout", "1s"},
			func(*config.Scripts) {}, nil, "0 67108864 1s 4s []"},
		{"no limit becomes the ceiling", []string{"--ceiling-lua-maxmem", "1g", "--ceiling-lua-service-timeout", "10s"},
			func(c *config.Scripts) { c.ServiceTimeout = 0 }, []string{"tune.lua.service-timeout"}, "1073741824 0 4s 10s []"},
		{"less is allowed", []string{"--ceiling-lua-maxmem", "1g"}, func(c *config.Scripts) { c.MaxMemory = 1 << 20 },
			[]string{"tune.lua.maxmem"}, "1048576 0 4s 4s []"},
		{"more is not", []string{"--ceiling-lua-maxmem", "1m", "--ceiling-lua-session-timeout", "1s", "--lua-session-timeout", "2s"},
			func(c *config.Scripts) { c.MaxMemory = 2 << 20 }, []string{"tune.lua.maxmem"},
			"2097152 0 2s 4s [settings: haproxy.cfg:3: lua-maxmem is 2m, more than ceiling-lua-maxmem allows (1m) " +
				"settings: --lua-session-timeout: lua-session-timeout is 2s, more than ceiling-lua-session-timeout allows (1s)]"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s, _, err := load(t, "", "", nil, tc.arguments)
			if err != nil {
				t.Fatal(err)
			}
			scripts := config.DefaultScripts()
			tc.change(&scripts)
			s.Reconcile(&scripts, stated(tc.keywords...))
			errs := s.Bound(&scripts)
			got := fmt.Sprint(scripts.MaxMemory, scripts.InstanceMemory, scripts.SessionTimeout, scripts.ServiceTimeout, errs)
			if got != tc.want {
				t.Errorf("got  %s\nwant %s", got, tc.want)
			}
		})
	}
}
