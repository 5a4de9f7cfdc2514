package counter

// Count names one cumulative counter of a row. Not every kind of row has every one: Columns says.
type Count uint8

// What an ordinary exchange counts stands together, to share cache lines.
const (
	Sessions    Count = iota // stot
	Connections              // conn_tot: of a frontend, before any rule looked at them
	Requests                 // req_tot
	BytesIn                  // bin: from clients
	BytesOut                 // bout: to clients
	Responses1xx
	Responses2xx
	Responses3xx
	Responses4xx
	Responses5xx
	ResponsesOther
	Selected // lbtot
	Connects // connect: attempts to open a connection to a server
	Reuses   // reuse: exchanges on a connection that had carried one

	DeniedRequests    // dreq
	DeniedResponses   // dresp
	DeniedConnections // dcon: by tcp-request connection
	DeniedSessions    // dses: by tcp-request session
	RequestErrors     // ereq
	ConnectErrors     // econ
	ResponseErrors    // eresp
	Retries           // wretr
	Redispatches      // wredis
	ClientAborts      // cli_abrt
	ServerAborts      // srv_abrt
	InternalErrors    // eint
	FailedRewrites    // wrew
	Intercepted       // intercepted: answered by the frontend itself
	FailedChecks      // chkfail
	HealthAnalysis    // hanafail: failures that "observe" saw
	Downs             // chkdown
	CompressorIn      // comp_in
	CompressorOut     // comp_out
	CompressorBypass  // comp_byp
	Compressed        // comp_rsp
	CacheLookups
	CacheHits

	TLSSessions
	TLSResumptions // ssl_reused_sess
	TLSFailures    // ssl_failed_handshake

	H2Headers // h2_headers_rcvd
	H2Data
	H2Settings
	H2Resets // h2_rst_stream_rcvd
	H2Goaways
	H2ConnectionErrors
	H2StreamErrors
	H2ResetsSent
	H2GoawaysSent
	H2OpenConnections
	H2OpenStreams
	H2Connections
	H2Streams
	H1OpenConnections
	H1OpenStreams
	H1Connections
	H1Streams
	H1BytesIn
	H1BytesOut
	H1SplicedIn
	H1SplicedOut

	counts
)

// classOf returns the counter of a status.
func classOf(status int) Count {
	if status < 100 || status > 599 {
		return ResponsesOther
	}
	return Responses1xx + Count(status/100-1)
}

// gauge reports whether c goes down as well: by adding ^uint64(0).
func (c Count) gauge() bool {
	switch c {
	case H1OpenConnections, H1OpenStreams, H2OpenConnections, H2OpenStreams:
		return true
	}
	return false
}

// Sub takes one off a gauge.
func (r *Row) Sub(c Count) {
	if r != nil {
		r.counts[c].Add(^uint64(0))
	}
}
