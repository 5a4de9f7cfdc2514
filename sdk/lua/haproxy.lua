---@meta haproxy
-- The Lua API for editors, made from package sdk/api by: go generate ./sdk/api

---The proxy itself: its log, its clock, its sections, and the registration of what scripts add to it.
---@class core
---@field emerg integer The log level "emergency": 0.
---@field alert integer The log level "alert": 1.
---@field crit integer The log level "critical": 2.
---@field err integer The log level "error": 3.
---@field warning integer The log level "warning": 4.
---@field notice integer The log level "notice": 5.
---@field info integer The log level "informational": 6.
---@field debug integer The log level "debug": 7.
---@field proxies table<string, Proxy> All sections by name. Of a frontend and a backend with one name it has one.
---@field frontends table<string, Proxy> The frontend and listen sections by name.
---@field backends table<string, Proxy> The backend and listen sections by name.
---@field thread integer 0 in a file of lua-load; in one of lua-load-per-thread the number of the instance, from 1.
---@field shared Shared What scripts share over instances, by key.
---@field tracer Tracer Opens spans below that of the execution.
---@field meter Meter Makes instruments, for metrics of the script's own.
core = {}

---Sends a message to the log.
---In: anywhere. Since: HAProxy 2.6.
---@param level integer
---@param message string
function core.log(level, message) end

---Sends a message at level debug to the log.
---In: anywhere. Since: HAProxy 2.6.
---@param message string
function core.Debug(message) end

---Sends a message at level info to the log.
---In: anywhere. Since: HAProxy 2.6.
---@param message string
function core.Info(message) end

---Sends a message at level warning to the log.
---In: anywhere. Since: HAProxy 2.6.
---@param message string
function core.Warning(message) end

---Sends a message at level alert to the log.
---In: anywhere. Since: HAProxy 2.6.
---@param message string
function core.Alert(message) end

---Makes a function an action of the rule sets `tcp-req`, `tcp-res`, `http-req` and `http-res`, called `lua.NAME` there. The number of arguments is that of the words which follow it.
---In: body. Since: HAProxy 2.6.
---@param name string
---@param rules string[]
---@param f fun(txn: TXN, ...: string): integer?
---@param arguments? integer
function core.register_action(name, rules, f, arguments) end

---Makes a function the converter `lua.NAME`.
---In: body. Since: HAProxy 2.6.
---@param name string
---@param f fun(input: string, ...: string): any
function core.register_converters(name, f) end

---Makes a function the sample fetch `lua.NAME`.
---In: body. Since: HAProxy 2.6.
---@param name string
---@param f fun(txn: TXN, ...: string): any
function core.register_fetches(name, f) end

---Makes a class the filter `lua.NAME`. The function gets an object and the words of each filter line.
---In: body. Since: HAProxy 2.6.
---@param name string
---@param class table
---@param f fun(filter: table, arguments: string[]): table?
function core.register_filter(name, class, f) end

---Makes a function a service that `use-service lua.NAME` runs in the place of a server.
---In: body. Since: HAProxy 2.6.
---@param name string
---@param mode "http"|"tcp"
---@param f fun(applet: AppletHTTP|AppletTCP)
function core.register_service(name, mode, f) end

---Runs a function once, when the configuration has been read.
---In: body. Since: HAProxy 2.6.
---@param f fun()
function core.register_init(f) end

---Runs a function beside the traffic. What follows it are its arguments (as from HAProxy 2.8 on); a table with the field `restart = true` behind them starts it again when it fails, later each time.
---In: anywhere. Since: HAProxy 2.6.
---@param f fun(...: any)
---@param ... any
function core.register_task(f, ...) end

---Adds a command to the runtime API. The function gets all words of the line.
---In: body. Since: HAProxy 2.6.
---@param words string[]
---@param usage string
---@param f fun(applet: AppletTCP, ...: string)
function core.register_cli(words, usage, f) end

---Sets the priority of the exchange or task, -1024 to 1024. Here it has no effect.
---In: task, action, fetch, converter, service, cli, filter. Since: HAProxy 2.6.
---@param nice integer
function core.set_nice(nice) end

---Adds a pattern to the ACL that is loaded from a file.
---In: init, task, action, fetch, converter, service, cli, filter. Since: HAProxy 2.6.
---@param file string
---@param key string
function core.add_acl(file, key) end

---Removes a pattern from the ACL that is loaded from a file.
---In: init, task, action, fetch, converter, service, cli, filter. Since: HAProxy 2.6.
---@param file string
---@param key string
function core.del_acl(file, key) end

---Sets the value of a key in a map, and adds the key if the map does not have it.
---In: init, task, action, fetch, converter, service, cli, filter. Since: HAProxy 2.6.
---@param file string
---@param key string
---@param value string
function core.set_map(file, key, value) end

---Removes a key from a map.
---In: init, task, action, fetch, converter, service, cli, filter. Since: HAProxy 2.6.
---@param file string
---@param key string
function core.del_map(file, key) end

---A secret that the operator has mounted, by name. Logs show asterisks in its place.
---In: anywhere. Since: Tidelock.
---@param name string
---@return string?
function core.secret(name) end

---What `show info` shows.
---In: anywhere. Since: HAProxy 2.6.
---@return table<string, string|integer>
function core.get_info() end

---The value of a variable of scope `proc`, nil when it has none.
---In: anywhere. Since: HAProxy 2.8.
---@param name string
---@return any
function core.get_var(name) end

---The time, in seconds and microseconds since 1970.
---In: anywhere. Since: HAProxy 2.6.
---@return {sec: integer, usec: integer}
function core.now() end

---The time that a date in one of HTTP's three forms stands for.
---In: anywhere. Since: HAProxy 2.6.
---@param text string
---@return integer?
function core.http_date(text) end

---The time of a date like `Sun, 06 Nov 1994 08:49:37 GMT`.
---In: anywhere. Since: HAProxy 2.6.
---@param text string
---@return integer?
function core.imf_date(text) end

---The time of a date like `Sunday, 06-Nov-94 08:49:37 GMT`.
---In: anywhere. Since: HAProxy 2.6.
---@param text string
---@return integer?
function core.rfc850_date(text) end

---The time of a date like `Sun Nov  6 08:49:37 1994`.
---In: anywhere. Since: HAProxy 2.6.
---@param text string
---@return integer?
function core.asctime_date(text) end

---Waits so many seconds.
---In: init, task, action, fetch, converter, service, cli, filter. Since: HAProxy 2.6.
---@param seconds integer
function core.sleep(seconds) end

---Waits so many milliseconds.
---In: init, task, action, fetch, converter, service, cli, filter. Since: HAProxy 2.6.
---@param milliseconds integer
function core.msleep(milliseconds) end

---Lets others have the instance.
---In: init, task, action, fetch, converter, service, cli, filter. Since: HAProxy 2.6.
function core.yield() end

---Ends the script at once, with a result for a sample.
---In: anywhere. Since: HAProxy 2.6.
---@param result? any
function core.done(result) end

