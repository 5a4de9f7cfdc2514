package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"tidelock/host"
)

// deeds are what scripts must not be able to do to others: the first line of hostile.lua, the limits under which it runs,
// and how the log says that it was ended, and where: there and in the registered function at LINE.
var deeds = []struct{ name, body, limits, ends string }{
	{"endless loop", `while true do end`, shortTime,
		`runtime error: execution timeout from .*hostile\.lua:1: in upvalue 'deed', .*hostile\.lua:LINE: in function line LINE\.`},
	{"catastrophic pattern", `("a"):rep(28):find(("a*"):rep(14) .. "b")`, shortTime,
		`execution killed: execution timeout: .*hostile\.lua:1: in .*hostile\.lua:LINE: in `},
	{"endless string", `local s = "x" while true do s = s .. s end`, littleMemory,
		`out of memory error from .*hostile\.lua:1: in upvalue 'deed', .*hostile\.lua:LINE: in function line LINE\.`},
	{"endless table", `local t = {} while true do t[#t + 1] = {} end`, littleMemory,
		`out of memory error from .*hostile\.lua:1: in upvalue 'deed', .*hostile\.lua:LINE: in function line LINE\.`},
	{"error that is a table", `error({1})`, "",
		`unknown runtime error.* from \[C\]: in global 'error', .*hostile\.lua:1: in upvalue 'deed', .*hostile\.lua:LINE: in function line LINE\.`},
	{"error that is nil", `error()`, "",
		`unknown runtime error.* from \[C\]: in global 'error', .*hostile\.lua:1: in upvalue 'deed', .*hostile\.lua:LINE: in function line LINE\.`},
}

// A deed meets one limit only, however slow the machine is.
const (
	shortTime    = "tune.lua.session-timeout 100ms\n tune.lua.service-timeout 100ms\n tune.lua.task-timeout 100ms"
	littleMemory = "tune.lua.instance-memory 8\n tune.lua.session-timeout 0\n tune.lua.service-timeout 0"
)

// hostile does the deed in each kind of function, but for those who ask for "calm".
const hostile = `local function deed(text) if text:find("calm") then return end %s end
core.register_action("hostile", {"http-req"}, function(txn) deed(txn.sf:path()) end)
core.register_fetches("hostile", function(txn) deed(txn.sf:path()) return "sample" end)
core.register_converters("hostile", function(text) deed(text) return "sample" end)
core.register_service("early", "http", function(applet) deed(applet.path) applet:start_response() applet:send("calm") end)
core.register_service("late", "http", function(applet) applet:start_response() applet:send("part") deed(applet.path) end)
core.register_service("line", "tcp", function(applet) local line = applet:getline() applet:send("part") deed(line) end)
core.register_task(function() knock(os.getenv("TASK_GATE")) deed("task") end)
`

// calm is what everybody else does meanwhile.
const calm = `
function knock(port)
  local socket = core.tcp()
  socket:settimeout(3600)
  assert(socket:connect("127.0.0.1", tonumber(port)))
  socket:send("knock\n")
  local answer = socket:receive("*l")
  socket:close()
  return answer
end
core.register_action("peer", {"http-req"}, function(txn)
  core.msleep(1)
  txn:set_var("txn.peer", txn.sf:path():match("%d+"))
end)
core.register_fetches("double", function(txn) return tostring(2 * tonumber(txn:get_var("txn.peer"))) end)
core.register_converters("exclaim", function(text) return text .. "!" end)
core.register_service("upload", "http", function(applet)
  local body = applet:receive()
  applet:start_response()
  applet:send(body)
end)
core.register_service("slow", "http", function(applet)
  applet:start_response()
  applet:send("before, ")
  applet:send(knock(os.getenv("SLOW_GATE")))
end)
`

const hostileConfig = `
global
    setenv TASK_GATE %d
    setenv SLOW_GATE %d
    tune.lua.isolation %s
    %s
    lua-load %[5]s/calm.lua
    lua-load %[5]s/hostile.lua
defaults
    timeout client 1h
    timeout connect 1h
    timeout server 1h
frontend www
    mode http
    bind unix@%[5]s/www
    http-request return status 200 content-type text/plain string "sample" if { path_end /fetch } { lua.hostile -m found }
    http-request return status 200 content-type text/plain string "no sample" if { path_end /fetch }
    http-request return status 200 content-type text/plain string "sample" if { path_end /converter } { path,lua.hostile -m found }
    http-request return status 200 content-type text/plain string "no sample" if { path_end /converter }
    http-request use-service lua.early if { path_end /early }
    http-request use-service lua.late if { path_end /late }
    http-request use-service lua.upload if { path /upload }
    http-request use-service lua.slow if { path /slow }
    http-request lua.peer if { path_beg /peer }
    http-request return status 200 content-type text/plain lf-string "%%[var(txn.peer)] %%[lua.double,lua.exclaim]" if { path_beg /peer }
    http-request lua.hostile
    http-request return status 200 content-type text/plain string "went on"
listen line
    mode tcp
    bind unix@%[5]s/line
    tcp-request content use-service lua.line
`

