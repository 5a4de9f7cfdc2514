package api

var http = Class{
	Name: "HTTP", Summary: "Request and response of an exchange: `txn.http`.",
	Members: []Member{
		{":req_get_headers() -> table<string, table<integer, string>>", Action | Filter, "", "The request's headers: by name in lower case, then by number from 0."},
		{":res_get_headers() -> table<string, table<integer, string>>", Action | Filter, "", "The response's headers."},
		{":req_add_header(name: string, value: string)", Action | Filter, "", "Adds a header to the request."},
		{":res_add_header(name: string, value: string)", Action | Filter, "", "Adds a header to the response."},
		{":req_del_header(name: string)", Action | Filter, "", "Removes all headers of a name from the request."},
		{":res_del_header(name: string)", Action | Filter, "", "Removes all headers of a name from the response."},
		{":req_set_header(name: string, value: string)", Action | Filter, "", "Puts one header in the place of all of its name."},
		{":res_set_header(name: string, value: string)", Action | Filter, "", "Puts one header in the place of all of its name."},
		{":req_rep_header(name: string, regex: string, replacement: string)", Action | Filter, "", "Replaces whole header lines of the request that match."},
		{":res_rep_header(name: string, regex: string, replacement: string)", Action | Filter, "", "Replaces whole header lines of the response that match."},
		{":req_rep_value(name: string, regex: string, replacement: string)", Action | Filter, "", "Replaces each comma-separated value that matches."},
		{":res_rep_value(name: string, regex: string, replacement: string)", Action | Filter, "", "Replaces each comma-separated value that matches."},
		{":req_set_method(method: string) -> boolean", Action | Filter, "", "Sets the method."},
		{":req_set_path(path: string) -> boolean", Action | Filter, "", "Sets the path, without the query string."},
		{":req_set_query(query: string) -> boolean", Action | Filter, "", "Sets the query string."},
		{":req_set_uri(uri: string) -> boolean", Action | Filter, "", "Sets the whole target."},
		{":res_set_status(status: integer, reason?: string)", Action | Filter, "", "Sets status and reason of the response."},
	},
}

// payload are the methods that channels and HTTP messages share.
var payload = []Member{
	{":append(data: string) -> integer", Action | Filter, "", "Adds to the end of what was received; -1 when there is no room."},
	{":forward(length: integer) -> integer", Action | Filter, "", "Lets bytes pass."},
	{":input() -> integer", Action | Filter, "", "How many received bytes have not been let pass."},
	{":insert(data: string, offset?: integer) -> integer", Action | Filter, "", "Puts bytes into what was received."},
	{":is_full() -> boolean", Action | Filter, "", "Whether nothing more can be received."},
	{":is_resp() -> boolean", Action | Filter, "", "Whether it flows to the client."},
	{":may_recv() -> boolean", Action | Filter, "", "Whether more may come."},
	{":output() -> integer", Action | Filter, "", "How many bytes were let pass and not sent."},
	{":prepend(data: string) -> integer", Action | Filter, "", "Puts bytes in front of what was received."},
	{":remove(offset?: integer, length?: integer) -> integer", Action | Filter, "", "Removes bytes from what was received."},
	{":send(data: string) -> integer", Action | Filter, "", "Sends bytes at once."},
	{":set(data: string, offset?: integer, length?: integer) -> integer", Action | Filter, "", "Puts bytes in the place of others."},
}

var channel = Class{
	Name: "Channel", Summary: "One direction of an exchange: `txn.req` and `txn.res`.",
	Members: with(payload, []Member{
		{":data(offset?: integer, length?: integer) -> string?", Action | Filter, "", "What was received and not let pass."},
		{":line(offset?: integer, length?: integer) -> string?", Action | Filter, "", "The first line of it."},
		{":dup() -> string?", Action | Filter, "", "All that was received: the older name of data."},
		{":get() -> string?", Action | Filter, "", "Takes all that was received."},
		{":getline() -> string?", Action | Filter, "", "Takes the first line."},
		{":get_in_len() -> integer", Action | Filter, "", "The older name of input."},
		{":get_out_len() -> integer", Action | Filter, "", "The older name of output."},
	}),
}

