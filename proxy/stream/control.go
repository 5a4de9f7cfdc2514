package stream

import (
	"syscall"
	"time"

	"tidelock/proxy/message"
)

// Control is what rules ask of the client's connection. Its methods run in the stream's own goroutine.
type Control interface {
	// SendInterim sends m, whose status is 1xx, before the response. Clients that know no such responses get nothing.
	SendInterim(m *message.Message) error
	// Socket returns the socket, or nil where the connection has none of its own.
	Socket() syscall.Conn
}

// Overrides are settings of one exchange that rules change. A zero field changes nothing.
type Overrides struct {
	ServerTimeout, TunnelTimeout time.Duration
	TarpitTimeout                time.Duration // how long the verdict Tarpit holds the client up
	LogLevel                     LogLevel
	NoReplay                     bool // never send the request to a second server (disable-l7-retry)
	PriorityClass                int  // in the queue for a server: lower ones first
	PriorityOffset               int  // milliseconds that the exchange is taken to have come later
}

// LogLevel is the level of an exchange's log line.
type LogLevel uint8

const (
	DefaultLevel LogLevel = iota // whatever the line would have
	Silent                       // no line at all
	firstLevel
)

// LevelOf returns the LogLevel of one of syslog's severities, 0 for emergencies to 7 for debugging.
func LevelOf(severity int) LogLevel { return firstLevel + LogLevel(severity) }

// Severity is the inverse of LevelOf. It reports false for DefaultLevel and Silent.
func (l LogLevel) Severity() (severity int, ok bool) {
	return int(l) - int(firstLevel), l >= firstLevel
}