---A new socket.
---In: init, task, action, fetch, converter, service, cli, filter. Since: HAProxy 2.6.
---@return Socket
function core.tcp() end

---A new client for one HTTP request.
---In: init, task, action, fetch, converter, service, cli, filter. Since: HAProxy 2.6.
---@return HTTPClient
function core.httpclient() end

---A new buffer that strings are added to.
---In: anywhere. Since: HAProxy 2.6.
---@return Concat
function core.concat() end

---A new queue.
---In: init, task, action, fetch, converter, service, cli, filter. Since: HAProxy 2.8.
---@return Queue
function core.queue() end

---Calls a function for each event of a server: `SERVER_UP`, `SERVER_DOWN`, `SERVER_STATE`, `SERVER_ADMIN`, `SERVER_CHECK`, or `SERVER` for all of them. `SERVER_ADD` and `SERVER_DEL` are known and never happen. It is called for one event after the other, from when the proxy serves; `when` is in seconds since 1970.
---In: anywhere. Since: HAProxy 2.8.
---@param types string[]
---@param f fun(event: string, data: ServerEvent, sub: EventSub, when: integer)
---@return EventSub
function core.event_sub(types, f) end

---The patterns of a file that the configuration loads, or of `#` and a number; nil when there are none.
---In: init, task, action, fetch, converter, service, cli, filter. Since: HAProxy 3.2.
---@param name string
---@return Patref?
function core.get_patref(name) end

---An address or a network, for match_addr; nil when the text is none.
---In: anywhere. Since: HAProxy 2.6.
---@param text string
---@return userdata?
function core.parse_addr(text) end

---Whether one of two networks lies in the other.
---In: anywhere. Since: HAProxy 2.6.
---@param a userdata
---@param b userdata
---@return boolean
function core.match_addr(a, b) end

---Splits a text at each of the separators. noblank leaves empty parts out.
---In: anywhere. Since: HAProxy 2.6.
---@param text string
---@param separators string
---@param noblank? boolean
---@return string[]
function core.tokenize(text, separators, noblank) end

---A section of the configuration: what core.proxies, core.frontends and core.backends hold.
---@class Proxy
---@field name string Its name.
---@field uuid string Its number, as a text.
---@field servers table<string, Server> Its servers by name.
---@field listeners table<string, Listener> Its listeners by name, `sock-1` and on for those without one.
---@field stktable StickTable? Its stick table.
local Proxy = {}

---Stops accepting connections, until resume.
---In: task, action, fetch, converter, service, cli, filter. Since: HAProxy 2.6.
function Proxy:pause() end

---Accepts connections again.
---In: task, action, fetch, converter, service, cli, filter. Since: HAProxy 2.6.
function Proxy:resume() end

---Stops listening for good.
---In: task, action, fetch, converter, service, cli, filter. Since: HAProxy 2.6.
function Proxy:stop() end

---Ends the exchanges that backup servers have.
---In: task, action, fetch, converter, service, cli, filter. Since: HAProxy 2.6.
function Proxy:shut_bcksess() end

---`frontend`, `backend` or `proxy`, which is both.
---In: init, task, action, fetch, converter, service, cli, filter. Since: HAProxy 2.6.
---@return string
function Proxy:get_cap() end

---`tcp` or `http`.
---In: init, task, action, fetch, converter, service, cli, filter. Since: HAProxy 2.6.
---@return string
function Proxy:get_mode() end

---The columns of its line in `show stat`: a frontend's, or else the backend's.
---In: init, task, action, fetch, converter, service, cli, filter. Since: HAProxy 2.6.
---@return table<string, string|integer>
function Proxy:get_stats() end

---How many servers are usable that are no backups.
---In: init, task, action, fetch, converter, service, cli, filter. Since: HAProxy 2.8.
---@return integer
function Proxy:get_srv_act() end

---How many backup servers are usable.
---In: init, task, action, fetch, converter, service, cli, filter. Since: HAProxy 2.8.
---@return integer
function Proxy:get_srv_bck() end

---A server of a backend.
---@class Server
---@field name string Its name.
---@field puid string Its number in the backend, as a text.
local Server = {}

---Whether it takes no new clients.
---In: init, task, action, fetch, converter, service, cli, filter. Since: HAProxy 2.6.
---@return boolean
function Server:is_draining() end

---Whether it is a backup server.
---In: init, task, action, fetch, converter, service, cli, filter. Since: HAProxy 2.8.
---@return boolean
function Server:is_backup() end

---Whether it was added while the proxy ran.
---In: init, task, action, fetch, converter, service, cli, filter. Since: HAProxy 2.8.
---@return boolean
function Server:is_dynamic() end

---Sets how many connections it may have. The result says what is wrong.
---In: init, task, action, fetch, converter, service, cli, filter. Since: HAProxy 2.6.
---@param connections string|integer
---@return string?
function Server:set_maxconn(connections) end

---How many connections it may have, 0 for any number.
---In: init, task, action, fetch, converter, service, cli, filter. Since: HAProxy 2.6.
---@return integer
function Server:get_maxconn() end

---Sets its weight, a number or a percentage of the initial one. The result says what is wrong.
---In: init, task, action, fetch, converter, service, cli, filter. Since: HAProxy 2.6.
---@param weight string|integer
---@return string?
function Server:set_weight(weight) end

---Its weight.
---In: init, task, action, fetch, converter, service, cli, filter. Since: HAProxy 2.6.
---@return integer
function Server:get_weight() end

---Moves it to another address.
---In: init, task, action, fetch, converter, service, cli, filter. Since: HAProxy 2.6.
---@param address string
---@param port? string|integer
---@return string?
function Server:set_addr(address, port) end

---Its address and port.
---In: init, task, action, fetch, converter, service, cli, filter. Since: HAProxy 2.6.
---@return string
function Server:get_addr() end

---The columns of its line in `show stat`.
---In: init, task, action, fetch, converter, service, cli, filter. Since: HAProxy 2.6.
---@return table<string, string|integer>
function Server:get_stats() end

---The backend that it belongs to.
---In: init, task, action, fetch, converter, service, cli, filter. Since: HAProxy 2.8.
---@return Proxy
function Server:get_proxy() end

---How many exchanges it has.
---In: init, task, action, fetch, converter, service, cli, filter. Since: HAProxy 2.8.
---@return integer
function Server:get_cur_sess() end

---How many exchanges wait for it.
---In: init, task, action, fetch, converter, service, cli, filter. Since: HAProxy 2.8.
---@return integer
function Server:get_pend_conn() end

---Ends its exchanges.
---In: task, action, fetch, converter, service, cli, filter. Since: HAProxy 2.6.
function Server:shut_sess() end

---Lets it have no new clients.
---In: init, task, action, fetch, converter, service, cli, filter. Since: HAProxy 2.6.
function Server:set_drain() end

---Puts it into maintenance.
---In: init, task, action, fetch, converter, service, cli, filter. Since: HAProxy 2.6.
function Server:set_maint() end

---Ends maintenance and draining.
---In: init, task, action, fetch, converter, service, cli, filter. Since: HAProxy 2.6.
function Server:set_ready() end

