package logformat

import (
	"cmp"
	"net/netip"
	"os"
	"strconv"
	"sync"
	"time"

	"tidelock/proxy/sample"
	"tidelock/proxy/stream"
)

// Variable is a row of the table of format variables.
type Variable struct {
	// http is set for what has no meaning in mode tcp.
	http bool
	// text is quoted and escaped; the others are numbers, dates and states.
	text bool
	// missing says what a text that is not there leaves.
	missing missing
	append  func(b []byte, c *sample.Context, fl flags) []byte
	// expression takes the place of append: what a sample yields.
	expression string
}

// missing is what a log line shows in the place of a text that is not there.
type missing uint8

const (
	dash    missing = iota // "-", between quotes nothing
	empty                  // nothing
	skipped                // nothing, and the spaces on both sides of it are one
)

// variables is the table, by name. init avoids a cycle: an expression may hold a format.
var variables map[string]*Variable

func init() {
	variables = map[string]*Variable{
		"B":    {append: sized(func(r *stream.Record) int64 { return r.BytesOut })},
		"CC":   {http: true, text: true, append: requestCookie},
		"CS":   {http: true, text: true, append: responseCookie},
		"H":    {text: true, append: hostname},
		"HM":   {http: true, text: true, append: ofRequest(method)},
		"HP":   {http: true, text: true, append: ofRequest(uriWithoutQuery)},
		"HPO":  {http: true, text: true, missing: empty, append: ofRequest(path)},
		"HQ":   {http: true, text: true, missing: empty, append: ofRequest(query)},
		"HU":   {http: true, text: true, append: ofRequest(uri)},
		"HV":   {http: true, text: true, append: ofRequest(version)},
		"ID":   {text: true, append: uniqueID},
		"ST":   number(func(s *stream.Stream) int64 { return int64(s.Record.Status) }),
		"T":    {append: date(accepted, gmtDate)},
		"Ta":   {http: true, append: untilNow(func(t *stream.Timers) time.Duration { return t.Active })},
		"Tc":   timer(func(t *stream.Timers) time.Duration { return t.Connect }),
		"Td":   {append: dataTime},
		"Tl":   {append: date(accepted, localDate)},
		"Th":   timer(func(t *stream.Timers) time.Duration { return t.Handshake }),
		"Ti":   httpTimer(func(t *stream.Timers) time.Duration { return t.Idle }),
		"Tq":   httpTimer(queryTime),
		"TR":   httpTimer(func(t *stream.Timers) time.Duration { return t.Request }),
		"Tr":   httpTimer(func(t *stream.Timers) time.Duration { return t.Response }),
		"Ts":   {append: timestamp},
		"Tt":   {append: untilNow(func(t *stream.Timers) time.Duration { return t.Total })},
		"Tu":   {append: untilNow(userTime)},
		"Tw":   timer(func(t *stream.Timers) time.Duration { return t.Queue }),
		"U":    number(func(s *stream.Stream) int64 { return s.Record.BytesIn }),
		"ac":   number(func(s *stream.Stream) int64 { return s.Session.Frontend.Process.Current() }),
		"b":    {text: true, append: backend},
		"bc":   number(backendConnections),
		"bi":   {text: true, append: address(func(s *stream.Stream) netip.AddrPort { return s.ServerConnection.Source })},
		"bp":   {append: serverPort(func(s *stream.Stream) netip.AddrPort { return s.ServerConnection.Source })},
		"bq":   number(func(s *stream.Stream) int64 { return s.Record.Queued.Backend }),
		"ci":   {text: true, append: clientAddress(func(s *stream.Stream) netip.AddrPort { return s.Client.Source })},
		"cp":   {append: clientPort(func(s *stream.Stream) netip.AddrPort { return s.Client.Source })},
		"f":    {text: true, append: frontend},
		"fc":   number(func(s *stream.Stream) int64 { return s.Frontend.FrontendCounters.Current() }),
		"fi":   {text: true, append: clientAddress(func(s *stream.Stream) netip.AddrPort { return s.Client.Destination })},
		"fp":   {append: clientPort(func(s *stream.Stream) netip.AddrPort { return s.Client.Destination })},
		"ft":   {text: true, append: frontendTransport},
		"hr":   {missing: skipped, append: captured(requestSlots)},
		"hrl":  {missing: skipped, append: capturedList(requestSlots)},
		"hs":   {missing: skipped, append: captured(responseSlots)},
		"hsl":  {missing: skipped, append: capturedList(responseSlots)},
		"lc":   hexNumber("%04X", func(s *stream.Stream) int64 { return int64(s.Frontend.LogLines.Load()) }),
		"ms":   {append: acceptedMilliseconds},
		"pid":  hexNumber("%04X", func(*stream.Stream) int64 { return int64(os.Getpid()) }),
		"r":    {http: true, text: true, append: ofRequest(requestLine)},
		"rc":   {append: retries},
		"rt":   hexNumber("%04X", func(s *stream.Stream) int64 { return int64(s.ID) - 1 }),
		"s":    {text: true, append: server},
		"sc":   number(serverConnections),
		"si":   {text: true, append: address(func(s *stream.Stream) netip.AddrPort { return s.ServerConnection.Destination })},
		"sp":   {append: serverPort(func(s *stream.Stream) netip.AddrPort { return s.ServerConnection.Destination })},
		"sq":   number(func(s *stream.Stream) int64 { return s.Record.Queued.Server }),
		"sslc": {expression: "ssl_fc_cipher"},
		"sslv": {expression: "ssl_fc_protocol"},
		"t":    {append: date(accepted, millisecondDate)},
		"tr":   {http: true, append: date(started, millisecondDate)},
		"trg":  {http: true, append: date(started, gmtDate)},
		"trl":  {http: true, append: date(started, localDate)},
		"ts":   {append: termination},
		"tsc":  {http: true, append: terminationAndCookie},
	}
}