var httpMessage = Class{
	Name: "HTTPMessage", Summary: "A message that passes a filter.",
	Members: with(payload, []Member{
		{".channel: Channel", Filter, "", "The channel that the message flows through."},
		{":body(offset?: integer, length?: integer) -> string?", Filter, "", "What of the body was received and not let pass."},
		{":eom() -> boolean", Filter, "", "Whether the end of the message was received."},
		{":set_eom()", Filter, "", "Declares the message ended."},
		{":unset_eom()", Filter, "", "Takes that back."},
		{":get_headers() -> table<string, table<integer, string>>", Filter, "", "The headers: by name in lower case, then by number from 0."},
		{":get_stline() -> table", Filter, "", "The parts of the start line: method, uri and version, or version, code and reason."},
		{":add_header(name: string, value: string)", Filter, "", "Adds a header."},
		{":del_header(name: string)", Filter, "", "Removes all headers of a name."},
		{":set_header(name: string, value: string)", Filter, "", "Puts one header in the place of all of its name."},
		{":rep_header(name: string, regex: string, replacement: string)", Filter, "", "Replaces whole header lines that match."},
		{":rep_value(name: string, regex: string, replacement: string)", Filter, "", "Replaces each comma-separated value that matches."},
		{":set_method(method: string) -> boolean", Filter, "", "Sets the method."},
		{":set_path(path: string) -> boolean", Filter, "", "Sets the path, without the query string."},
		{":set_query(query: string) -> boolean", Filter, "", "Sets the query string."},
		{":set_uri(uri: string) -> boolean", Filter, "", "Sets the whole target."},
		{":set_status(status: integer, reason?: string) -> boolean", Filter, "", "Sets status and reason."},
	}),
}

var filter = Class{
	Name: "filter", Global: true, Summary: "What filters return and set. Their callbacks are new, start_analyze, end_analyze, http_headers, http_payload, http_end and tcp_payload.",
	Members: []Member{
		{".CONTINUE: integer", Anywhere, "", "Go on: 1."},
		{".WAIT: integer", Anywhere, "", "Wait for more: 0."},
		{".ERROR: integer", Anywhere, "", "Fail: -1."},
		{".FLT_CFG_FL_HTX: integer", Anywhere, "", "The flag of filters that take part in HTTP."},
		{".register_data_filter(filter: table, channel: Channel)", Filter, "", "Lets the filter see the data of a channel."},
		{".unregister_data_filter(filter: table, channel: Channel)", Filter, "", "Ends that."},
		{".wake_time(milliseconds: integer)", Filter, "", "When the filter is called again at the latest."},
	},
}

var socket = Class{
	Name: "Socket", Summary: "A connection to another host: what core.tcp() returns. Failures return nil and the reason.",
	Members: []Member{
		{":connect(address: string, port?: integer) -> integer?, string?", Configured, "", "Connects to an address, IPv4, IPv6 or `unix@PATH`, or to a name."},
		{":connect_ssl(address: string, port: integer, options?: string|table) -> integer?, string?", Configured, "", "Connects, over TLS. Options, or a name for sni: sni, verify (a boolean; without it any certificate is taken), ca_file, crt (files of PEM)."},
		{":send(data: string, first?: integer, last?: integer) -> integer?, string?, integer?", Configured, "", "Sends bytes, and returns the index of the last one sent."},
		{":receive(pattern?: integer|string, prefix?: string) -> string?, string?, string?", Configured, "", "So many bytes, `*l` a line, `*a` everything to the end."},
		{":close()", Configured, "", "Closes it."},
		{":getpeername() -> string?", Configured, "", "Address and port of the other side."},
		{":getsockname() -> string?", Configured, "", "Address and port of this side."},
		{":settimeout(seconds: number, mode?: string) -> integer", Configured, "", "Bounds every wait."},
		{":setoption(option: string, value?: any)", Configured, "", "There for programs that expect it; without effect."},
	},
}

// fetch is the row of a method of HTTPClient.
func fetch(name string) Member {
	return Member{":" + name + "(request: table) -> table?", Configured &^ Converter, "", "Sends a request: url, headers, body, dst, timeout. The response has status, reason, headers and body."}
}

var httpClient = Class{
	Name: "HTTPClient", Summary: "A client for one request: what core.httpclient() returns.",
	Members: []Member{fetch("get"), fetch("head"), fetch("put"), fetch("post"), fetch("delete")},
}

var certCache = Class{
	Name: "CertCache", Global: true, Summary: "The certificates in memory.",
	Members: []Member{
		{".set(certificate: table)", Running, "", "Replaces parts of a certificate that the configuration has loaded, for the handshakes that follow: `filename`, and what is new of `crt`, `key` and `issuer` (PEM), `ocsp` (base64), `sctl`."},
	},
}
