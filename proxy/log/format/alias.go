package format

import (
	"encoding/hex"
	"net/netip"
	"os"
	"strconv"
	"time"

	"tidelock/proxy/stream"
)

// Layouts of dates.
const (
	accurateDate = "02/Jan/2006:15:04:05.000"
	zonedDate    = "02/Jan/2006:15:04:05 -0700"
)

// aliases are the variables of section 8.2.6 of the manual, in its order. Those of features that do not exist here (captures,
// cookies, TLS) have the value that HAProxy gives when they are not used.
var aliases = map[string]func(*line) []byte{
	"B":   func(l *line) []byte { return l.number(int64(l.Record.BytesOut)) },
	"CC":  dash,
	"CS":  dash,
	"H":   func(l *line) []byte { return append(l.scratch, l.environment.Hostname...) },
	"HM":  func(l *line) []byte { return l.request(func() []byte { return l.Request.Method() }) },
	"HP":  func(l *line) []byte { return l.request(func() []byte { return l.beforeQuery(l.Request.URI()) }) },
	"HPO": func(l *line) []byte { return l.request(func() []byte { return l.Request.Path() }) },
	"HQ":  func(l *line) []byte { return l.request(l.query) },
	"HU":  func(l *line) []byte { return l.request(func() []byte { return l.Request.URI() }) },
	"HV":  func(l *line) []byte { return l.request(l.version) },
	"ID":  dash,
	"ST":  func(l *line) []byte { return l.number(int64(l.Record.Status)) },
	"T":   func(l *line) []byte { return l.date(l.Session.Accepted.UTC(), zonedDate) },
	"Ta":  func(l *line) []byte { return l.timer(l.Record.Timers.Active) },
	"Tc":  func(l *line) []byte { return l.timer(l.Record.Timers.Connect) },
	"Td":  func(l *line) []byte { return l.timer(l.transfer()) },
	"Th":  func(l *line) []byte { return l.number(0) },
	"Ti":  func(l *line) []byte { return l.timer(l.Record.Timers.Idle) },
	"Tl":  func(l *line) []byte { return l.date(l.Session.Accepted.Local(), zonedDate) },
	"TR":  func(l *line) []byte { return l.timer(l.Record.Timers.Request) },
	"Tq":  func(l *line) []byte { return l.timer(sum(l.Record.Timers.Idle, l.Record.Timers.Request)) },
	"Tr":  func(l *line) []byte { return l.timer(l.Record.Timers.Response) },
	"Ts":  func(l *line) []byte { return l.number(l.Session.Accepted.Unix()) },
	"Tt":  func(l *line) []byte { return l.timer(l.Record.Timers.Total) },
	"Tu":  func(l *line) []byte { return l.timer(l.Record.Timers.Total) },
	"Tw":  func(l *line) []byte { return l.timer(l.Record.Timers.Queue) },
	"U":   func(l *line) []byte { return l.number(int64(l.Record.BytesIn)) },
	"ac":  func(l *line) []byte { return l.number(l.counters.Process) },
	"b":   func(l *line) []byte { return append(l.scratch, l.backend()...) },
	"bc":  func(l *line) []byte { return l.number(l.counters.Backend) },
	"bi":  dash,
	"bp":  dash,
	"bq":  func(l *line) []byte { return l.number(l.counters.BackendQueue) },
	"ci":  func(l *line) []byte { return l.address(l.Session.Client.Source) },
	"cp":  func(l *line) []byte { return l.port(l.Session.Client.Source) },
	"f":   func(l *line) []byte { return append(l.scratch, l.Session.Frontend.Name...) },
	"fc":  func(l *line) []byte { return l.number(l.counters.Frontend) },
	"fi":  func(l *line) []byte { return l.address(l.Session.Client.Destination) },
	"fp":  func(l *line) []byte { return l.port(l.Session.Client.Destination) },
	"ft":  func(l *line) []byte { return append(l.scratch, l.Session.Frontend.Name...) },
	"hr":  nothing,
	"hrl": nothing,
	"hs":  nothing,
	"hsl": nothing,
	"ms":  func(l *line) []byte { return l.date(l.Session.Accepted, ".000")[1:] },
	"pid": func(l *line) []byte { return l.number(int64(os.Getpid())) },
	"r":   requestLine,
	"rc":  func(l *line) []byte { return l.number(int64(l.Record.Retries)) },
	"rt":  func(l *line) []byte { return l.number(int64(l.Stream.ID)) },
	"s":   func(l *line) []byte { return append(l.scratch, l.server()...) },
	"sc":  func(l *line) []byte { return l.number(l.counters.Server) },
	"si":  dash,
	"sp":  dash,
	"sq":  func(l *line) []byte { return l.number(l.counters.ServerQueue) },
	"t":   func(l *line) []byte { return l.date(l.Session.Accepted, accurateDate) },
	"tr":  func(l *line) []byte { return l.date(l.Started, accurateDate) },
	"trg": func(l *line) []byte { return l.date(l.Started.UTC(), zonedDate) },
	"trl": func(l *line) []byte { return l.date(l.Started.Local(), zonedDate) },
	"ts": func(l *line) []byte {
		return append(l.scratch, byte(l.Record.Termination.Cause), byte(l.Record.Termination.Phase))
	},
	"tsc": func(l *line) []byte {
		return append(l.scratch, byte(l.Record.Termination.Cause), byte(l.Record.Termination.Phase), '-', '-')
	},
}

