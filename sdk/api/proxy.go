package api

var proxy = Class{
	Name: "Proxy", Summary: "A section of the configuration: what core.proxies, core.frontends and core.backends hold.",
	Members: []Member{
		{".name: string", Configured, "", "Its name."},
		{".uuid: string", Configured, "", "Its number, as a text."},
		{".servers: table<string, Server>", Configured, "", "Its servers by name."},
		{".listeners: table<string, Listener>", Configured, "", "Its listeners by name, `sock-1` and on for those without one."},
		{".stktable: StickTable?", Configured, "", "Its stick table."},
		{":pause()", Running, "", "Stops accepting connections, until resume."},
		{":resume()", Running, "", "Accepts connections again."},
		{":stop()", Running, "", "Stops listening for good."},
		{":shut_bcksess()", Running, "", "Ends the exchanges that backup servers have."},
		{":get_cap() -> string", Configured, "", "`frontend`, `backend` or `proxy`, which is both."},
		{":get_mode() -> string", Configured, "", "`tcp` or `http`."},
		{":get_stats() -> table<string, string|integer>", Configured, "", "The columns of its line in `show stat`: a frontend's, or else the backend's."},
		{":get_srv_act() -> integer", Configured, "HAProxy 2.8", "How many servers are usable that are no backups."},
		{":get_srv_bck() -> integer", Configured, "HAProxy 2.8", "How many backup servers are usable."},
	},
}

var server = Class{
	Name: "Server", Summary: "A server of a backend.",
	Members: []Member{
		{".name: string", Configured, "", "Its name."},
		{".puid: string", Configured, "", "Its number in the backend, as a text."},
		{":is_draining() -> boolean", Configured, "", "Whether it takes no new clients."},
		{":is_backup() -> boolean", Configured, "HAProxy 2.8", "Whether it is a backup server."},
		{":is_dynamic() -> boolean", Configured, "HAProxy 2.8", "Whether it was added while the proxy ran."},
		{":set_maxconn(connections: string|integer) -> string?", Configured, "", "Sets how many connections it may have. The result says what is wrong."},
		{":get_maxconn() -> integer", Configured, "", "How many connections it may have, 0 for any number."},
		{":set_weight(weight: string|integer) -> string?", Configured, "", "Sets its weight, a number or a percentage of the initial one. The result says what is wrong."},
		{":get_weight() -> integer", Configured, "", "Its weight."},
		{":set_addr(address: string, port?: string|integer) -> string?", Configured, "", "Moves it to another address."},
		{":get_addr() -> string", Configured, "", "Its address and port."},
		{":get_stats() -> table<string, string|integer>", Configured, "", "The columns of its line in `show stat`."},
		{":get_proxy() -> Proxy", Configured, "HAProxy 2.8", "The backend that it belongs to."},
		{":get_cur_sess() -> integer", Configured, "HAProxy 2.8", "How many exchanges it has."},
		{":get_pend_conn() -> integer", Configured, "HAProxy 2.8", "How many exchanges wait for it."},
		{":shut_sess()", Running, "", "Ends its exchanges."},
		{":set_drain()", Configured, "", "Lets it have no new clients."},
		{":set_maint()", Configured, "", "Puts it into maintenance."},
		{":set_ready()", Configured, "", "Ends maintenance and draining."},
		{":check_enable()", Configured, "", "Takes its health checks up."},
		{":check_disable()", Configured, "", "Suspends its health checks."},
		{":check_force_up()", Configured, "", "Declares it healthy."},
		{":check_force_nolb()", Configured, "", "Declares it stopping: it keeps its clients."},
		{":check_force_down()", Configured, "", "Declares it down."},
		{":agent_enable()", Configured, "", "Takes its agent checks up."},
		{":agent_disable()", Configured, "", "Suspends its agent checks."},
		{":agent_force_up()", Configured, "", "Declares it healthy for the agent."},
		{":agent_force_down()", Configured, "", "Declares it down for the agent."},
		{":tracking() -> Server?", Configured, "HAProxy 2.8", "The server whose state it follows."},
		{":get_trackers() -> Server[]", Configured, "HAProxy 2.8", "The servers that follow its state."},
		{":event_sub(types: string[], f: fun(event: string, data: ServerEvent, sub: EventSub, when: integer)) -> EventSub", Configured, "HAProxy 2.8", "core.event_sub for this server alone."},
	},
}

var listener = Class{
	Name: "Listener", Summary: "An address that a frontend listens on.",
	Members: []Member{
		{":get_stats() -> table<string, string|integer>", Configured, "", "The columns of its line in `show stat`."},
	},
}

var stickTable = Class{
	Name: "StickTable", Summary: "The stick table of a section.",
	Members: []Member{
		{":info() -> table", Configured, "", "Its type, size, length, expire in milliseconds, nopurge, how many entries it has, and its data by name with their periods (-1 for what is no rate)."},
		{":lookup(key: string) -> table?", Configured, "", "The data of one entry by name, with `use` and `expire`; nil when there is none."},
		{":dump(filter?: table) -> table<string, table>", Configured, "", "All entries by key. A filter is up to four conditions `{name, operator, number}` with the operators eq, ne, le, lt, ge and gt."},
	},
}

