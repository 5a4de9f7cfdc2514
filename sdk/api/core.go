package api

var core = Class{
	Name: "core", Global: true,
	Summary: "The proxy itself: its log, its clock, its sections, and the registration of what scripts add to it.",
	Members: []Member{
		{".emerg: integer", Anywhere, "", "The log level \"emergency\": 0."},
		{".alert: integer", Anywhere, "", "The log level \"alert\": 1."},
		{".crit: integer", Anywhere, "", "The log level \"critical\": 2."},
		{".err: integer", Anywhere, "", "The log level \"error\": 3."},
		{".warning: integer", Anywhere, "", "The log level \"warning\": 4."},
		{".notice: integer", Anywhere, "", "The log level \"notice\": 5."},
		{".info: integer", Anywhere, "", "The log level \"informational\": 6."},
		{".debug: integer", Anywhere, "", "The log level \"debug\": 7."},
		{".proxies: table<string, Proxy>", Configured, "", "All sections by name. Of a frontend and a backend with one name it has one."},
		{".frontends: table<string, Proxy>", Configured, "", "The frontend and listen sections by name."},
		{".backends: table<string, Proxy>", Configured, "", "The backend and listen sections by name."},
		{".thread: integer", Anywhere, "", "0 in a file of lua-load; in one of lua-load-per-thread the number of the instance, from 1."},
		{".log(level: integer, message: string)", Anywhere, "", "Sends a message to the log."},
		{".Debug(message: string)", Anywhere, "", "Sends a message at level debug to the log."},
		{".Info(message: string)", Anywhere, "", "Sends a message at level info to the log."},
		{".Warning(message: string)", Anywhere, "", "Sends a message at level warning to the log."},
		{".Alert(message: string)", Anywhere, "", "Sends a message at level alert to the log."},
		{".register_action(name: string, rules: string[], f: fun(txn: TXN, ...: string): integer?, arguments?: integer)", Body, "",
			"Makes a function an action of the rule sets `tcp-req`, `tcp-res`, `http-req` and `http-res`, called `lua.NAME` there. The number of arguments is that of the words which follow it."},
		{".register_converters(name: string, f: fun(input: string, ...: string): any)", Body, "", "Makes a function the converter `lua.NAME`."},
		{".register_fetches(name: string, f: fun(txn: TXN, ...: string): any)", Body, "", "Makes a function the sample fetch `lua.NAME`."},
		{".register_filter(name: string, class: table, f: fun(filter: table, arguments: string[]): table?)", Body, "", "Makes a class the filter `lua.NAME`. The function gets an object and the words of each filter line."},
		{".register_service(name: string, mode: \"http\"|\"tcp\", f: fun(applet: AppletHTTP|AppletTCP))", Body, "", "Makes a function a service that `use-service lua.NAME` runs in the place of a server."},
		{".register_init(f: fun())", Body, "", "Runs a function once, when the configuration has been read."},
		{".register_task(f: fun(...: any), ...: any)", Anywhere, "", "Runs a function beside the traffic. What follows it are its arguments (as from HAProxy 2.8 on); a table with the field `restart = true` behind them starts it again when it fails, later each time."},
		{".register_cli(words: string[], usage: string, f: fun(applet: AppletTCP, ...: string))", Body, "", "Adds a command to the runtime API. The function gets all words of the line."},
		{".set_nice(nice: integer)", Running, "", "Sets the priority of the exchange or task, -1024 to 1024. Here it has no effect."},
		{".add_acl(file: string, key: string)", Configured, "", "Adds a pattern to the ACL that is loaded from a file."},
		{".del_acl(file: string, key: string)", Configured, "", "Removes a pattern from the ACL that is loaded from a file."},
		{".set_map(file: string, key: string, value: string)", Configured, "", "Sets the value of a key in a map, and adds the key if the map does not have it."},
		{".del_map(file: string, key: string)", Configured, "", "Removes a key from a map."},
		{".secret(name: string) -> string?", Anywhere, Own, "A secret that the operator has mounted, by name. Logs show asterisks in its place."},
		{".get_info() -> table<string, string|integer>", Anywhere, "", "What `show info` shows."},
		{".get_var(name: string) -> any", Anywhere, "HAProxy 2.8", "The value of a variable of scope `proc`, nil when it has none."},
		{".now() -> {sec: integer, usec: integer}", Anywhere, "", "The time, in seconds and microseconds since 1970."},
		{".http_date(text: string) -> integer?", Anywhere, "", "The time that a date in one of HTTP's three forms stands for."},
		{".imf_date(text: string) -> integer?", Anywhere, "", "The time of a date like `Sun, 06 Nov 1994 08:49:37 GMT`."},
		{".rfc850_date(text: string) -> integer?", Anywhere, "", "The time of a date like `Sunday, 06-Nov-94 08:49:37 GMT`."},
		{".asctime_date(text: string) -> integer?", Anywhere, "", "The time of a date like `Sun Nov  6 08:49:37 1994`."},
		{".sleep(seconds: integer)", Anywhere &^ Body, "", "Waits so many seconds."},
		{".msleep(milliseconds: integer)", Anywhere &^ Body, "", "Waits so many milliseconds."},
		{".yield()", Anywhere &^ Body, "", "Lets others have the instance."},
		{".done(result?: any)", Anywhere, "", "Ends the script at once, with a result for a sample."},
		{".tcp() -> Socket", Configured, "", "A new socket."},
		{".httpclient() -> HTTPClient", Configured, "", "A new client for one HTTP request."},
		{".concat() -> Concat", Anywhere, "", "A new buffer that strings are added to."},
		{".queue() -> Queue", Configured, "HAProxy 2.8", "A new queue."},
		{".event_sub(types: string[], f: fun(event: string, data: ServerEvent, sub: EventSub, when: integer)) -> EventSub", Anywhere, "HAProxy 2.8", "Calls a function for each event of a server: `SERVER_UP`, `SERVER_DOWN`, `SERVER_STATE`, `SERVER_ADMIN`, `SERVER_CHECK`, or `SERVER` for all of them. `SERVER_ADD` and `SERVER_DEL` are known and never happen. It is called for one event after the other, from when the proxy serves; `when` is in seconds since 1970."},
		{".get_patref(name: string) -> Patref?", Configured, "HAProxy 3.2", "The patterns of a file that the configuration loads, or of `#` and a number; nil when there are none."},
		{".parse_addr(text: string) -> userdata?", Anywhere, "", "An address or a network, for match_addr; nil when the text is none."},
		{".match_addr(a: userdata, b: userdata) -> boolean", Anywhere, "", "Whether one of two networks lies in the other."},
		{".tokenize(text: string, separators: string, noblank?: boolean) -> string[]", Anywhere, "", "Splits a text at each of the separators. noblank leaves empty parts out."},
		{".shared: Shared", Anywhere, Own, "What scripts share over instances, by key."},
		{".tracer: Tracer", Anywhere, Own, "Opens spans below that of the execution."},
		{".meter: Meter", Anywhere, Own, "Makes instruments, for metrics of the script's own."},
	},
}

