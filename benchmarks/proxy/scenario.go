package main

import "fmt"

// scenario is a configuration to measure.
type scenario struct {
	name  string
	rules string // of the section that listens
	lua   bool   // scripts are loaded
	body  string // what a request is answered with, to check it
}

const tenRulesFiveACLs = `
	acl is_api path_beg /api/
	acl is_static path_end .css .js .png
	acl is_admin path_beg /admin
	acl from_office src 10.0.0.0/8 192.168.0.0/16
	acl is_browser hdr_sub(user-agent) -i mozilla
	http-request deny if is_admin !from_office
	http-request set-header X-Forwarded-Proto http
	http-request set-header X-Client %[src]
	http-request set-header X-Path %[path,lower]
	http-request add-header X-Static yes if is_static
	http-request del-header X-Internal
	http-request replace-header User-Agent (.*)curl(.*) \1agent\2 if !is_browser
	http-request set-var(txn.host) req.hdr(host),lower
	http-response set-header X-Host %[var(txn.host)]
	http-response del-header Server
	http-response add-header X-Api yes if { var(txn.host) -m found }
	default_backend servers
`

var scenarios = []scenario{
	{name: "return", rules: "\thttp-request return status 200 content-type text/plain string hello\n", body: "hello"},
	{name: "forward", rules: "\tdefault_backend servers\n", body: "hello from the server\n"},
	{name: "ten rules, five ACLs", rules: tenRulesFiveACLs, body: "hello from the server\n"},
	{name: "Lua service", lua: true, rules: "\thttp-request use-service lua.hello\n", body: "hello"},
	{name: "Lua action", lua: true, rules: "\thttp-request lua.label\n\tdefault_backend servers\n", body: "hello from the server\n"},
	{name: "Lua fetch (my-hash)", lua: true, rules: "\thttp-request set-header x-hash %[lua.my-hash(salt)]\n\tdefault_backend servers\n", body: "hello from the server\n"},
}

// script is what the scenarios with Lua load, into both proxies by lua-load: one interpreter under one lock in HAProxy.
const script = `
core.register_service("hello", "http", function(applet)
  applet:set_status(200)
  applet:add_header("content-length", "5")
  applet:add_header("content-type", "text/plain")
  applet:start_response()
  applet:send("hello")
end)

core.register_action("label", {"http-req"}, function(txn)
  txn.http:req_set_header("x-client", txn.f:src())
  txn.http:req_set_header("x-asked", txn.f:method() .. " " .. txn.f:path())
end)

core.register_fetches("my-hash", function(txn, salt)
  return txn.sc:sdbm(salt .. txn.sf:req_fhdr("host") .. txn.sf:path() .. txn.sf:src(), 1)
end)
`

// configuration returns a scenario's configuration for both proxies.
func (s scenario) configuration(o options, scriptFile string, port, server int) string {
	load := ""
	if s.lua {
		load = "\tlua-load " + scriptFile + "\n"
	}
	return fmt.Sprintf(`global
	nbthread %d
	maxconn %d
	no strict-limits
%s
defaults
	mode http
	timeout connect 5s
	timeout client 5m
	timeout server 30s
	timeout http-request 5m
	timeout http-keep-alive 5m

frontend in
	bind 127.0.0.1:%d
%s
backend servers
	server one 127.0.0.1:%d
`, o.threads, o.connections+1000, load, port, s.rules, server)
}