---Takes its health checks up.
---In: init, task, action, fetch, converter, service, cli, filter. Since: HAProxy 2.6.
function Server:check_enable() end

---Suspends its health checks.
---In: init, task, action, fetch, converter, service, cli, filter. Since: HAProxy 2.6.
function Server:check_disable() end

---Declares it healthy.
---In: init, task, action, fetch, converter, service, cli, filter. Since: HAProxy 2.6.
function Server:check_force_up() end

---Declares it stopping: it keeps its clients.
---In: init, task, action, fetch, converter, service, cli, filter. Since: HAProxy 2.6.
function Server:check_force_nolb() end

---Declares it down.
---In: init, task, action, fetch, converter, service, cli, filter. Since: HAProxy 2.6.
function Server:check_force_down() end

---Takes its agent checks up.
---In: init, task, action, fetch, converter, service, cli, filter. Since: HAProxy 2.6.
function Server:agent_enable() end

---Suspends its agent checks.
---In: init, task, action, fetch, converter, service, cli, filter. Since: HAProxy 2.6.
function Server:agent_disable() end

---Declares it healthy for the agent.
---In: init, task, action, fetch, converter, service, cli, filter. Since: HAProxy 2.6.
function Server:agent_force_up() end

---Declares it down for the agent.
---In: init, task, action, fetch, converter, service, cli, filter. Since: HAProxy 2.6.
function Server:agent_force_down() end

---The server whose state it follows.
---In: init, task, action, fetch, converter, service, cli, filter. Since: HAProxy 2.8.
---@return Server?
function Server:tracking() end

---The servers that follow its state.
---In: init, task, action, fetch, converter, service, cli, filter. Since: HAProxy 2.8.
---@return Server[]
function Server:get_trackers() end

---core.event_sub for this server alone.
---In: init, task, action, fetch, converter, service, cli, filter. Since: HAProxy 2.8.
---@param types string[]
---@param f fun(event: string, data: ServerEvent, sub: EventSub, when: integer)
---@return EventSub
function Server:event_sub(types, f) end

---An address that a frontend listens on.
---@class Listener
local Listener = {}

---The columns of its line in `show stat`.
---In: init, task, action, fetch, converter, service, cli, filter. Since: HAProxy 2.6.
---@return table<string, string|integer>
function Listener:get_stats() end

---A buffer for a text that grows in many steps.
---@class Concat
local Concat = {}

---Adds to the end.
---In: anywhere. Since: HAProxy 2.6.
---@param text string
function Concat:add(text) end

---The whole text.
---In: anywhere. Since: HAProxy 2.6.
---@return string
function Concat:dump() end

---A queue of values in the order of their coming, which one function fills and another empties. As everything in a script's memory it belongs to one instance.
---@class Queue
local Queue = {}

---Adds a value. nil is refused: the result is false.
---In: task, action, fetch, converter, service, cli, filter. Since: HAProxy 2.8.
---@param value any
---@return boolean
function Queue:push(value) end

---Takes the first value; nil when the queue is empty.
---In: task, action, fetch, converter, service, cli, filter. Since: HAProxy 2.8.
---@return any
function Queue:pop() end

---Takes the first value, and waits for one.
---In: task, action, service. Since: HAProxy 2.8.
---@return any
function Queue:pop_wait() end

---How many values wait.
---In: task, action, fetch, converter, service, cli, filter. Since: HAProxy 2.8.
---@return integer
function Queue:size() end

---Waits until the queue is not empty. false: it was empty all the time.
---In: task. Since: HAProxy 2.8.
---@return boolean
function Queue:alarm() end

---`core.shared`: values by key that all instances, and by a driver all processes, see alike. A value is a string, a number or a boolean; expiry is in seconds, 0 or nil for never. An operation is atomic.
---@class Shared
local Shared = {}

---The value; nil when there is none.
---In: task, action, fetch, converter, service, cli, filter. Since: Tidelock.
---@param key string
---@return any
function Shared.get(key) end

---Sets a value; nil removes it.
---In: task, action, fetch, converter, service, cli, filter. Since: Tidelock.
---@param key string
---@param value any
---@param expiry? number
function Shared.set(key, value, expiry) end

---Sets a value unless there is one, and tells whether it did.
---In: task, action, fetch, converter, service, cli, filter. Since: Tidelock.
---@param key string
---@param value any
---@param expiry? number
---@return boolean
function Shared.add(key, value, expiry) end

---Adds to a number, 1 if not told otherwise, and returns the sum. What does not exist is 0; expiry counts from its first time.
---In: task, action, fetch, converter, service, cli, filter. Since: Tidelock.
---@param key string
---@param by? number
---@param expiry? number
---@return number
function Shared.incr(key, by, expiry) end

---Sets a value if it is the old one, nil standing for none, and tells whether it did.
---In: task, action, fetch, converter, service, cli, filter. Since: Tidelock.
---@param key string
---@param old any
---@param new any
---@param expiry? number
---@return boolean
function Shared.compare_and_set(key, old, new, expiry) end

---Removes a value and tells whether there was one.
---In: task, action, fetch, converter, service, cli, filter. Since: Tidelock.
---@param key string
---@return boolean
function Shared.delete(key) end

---The keys that begin with a prefix, in order.
---In: task, action, fetch, converter, service, cli, filter. Since: Tidelock.
---@param prefix? string
---@param limit? integer
---@return string[]
function Shared.keys(prefix, limit) end

---Waits until the value is another than the old one, at most so many seconds, and returns what it is then.
---In: task, action, fetch, converter, service, cli, filter. Since: Tidelock.
---@param key string
---@param old any
---@param timeout? number
---@return any
function Shared.wait(key, old, timeout) end

---A subscription: what event_sub returns, and what the function that it calls gets.
---@class EventSub
local EventSub = {}

---Ends it. Events that wait are not told.
---In: anywhere. Since: HAProxy 2.8.
function EventSub:unsub() end

---What is told of an event of a server.
---@class ServerEvent
---@field name string The server's name.
---@field puid string Its number in the backend, as a text.
---@field rid integer Counts servers that came in the place of another: 0 here.
---@field proxy_name string Its backend's name.
---@field proxy_uuid string Its backend's number, as a text.
---@field reference Server The server.
---@field state {admin: boolean, cause: string, old_state: string, new_state: string, requeued: integer, check: table?}? Of SERVER_STATE: whether an administrator is the cause, what logs say of it, the states `RUNNING`, `STOPPED`, `STARTING` and `STOPPING`, how many exchanges left the server's queue, and the check, if it was one, as in `check`.
---@field admin {cause: string, old_admin: string[], new_admin: string[], requeued: integer}? Of SERVER_ADMIN: `MAINT`, `DRAIN` and what they come from: `FMAINT` and `FDRAIN` if they are forced, `IMAINT` and `IDRAIN` if inherited, `CMAINT` by the configuration, `RMAINT` by a name that is not resolved.
---@field check {agent: boolean, result: string, duration: integer, reason: {short: string, desc: string, code: integer?}, health: {cur: integer, rise: integer, fall: integer}}? Of SERVER_CHECK: `PASSED`, `CONDPASS`, `FAILED` or `NEUTRAL`, how many milliseconds it took, and why.
local ServerEvent = {}