var regex = Class{
	Name: "Regex", Global: true, Summary: "A regular expression of the kind that the configuration uses.",
	Members: []Member{
		{".new(expression: string, case_sensitive: boolean) -> boolean, Regex|string", Anywhere, "", "Compiles an expression: true and it, or false and the reason."},
		{":exec(text: string) -> boolean", Anywhere, "", "Whether a text matches."},
		{":match(text: string) -> boolean, string[]", Anywhere, "", "Whether a text matches, with what the expression and its groups matched."},
	},
}

var mapClass = Class{
	Name: "Map", Global: true, Summary: "A map file, loaded with a matching method.",
	Members: []Member{
		{".new(file: string, method?: integer) -> Map", Body, "", "Loads a map. Without a method it is one of strings."},
		{":lookup(key: string|integer) -> string?", Running, "", "The value of what the key matches, nil for no match."},
		{":slookup(key: string|integer) -> string", Running, "", "The value of what the key matches, \"\" for no match."},
		{"._str: integer", Anywhere, "", "The method that compares strings."},
		{"._beg: integer", Anywhere, "", "The method that compares beginnings."},
		{"._sub: integer", Anywhere, "", "The method that looks for substrings."},
		{"._dir: integer", Anywhere, "", "The method that compares parts of paths."},
		{"._dom: integer", Anywhere, "", "The method that compares parts of domain names."},
		{"._end: integer", Anywhere, "", "The method that compares ends."},
		{"._reg: integer", Anywhere, "", "The method of regular expressions."},
		{"._regm: integer", Anywhere, "", "The method of regular expressions whose groups the values refer to."},
		{"._int: integer", Anywhere, "", "The method of integers and their ranges."},
		{"._ip: integer", Anywhere, "", "The method of addresses and networks."},
		{"._bin: integer", Anywhere, "", "The method that compares bytes, given in hexadecimal digits."},
		{"._len: integer", Anywhere, "", "The method that compares lengths."},
		{"._bool: integer", Anywhere, "", "The method of booleans."},
		{"._found: integer", Anywhere, "", "The method that any key matches."},
		{".str: integer", Anywhere, "", "The same as _str; there is one such name for every method."},
		{".beg: integer", Anywhere, "", "The same as _beg."},
		{".sub: integer", Anywhere, "", "The same as _sub."},
		{".dir: integer", Anywhere, "", "The same as _dir."},
		{".dom: integer", Anywhere, "", "The same as _dom."},
		{".end: integer", Anywhere, "", "The same as _end; a keyword of Lua, so it is written Map[\"end\"]."},
		{".reg: integer", Anywhere, "", "The same as _reg."},
		{".regm: integer", Anywhere, "", "The same as _regm."},
		{".int: integer", Anywhere, "", "The same as _int."},
		{".ip: integer", Anywhere, "", "The same as _ip."},
		{".bin: integer", Anywhere, "", "The same as _bin."},
		{".len: integer", Anywhere, "", "The same as _len."},
		{".bool: integer", Anywhere, "", "The same as _bool."},
		{".found: integer", Anywhere, "", "The same as _found."},
	},
}

var patref = Class{
	Name: "Patref", Since: "HAProxy 3.2", Summary: "A set of patterns. `patref[pattern]` is the value of a pattern in a map, true in an ACL, nil for none; `pairs(patref)` goes through all. Changes hold at once or, after prepare, with commit.",
	Members: []Member{
		{":get_name() -> string", Configured, "", "The name of its file, or `#` and its number."},
		{":is_map() -> boolean", Configured, "", "Whether its patterns have values."},
		{":prepare()", Configured, "", "Begins a new, empty version. What follows changes that one, and nobody sees it yet."},
		{":commit() -> boolean?, string?", Configured, "", "Puts the new version in the place of the old one, in one step. Others that were begun before are void: nil and the reason."},
		{":giveup()", Configured, "", "Drops the new version."},
		{":purge() -> boolean", Configured, "", "Removes all patterns."},
		{":add(pattern: string, value?: string) -> boolean?, string?", Configured, "", "Adds a pattern, with its value in a map, even if it is there. nil and the reason when it is refused."},
		{":add_bulk(patterns: table) -> boolean?, string?", Configured, "", "Adds all patterns of a table: values by pattern for a map, else a list."},
		{":del(pattern: string) -> boolean", Configured, "", "Removes a pattern, and tells whether it was there."},
		{":set(pattern: string, value: string, force?: boolean) -> boolean?, string?", Configured, "", "Sets the value of a pattern that is in the map; with force one that is not there is added."},
		{":event_sub(types: string[], f: fun(event: string, data: nil, sub: EventSub, when: integer)) -> EventSub", Configured, "", "Calls a function when the patterns change, whoever does it: `PAT_REF_ADD`, `PAT_REF_DEL`, `PAT_REF_SET`, `PAT_REF_COMMIT`, `PAT_REF_CLEAR`, or `PAT_REF` for all."},
	},
}
