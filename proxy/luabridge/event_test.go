package luabridge

import (
	"strings"
	"testing"
	"time"

	"tidelock/proxy/command"
	"tidelock/proxy/config"
	"tidelock/proxy/pattern"
	"tidelock/proxy/server"
	"tidelock/proxy/value"
)

// newWatchedPlane returns newPlane's configuration with what tells of its servers.
func newWatchedPlane(c *Config) (one command.Server) {
	c.Plane = newPlane()
	c.Plane.ServerChanges = new(server.Changes)
	backend := c.Plane.Sections()[0].Backend
	backend.Changes = c.Plane.ServerChanges
	return command.Server{Server: backend.Servers()[0]}
}

// heard waits until the log has so many lines, and returns them.
func heard(t *testing.T, r *record, lines int) string {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
		if text := r.text(); text != "" && strings.Count(text, "\n")+1 >= lines {
			return text
		}
	}
	t.Errorf("%d lines do not come: %s", lines, r.text())
	return r.text()
}

// TestEventSub_servers tells a script of what is done to a server, in order.
func TestEventSub_servers(t *testing.T) {
	for _, isolation := range []string{"auto", "transaction"} {
		t.Run(isolation, func(t *testing.T) { testEventSubServers(t, isolation) })
	}
}

func testEventSubServers(t *testing.T, isolation string) {
	var one command.Server
	b, r := newBridge(t, `
local function names(list) return table.concat(list, "+") end

core.event_sub({"SERVER"}, function(event, data, sub, when)
  if data.name ~= "one" then return end
  local line = event .. " " .. data.proxy_name .. "/" .. data.name .. " " .. data.reference:get_weight()
  if data.state then line = line .. " " .. data.state.old_state .. ">" .. data.state.new_state end
  if data.admin then line = line .. " [" .. names(data.admin.old_admin) .. "]>[" .. names(data.admin.new_admin) .. "]" end
  core.Info(line .. (math.type(when) == "integer" and "" or " when?"))
end)`, func(c *Config) {
		one = newWatchedPlane(c)
		c.Scripts.Isolation = config.Isolation(isolation)
	})
	if err := b.Start(); err != nil {
		t.Fatal(err)
	}
	one.SetHealth(server.Stopped, "for a test")
	one.SetHealth(server.Running, "")
	one.SetAdmin(server.Maintenance, 0)
	one.SetAdmin(0, server.Maintenance)
	want := `<6>SERVER_STATE app/one 1 RUNNING>STOPPED
<6>SERVER_DOWN app/one 1
<6>SERVER_STATE app/one 1 STOPPED>RUNNING
<6>SERVER_UP app/one 1
<6>SERVER_ADMIN app/one 1 []>[MAINT+FMAINT]
<6>SERVER_STATE app/one 1 RUNNING>STOPPED
<6>SERVER_DOWN app/one 1
<6>SERVER_ADMIN app/one 1 [MAINT+FMAINT]>[]
<6>SERVER_STATE app/one 1 STOPPED>RUNNING
<6>SERVER_UP app/one 1`
	if got := heard(t, r, 10); got != want {
		t.Errorf("got\n%s", got)
	}
}

// TestEventSub_check tells of checks, and of what they come to.
func TestEventSub_check(t *testing.T) {
	var one command.Server
	b, r := newBridge(t, `
local function check(c)
  return table.concat({tostring(c.agent), c.result, c.duration, c.reason.short, c.reason.desc, tostring(c.reason.code),
    c.health.cur, c.health.rise, c.health.fall}, " ")
end
core.event_sub({"SERVER_CHECK", "SERVER_STATE"}, function(event, data)
  core.Info(table.concat({data.puid, data.rid, data.proxy_name, data.proxy_uuid, check(data.check or data.state.check)}, " "))
end)
`, func(c *Config) { one = newWatchedPlane(c) })
	if err := b.Start(); err != nil {
		t.Fatal(err)
	}
	change := &server.Change{Server: one.Server, Before: one.State(), After: one.State(), Check: &server.CheckChange{
		Result: server.Result{Status: server.Layer7Status, Code: 500, Duration: 3 * time.Millisecond},
	}}
	b.config.Plane.ServerChanges.Tell(change)
	agent := *change
	agent.Check = &server.CheckChange{Result: server.Result{Status: server.Checked}, Agent: true, Health: 1}
	agent.After.Operation = server.Stopped
	b.config.Plane.ServerChanges.Tell(&agent)
	want := `<6>1 0 app 2 false FAILED 3 L7STS Layer7 wrong status 500 0 1 1
<6>1 0 app 2 true NEUTRAL 0 CHECKED No status change nil 1 1 1
<6>1 0 app 2 true NEUTRAL 0 CHECKED No status change nil 1 1 1`
	if got := heard(t, r, 3); got != want {
		t.Errorf("got\n%s", got)
	}
}

