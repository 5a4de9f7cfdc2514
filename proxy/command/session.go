package command

import (
	"net"
	"strconv"
	"strings"
	"time"

	"tidelock/proxy/frontend"
	"tidelock/proxy/runtime"
	"tidelock/proxy/server"
	"tidelock/proxy/stream"
)

// show sess [all | <id>]
//
// An exchange is shown while it is under way, by its number where HAProxy prints an address. What only an event loop has
// (tasks, flags of channels, timers of each direction) is not shown. Sessions of the runtime API come last.
func (f *Frontends) showSessions(c *runtime.Call) {
	show := showExchange
	id := uint64(0)
	if chosen := c.Arg(0); chosen != "" {
		id, _ = sessionNumber(chosen)
		if id != 0 || chosen == "all" {
			show = showExchangeDetails
		}
	}
	now, found := time.Now(), false
	for _, t := range f.List() {
		for _, live := range t.Live() {
			if id == 0 || live.ID == id {
				show(c, &live, now)
				found = true
			}
		}
	}
	switch {
	case id != 0 && !found:
		c.Report("Session not found.")
	case id == 0:
		for _, v := range f.Sessions() {
			showVisitor(c, v, now)
		}
	}
}

// sessionNumber reads the number of an exchange, as show sess prints it or in decimal.
func sessionNumber(text string) (uint64, error) {
	digits, hexadecimal := strings.CutPrefix(text, "0x")
	if hexadecimal {
		return strconv.ParseUint(digits, 16, 64)
	}
	return strconv.ParseUint(digits, 10, 64)
}

// endpoint returns the family of an address, and the address as lists have it. Clients of Unix sockets have none: they are
// told apart by the number of their listener.
func endpoint(a net.Addr, listener int) (family, address string) {
	tcp, ok := a.(*net.TCPAddr)
	switch {
	case !ok:
		return "unix_stream", "unix:" + strconv.Itoa(listener)
	case tcp.IP.To4() != nil:
		return "tcpv4", tcp.String()
	}
	return "tcpv6", tcp.IP.String() + ":" + strconv.Itoa(tcp.Port)
}

func showExchange(c *runtime.Call, l *frontend.Live, now time.Time) {
	backend, target := "<NONE>", "<none>"
	if l.Backend != nil {
		backend = l.Backend.Name
	}
	if l.Server != nil {
		target = l.Server.Name
	}
	family, source := endpoint(l.Client, l.Listener.ID)
	c.Printf("0x%x: proto=%s src=%s fe=%s be=%s srv=%s age=%s\n", l.ID, family, source, l.Frontend.Name, backend, target, age(now.Sub(l.Began)))
}

func showVisitor(c *runtime.Call, v runtime.Visitor, now time.Time) {
	family, source := endpoint(v.Client, v.Listener)
	c.Printf("0x0: proto=%s src=%s fe=GLOBAL be=<NONE> srv=<none> age=%s\n", family, source, age(now.Sub(v.Since)))
}

func showExchangeDetails(c *runtime.Call, l *frontend.Live, _ time.Time) {
	family, source := endpoint(l.Client, l.Listener.ID)
	_, address := endpoint(l.Address, l.Listener.ID)
	name := l.Listener.Name
	if name == "" {
		name = "?"
	}
	c.Printf("0x%x: [%s] id=%d proto=%s source=%s\n", l.ID, l.Began.Format("02/Jan/2006:15:04:05.000000"), l.ID, family, source)
	c.Printf("  frontend=%s (id=%d mode=%s), listener=%s (id=%d) addr=%s\n", l.Frontend.Name, l.Frontend.ID, mode(l.Frontend), name, l.Listener.ID, address)
	if l.Backend == nil {
		c.Printf("  backend=<NONE> (id=-1 mode=-)\n")
	} else {
		c.Printf("  backend=%s (id=%d mode=%s)%s\n", l.Backend.Name, l.Backend.ID, mode(l.Backend), located(l.Local))
	}
	if l.Server == nil {
		c.Printf("  server=<NONE> (id=-1)\n")
	} else {
		c.Printf("  server=%s (id=%d)%s\n", l.Server.Name, l.Server.ID, located(l.Remote))
	}
	c.Printf("  req=(total=%d)\n  res=(total=%d)\n", l.Received, l.Sent)
}

// located says where one end of a connection is, if there is one.
func located(a net.Addr) string {
	if a == nil {
		return ""
	}
	_, address := endpoint(a, 0)
	return " addr=" + address
}

func mode(p *stream.Proxy) string {
	if p.Mode == stream.ModeHTTP {
		return "http"
	}
	return "tcp"
}

// age writes a time in the two units that matter, such as 3s, 2m5s or 1h4m.
func age(d time.Duration) string {
	units := []struct {
		name string
		size time.Duration
	}{{"d", 24 * time.Hour}, {"h", time.Hour}, {"m", time.Minute}, {"s", time.Second}}
	for i, u := range units[:len(units)-1] {
		if d >= u.size {
			next := units[i+1]
			return strconv.FormatInt(int64(d/u.size), 10) + u.name + strconv.FormatInt(int64(d%u.size/next.size), 10) + next.name
		}
	}
	return strconv.FormatInt(int64(d/time.Second), 10) + "s"
}

// shutdown session <id>
func (f *Frontends) shutdownSession(c *runtime.Call) {
	id, err := sessionNumber(c.Arg(0))
	if err != nil {
		c.Fail("Session pointer expected (use 'show sess').")
		return
	}
	for _, t := range f.List() {
		if t.Kill(func(other uint64, _ *server.Server) bool { return other == id }) {
			return
		}
	}
	c.Fail("No such session (use 'show sess').")
}

// shutdown sessions server <backend>/<server>
func (f *Frontends) shutdownServerSessions(_ *runtime.Call, t Server) {
	for _, front := range f.List() {
		front.Kill(func(_ uint64, target *server.Server) bool { return target == t.Server })
	}
}
