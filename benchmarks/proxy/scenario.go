package main

import "fmt"

// scenario is a configuration to measure.
type scenario struct {
	name  string
	rules string // of the section that listens
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
	{"return", "\thttp-request return status 200 content-type text/plain string hello\n", "hello"},
	{"forward", "\tdefault_backend servers\n", "hello from the server\n"},
	{"ten rules, five ACLs", tenRulesFiveACLs, "hello from the server\n"},
}

// configuration returns a scenario's configuration for both proxies.
func (s scenario) configuration(o options, port, server int) string {
	return fmt.Sprintf(`global
	nbthread %d
	maxconn %d
	no strict-limits

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
`, o.threads, o.connections+1000, port, s.rules, server)
}