// TestEventSub_unsub subscribes to one server while serving, and is told once. What a callback raises is logged.
func TestEventSub_unsub(t *testing.T) {
	var one command.Server
	b, r := newBridge(t, `
core.register_fetches("subscribe", function(txn, name)
  local sub
  sub = core.backends.app.servers[name]:event_sub({"SERVER_DOWN"}, function(event, data, same)
    core.Info(data.name .. " " .. tostring(sub == same))
    same:unsub()
    error("enough")
  end)
  return "subscribed"
end)
core.register_fetches("wrong", function(txn, what)
  local wrong = {
    type = function() core.event_sub({"SERVER_X"}, print) end,
    family = function() core.event_sub({"PAT_REF_ADD"}, print) end,
    none = function() core.event_sub({}, print) end,
    list = function() core.event_sub("SERVER", print) end,
    callback = function() core.event_sub({"SERVER"}, 1) end,
  }
  return select(2, pcall(wrong[what]))
end)`, func(c *Config) { one = newWatchedPlane(c) })
	if err := b.Start(); err != nil {
		t.Fatal(err)
	}
	if got := fetched(t, b, newExchange(), "subscribe", "one"); got != "str:subscribed" {
		t.Fatal(got)
	}
	for range 3 {
		one.SetHealth(server.Stopped, "")
		one.SetHealth(server.Running, "")
	}
	heard(t, r, 2)
	for name, want := range map[string]string{
		"type": "unknown event type 'SERVER_X'", "family": "unknown event type 'PAT_REF_ADD'", "none": "an event type is expected",
		"list": "table expected, got string", "callback": "function expected, got number",
	} {
		if got := fetched(t, b, newExchange(), "wrong", name); !strings.Contains(got, want) {
			t.Errorf("%s: %s", name, got)
		}
	}
	if got := r.text(); strings.Count(got, "\n") != 1 || !strings.HasPrefix(got, "<6>one true\n<3>Lua event: ") || !strings.Contains(got, "enough") {
		t.Errorf("got\n%s", got)
	}
}

// TestPatref changes a map at once and in versions, and is told of it.
func TestPatref(t *testing.T) {
	plane := newPlane()
	read := func(string) ([]byte, error) { return []byte("a 1\nb 2\nb 3\n"), nil }
	if _, err := plane.Patterns.Map("m", pattern.Output{Kind: value.String}, read, pattern.Request{Method: pattern.Str}); err != nil {
		t.Fatal(err)
	}
	acl, err := plane.Patterns.ACLFile("l", false, func(string) ([]byte, error) { return []byte("x\n"), nil }, pattern.Request{Method: pattern.Str})
	if err != nil {
		t.Fatal(err)
	}
	b, r := newBridge(t, `
local function content(ref)
  local lines = {}
  for key, value in pairs(ref) do lines[#lines + 1] = key .. "=" .. tostring(value) end
  return table.concat(lines, " ")
end
local function results(...) return table.concat({tostring((...)), tostring((select(2, ...)))}, "/") end

local steps = {
  about = function(m, l) return m:get_name() .. tostring(m:is_map()) .. tostring(l:is_map()) .. tostring(core.get_patref("none")) end,
  index = function(m, l) return results(m.a, m.b) .. results(m.z, l.x) .. results(l.y, m[1]) end,
  set = function(m) return results(m:set("a", "one")) .. results(m:set("z", "x")) .. results(m:set("z", "new", true)) .. content(m) end,
  add = function(m, l) return results(m:add("a", "2nd")) .. results(l:add("y")) .. content(m) .. "," .. content(l) end,
  delete = function(m, l) return results(m:del("b")) .. results(m:del("b")) .. content(m) end,
  prepare = function(m, l)
    local draft = core.get_patref("m")
    draft:prepare()
    draft:add_bulk({k = "v"})
    local before = content(m)
    local line = results(draft:set("k", "w")) .. results(draft:set("n", "1")) .. results(draft:set("n", "1", true)) .. results(draft:del("n"))
    return before .. "|" .. line .. "|" .. results(draft:commit()) .. "|" .. content(m) .. "|" .. results(draft:commit())
  end,
  late = function(m)
    local first, second = core.get_patref("m"), core.get_patref("m")
    first:prepare()
    second:prepare()
    first:add("f", "1")
    second:add("s", "2")
    return results(second:commit()) .. results(first:add("g", "1")) .. results(first:commit()) .. content(m)
  end,
  giveup = function(m)
    local draft = core.get_patref("m")
    draft:prepare()
    draft:add("q", "1")
    draft:giveup()
    return results(draft:commit()) .. content(m)
  end,
  purge = function(m, l) return results(l:purge()) .. results(l:add_bulk({"p", "q"})) .. content(l) .. results(l:set("p", "1")) end,
}
core.register_fetches("step", function(txn, name) return steps[name](core.get_patref("m"), core.get_patref("l")) end)
core.register_task(function()
  core.get_patref("l"):event_sub({"PAT_REF"}, function(event, data) core.Info(event .. tostring(data)) end)
  core.Info("ready")
end)`, func(c *Config) { c.Plane = plane })
	if err := b.Start(); err != nil {
		t.Fatal(err)
	}
	heard(t, r, 1)
	for _, step := range [][2]string{
		{"about", "mtruefalsenil"},
		{"index", "1/2nil/truenil/nil"},
		{"set", "true/nilnil/entry not foundtrue/nila=one b=2 b=3 z=new"},
		{"add", "true/niltrue/nila=one b=2 b=3 z=new a=2nd,x=true y=true"},
		{"delete", "true/nilfalse/nila=one z=new a=2nd"},
		{"prepare", "a=one z=new a=2nd|true/nilnil/entry not foundtrue/niltrue/nil|true/nil|k=w|nil/no version is prepared"},
		{"late", "true/nilnil/version number out of rangenil/version number out of ranges=2"},
		{"giveup", "nil/no version is prepareds=2"},
		{"purge", "true/niltrue/nilp=true q=truenil/only the values of maps can be set"},
	} {
		if got := fetched(t, b, newExchange(), "step", step[0]); got != "str:"+step[1] {
			t.Errorf("%s: %s, want %s", step[0], got, step[1])
		}
	}
	set := acl.Set()
	if err := set.Commit(set.Prepare()); err != nil {
		t.Fatal(err)
	}
	want := "<6>ready\n<6>PAT_REF_ADDnil\n<6>PAT_REF_CLEARnil\n<6>PAT_REF_ADDnil\n<6>PAT_REF_ADDnil\n<6>PAT_REF_COMMITnil"
	if got := heard(t, r, 6); got != want {
		t.Errorf("got\n%s", got)
	}
}
