package proxy

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tidelock/proxy/config"
	"tidelock/proxy/stream"
	"tidelock/proxy/value"
)

// fakeScripts notes what is done with it, in order.
type fakeScripts struct {
	events []string
	init   error
}

func (f *fakeScripts) note(format string, arguments ...any) {
	f.events = append(f.events, fmt.Sprintf(format, arguments...))
}

func (f *fakeScripts) BindFetch(name string, arguments []string) (func(*stream.Stream) value.Value, error) {
	f.note("fetch %s %q", name, arguments)
	return func(*stream.Stream) value.Value { return value.Text([]byte("fetched")) }, nil
}

func (f *fakeScripts) BindConverter(name string, arguments []string) (func(*stream.Stream, value.Value) value.Value, error) {
	f.note("converter %s %q", name, arguments)
	return func(_ *stream.Stream, v value.Value) value.Value { return value.Text(append(v.Data, '!')) }, nil
}

func (f *fakeScripts) BindAction(set stream.RuleSet, name string, arguments []string) (func(*stream.Stream) stream.Verdict, error) {
	if name == "unknown" {
		return nil, errors.New("unknown action 'lua.unknown'")
	}
	f.note("action %s %s %q", set, name, arguments)
	return func(s *stream.Stream) stream.Verdict {
		s.Request.Set("x-action", []byte("ran"))
		return stream.Continue
	}, nil
}

func (f *fakeScripts) BindService(mode stream.Mode, name string) (stream.Service, error) {
	f.note("service %d %s", mode, name)
	return fakeService{}, nil
}

func (f *fakeScripts) Init(context.Context) error {
	f.note("init")
	return f.init
}

func (f *fakeScripts) Start() error {
	f.note("start")
	return nil
}

func (f *fakeScripts) Close() error {
	f.note("close")
	return nil
}

func (f *fakeScripts) Registrations() []config.Registration {
	return []config.Registration{{Kind: "action", Name: "act", File: "one.lua", Line: 3, Isolation: config.IsolationScript}}
}

func (f *fakeScripts) Joins() []config.Join {
	return []config.Join{{What: "count", Variable: true, File: "one.lua", Line: 4}}
}

type fakeService struct{}

func (fakeService) Serve(a stream.Applet) error {
	m := a.Stream().Response
	m.SetResponse(200, []byte("OK"))
	m.EndHeaders()
	if err := a.StartResponse(); err != nil {
		return err
	}
	_, err := io.WriteString(a, "served")
	return err
}

const scripted = `
global
    setenv NAME value
    nbthread 3
    lua-prepend-path /lib/?.lua
    lua-load one.lua a b
    lua-load-per-thread two.lua
frontend www
    mode http
    timeout client 10s
    bind 192.0.2.1:80
    http-request lua.act 1 two if TRUE
    http-request use-service lua.serve if { path /service }
    http-request return status 200 content-type text/plain lf-string "%[lua.fetch(x,y),lua.convert(z)] %[req.hdr(x-action)]"
`

func TestProxy_Scripts(t *testing.T) {
	fake := &fakeScripts{}
	t.Run("served", func(t *testing.T) {
		r := start(t, scripted, Options{LoadScripts: func(_ context.Context, s config.Scripts, host ScriptHost) (Scripts, error) {
			value, _ := host.Environment.Lookup("NAME")
			fake.note("load %s %q, %s, NAME=%s, %d threads", s.Files[0].Path, s.Files[0].Arguments, s.Files[1].Path, value, host.Threads)
			return fake, nil
		}})
		if status, _, body := r.get("192.0.2.1:80", "/"); status != 200 || body != "fetched! ran" {
			t.Errorf("got %d %q", status, body)
		}
		if diff := cmp.Diff(fake.Registrations(), r.Registrations()); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(fake.Joins(), r.Joins()); diff != "" {
			t.Error(diff)
		}
		if status, _, body := r.get("192.0.2.1:80", "/service"); status != 200 || body != "served" {
			t.Errorf("got %d %q", status, body)
		}
	})
	want := []string{
		`load one.lua ["a" "b"], two.lua, NAME=value, 3 threads`,
		`action http-request act ["1" "two"]`,
		`service 1 serve`,
		`fetch fetch ["x" "y"]`,
		`converter convert ["z"]`,
		"init", "start", "close",
	}
	if diff := cmp.Diff(want, fake.events); diff != "" {
		t.Error(diff)
	}
}

func TestProxy_Scripts_Errors(t *testing.T) {
	tests := []struct {
		name string
		text string
		load func(_ context.Context, s config.Scripts, _ ScriptHost) (Scripts, error)
		want []string
	}{
		{"no sandbox", scripted, nil, []string{
			"config : parsing [test.cfg:6] : scripts cannot be loaded: this program was built without them.",
		}},
		{"two files", scripted, func(_ context.Context, s config.Scripts, _ ScriptHost) (Scripts, error) {
			return nil, errors.Join(
				&config.ScriptError{File: s.Files[1], Err: errors.New("Lua runtime error: two.lua:1: boom")},
				&config.ScriptError{File: s.Files[0], Err: errors.New("error in Lua file 'one.lua': one.lua:1: syntax error near 'x'")},
			)
		}, []string{
			"config : parsing [test.cfg:6] : error in Lua file 'one.lua': one.lua:1: syntax error near 'x'",
			"config : parsing [test.cfg:7] : Lua runtime error: two.lua:1: boom",
		}},
		{"init", scripted, func(context.Context, config.Scripts, ScriptHost) (Scripts, error) {
			return &fakeScripts{init: errors.New("Lua init: boom")}, nil
		}, []string{"config : Lua init: boom"}},
		{"unknown name", scripted + "    http-request lua.unknown\n", func(context.Context, config.Scripts, ScriptHost) (Scripts, error) {
			return &fakeScripts{}, nil
		}, []string{
			"config : parsing [test.cfg:15] : error detected in frontend 'www' while parsing 'http-request lua.unknown' rule : unknown action 'lua.unknown'.",
		}},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			r := build(t, tc.text, Options{LoadScripts: tc.load})
			if r.Proxy != nil {
				t.Fatal("no error")
			}
			var got []string
			for _, d := range r.diags.Sorted() {
				got = append(got, d.Error())
			}
			// What the sections name is unknown as well when nothing was loaded.
			if len(got) > len(tc.want) {
				got = slices.DeleteFunc(got, func(line string) bool { return !slices.Contains(tc.want, line) })
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