var concat = Class{
	Name: "Concat", Summary: "A buffer for a text that grows in many steps.",
	Members: []Member{
		{":add(text: string)", Anywhere, "", "Adds to the end."},
		{":dump() -> string", Anywhere, "", "The whole text."},
	},
}

var queue = Class{
	Name: "Queue", Since: "HAProxy 2.8", Summary: "A queue of values in the order of their coming, which one function fills and another empties. As everything in a script's memory it belongs to one instance.",
	Members: []Member{
		{":push(value: any) -> boolean", Running, "", "Adds a value. nil is refused: the result is false."},
		{":pop() -> any", Running, "", "Takes the first value; nil when the queue is empty."},
		{":pop_wait() -> any", Task | Action | Service, "", "Takes the first value, and waits for one."},
		{":size() -> integer", Running, "", "How many values wait."},
		{":alarm() -> boolean", Task, "", "Waits until the queue is not empty. false: it was empty all the time."},
	},
}

var shared = Class{
	Name: "Shared", Since: Own, Summary: "`core.shared`: values by key that all instances, and by a driver all processes, see alike. A value is a string, a number or a boolean; expiry is in seconds, 0 or nil for never. An operation is atomic.",
	Members: []Member{
		{".get(key: string) -> any", Running, "", "The value; nil when there is none."},
		{".set(key: string, value: any, expiry?: number)", Running, "", "Sets a value; nil removes it."},
		{".add(key: string, value: any, expiry?: number) -> boolean", Running, "", "Sets a value unless there is one, and tells whether it did."},
		{".incr(key: string, by?: number, expiry?: number) -> number", Running, "", "Adds to a number, 1 if not told otherwise, and returns the sum. What does not exist is 0; expiry counts from its first time."},
		{".compare_and_set(key: string, old: any, new: any, expiry?: number) -> boolean", Running, "", "Sets a value if it is the old one, nil standing for none, and tells whether it did."},
		{".delete(key: string) -> boolean", Running, "", "Removes a value and tells whether there was one."},
		{".keys(prefix?: string, limit?: integer) -> string[]", Running, "", "The keys that begin with a prefix, in order."},
		{".wait(key: string, old: any, timeout?: number) -> any", Running, "", "Waits until the value is another than the old one, at most so many seconds, and returns what it is then."},
	},
}

var eventSub = Class{
	Name: "EventSub", Since: "HAProxy 2.8", Summary: "A subscription: what event_sub returns, and what the function that it calls gets.",
	Members: []Member{
		{":unsub()", Anywhere, "", "Ends it. Events that wait are not told."},
	},
}

var serverEvent = Class{
	Name: "ServerEvent", Since: "HAProxy 2.8", Summary: "What is told of an event of a server.",
	Members: []Member{
		{".name: string", Task, "", "The server's name."},
		{".puid: string", Task, "", "Its number in the backend, as a text."},
		{".rid: integer", Task, "", "Counts servers that came in the place of another: 0 here."},
		{".proxy_name: string", Task, "", "Its backend's name."},
		{".proxy_uuid: string", Task, "", "Its backend's number, as a text."},
		{".reference: Server", Task, "", "The server."},
		{".state: {admin: boolean, cause: string, old_state: string, new_state: string, requeued: integer, check: table?}?", Task, "", "Of SERVER_STATE: whether an administrator is the cause, what logs say of it, the states `RUNNING`, `STOPPED`, `STARTING` and `STOPPING`, how many exchanges left the server's queue, and the check, if it was one, as in `check`."},
		{".admin: {cause: string, old_admin: string[], new_admin: string[], requeued: integer}?", Task, "", "Of SERVER_ADMIN: `MAINT`, `DRAIN` and what they come from: `FMAINT` and `FDRAIN` if they are forced, `IMAINT` and `IDRAIN` if inherited, `CMAINT` by the configuration, `RMAINT` by a name that is not resolved."},
		{".check: {agent: boolean, result: string, duration: integer, reason: {short: string, desc: string, code: integer?}, health: {cur: integer, rise: integer, fall: integer}}?", Task, "", "Of SERVER_CHECK: `PASSED`, `CONDPASS`, `FAILED` or `NEUTRAL`, how many milliseconds it took, and why."},
	},
}