func dash(l *line) []byte { return append(l.scratch, '-') }

func nothing(*line) []byte { return nil }

// request returns what get says of a request that was understood.
func (l *line) request(get func() []byte) []byte {
	if l.Request == nil || l.Request.Empty() {
		return append(l.scratch, "<BADREQ>"...)
	}
	return get()
}

// requestLine returns the method, the URI and the version.
func requestLine(l *line) []byte {
	return l.request(func() []byte {
		text := append(append(l.scratch, l.Request.Method()...), ' ')
		text = append(append(text, l.Request.URI()...), ' ')
		return l.appendVersion(text)
	})
}

func (l *line) version() []byte { return l.appendVersion(l.scratch) }

func (l *line) appendVersion(text []byte) []byte {
	major, minor := l.Request.Version()
	text = strconv.AppendInt(append(text, "HTTP/"...), int64(major), 10)
	return strconv.AppendInt(append(text, '.'), int64(minor), 10)
}

func (l *line) beforeQuery(uri []byte) []byte {
	for i, c := range uri {
		if c == '?' {
			return uri[:i]
		}
	}
	return uri
}

// query returns the query with its question mark.
func (l *line) query() []byte {
	uri := l.Request.URI()
	return uri[len(l.beforeQuery(uri)):]
}

func (l *line) backend() string {
	if l.Backend == nil {
		return l.Session.Frontend.Name
	}
	return l.Backend.Name
}

func (l *line) server() string {
	if l.Server == "" {
		return "<NOSRV>"
	}
	return l.Server
}

func (l *line) date(t time.Time, layout string) []byte { return t.AppendFormat(l.scratch, layout) }

// timer writes a phase in milliseconds, -1 when it was not reached.
func (l *line) timer(d time.Duration) []byte {
	if d == stream.NotReached {
		return l.number(-1)
	}
	return l.number(d.Milliseconds())
}

// sum adds phases that were all reached.
func sum(phases ...time.Duration) time.Duration {
	total := time.Duration(0)
	for _, d := range phases {
		if d == stream.NotReached {
			return stream.NotReached
		}
		total += d
	}
	return total
}

// transfer returns the time in which the response's data was sent.
func (l *line) transfer() time.Duration {
	t := l.Record.Timers
	before := sum(t.Idle, max(t.Request, 0), t.Queue, t.Connect, max(t.Response, 0))
	if before == stream.NotReached || t.Total == stream.NotReached {
		return stream.NotReached
	}
	return t.Total - before
}

// address writes an address, or for clients without one, of unix sockets, what HAProxy writes.
func (l *line) address(a netip.AddrPort) []byte {
	switch {
	case !a.IsValid():
		return append(l.scratch, "unix"...)
	case l.flags.hex:
		return hex.AppendEncode(l.scratch, a.Addr().Unmap().AsSlice())
	}
	return a.Addr().Unmap().AppendTo(l.scratch)
}

func (l *line) port(a netip.AddrPort) []byte { return l.number(int64(a.Port())) }
