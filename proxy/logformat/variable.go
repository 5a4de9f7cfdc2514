package logformat

import (
	"bytes"
	"fmt"
	"net/netip"
	"os"
	"strconv"
	"sync"
	"time"

	"tidelock/proxy/message"
	"tidelock/proxy/sample"
	"tidelock/proxy/stream"
)

// Variable is a row of the table of format variables.
type Variable struct {
	text     bool // is text, which is quoted and escaped; the others are numbers and dates
	optional bool // missing text leaves nothing at all
	append   func(b []byte, c *sample.Context, fl flags) []byte
}

// variables are in the order of the manual's table (section 8.2.6), by name. What an exchange does not record, such as
// captures and the address of the server, is missing text.
var variables map[string]*Variable

func init() {
	variables = map[string]*Variable{
		"B":   number(func(s *stream.Stream) int64 { return s.Record.BytesOut }),
		"CC":  {text: true, append: nothing},
		"CS":  {text: true, append: nothing},
		"H":   {text: true, append: hostname},
		"HM":  {text: true, append: ofRequest(method)},
		"HP":  {text: true, append: ofRequest(uriWithoutQuery)},
		"HPO": {text: true, append: ofRequest(path)},
		"HQ":  {text: true, optional: true, append: ofRequest(query)},
		"HU":  {text: true, append: ofRequest(uri)},
		"HV":  {text: true, append: ofRequest(version)},
		"ID":  {text: true, append: nothing},
		"ST":  number(func(s *stream.Stream) int64 { return int64(s.Record.Status) }),
		"T":   {append: date(accepted, gmtDate)},
		"Ta":  timer(func(t *stream.Timers) time.Duration { return t.Active }),
		"Tc":  timer(func(t *stream.Timers) time.Duration { return t.Connect }),
		"Td":  {append: dataTime},
		"Tl":  {append: date(accepted, localDate)},
		"Th":  number(func(*stream.Stream) int64 { return 0 }),
		"Ti":  timer(func(t *stream.Timers) time.Duration { return t.Idle }),
		"Tq":  timer(queryTime),
		"TR":  timer(func(t *stream.Timers) time.Duration { return t.Request }),
		"Tr":  timer(func(t *stream.Timers) time.Duration { return t.Response }),
		"Ts":  {append: timestamp},
		"Tt":  timer(func(t *stream.Timers) time.Duration { return t.Total }),
		"Tu":  timer(userTime),
		"Tw":  timer(func(t *stream.Timers) time.Duration { return t.Queue }),
		"U":   number(func(s *stream.Stream) int64 { return s.Record.BytesIn }),
		"ac":  number(func(s *stream.Stream) int64 { return s.Session.Frontend.Process.Current() }),
		"b":   {text: true, append: backend},
		"bc":  number(backendConnections),
		"bi":  {text: true, append: nothing},
		"bp":  {text: true, append: nothing},
		"bq":  number(func(s *stream.Stream) int64 { return s.Record.Queued.Backend }),
		"ci":  {text: true, append: address(func(s *stream.Stream) netip.AddrPort { return s.Client.Source })},
		"cp":  {append: port(func(s *stream.Stream) netip.AddrPort { return s.Client.Source })},
		"f":   {text: true, append: frontend},
		"fc":  number(func(s *stream.Stream) int64 { return s.Frontend.FrontendCounters.Current() }),
		"fi":  {text: true, append: address(func(s *stream.Stream) netip.AddrPort { return s.Client.Destination })},
		"fp":  {append: port(func(s *stream.Stream) netip.AddrPort { return s.Client.Destination })},
		"ft":  {text: true, append: frontend},
		"hr":  {text: true, optional: true, append: nothing},
		"hrl": {text: true, optional: true, append: nothing},
		"hs":  {text: true, optional: true, append: nothing},
		"hsl": {text: true, optional: true, append: nothing},
		"ms":  {append: acceptedMilliseconds},
		"pid": {append: processID},
		"r":   {text: true, append: ofRequest(requestLine)},
		"rc":  {append: retries},
		"rt":  number(func(s *stream.Stream) int64 { return int64(s.ID) }),
		"s":   {text: true, append: server},
		"sc":  number(serverConnections),
		"si":  {text: true, append: nothing},
		"sp":  {text: true, append: nothing},
		"sq":  number(func(s *stream.Stream) int64 { return s.Record.Queued.Server }),
		"t":   {append: date(accepted, millisecondDate)},
		"tr":  {append: date(started, millisecondDate)},
		"trg": {append: date(started, gmtDate)},
		"trl": {append: date(started, localDate)},
		"ts":  {append: termination},
		"tsc": {append: terminationAndCookie},
	}
}

// number is hexadecimal with the flag X, as addresses and ports are.
func number(of func(*stream.Stream) int64) *Variable {
	return &Variable{append: func(b []byte, c *sample.Context, fl flags) []byte {
		return appendNumber(b, of(c.Stream), fl)
	}}
}

