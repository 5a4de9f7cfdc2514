package api

var fetches = Class{
	Name: "Fetches", Summary: "All sample fetches as methods, with `_` in the place of `.` and `-`: `txn.f:req_hdr(\"host\")`. Those of `f` keep their types and yield nil for what does not exist; those of `sf` are strings.",
}

var converters = Class{
	Name: "Converters", Summary: "All converters as methods that take the input first: `txn.c:base64(text)`. Those of `c` keep their types; those of `sc` are strings.",
}

// samples are the attributes that lead to fetches and converters.
var samples = []Member{
	{".f: Fetches", Exchange | Service, "", "The sample fetches."},
	{".sf: Fetches", Exchange | Service, "", "The sample fetches, all as strings."},
	{".c: Converters", Exchange | Service, "", "The converters."},
	{".sc: Converters", Exchange | Service, "", "The converters, all as strings."},
}

// variables are the methods that exchanges of all kinds have.
var variables = []Member{
	{":set_var(name: string, value: any, ifexist?: boolean) -> boolean", Exchange | Service, "", "Sets a variable. ifexist sets it only if the configuration knows its name."},
	{":unset_var(name: string) -> boolean", Exchange | Service, "", "Removes the value of a variable."},
	{":get_var(name: string) -> any", Exchange | Service, "", "The value of a variable, nil when it has none."},
	{":set_priv(value: any)", Exchange | Service, "", "Keeps a value for the other scripts of the exchange."},
	{":get_priv() -> any", Exchange | Service, "", "The value that set_priv kept."},
}

// with returns lists joined.
func with(lists ...[]Member) (all []Member) {
	for _, l := range lists {
		all = append(all, l...)
	}
	return all
}

var txn = Class{
	Name: "TXN", Summary: "An exchange, as actions, sample fetches and filters see it.",
	Members: with(samples, []Member{
		{".req: Channel", Exchange, "", "What flows from client to server."},
		{".res: Channel", Exchange, "", "What flows from server to client."},
		{".http: HTTP", Exchange, "", "The messages, in mode http."},
		{".http_req: HTTPMessage", Filter, "", "The request, in filters."},
		{".http_res: HTTPMessage", Filter, "", "The response, in filters."},
		{":log(level: integer, message: string)", Exchange, "", "Sends a message to the log."},
		{":deflog(message: string)", Exchange, "", "Sends a message at the default level to the log."},
		{":Debug(message: string)", Exchange, "", "Sends a message at level debug to the log."},
		{":Info(message: string)", Exchange, "", "Sends a message at level info to the log."},
		{":Warning(message: string)", Exchange, "", "Sends a message at level warning to the log."},
		{":Alert(message: string)", Exchange, "", "Sends a message at level alert to the log."},
	}, variables, []Member{
		{":reply(fields?: table) -> Reply", Exchange, "", "A new reply, with the fields of a table."},
		{":done(reply?: Reply|table)", Exchange, "", "Ends the script and, in an action, the exchange: with the reply, or with none."},
		{":set_loglevel(level: integer)", Exchange, "", "The level at which the exchange is logged."},
		{":set_tos(tos: integer)", Exchange, "", "The type of service of packets to the client."},
		{":set_mark(mark: integer)", Exchange, "", "The netfilter mark of packets to the client."},
		{":set_fc_tos(tos: integer)", Exchange, "HAProxy 3.0", "The type of service of packets to the client."},
		{":set_fc_mark(mark: integer)", Exchange, "HAProxy 3.0", "The netfilter mark of packets to the client."},
		{":set_priority_class(class: integer)", Exchange, "", "The class of the exchange in queues, -2047 to 2047: those of a smaller one go first."},
		{":set_priority_offset(milliseconds: integer)", Exchange, "", "What is added to the time that the exchange has waited in queues, -524287 to 524287."},
	}),
}

var reply = Class{
	Name: "Reply", Summary: "A response that a script prepares for TXN.done.",
	Members: []Member{
		{".status: integer", Exchange, "", "The status."},
		{".reason: string", Exchange, "", "The reason phrase."},
		{".headers: table<string, string[]>", Exchange, "", "The values of each header, by name."},
		{".body: string?", Exchange, "", "The body."},
		{":set_status(status: integer, reason?: string)", Exchange, "", "Sets status and reason; without one it is the status's usual one."},
		{":add_header(name: string, value: string)", Exchange, "", "Adds a header."},
		{":del_header(name: string)", Exchange, "", "Removes all headers of a name."},
		{":set_body(body: string)", Exchange, "", "Sets the body."},
	},
}

var act = Class{
	Name: "act", Global: true, Summary: "What an action may return.",
	Members: []Member{
		{".CONTINUE: integer", Anywhere, "", "Go on with the next rule: 0."},
		{".STOP: integer", Anywhere, "", "End this set of rules: 1."},
		{".YIELD: integer", Anywhere, "", "Call the action again later: 2."},
		{".ERROR: integer", Anywhere, "", "End the exchange with an internal error, 500: 3."},
		{".DONE: integer", Anywhere, "", "End the rules: 4."},
		{".DENY: integer", Anywhere, "", "Refuse: 403 for a request, 502 for a response: 5."},
		{".ABORT: integer", Anywhere, "", "End the exchange without an answer: 6."},
		{".INVALID: integer", Anywhere, "", "Refuse as malformed: 400 for a request, 502 for a response: 7."},
		{".wake_time(milliseconds: integer)", Action, "", "When the action is called again at the latest, after it returns act.YIELD."},
	},
}

var appletHTTP = Class{
	Name: "AppletHTTP", Summary: "The client's side of a service of mode `http`.",
	Members: with(samples, []Member{
		{".method: string", Service, "", "The request's method."},
		{".version: string", Service, "", "The request's version, without `HTTP/`."},
		{".path: string", Service, "", "The request's path."},
		{".qs: string", Service, "", "The request's query string, without `?`."},
		{".length: integer", Service, "", "The length of the request's body, -1 when it is not known."},
		{".headers: table<string, table<integer, string>>", Service, "", "The request's headers: by name in lower case, then by number from 0."},
		{":set_status(status: integer, reason?: string)", Service, "", "Sets the response's status."},
		{":add_header(name: string, value: string)", Service, "", "Adds a header to the response."},
		{":start_response()", Service, "", "Sends the response's head."},
		{":getline() -> string", Service, "", "The next line of the request's body; \"\" at its end."},
		{":receive(size?: integer) -> string", Service, "", "So many bytes of the request's body, or all of it."},
		{":send(data: string) -> integer", Service, "", "Sends a part of the response's body."},
	}, variables),
}

var appletTCP = Class{
	Name: "AppletTCP", Summary: "The client's side of a service of mode `tcp`, and of a command of the runtime API.",
	Members: with(samples, []Member{
		{":getline() -> string", Service | CLI, "", "The next line; \"\" at the end."},
		{":receive(size?: integer) -> string", Service | CLI, "", "So many bytes, or everything until the end."},
		{":send(data: string) -> integer", Service | CLI, "", "Sends bytes."},
	}, variables),
}