---`core.tracer`: OpenTelemetry's spans, below that of the execution. Where nobody traces, or the trace is not sampled, everything works and nothing is kept.
---@class Tracer
local Tracer = {}

---Opens a span below that of the execution. The end of the execution ends it, at the latest. In a task the first one behind a wait links to what ended that.
---In: anywhere. Since: Tidelock.
---@param name string
---@param attributes? table<string, string|number|boolean>
---@return Span
function Tracer.start(name, attributes) end

---The execution's place in the trace, as the header `traceparent` has it; nil where nobody traces.
---In: anywhere. Since: Tidelock.
---@return string?
function Tracer.traceparent() end

---Something that a script does, with its duration. In Lua 5.4 `local span <close> = core.tracer.start(name)` ends it with its block.
---@class Span
local Span = {}

---Opens a span below this one.
---In: anywhere. Since: Tidelock.
---@param name string
---@param attributes? table<string, string|number|boolean>
---@return Span
function Span:start(name, attributes) end

---Sets an attribute.
---In: anywhere. Since: Tidelock.
---@param key string
---@param value string|number|boolean
function Span:set_attribute(key, value) end

---Adds an event at this time.
---In: anywhere. Since: Tidelock.
---@param name string
---@param attributes? table<string, string|number|boolean>
function Span:add_event(name, attributes) end

---Adds an event `exception` with the problem as text and the place in the script, and makes the status an error.
---In: anywhere. Since: Tidelock.
---@param problem any
function Span:record_error(problem) end

---Sets the status.
---In: anywhere. Since: Tidelock.
---@param status "ok"|"error"
---@param description? string
function Span:set_status(status, description) end

---The span's place in the trace, as the header `traceparent` has it; nil where nobody traces.
---In: anywhere. Since: Tidelock.
---@return string?
function Span:traceparent() end

---Ends the span. Its methods do nothing any more.
---In: anywhere. Since: Tidelock.
function Span:finish() end

---`core.meter`: OpenTelemetry's instruments. Best made while the script is loaded; instruments of one kind and name are one. Options are `unit`, as in UCUM, and `description`.
---@class Meter
local Meter = {}

---A sum that only grows.
---In: anywhere. Since: Tidelock.
---@param name string
---@param options? {unit?: string, description?: string}
---@return Counter
function Meter.counter(name, options) end

---A value that changes.
---In: anywhere. Since: Tidelock.
---@param name string
---@param options? {unit?: string, description?: string}
---@return Gauge
function Meter.gauge(name, options) end

---How values are distributed.
---In: anywhere. Since: Tidelock.
---@param name string
---@param options? {unit?: string, description?: string}
---@return Histogram
function Meter.histogram(name, options) end

---What Meter.counter returns.
---@class Counter
local Counter = {}

---Adds a value that is not negative.
---In: anywhere. Since: Tidelock.
---@param value number
---@param attributes? table<string, string|number|boolean>
function Counter:add(value, attributes) end

---What Meter.gauge returns.
---@class Gauge
local Gauge = {}

---Sets the value.
---In: anywhere. Since: Tidelock.
---@param value number
---@param attributes? table<string, string|number|boolean>
function Gauge:set(value, attributes) end

---What Meter.histogram returns.
---@class Histogram
local Histogram = {}

---Counts a value.
---In: anywhere. Since: Tidelock.
---@param value number
---@param attributes? table<string, string|number|boolean>
function Histogram:record(value, attributes) end

---All sample fetches as methods, with `_` in the place of `.` and `-`: `txn.f:req_hdr("host")`. Those of `f` keep their types and yield nil for what does not exist; those of `sf` are strings.
---@class Fetches
local Fetches = {}

---All converters as methods that take the input first: `txn.c:base64(text)`. Those of `c` keep their types; those of `sc` are strings.
---@class Converters
local Converters = {}

---An exchange, as actions, sample fetches and filters see it.
---@class TXN
---@field f Fetches The sample fetches.
---@field sf Fetches The sample fetches, all as strings.
---@field c Converters The converters.
---@field sc Converters The converters, all as strings.
---@field req Channel What flows from client to server.
---@field res Channel What flows from server to client.
---@field http HTTP The messages, in mode http.
---@field http_req HTTPMessage The request, in filters.
---@field http_res HTTPMessage The response, in filters.
local TXN = {}

---Sends a message to the log.
---In: action, fetch, filter. Since: HAProxy 2.6.
---@param level integer
---@param message string
function TXN:log(level, message) end

---Sends a message at the default level to the log.
---In: action, fetch, filter. Since: HAProxy 2.6.
---@param message string
function TXN:deflog(message) end

---Sends a message at level debug to the log.
---In: action, fetch, filter. Since: HAProxy 2.6.
---@param message string
function TXN:Debug(message) end

---Sends a message at level info to the log.
---In: action, fetch, filter. Since: HAProxy 2.6.
---@param message string
function TXN:Info(message) end

---Sends a message at level warning to the log.
---In: action, fetch, filter. Since: HAProxy 2.6.
---@param message string
function TXN:Warning(message) end

---Sends a message at level alert to the log.
---In: action, fetch, filter. Since: HAProxy 2.6.
---@param message string
function TXN:Alert(message) end

---Sets a variable. ifexist sets it only if the configuration knows its name.
---In: action, fetch, service, filter. Since: HAProxy 2.6.
---@param name string
---@param value any
---@param ifexist? boolean
---@return boolean
function TXN:set_var(name, value, ifexist) end

---Removes the value of a variable.
---In: action, fetch, service, filter. Since: HAProxy 2.6.
---@param name string
---@return boolean
function TXN:unset_var(name) end

---The value of a variable, nil when it has none.
---In: action, fetch, service, filter. Since: HAProxy 2.6.
---@param name string
---@return any
function TXN:get_var(name) end

---Keeps a value for the other scripts of the exchange.
---In: action, fetch, service, filter. Since: HAProxy 2.6.
---@param value any
function TXN:set_priv(value) end

---The value that set_priv kept.
---In: action, fetch, service, filter. Since: HAProxy 2.6.
---@return any
function TXN:get_priv() end

---A new reply, with the fields of a table.
---In: action, fetch, filter. Since: HAProxy 2.6.
---@param fields? table
---@return Reply
function TXN:reply(fields) end

---Ends the script and, in an action, the exchange: with the reply, or with none.
---In: action, fetch, filter. Since: HAProxy 2.6.
---@param reply? Reply|table
function TXN:done(reply) end

---The level at which the exchange is logged.
---In: action, fetch, filter. Since: HAProxy 2.6.
---@param level integer
function TXN:set_loglevel(level) end

---The type of service of packets to the client.
---In: action, fetch, filter. Since: HAProxy 2.6.
---@param tos integer
function TXN:set_tos(tos) end