// TestHostile has scripts do their worst, by each way in which they can take part, while others are served. Whoever did
// it gets what HAProxy would give, if it lived; everybody else notices nothing.
func TestHostile(t *testing.T) {
	cache := t.TempDir()
	for _, isolation := range []host.Isolation{host.IsolateRegistrations, host.IsolateTransactions} {
		for _, d := range deeds {
			t.Run(string(isolation)+"/"+d.name, func(t *testing.T) {
				task, slow := newGate(t), newGate(t)
				folder := layout(t, map[string]string{"calm.lua": calm, "hostile.lua": fmt.Sprintf(hostile, d.body)})
				s := serve(t, folder, cache, fmt.Sprintf(hostileConfig, task.port(), slow.port(), isolation, d.limits, folder))
				atTask := task.arrival()

				for _, c := range []struct {
					path, hostile, calm string
					who                 string // in the log
					line                int    // of hostile.lua, where its function is
				}{
					{"action", "200 went on", "200 went on", "Lua function 'hostile': ", 2},
					{"fetch", "200 no sample", "200 sample", "Lua sample-fetch 'hostile': ", 3},
					{"converter", "200 no sample", "200 sample", "Lua converter 'hostile': ", 4},
					{"early", "500 " + page500, "200 calm", "Lua applet http '<lua.early>': ", 5},
					{"late", "200 part...", "200 part", "Lua applet http '<lua.late>': ", 6},
				} {
					besides(s, slow, func() {
						if got := s.get("/hostile/" + c.path); got != c.hostile {
							t.Errorf("%s: got %q, want %q", c.path, got, c.hostile)
						}
					})
					if got := s.get("/calm/" + c.path); got != c.calm {
						t.Errorf("%s, calm again: got %q, want %q", c.path, got, c.calm)
					}
					expectLogged(s, c.who, d.ends, c.line)
				}

				besides(s, slow, func() {
					if got := s.line("hostile"); got != "part" {
						t.Errorf("TCP service: got %q", got)
					}
				})
				expectLogged(s, "Lua applet tcp '<lua.line>': ", d.ends, 7)

				besides(s, slow, func() {
					task.let(atTask)
					s.await("Lua task: ")
				})
				expectLogged(s, "Lua task: ", d.ends, 8)
			})
		}
	}
}

// page500 is HAProxy's own.
const page500 = "<html><body><h1>500 Internal Server Error</h1>\nAn internal server error occurred.\n</body></html>\n"

// expectLogged waits for the message about a deed.
func expectLogged(s *served, who, ends string, line int) {
	s.t.Helper()
	ends = strings.ReplaceAll(ends, "LINE", fmt.Sprint(line))
	s.await(regexp.QuoteMeta(who) + `(\[state-id 0\] )?` + ends)
}

// line sends a line to the TCP service and returns all that comes back.
func (s *served) line(text string) string {
	c := s.dial("line")
	defer c.Close()
	fmt.Fprintln(c, text)
	answer, err := io.ReadAll(c)
	if err != nil {
		return string(answer) + "..."
	}
	return string(answer)
}

// besides runs deed while slow exchanges are under way and quick ones come and go. All have to end as if nothing was.
func besides(s *served, slow *gate, deed func()) {
	s.t.Helper()
	var uploads []*upload
	for range 5 {
		uploads = append(uploads, s.beginUpload())
	}
	var exchanges sync.WaitGroup
	for range 5 {
		exchanges.Go(func() {
			if got := s.get("/slow"); got != "200 before, pass" {
				s.t.Errorf("slow service: got %q", got)
			}
		})
	}
	var atGate []net.Conn
	for range 5 {
		atGate = append(atGate, slow.arrival())
	}
	for n := range 50 {
		exchanges.Go(func() {
			if got, want := s.get(fmt.Sprintf("/peer/%d", n)), fmt.Sprintf("200 %d %d!", n, 2*n); got != want {
				s.t.Errorf("peer: got %q, want %q", got, want)
			}
		})
	}
	deed()
	for _, c := range atGate {
		slow.let(c)
	}
	for _, u := range uploads {
		u.finish()
	}
	exchanges.Wait()
}

