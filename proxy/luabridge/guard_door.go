package luabridge

import (
	"errors"
	"strings"

	"tidelock/host"
)

// door makes of a function one that asks before it is carried out.
type door func(g *guard, f host.Function) host.Function

// open are the functions that reach nothing: they compute, tell, or belong to the exchange that the script was called for.
const open = `
	act.wake_time applet.getline applet.receive applet.send applet_http.length applet_http.method applet_http.path
	applet_http.qs applet_http.set_status applet_http.start_response applet_http.version converters core.asctime_date
	core.done core.get_info core.http_date core.imf_date core.match_addr core.rfc850_date core.sections
	core.thread core.tokenize current event.new event.unsub fail fetches file.close file.flush file.read file.seek
	file.setvbuf file.write filter.follow filter.next filter.wake_time http.req_set_method http.req_set_path
	http.req_set_query http.req_set_uri http.res_set_status instance listener.get_stats log map.lookup meter.create
	meter.record none now patref.entries patref.find patref.value print private.get private.set proxy.get_cap
	proxy.get_mode proxy.get_srv_act proxy.get_srv_bck proxy.get_stats queue.new queue.sequence queue.signal queue.wait
	regex.exec regex.match regex.new reply.reason server.get_addr server.get_cur_sess server.get_maxconn
	server.get_pend_conn server.get_proxy server.get_stats server.get_trackers server.get_weight server.is_backup
	server.is_draining server.is_dynamic server.tracking sleep socket.close socket.connect socket.connect_ssl
	socket.getpeername socket.getsockname socket.new socket.receive socket.send socket.settimeout span.add_event
	span.finish span.record_error span.set_attribute span.set_status stktable.dump stktable.info stktable.lookup
	tracer.start tracer.traceparent txn.deflog txn.log txn.set_loglevel txn.set_mark txn.set_priority_class
	txn.set_priority_offset txn.set_tos yield`

// doors has a row for each function of the library but fetches and converters, which sampleNeeds is about: nil for those
// that nobody guards. Connections ask where they are opened, since only there it is known where they lead: see guard.dial.
var doors = func() map[string]door {
	all := map[string]door{
		"os.getenv":       readEnvironment,
		"register":        registerCommand,
		"core.secret":     named("secrets", 0),
		"map.new":         loadsMap,
		"httpclient.send": nil, // sends by a client that dials by guard.dial

		"certcache.set": named("certificates", 0),
		"core.add_acl":  named("maps", 0),
		"core.del_acl":  named("maps", 0),
		"core.set_map":  named("maps", 0),
		"core.del_map":  named("maps", 0),

		"core.parse_addr": parseAddressOnly,

		"core.get_var":       processVariable(0),
		"variable.get_var":   processVariable(1),
		"variable.set_var":   processVariable(1),
		"variable.unset_var": processVariable(1),

		"http.req_get_headers":   visibleHeaders(getHeaders, request),
		"http.res_get_headers":   visibleHeaders(getHeaders, response),
		"applet_http.headers":    func(g *guard, _ host.Function) host.Function { return requestHeaders(g) },
		"applet_http.add_header": setsHeader,
		"txn.done":               setsReplyHeaders,

		"file.open":     opensFile,
		"file.content":  readsFile,
		"file.readable": findsFile,
		"native.open":   readsFile,

		"file.temporary": refused("io.tmpfile"),
		"io.popen":       refused("io.popen"),
		"os.execute":     refused("os.execute"),
		"os.remove":      refused("os.remove"),
		"os.rename":      refused("os.rename"),
		"os.tmpname":     refused("os.tmpname"),
	}
	for name := range strings.FieldsSeq(open) {
		all[name] = nil
	}
	for _, operation := range []string{"prepare", "commit", "clear", "add", "set", "delete"} {
		all["patref."+operation] = changesPatterns
	}
	for _, operation := range []string{"get", "set", "compare_and_set", "incr", "keys", "wait"} {
		all["shared."+operation] = named("shared", 0)
	}
	for _, operation := range []string{"pause", "resume", "stop", "shut_bcksess"} {
		all["proxy."+operation] = controlsProxy
	}
	for _, operation := range []string{
		"set_maxconn", "set_weight", "set_addr", "set_drain", "set_maint", "set_ready", "check_enable", "check_disable",
		"check_force_up", "check_force_nolb", "check_force_down", "agent_enable", "agent_disable", "agent_force_up",
		"agent_force_down", "shut_sess",
	} {
		all["server."+operation] = controlsServer
	}
	for _, direction := range []string{"req", "res"} {
		for _, operation := range []string{"add_header", "set_header", "del_header", "rep_header", "rep_value"} {
			all["http."+direction+"_"+operation] = setsHeader
		}
	}
	for _, functions := range []host.Functions{channelFunctions, messageFunctions} {
		for name := range functions { // data, which is the exchange's, and no headers
			all[name] = nil
		}
	}
	return all
}()

// named makes the door of functions that take the value of a capability at a position.
func named(capability string, position int) door {
	return func(g *guard, f host.Function) host.Function {
		q := g.about(capability)
		return behind(f, position, func(name string) error { return q.ask(name, "") })
	}
}

// behind returns f behind ask, which gets the text at a position. Where there is none f says what is wrong with it.
func behind(f host.Function, position int, ask func(text string) error) host.Function {
	return func(c *host.Call) error {
		if text, ok := host.ToText(argument(c, position)); ok {
			if err := ask(string(text)); err != nil {
				return err
			}
		}
		return f(c)
	}
}

// refused makes the door of functions that no capability grants.
func refused(name string) door {
	return func(g *guard, f host.Function) host.Function {
		if g.grant == nil {
			return f
		}
		err := errors.New(name + ": scripts of bundles cannot use it")
		return func(*host.Call) error { return err }
	}
}