---The netfilter mark of packets to the client.
---In: action, fetch, filter. Since: HAProxy 2.6.
---@param mark integer
function TXN:set_mark(mark) end

---The type of service of packets to the client.
---In: action, fetch, filter. Since: HAProxy 3.0.
---@param tos integer
function TXN:set_fc_tos(tos) end

---The netfilter mark of packets to the client.
---In: action, fetch, filter. Since: HAProxy 3.0.
---@param mark integer
function TXN:set_fc_mark(mark) end

---The class of the exchange in queues, -2047 to 2047: those of a smaller one go first.
---In: action, fetch, filter. Since: HAProxy 2.6.
---@param class integer
function TXN:set_priority_class(class) end

---What is added to the time that the exchange has waited in queues, -524287 to 524287.
---In: action, fetch, filter. Since: HAProxy 2.6.
---@param milliseconds integer
function TXN:set_priority_offset(milliseconds) end

---A response that a script prepares for TXN.done.
---@class Reply
---@field status integer The status.
---@field reason string The reason phrase.
---@field headers table<string, string[]> The values of each header, by name.
---@field body string? The body.
local Reply = {}

---Sets status and reason; without one it is the status's usual one.
---In: action, fetch, filter. Since: HAProxy 2.6.
---@param status integer
---@param reason? string
function Reply:set_status(status, reason) end

---Adds a header.
---In: action, fetch, filter. Since: HAProxy 2.6.
---@param name string
---@param value string
function Reply:add_header(name, value) end

---Removes all headers of a name.
---In: action, fetch, filter. Since: HAProxy 2.6.
---@param name string
function Reply:del_header(name) end

---Sets the body.
---In: action, fetch, filter. Since: HAProxy 2.6.
---@param body string
function Reply:set_body(body) end

---Request and response of an exchange: `txn.http`.
---@class HTTP
local HTTP = {}

---The request's headers: by name in lower case, then by number from 0.
---In: action, filter. Since: HAProxy 2.6.
---@return table<string, table<integer, string>>
function HTTP:req_get_headers() end

---The response's headers.
---In: action, filter. Since: HAProxy 2.6.
---@return table<string, table<integer, string>>
function HTTP:res_get_headers() end

---Adds a header to the request.
---In: action, filter. Since: HAProxy 2.6.
---@param name string
---@param value string
function HTTP:req_add_header(name, value) end

---Adds a header to the response.
---In: action, filter. Since: HAProxy 2.6.
---@param name string
---@param value string
function HTTP:res_add_header(name, value) end

---Removes all headers of a name from the request.
---In: action, filter. Since: HAProxy 2.6.
---@param name string
function HTTP:req_del_header(name) end

---Removes all headers of a name from the response.
---In: action, filter. Since: HAProxy 2.6.
---@param name string
function HTTP:res_del_header(name) end

---Puts one header in the place of all of its name.
---In: action, filter. Since: HAProxy 2.6.
---@param name string
---@param value string
function HTTP:req_set_header(name, value) end

---Puts one header in the place of all of its name.
---In: action, filter. Since: HAProxy 2.6.
---@param name string
---@param value string
function HTTP:res_set_header(name, value) end

---Replaces whole header lines of the request that match.
---In: action, filter. Since: HAProxy 2.6.
---@param name string
---@param regex string
---@param replacement string
function HTTP:req_rep_header(name, regex, replacement) end

---Replaces whole header lines of the response that match.
---In: action, filter. Since: HAProxy 2.6.
---@param name string
---@param regex string
---@param replacement string
function HTTP:res_rep_header(name, regex, replacement) end

---Replaces each comma-separated value that matches.
---In: action, filter. Since: HAProxy 2.6.
---@param name string
---@param regex string
---@param replacement string
function HTTP:req_rep_value(name, regex, replacement) end

---Replaces each comma-separated value that matches.
---In: action, filter. Since: HAProxy 2.6.
---@param name string
---@param regex string
---@param replacement string
function HTTP:res_rep_value(name, regex, replacement) end

---Sets the method.
---In: action, filter. Since: HAProxy 2.6.
---@param method string
---@return boolean
function HTTP:req_set_method(method) end

---Sets the path, without the query string.
---In: action, filter. Since: HAProxy 2.6.
---@param path string
---@return boolean
function HTTP:req_set_path(path) end

---Sets the query string.
---In: action, filter. Since: HAProxy 2.6.
---@param query string
---@return boolean
function HTTP:req_set_query(query) end

---Sets the whole target.
---In: action, filter. Since: HAProxy 2.6.
---@param uri string
---@return boolean
function HTTP:req_set_uri(uri) end

---Sets status and reason of the response.
---In: action, filter. Since: HAProxy 2.6.
---@param status integer
---@param reason? string
function HTTP:res_set_status(status, reason) end

---A message that passes a filter.
---@class HTTPMessage
---@field channel Channel The channel that the message flows through.
local HTTPMessage = {}

---Adds to the end of what was received; -1 when there is no room.
---In: action, filter. Since: HAProxy 2.6.
---@param data string
---@return integer
function HTTPMessage:append(data) end

---Lets bytes pass.
---In: action, filter. Since: HAProxy 2.6.
---@param length integer
---@return integer
function HTTPMessage:forward(length) end

---How many received bytes have not been let pass.
---In: action, filter. Since: HAProxy 2.6.
---@return integer
function HTTPMessage:input() end

---Puts bytes into what was received.
---In: action, filter. Since: HAProxy 2.6.
---@param data string
---@param offset? integer
---@return integer
function HTTPMessage:insert(data, offset) end

---Whether nothing more can be received.
---In: action, filter. Since: HAProxy 2.6.
---@return boolean
function HTTPMessage:is_full() end

---Whether it flows to the client.
---In: action, filter. Since: HAProxy 2.6.
---@return boolean
function HTTPMessage:is_resp() end

---Whether more may come.
---In: action, filter. Since: HAProxy 2.6.
---@return boolean
function HTTPMessage:may_recv() end

---How many bytes were let pass and not sent.
---In: action, filter. Since: HAProxy 2.6.
---@return integer
function HTTPMessage:output() end

---Puts bytes in front of what was received.
---In: action, filter. Since: HAProxy 2.6.
---@param data string
---@return integer
function HTTPMessage:prepend(data) end

---Removes bytes from what was received.
---In: action, filter. Since: HAProxy 2.6.
---@param offset? integer
---@param length? integer
---@return integer
function HTTPMessage:remove(offset, length) end

---Sends bytes at once.
---In: action, filter. Since: HAProxy 2.6.
---@param data string
---@return integer
function HTTPMessage:send(data) end

---Puts bytes in the place of others.
---In: action, filter. Since: HAProxy 2.6.
---@param data string
---@param offset? integer
---@param length? integer
---@return integer
function HTTPMessage:set(data, offset, length) end

---What of the body was received and not let pass.
---In: filter. Since: HAProxy 2.6.
---@param offset? integer
---@param length? integer
---@return string?
function HTTPMessage:body(offset, length) end