func appendNumber(b []byte, n int64, fl flags) []byte {
	if fl&hexadecimal != 0 {
		return fmt.Appendf(b, "%04X", uint64(n))
	}
	return strconv.AppendInt(b, n, 10)
}

// timer writes milliseconds, or -1 for a phase that was not reached.
func timer(of func(*stream.Timers) time.Duration) *Variable {
	return &Variable{append: func(b []byte, c *sample.Context, _ flags) []byte {
		return appendTimer(b, of(&c.Stream.Record.Timers))
	}}
}

func appendTimer(b []byte, d time.Duration) []byte {
	if d < 0 {
		return append(b, "-1"...)
	}
	return strconv.AppendInt(b, d.Milliseconds(), 10)
}

func queryTime(t *stream.Timers) time.Duration {
	if t.Request < 0 {
		return stream.NotReached
	}
	return max(t.Idle, 0) + t.Request
}

// userTime is what the user waited for: from the first byte of the request to the end.
func userTime(t *stream.Timers) time.Duration {
	if t.Total < 0 {
		return stream.NotReached
	}
	return t.Total - max(t.Idle, 0)
}

// dataTime is what remains of the total time after all other phases.
func dataTime(b []byte, c *sample.Context, _ flags) []byte {
	t := &c.Stream.Record.Timers
	if t.Response < 0 || t.Total < 0 {
		return append(b, "-1"...)
	}
	return appendTimer(b, max(0, t.Total-max(t.Idle, 0)-max(t.Request, 0)-max(t.Queue, 0)-max(t.Connect, 0)-t.Response))
}

func backendConnections(s *stream.Stream) int64 {
	if s.Backend == nil {
		return 0
	}
	return s.Backend.BackendCounters.Current()
}

func serverConnections(s *stream.Stream) int64 {
	if s.Server == nil {
		return 0
	}
	return s.Server.Counters.Current()
}

func nothing(b []byte, _ *sample.Context, _ flags) []byte { return b }

var hostName = sync.OnceValue(func() string {
	name, err := os.Hostname()
	if err != nil {
		return ""
	}
	return name
})

func hostname(b []byte, _ *sample.Context, _ flags) []byte { return append(b, hostName()...) }

func processID(b []byte, _ *sample.Context, fl flags) []byte {
	return appendNumber(b, int64(os.Getpid()), fl)
}

func frontend(b []byte, c *sample.Context, _ flags) []byte {
	return append(b, c.Stream.Frontend.Name...)
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

func retries(b []byte, c *sample.Context, fl flags) []byte {
	return appendNumber(b, int64(c.Stream.Record.Retries), fl)
}

func termination(b []byte, c *sample.Context, _ flags) []byte {
	t := c.Stream.Record.Termination
	return append(b, byte(t.Cause), byte(t.Phase))
}

// terminationAndCookie ends with the state of persistence cookies: none is configured.
func terminationAndCookie(b []byte, c *sample.Context, fl flags) []byte {
	return append(termination(b, c, fl), "--"...)
}

func address(of func(*stream.Stream) netip.AddrPort) func([]byte, *sample.Context, flags) []byte {
	return func(b []byte, c *sample.Context, fl flags) []byte {
		a := of(c.Stream).Addr().Unmap().WithZone("")
		switch {
		case !a.IsValid():
			return append(b, "unix"...)
		case fl&hexadecimal != 0:
			return fmt.Appendf(b, "%X", a.AsSlice())
		}
		return a.AppendTo(b)
	}
}

func port(of func(*stream.Stream) netip.AddrPort) func([]byte, *sample.Context, flags) []byte {
	return func(b []byte, c *sample.Context, fl flags) []byte {
		return appendNumber(b, int64(of(c.Stream).Port()), fl)
	}
}

// ofRequest writes a part of the request, and what HAProxy writes where none was understood.
func ofRequest(part func(b []byte, m *message.Message) []byte) func([]byte, *sample.Context, flags) []byte {
	return func(b []byte, c *sample.Context, _ flags) []byte {
		if m := c.Stream.Request; m != nil && !m.Empty() {
			return part(b, m)
		}
		return append(b, "<BADREQ>"...)
	}
}

func method(b []byte, m *message.Message) []byte { return append(b, m.Method()...) }

func uri(b []byte, m *message.Message) []byte { return append(b, m.URI()...) }

func uriWithoutQuery(b []byte, m *message.Message) []byte {
	before, _, _ := bytes.Cut(m.URI(), []byte("?"))
	return append(b, before...)
}

func path(b []byte, m *message.Message) []byte { return append(b, m.Path()...) }

// query has its question mark.
func query(b []byte, m *message.Message) []byte {
	if q, ok := m.Query(); ok {
		b = append(append(b, '?'), q...)
	}
	return b
}

func version(b []byte, m *message.Message) []byte {
	major, minor := m.Version()
	return append(b, 'H', 'T', 'T', 'P', '/', byte('0'+major), '.', byte('0'+minor))
}

func requestLine(b []byte, m *message.Message) []byte {
	b = append(method(b, m), ' ')
	b = append(uri(b, m), ' ')
	return version(b, m)
}