// upload is a request whose body is not all sent yet, and whose service waits for it.
type upload struct {
	t      *testing.T
	conn   io.ReadWriteCloser
	reader *bufio.Reader
}

func (s *served) beginUpload() *upload {
	s.t.Helper()
	c := s.dial("www")
	u := &upload{t: s.t, conn: c, reader: bufio.NewReader(c)}
	fmt.Fprint(c, "POST /upload HTTP/1.1\r\nHost: www\r\nContent-Length: 10\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n")
	// The client is asked to go on by the service's reading: from here on the script waits.
	if line, err := u.reader.ReadString('\n'); err != nil || !strings.HasPrefix(line, "HTTP/1.1 100 ") {
		s.t.Errorf("upload: got %q, %v", line, err)
	}
	u.reader.ReadString('\n')
	fmt.Fprint(c, "first")
	return u
}

// finish sends the rest and looks at the answer.
func (u *upload) finish() {
	u.t.Helper()
	defer u.conn.Close()
	fmt.Fprint(u.conn, " last")
	response, err := http.ReadResponse(u.reader, nil)
	if err != nil {
		u.t.Errorf("upload: %v", err)
		return
	}
	if got := answer(response); got != "200 first last" {
		u.t.Errorf("upload: got %q", got)
	}
}

// TestHostile_Load has main chunks and init functions do the same. The program does not start, and says why.
func TestHostile_Load(t *testing.T) {
	cache := t.TempDir()
	const configuration = `
global
    tune.lua.load-timeout 100ms
    tune.lua.instance-memory 8
    lua-load %[1]s/calm.lua
    lua-load %[1]s/hostile.lua
frontend www
    mode http
    timeout client 1h
    bind unix@%[1]s/www
`
	for _, test := range []struct{ name, body, main, init string }{
		{"endless loop", `while true do end`,
			`Lua execution timeout: .*hostile\.lua:2: `,
			`Lua init: execution timeout: .*hostile\.lua:2: `},
		{"catastrophic pattern", `("a"):rep(28):find(("a*"):rep(14) .. "b")`,
			`Lua execution killed: .*hostile\.lua:2: `,
			`Lua init: execution killed: .*hostile\.lua:2: `},
		{"endless string", `local s = "x" while true do s = s .. s end`,
			`Lua out of memory error`,
			`Lua init: out of memory error: .*hostile\.lua:2: in function line 1`},
		{"error that is a table", `error({1})`,
			`Lua runtime error: `,
			`Lua init: runtime error: '.*' from \[C\]: in global 'error', .*hostile\.lua:2: in function line 1`},
		{"error that is nil", `error()`,
			`Lua runtime error: `,
			`Lua init: runtime error: '.*' from \[C\]: in global 'error', .*hostile\.lua:2: in function line 1`},
	} {
		for _, where := range []struct{ name, script, position, want string }{
			{"main", "\n" + test.body, `parsing \[.*run\.cfg:6\] : `, test.main},
			{"init", "core.register_init(function()\n" + test.body + " end)", "", test.init},
		} {
			t.Run(test.name+"/"+where.name, func(t *testing.T) {
				goroutines, before := goleak.IgnoreCurrent(), len(descriptors(t))
				folder := layout(t, map[string]string{"calm.lua": calm, "hostile.lua": where.script})
				var stderr strings.Builder
				status := doMain([]string{"tidelock", "run", "-f", write(t, "run.cfg", fmt.Sprintf(configuration, folder)),
					"--cache-folder", cache}, io.Discard, &stderr)
				if status != exitError {
					t.Errorf("exit status %d", status)
				}
				want := regexp.MustCompile(`(?m)^\[ALERT\] +\(\d+\) : config : ` + where.position + where.want)
				if !want.MatchString(stderr.String()) {
					t.Errorf("got\n%s\nwant %s", stderr.String(), want)
				}
				if err := goleak.Find(goroutines); err != nil {
					t.Errorf("goroutines left behind: %v", err)
				}
				if after := len(descriptors(t)); after > before {
					t.Errorf("%d open descriptors, %d before", after, before)
				}
			})
		}
	}
}