---Whether the end of the message was received.
---In: filter. Since: HAProxy 2.6.
---@return boolean
function HTTPMessage:eom() end

---Declares the message ended.
---In: filter. Since: HAProxy 2.6.
function HTTPMessage:set_eom() end

---Takes that back.
---In: filter. Since: HAProxy 2.6.
function HTTPMessage:unset_eom() end

---The headers: by name in lower case, then by number from 0.
---In: filter. Since: HAProxy 2.6.
---@return table<string, table<integer, string>>
function HTTPMessage:get_headers() end

---The parts of the start line: method, uri and version, or version, code and reason.
---In: filter. Since: HAProxy 2.6.
---@return table
function HTTPMessage:get_stline() end

---Adds a header.
---In: filter. Since: HAProxy 2.6.
---@param name string
---@param value string
function HTTPMessage:add_header(name, value) end

---Removes all headers of a name.
---In: filter. Since: HAProxy 2.6.
---@param name string
function HTTPMessage:del_header(name) end

---Puts one header in the place of all of its name.
---In: filter. Since: HAProxy 2.6.
---@param name string
---@param value string
function HTTPMessage:set_header(name, value) end

---Replaces whole header lines that match.
---In: filter. Since: HAProxy 2.6.
---@param name string
---@param regex string
---@param replacement string
function HTTPMessage:rep_header(name, regex, replacement) end

---Replaces each comma-separated value that matches.
---In: filter. Since: HAProxy 2.6.
---@param name string
---@param regex string
---@param replacement string
function HTTPMessage:rep_value(name, regex, replacement) end

---Sets the method.
---In: filter. Since: HAProxy 2.6.
---@param method string
---@return boolean
function HTTPMessage:set_method(method) end

---Sets the path, without the query string.
---In: filter. Since: HAProxy 2.6.
---@param path string
---@return boolean
function HTTPMessage:set_path(path) end

---Sets the query string.
---In: filter. Since: HAProxy 2.6.
---@param query string
---@return boolean
function HTTPMessage:set_query(query) end

---Sets the whole target.
---In: filter. Since: HAProxy 2.6.
---@param uri string
---@return boolean
function HTTPMessage:set_uri(uri) end

---Sets status and reason.
---In: filter. Since: HAProxy 2.6.
---@param status integer
---@param reason? string
---@return boolean
function HTTPMessage:set_status(status, reason) end

---One direction of an exchange: `txn.req` and `txn.res`.
---@class Channel
local Channel = {}

---Adds to the end of what was received; -1 when there is no room.
---In: action, filter. Since: HAProxy 2.6.
---@param data string
---@return integer
function Channel:append(data) end

---Lets bytes pass.
---In: action, filter. Since: HAProxy 2.6.
---@param length integer
---@return integer
function Channel:forward(length) end

---How many received bytes have not been let pass.
---In: action, filter. Since: HAProxy 2.6.
---@return integer
function Channel:input() end

---Puts bytes into what was received.
---In: action, filter. Since: HAProxy 2.6.
---@param data string
---@param offset? integer
---@return integer
function Channel:insert(data, offset) end

---Whether nothing more can be received.
---In: action, filter. Since: HAProxy 2.6.
---@return boolean
function Channel:is_full() end

---Whether it flows to the client.
---In: action, filter. Since: HAProxy 2.6.
---@return boolean
function Channel:is_resp() end

---Whether more may come.
---In: action, filter. Since: HAProxy 2.6.
---@return boolean
function Channel:may_recv() end

---How many bytes were let pass and not sent.
---In: action, filter. Since: HAProxy 2.6.
---@return integer
function Channel:output() end

---Puts bytes in front of what was received.
---In: action, filter. Since: HAProxy 2.6.
---@param data string
---@return integer
function Channel:prepend(data) end

---Removes bytes from what was received.
---In: action, filter. Since: HAProxy 2.6.
---@param offset? integer
---@param length? integer
---@return integer
function Channel:remove(offset, length) end

---Sends bytes at once.
---In: action, filter. Since: HAProxy 2.6.
---@param data string
---@return integer
function Channel:send(data) end

---Puts bytes in the place of others.
---In: action, filter. Since: HAProxy 2.6.
---@param data string
---@param offset? integer
---@param length? integer
---@return integer
function Channel:set(data, offset, length) end

---What was received and not let pass.
---In: action, filter. Since: HAProxy 2.6.
---@param offset? integer
---@param length? integer
---@return string?
function Channel:data(offset, length) end

---The first line of it.
---In: action, filter. Since: HAProxy 2.6.
---@param offset? integer
---@param length? integer
---@return string?
function Channel:line(offset, length) end

---All that was received: the older name of data.
---In: action, filter. Since: HAProxy 2.6.
---@return string?
function Channel:dup() end

---Takes all that was received.
---In: action, filter. Since: HAProxy 2.6.
---@return string?
function Channel:get() end

---Takes the first line.
---In: action, filter. Since: HAProxy 2.6.
---@return string?
function Channel:getline() end

---The older name of input.
---In: action, filter. Since: HAProxy 2.6.
---@return integer
function Channel:get_in_len() end

---The older name of output.
---In: action, filter. Since: HAProxy 2.6.
---@return integer
function Channel:get_out_len() end

---What filters return and set. Their callbacks are new, start_analyze, end_analyze, http_headers, http_payload, http_end and tcp_payload.
---@class filter
---@field CONTINUE integer Go on: 1.
---@field WAIT integer Wait for more: 0.
---@field ERROR integer Fail: -1.
---@field FLT_CFG_FL_HTX integer The flag of filters that take part in HTTP.
filter = {}

---Lets the filter see the data of a channel.
---In: filter. Since: HAProxy 2.6.
---@param filter table
---@param channel Channel
function filter.register_data_filter(filter, channel) end

---Ends that.
---In: filter. Since: HAProxy 2.6.
---@param filter table
---@param channel Channel
function filter.unregister_data_filter(filter, channel) end

---When the filter is called again at the latest.
---In: filter. Since: HAProxy 2.6.
---@param milliseconds integer
function filter.wake_time(milliseconds) end

---What an action may return.
---@class act
---@field CONTINUE integer Go on with the next rule: 0.
---@field STOP integer End this set of rules: 1.
---@field YIELD integer Call the action again later: 2.
---@field ERROR integer End the exchange with an internal error, 500: 3.
---@field DONE integer End the rules: 4.
---@field DENY integer Refuse: 403 for a request, 502 for a response: 5.
---@field ABORT integer End the exchange without an answer: 6.
---@field INVALID integer Refuse as malformed: 400 for a request, 502 for a response: 7.
act = {}

---When the action is called again at the latest, after it returns act.YIELD.
---In: action. Since: HAProxy 2.6.
---@param milliseconds integer
function act.wake_time(milliseconds) end

