package counter

import "time"

// Columns are the columns of "show stat", in its order. The number of a column in the typed output format is its index.
var Columns = []Column{
	{"pxname", "KNS", "", word(everywhere, func(r *reading) string { return r.Proxy })},
	{"svname", "KNS", "", word(everywhere, func(r *reading) string { return r.Name })},
	{"qcur", "MGP", "", number(serverSide, func(r *reading) int64 { return r.Queue.Now() })},
	{"qmax", "MMP", "", number(serverSide, func(r *reading) int64 { return r.Queue.Max() })},
	{"scur", "MGP", "", number(everywhere, func(r *reading) int64 { return r.Sessions.Now() })},
	{"smax", "MMP", "", number(everywhere, func(r *reading) int64 { return r.Sessions.Max() })},
	{"slim", "CLP", "", of(everywhere, func(r *reading) Value { return r.state.Limit.value(U32) })},
	{"stot", "MCP", "", count(everywhere, Sessions)},
	{"bin", "MCP", "", count(everywhere, BytesIn)},
	{"bout", "MCP", "", count(everywhere, BytesOut)},
	{"dreq", "MCP", "", count(clientSide|backends, DeniedRequests)},
	{"dresp", "MCP", "", count(everywhere, DeniedResponses)},
	{"ereq", "MCP", "", count(clientSide, RequestErrors)},
	{"econ", "MCP", "", count(serverSide, ConnectErrors)},
	{"eresp", "MCP", "", count(serverSide, ResponseErrors)},
	{"wretr", "MCP", "", count(serverSide, Retries)},
	{"wredis", "MCP", "", count(serverSide, Redispatches)},
	{"status", "SGP", "", word(everywhere, func(r *reading) string { return r.state.Status })},
	{"weight", "MaP", "", number(serverSide, func(r *reading) uint64 { return r.state.Weight })},
	{"act", "SGP", "MGP", number(serverSide, func(r *reading) uint64 { return r.state.Active })},
	{"bck", "SGP", "MGP", number(serverSide, func(r *reading) uint64 { return r.state.Backup })},
	{"chkfail", "MCP", "", checked(FailedChecks)},
	{"chkdown", "MCP", "", downs},
	{"lastchg", "MAP", "", of(serverSide, func(r *reading) Value { return u32(r.age(r.state.LastChange)) })},
	{"downtime", "MCP", "", downtime},
	{"qlimit", "CGS", "", queueLimit},
	{"pid", "KGP", "", number(everywhere, func(*reading) int64 { return 1 })},
	{"iid", "KGS", "", number(everywhere, func(r *reading) int { return r.ProxyID })},
	{"sid", "KGS", "", number(everywhere, func(r *reading) int { return r.ID })},
	{"throttle", "MGP", "", of(servers, func(r *reading) Value { return r.state.Throttle.value(U32) })},
	{"lbtot", "MCP", "", count(serverSide, Selected)},
	{"tracked", "CNS", "", word(servers, func(r *reading) string { return r.state.Tracked })},
	{"type", "CGS", "", number(everywhere, func(r *reading) int { return int(r.Kind) })},
	{"rate", "MRP", "MGP", number(frontends|serverSide, func(r *reading) uint64 { return r.SessionRate.Now(r.now) })},
	{"rate_lim", "CLP", "", number(frontends, func(r *reading) uint64 { return r.state.RateLimit })},
	{"rate_max", "MMP", "MGP", number(frontends|serverSide, func(r *reading) int64 { return r.SessionRate.Max() })},
	{"check_status", "MOP", "", check(health, func(c *Check) Value { return text(c.Status) })},
	{"check_code", "MOP", "", check(health, func(c *Check) Value { return c.Code.value(U32) })},
	{"check_duration", "MDP", "", check(health, checkDuration)},
	{"hrsp_1xx", "MCP", "", countHTTP(proxies|servers, Responses1xx)},
	{"hrsp_2xx", "MCP", "", countHTTP(proxies|servers, Responses2xx)},
	{"hrsp_3xx", "MCP", "", countHTTP(proxies|servers, Responses3xx)},
	{"hrsp_4xx", "MCP", "", countHTTP(proxies|servers, Responses4xx)},
	{"hrsp_5xx", "MCP", "", countHTTP(proxies|servers, Responses5xx)},
	{"hrsp_other", "MCP", "", countHTTP(proxies|servers, ResponsesOther)},
	{"hanafail", "MCP", "", healthAnalysis},
	{"req_rate", "MRP", "", number(frontends, func(r *reading) uint64 { return r.RequestRate.Now(r.now) })},
	{"req_rate_max", "MMP", "", number(frontends, func(r *reading) int64 { return r.RequestRate.Max() })},
	{"req_tot", "MCP", "", requests},
	{"cli_abrt", "MCP", "", count(serverSide, ClientAborts)},
	{"srv_abrt", "MCP", "", count(serverSide, ServerAborts)},
	{"comp_in", "MCP", "", count(proxies, CompressorIn)},
	{"comp_out", "MCP", "", count(proxies, CompressorOut)},
	{"comp_byp", "MCP", "", count(proxies, CompressorBypass)},
	{"comp_rsp", "MCP", "", count(proxies, Compressed)},
	{"lastsess", "MAP", "", lastSession},
	{"last_chk", "MOP", "", check(health, func(c *Check) Value { return text(c.Last) })},
	{"last_agt", "MOP", "", check(agent, func(c *Check) Value { return text(c.Last) })},
	{"qtime", "MaP", "", number(serverSide, func(r *reading) int64 { return r.QueueTime.Now() })},
	{"ctime", "MaP", "", number(serverSide, func(r *reading) int64 { return r.ConnectTime.Now() })},
	{"rtime", "MaP", "", number(serverSide, func(r *reading) int64 { return r.ResponseTime.Now() })},
	{"ttime", "MaP", "", number(serverSide, func(r *reading) int64 { return r.TotalTime.Now() })},
	{"agent_status", "MOP", "", check(agent, func(c *Check) Value { return text(c.Status) })},
	{"agent_code", "MOP", "", check(agent, func(c *Check) Value { return c.Code.value(U32) })},
	{"agent_duration", "MDP", "", check(agent, checkDuration)},
	{"check_desc", "MOP", "", check(health, func(c *Check) Value { return text(c.Description) })},
	{"agent_desc", "MOP", "", check(agent, func(c *Check) Value { return text(c.Description) })},
	{"check_rise", "CGS", "", check(health, func(c *Check) Value { return u32(c.Rise) })},
	{"check_fall", "CGS", "", check(health, func(c *Check) Value { return u32(c.Fall) })},
	{"check_health", "CGS", "", check(health, func(c *Check) Value { return u32(c.Health) })},
	{"agent_rise", "CGS", "", check(agent, func(c *Check) Value { return u32(c.Rise) })},
	{"agent_fall", "CGS", "", check(agent, func(c *Check) Value { return u32(c.Fall) })},
	{"agent_health", "CGS", "", check(agent, func(c *Check) Value { return u32(c.Health) })},
	{"addr", "CGS", "", word(listeners|servers, func(r *reading) string { return r.state.Address })},
	{"cookie", "CNS", "", word(serverSide, func(r *reading) string { return r.state.Cookie })},
	{"mode", "CGS", "", word(everywhere, func(r *reading) string { return r.mode() })},
	{"algo", "CGS", "", word(backends, func(r *reading) string { return r.state.Algorithm })},
	{"conn_rate", "MRP", "", number(frontends, func(r *reading) uint64 { return r.ConnectionRate.Now(r.now) })},
	{"conn_rate_max", "MMP", "", number(frontends, func(r *reading) int64 { return r.ConnectionRate.Max() })},
	{"conn_tot", "MCP", "", count(frontends, Connections)},
	{"intercepted", "MCP", "", countHTTP(frontends, Intercepted)},
	{"dcon", "MCP", "", count(clientSide, DeniedConnections)},
	{"dses", "MCP", "", count(clientSide, DeniedSessions)},
	{"wrew", "MCP", "", count(everywhere, FailedRewrites)},
	{"connect", "MCP", "", count(serverSide, Connects)},
	{"reuse", "MCP", "", count(serverSide, Reuses)},
	{"cache_lookups", "MCP", "", countHTTP(proxies, CacheLookups)},
	{"cache_hits", "MCP", "", countHTTP(proxies, CacheHits)},
	{"srv_icur", "MGP", "", number(servers, func(r *reading) uint64 { return r.state.UnsafeIdle + r.state.SafeIdle })},
	{"src_ilim", "MLP", "", of(servers, func(r *reading) Value { return r.state.IdleLimit.value(U32) })},
	{"qtime_max", "MMP", "", number(serverSide, func(r *reading) int64 { return r.QueueTime.Max() })},
	{"ctime_max", "MMP", "", number(serverSide, func(r *reading) int64 { return r.ConnectTime.Max() })},
	{"rtime_max", "MMP", "", number(serverSide, func(r *reading) int64 { return r.ResponseTime.Max() })},
	{"ttime_max", "MMP", "", number(serverSide, func(r *reading) int64 { return r.TotalTime.Max() })},
	{"eint", "MCP", "", count(everywhere, InternalErrors)},
	{"idle_conn_cur", "MGP", "", number(servers, func(r *reading) uint64 { return r.state.UnsafeIdle })},
	{"safe_conn_cur", "MGP", "", number(servers, func(r *reading) uint64 { return r.state.SafeIdle })},
	{"used_conn_cur", "MGP", "", number(servers, func(r *reading) uint64 { return r.state.Used })},
	{"need_conn_est", "MGP", "", number(servers, func(r *reading) uint64 { return r.state.Estimate })},
	{"uweight", "MaP", "", number(serverSide, func(r *reading) uint64 { return r.state.UserWeight })},
	{"agg_server_status", "MGP", "", number(backends, func(r *reading) uint64 { return r.state.ServerStates[0] })},
	{"agg_server_check_status", "MGP", "", number(backends, func(r *reading) uint64 { return r.state.ServerStates[1] })},
	{"agg_check_status", "MGP", "", number(backends, func(r *reading) uint64 { return r.state.ServerStates[2] })},
	{"ssl_sess", "MCP", "", count(everywhere, TLSSessions)},
	{"ssl_reused_sess", "MCP", "", count(everywhere, TLSResumptions)},
	{"ssl_failed_handshake", "MCP", "", count(everywhere, TLSFailures)},
	{"h2_headers_rcvd", "MCP", "", count(proxies, H2Headers)},
	{"h2_data_rcvd", "MCP", "", count(proxies, H2Data)},
	{"h2_settings_rcvd", "MCP", "", count(proxies, H2Settings)},
	{"h2_rst_stream_rcvd", "MCP", "", count(proxies, H2Resets)},
	{"h2_goaway_rcvd", "MCP", "", count(proxies, H2Goaways)},
	{"h2_detected_conn_protocol_errors", "MCP", "", count(proxies, H2ConnectionErrors)},
	{"h2_detected_strm_protocol_errors", "MCP", "", count(proxies, H2StreamErrors)},
	{"h2_rst_stream_resp", "MCP", "", count(proxies, H2ResetsSent)},
	{"h2_goaway_resp", "MCP", "", count(proxies, H2GoawaysSent)},
	{"h2_open_connections", "MGP", "", count(proxies, H2OpenConnections)},
	{"h2_backend_open_streams", "MGP", "", count(proxies, H2OpenStreams)},
	{"h2_total_connections", "MCP", "", count(proxies, H2Connections)},
	{"h2_backend_total_streams", "MCP", "", count(proxies, H2Streams)},
	{"h1_open_connections", "MGP", "", count(proxies, H1OpenConnections)},
	{"h1_open_streams", "MGP", "", count(proxies, H1OpenStreams)},
	{"h1_total_connections", "MCP", "", count(proxies, H1Connections)},
	{"h1_total_streams", "MCP", "", count(proxies, H1Streams)},
	{"h1_bytes_in", "MCP", "", count(proxies, H1BytesIn)},
	{"h1_bytes_out", "MCP", "", count(proxies, H1BytesOut)},
	{"h1_spliced_bytes_in", "MCP", "", count(proxies, H1SplicedIn)},
	{"h1_spliced_bytes_out", "MCP", "", count(proxies, H1SplicedOut)},
}

