package counter

import "time"

// State is what a row shows that is not counted. A function of whoever owns the server, proxy or listener fills it in
// when somebody asks. What is left at its zero value is not shown, except where it says so.
type State struct {
	Status string // "OPEN", "UP", "UP 1/3", "MAINT (via be/s1)", "no check", ...
	Limit  Known  // slim: maxconn, fullconn
	// RateLimit is a frontend's "rate-limit sessions", shown as 0 when there is none.
	RateLimit uint64

	// Of backends and servers.
	Weight, UserWeight uint64 // effective, as set
	Active, Backup     uint64 // servers in use; of a server 1 or 0
	LastChange         time.Time
	Downtime           time.Duration // with the present one
	HasDowntime        bool          // of a server without checks and of a backend without servers there is none
	Cookie             string
	Algorithm          string    // of a backend: "roundrobin", ...
	ServerStates       [3]uint64 // of a backend: agg_server_status, agg_server_check_status, agg_check_status

	// Of servers.
	QueueLimit           uint64
	Throttle             Known  // percent, while slowstart holds
	Tracked              string // proxy/server
	Address              string // of listeners as well: address:port or "unix"
	Check, Agent         Check
	ObservesTraffic      bool // shows health analysis failures
	IdleLimit            Known
	UnsafeIdle, SafeIdle uint64 // connections that wait for reuse
	Used, Estimate       uint64 // connections in use, and how many are thought to be needed
}

// Check is what the last health or agent check gave.
type Check struct {
	Enabled     bool
	Status      string // "L4OK", "* L7OK" while another one runs, ...
	Code        Known  // of the protocol
	Done        bool   // whether there is a duration
	Duration    time.Duration
	Description string // of Status
	Last        string // what the server said, or the error
	Rise, Fall  uint64
	Health      uint64
}

// Known is a number that there may be or not.
type Known struct {
	Value uint64
	Ok    bool
}