---The client's side of a service of mode `http`.
---@class AppletHTTP
---@field f Fetches The sample fetches.
---@field sf Fetches The sample fetches, all as strings.
---@field c Converters The converters.
---@field sc Converters The converters, all as strings.
---@field method string The request's method.
---@field version string The request's version, without `HTTP/`.
---@field path string The request's path.
---@field qs string The request's query string, without `?`.
---@field length integer The length of the request's body, -1 when it is not known.
---@field headers table<string, table<integer, string>> The request's headers: by name in lower case, then by number from 0.
local AppletHTTP = {}

---Sets the response's status.
---In: service. Since: HAProxy 2.6.
---@param status integer
---@param reason? string
function AppletHTTP:set_status(status, reason) end

---Adds a header to the response.
---In: service. Since: HAProxy 2.6.
---@param name string
---@param value string
function AppletHTTP:add_header(name, value) end

---Sends the response's head.
---In: service. Since: HAProxy 2.6.
function AppletHTTP:start_response() end

---The next line of the request's body; "" at its end.
---In: service. Since: HAProxy 2.6.
---@return string
function AppletHTTP:getline() end

---So many bytes of the request's body, or all of it.
---In: service. Since: HAProxy 2.6.
---@param size? integer
---@return string
function AppletHTTP:receive(size) end

---Sends a part of the response's body.
---In: service. Since: HAProxy 2.6.
---@param data string
---@return integer
function AppletHTTP:send(data) end

---Sets a variable. ifexist sets it only if the configuration knows its name.
---In: action, fetch, service, filter. Since: HAProxy 2.6.
---@param name string
---@param value any
---@param ifexist? boolean
---@return boolean
function AppletHTTP:set_var(name, value, ifexist) end

---Removes the value of a variable.
---In: action, fetch, service, filter. Since: HAProxy 2.6.
---@param name string
---@return boolean
function AppletHTTP:unset_var(name) end

---The value of a variable, nil when it has none.
---In: action, fetch, service, filter. Since: HAProxy 2.6.
---@param name string
---@return any
function AppletHTTP:get_var(name) end

---Keeps a value for the other scripts of the exchange.
---In: action, fetch, service, filter. Since: HAProxy 2.6.
---@param value any
function AppletHTTP:set_priv(value) end

---The value that set_priv kept.
---In: action, fetch, service, filter. Since: HAProxy 2.6.
---@return any
function AppletHTTP:get_priv() end

---The client's side of a service of mode `tcp`, and of a command of the runtime API.
---@class AppletTCP
---@field f Fetches The sample fetches.
---@field sf Fetches The sample fetches, all as strings.
---@field c Converters The converters.
---@field sc Converters The converters, all as strings.
local AppletTCP = {}

---The next line; "" at the end.
---In: service, cli. Since: HAProxy 2.6.
---@return string
function AppletTCP:getline() end

---So many bytes, or everything until the end.
---In: service, cli. Since: HAProxy 2.6.
---@param size? integer
---@return string
function AppletTCP:receive(size) end

---Sends bytes.
---In: service, cli. Since: HAProxy 2.6.
---@param data string
---@return integer
function AppletTCP:send(data) end

---Sets a variable. ifexist sets it only if the configuration knows its name.
---In: action, fetch, service, filter. Since: HAProxy 2.6.
---@param name string
---@param value any
---@param ifexist? boolean
---@return boolean
function AppletTCP:set_var(name, value, ifexist) end

---Removes the value of a variable.
---In: action, fetch, service, filter. Since: HAProxy 2.6.
---@param name string
---@return boolean
function AppletTCP:unset_var(name) end

---The value of a variable, nil when it has none.
---In: action, fetch, service, filter. Since: HAProxy 2.6.
---@param name string
---@return any
function AppletTCP:get_var(name) end

---Keeps a value for the other scripts of the exchange.
---In: action, fetch, service, filter. Since: HAProxy 2.6.
---@param value any
function AppletTCP:set_priv(value) end

---The value that set_priv kept.
---In: action, fetch, service, filter. Since: HAProxy 2.6.
---@return any
function AppletTCP:get_priv() end

---A connection to another host: what core.tcp() returns. Failures return nil and the reason.
---@class Socket
local Socket = {}

---Connects to an address, IPv4, IPv6 or `unix@PATH`, or to a name.
---In: init, task, action, fetch, converter, service, cli, filter. Since: HAProxy 2.6.
---@param address string
---@param port? integer
---@return integer?
---@return string?
function Socket:connect(address, port) end

---Connects, over TLS. Options, or a name for sni: sni, verify (a boolean; without it any certificate is taken), ca_file, crt (files of PEM).
---In: init, task, action, fetch, converter, service, cli, filter. Since: HAProxy 2.6.
---@param address string
---@param port integer
---@param options? string|table
---@return integer?
---@return string?
function Socket:connect_ssl(address, port, options) end

---Sends bytes, and returns the index of the last one sent.
---In: init, task, action, fetch, converter, service, cli, filter. Since: HAProxy 2.6.
---@param data string
---@param first? integer
---@param last? integer
---@return integer?
---@return string?
---@return integer?
function Socket:send(data, first, last) end

---So many bytes, `*l` a line, `*a` everything to the end.
---In: init, task, action, fetch, converter, service, cli, filter. Since: HAProxy 2.6.
---@param pattern? integer|string
---@param prefix? string
---@return string?
---@return string?
---@return string?
function Socket:receive(pattern, prefix) end

---Closes it.
---In: init, task, action, fetch, converter, service, cli, filter. Since: HAProxy 2.6.
function Socket:close() end

---Address and port of the other side.
---In: init, task, action, fetch, converter, service, cli, filter. Since: HAProxy 2.6.
---@return string?
function Socket:getpeername() end

---Address and port of this side.
---In: init, task, action, fetch, converter, service, cli, filter. Since: HAProxy 2.6.
---@return string?
function Socket:getsockname() end

---Bounds every wait.
---In: init, task, action, fetch, converter, service, cli, filter. Since: HAProxy 2.6.
---@param seconds number
---@param mode? string
---@return integer
function Socket:settimeout(seconds, mode) end

---There for programs that expect it; without effect.
---In: init, task, action, fetch, converter, service, cli, filter. Since: HAProxy 2.6.
---@param option string
---@param value? any
function Socket:setoption(option, value) end

---A client for one request: what core.httpclient() returns.
---@class HTTPClient
local HTTPClient = {}

---Sends a request: url, headers, body, dst, timeout. The response has status, reason, headers and body.
---In: init, task, action, fetch, service, cli, filter. Since: HAProxy 2.6.
---@param request table
---@return table?
function HTTPClient:get(request) end

---Sends a request: url, headers, body, dst, timeout. The response has status, reason, headers and body.
---In: init, task, action, fetch, service, cli, filter. Since: HAProxy 2.6.
---@param request table
---@return table?
function HTTPClient:head(request) end

---Sends a request: url, headers, body, dst, timeout. The response has status, reason, headers and body.
---In: init, task, action, fetch, service, cli, filter. Since: HAProxy 2.6.
---@param request table
---@return table?
function HTTPClient:put(request) end

---Sends a request: url, headers, body, dst, timeout. The response has status, reason, headers and body.
---In: init, task, action, fetch, service, cli, filter. Since: HAProxy 2.6.
---@param request table
---@return table?
function HTTPClient:post(request) end