func (r *reading) mode() string {
	if r.HTTP {
		return "http"
	}
	return "tcp"
}

func (r *reading) age(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return int64(r.now.Sub(t) / time.Second)
}

// checked shows a counter of a server that is checked.
func checked(c Count) func(*reading) Value {
	shown := count(servers, c)
	return func(r *reading) Value {
		if !r.state.Check.Enabled {
			return Value{}
		}
		return shown(r)
	}
}

// downs counts those of a server that is checked, and of any backend.
func downs(r *reading) Value {
	if r.Kind == Backend {
		return count(backends, Downs)(r)
	}
	return checked(Downs)(r)
}

func downtime(r *reading) Value {
	if !r.is(serverSide) || !r.state.HasDowntime {
		return Value{}
	}
	return u32(int64(r.state.Downtime / time.Second))
}

func queueLimit(r *reading) Value {
	if r.Kind != Server || r.state.QueueLimit == 0 {
		return Value{}
	}
	return u32(r.state.QueueLimit)
}

func healthAnalysis(r *reading) Value {
	if !r.state.ObservesTraffic {
		return Value{}
	}
	return count(servers, HealthAnalysis)(r)
}

// requests are 0 of a frontend in mode tcp, but nothing elsewhere.
func requests(r *reading) Value {
	if r.Kind == Frontend {
		return count(frontends, Requests)(r)
	}
	return countHTTP(serverSide, Requests)(r)
}

// lastSession is -1 before the first.
func lastSession(r *reading) Value {
	if !r.is(serverSide) {
		return Value{}
	}
	seconds := int64(-1)
	if last := r.lastSession.Load(); last != 0 {
		seconds = r.now.Unix() - last
	}
	return Value{Type: S32, Number: seconds}
}