// number is decimal whatever the flags say.
func number(of func(*stream.Stream) int64) *Variable {
	return &Variable{append: func(b []byte, c *sample.Context, _ flags) []byte {
		return strconv.AppendInt(b, of(c.Stream), 10)
	}}
}

// hexNumber is hexadecimal with the flag X, in at least so many digits.
func hexNumber(layout string, of func(*stream.Stream) int64) *Variable {
	return &Variable{append: func(b []byte, c *sample.Context, fl flags) []byte {
		return appendNumber(b, of(c.Stream), layout, fl)
	}}
}

func backendConnections(s *stream.Stream) int64 {
	if s.Backend == nil {
		return s.Frontend.BackendCounters.Current() // a listen section's, none of a frontend's
	}
	return s.Backend.BackendCounters.Current()
}

func serverConnections(s *stream.Stream) int64 {
	if s.Server == nil {
		return 0
	}
	return s.Server.Counters.Current()
}

// sized writes a size, with a plus sign when it may still grow.
func sized(of func(*stream.Record) int64) func([]byte, *sample.Context, flags) []byte {
	return func(b []byte, c *sample.Context, _ flags) []byte {
		r := &c.Stream.Record
		return strconv.AppendInt(appendPlus(b, r), of(r), 10)
	}
}

func appendPlus(b []byte, r *stream.Record) []byte {
	if r.Early {
		return append(b, '+')
	}
	return b
}

var hostName = sync.OnceValue(func() string {
	name, err := os.Hostname()
	if err != nil {
		return ""
	}
	return name
})

func hostname(b []byte, _ *sample.Context, _ flags) []byte { return append(b, hostName()...) }

func frontend(b []byte, c *sample.Context, _ flags) []byte {
	return append(b, c.Stream.Frontend.Name...)
}

// frontendTransport marks what came encrypted.
func frontendTransport(b []byte, c *sample.Context, fl flags) []byte {
	b = frontend(b, c, fl)
	if c.Stream.Session.Listener.TLS {
		b = append(b, '~')
	}
	return b
}

// backend is the frontend as long as none was chosen.
func backend(b []byte, c *sample.Context, fl flags) []byte {
	if c.Stream.Backend == nil {
		return frontend(b, c, fl)
	}
	return append(b, c.Stream.Backend.Name...)
}

func server(b []byte, c *sample.Context, _ flags) []byte {
	if c.Stream.Server == nil {
		return append(b, "<NOSRV>"...)
	}
	return append(b, c.Stream.Server.Name...)
}

// uniqueID is made by a log line at the latest, and not for its sake elsewhere.
func uniqueID(b []byte, c *sample.Context, _ flags) []byte {
	if c.Phase != sample.Log && !c.Stream.HasUniqueID() {
		return b
	}
	return append(b, c.Stream.UniqueID()...)
}

// retries has a plus sign when one of them went to another server.
func retries(b []byte, c *sample.Context, _ flags) []byte {
	r := &c.Stream.Record
	if r.Redispatched {
		b = append(b, '+')
	}
	return strconv.AppendInt(b, int64(r.Retries), 10)
}

func termination(b []byte, c *sample.Context, _ flags) []byte {
	t := c.Stream.Record.Termination
	return append(b, byte(t.Cause), byte(t.Phase))
}

func terminationAndCookie(b []byte, c *sample.Context, fl flags) []byte {
	r := &c.Stream.Record
	return append(termination(b, c, fl), cmp.Or(byte(r.RequestCookie), '-'), cmp.Or(byte(r.ResponseCookie), '-'))
}

// Known reports whether there is a format variable of that name: "o" is one that only carries flags.
func Known(name string) bool { return variables[name] != nil || name == "o" }