---Sends a request: url, headers, body, dst, timeout. The response has status, reason, headers and body.
---In: init, task, action, fetch, service, cli, filter. Since: HAProxy 2.6.
---@param request table
---@return table?
function HTTPClient:delete(request) end

---A regular expression of the kind that the configuration uses.
---@class Regex
Regex = {}

---Compiles an expression: true and it, or false and the reason.
---In: anywhere. Since: HAProxy 2.6.
---@param expression string
---@param case_sensitive boolean
---@return boolean
---@return Regex|string
function Regex.new(expression, case_sensitive) end

---Whether a text matches.
---In: anywhere. Since: HAProxy 2.6.
---@param text string
---@return boolean
function Regex:exec(text) end

---Whether a text matches, with what the expression and its groups matched.
---In: anywhere. Since: HAProxy 2.6.
---@param text string
---@return boolean
---@return string[]
function Regex:match(text) end

---A map file, loaded with a matching method.
---@class Map
---@field _str integer The method that compares strings.
---@field _beg integer The method that compares beginnings.
---@field _sub integer The method that looks for substrings.
---@field _dir integer The method that compares parts of paths.
---@field _dom integer The method that compares parts of domain names.
---@field _end integer The method that compares ends.
---@field _reg integer The method of regular expressions.
---@field _regm integer The method of regular expressions whose groups the values refer to.
---@field _int integer The method of integers and their ranges.
---@field _ip integer The method of addresses and networks.
---@field _bin integer The method that compares bytes, given in hexadecimal digits.
---@field _len integer The method that compares lengths.
---@field _bool integer The method of booleans.
---@field _found integer The method that any key matches.
---@field str integer The same as _str; there is one such name for every method.
---@field beg integer The same as _beg.
---@field sub integer The same as _sub.
---@field dir integer The same as _dir.
---@field dom integer The same as _dom.
---@field ["end"] integer The same as _end; a keyword of Lua, so it is written Map["end"].
---@field reg integer The same as _reg.
---@field regm integer The same as _regm.
---@field int integer The same as _int.
---@field ip integer The same as _ip.
---@field bin integer The same as _bin.
---@field len integer The same as _len.
---@field bool integer The same as _bool.
---@field found integer The same as _found.
Map = {}

---Loads a map. Without a method it is one of strings.
---In: body. Since: HAProxy 2.6.
---@param file string
---@param method? integer
---@return Map
function Map.new(file, method) end

---The value of what the key matches, nil for no match.
---In: task, action, fetch, converter, service, cli, filter. Since: HAProxy 2.6.
---@param key string|integer
---@return string?
function Map:lookup(key) end

---The value of what the key matches, "" for no match.
---In: task, action, fetch, converter, service, cli, filter. Since: HAProxy 2.6.
---@param key string|integer
---@return string
function Map:slookup(key) end

---A set of patterns. `patref[pattern]` is the value of a pattern in a map, true in an ACL, nil for none; `pairs(patref)` goes through all. Changes hold at once or, after prepare, with commit.
---@class Patref
local Patref = {}

---The name of its file, or `#` and its number.
---In: init, task, action, fetch, converter, service, cli, filter. Since: HAProxy 3.2.
---@return string
function Patref:get_name() end

---Whether its patterns have values.
---In: init, task, action, fetch, converter, service, cli, filter. Since: HAProxy 3.2.
---@return boolean
function Patref:is_map() end

---Begins a new, empty version. What follows changes that one, and nobody sees it yet.
---In: init, task, action, fetch, converter, service, cli, filter. Since: HAProxy 3.2.
function Patref:prepare() end

---Puts the new version in the place of the old one, in one step. Others that were begun before are void: nil and the reason.
---In: init, task, action, fetch, converter, service, cli, filter. Since: HAProxy 3.2.
---@return boolean?
---@return string?
function Patref:commit() end

---Drops the new version.
---In: init, task, action, fetch, converter, service, cli, filter. Since: HAProxy 3.2.
function Patref:giveup() end

---Removes all patterns.
---In: init, task, action, fetch, converter, service, cli, filter. Since: HAProxy 3.2.
---@return boolean
function Patref:purge() end

---Adds a pattern, with its value in a map, even if it is there. nil and the reason when it is refused.
---In: init, task, action, fetch, converter, service, cli, filter. Since: HAProxy 3.2.
---@param pattern string
---@param value? string
---@return boolean?
---@return string?
function Patref:add(pattern, value) end

---Adds all patterns of a table: values by pattern for a map, else a list.
---In: init, task, action, fetch, converter, service, cli, filter. Since: HAProxy 3.2.
---@param patterns table
---@return boolean?
---@return string?
function Patref:add_bulk(patterns) end

---Removes a pattern, and tells whether it was there.
---In: init, task, action, fetch, converter, service, cli, filter. Since: HAProxy 3.2.
---@param pattern string
---@return boolean
function Patref:del(pattern) end

---Sets the value of a pattern that is in the map; with force one that is not there is added.
---In: init, task, action, fetch, converter, service, cli, filter. Since: HAProxy 3.2.
---@param pattern string
---@param value string
---@param force? boolean
---@return boolean?
---@return string?
function Patref:set(pattern, value, force) end

---Calls a function when the patterns change, whoever does it: `PAT_REF_ADD`, `PAT_REF_DEL`, `PAT_REF_SET`, `PAT_REF_COMMIT`, `PAT_REF_CLEAR`, or `PAT_REF` for all.
---In: init, task, action, fetch, converter, service, cli, filter. Since: HAProxy 3.2.
---@param types string[]
---@param f fun(event: string, data: nil, sub: EventSub, when: integer)
---@return EventSub
function Patref:event_sub(types, f) end

---The stick table of a section.
---@class StickTable
local StickTable = {}

---Its type, size, length, expire in milliseconds, nopurge, how many entries it has, and its data by name with their periods (-1 for what is no rate).
---In: init, task, action, fetch, converter, service, cli, filter. Since: HAProxy 2.6.
---@return table
function StickTable:info() end

---The data of one entry by name, with `use` and `expire`; nil when there is none.
---In: init, task, action, fetch, converter, service, cli, filter. Since: HAProxy 2.6.
---@param key string
---@return table?
function StickTable:lookup(key) end

---All entries by key. A filter is up to four conditions `{name, operator, number}` with the operators eq, ne, le, lt, ge and gt.
---In: init, task, action, fetch, converter, service, cli, filter. Since: HAProxy 2.6.
---@param filter? table
---@return table<string, table>
function StickTable:dump(filter) end

---The certificates in memory.
---@class CertCache
CertCache = {}

---Replaces parts of a certificate that the configuration has loaded, for the handshakes that follow: `filename`, and what is new of `crt`, `key` and `issuer` (PEM), `ocsp` (base64), `sctl`.
---In: task, action, fetch, converter, service, cli, filter. Since: HAProxy 2.6.
---@param certificate table
function CertCache.set(certificate) end
