package config

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"tidelock/proxy/config/syntax"
)

// Server is one server of a backend.
type Server struct {
	ServerParameters
	Name    string
	ID      int     // 1 and above, unique in the section
	Address Address // Port 0 means the port that the client connected to
	// PortOffset means that Port, which may be negative, is added to the port that the client connected to.
	PortOffset bool
	FixedID    bool // the configuration gives ID
	At         syntax.Position
}

// server <name> <address>[:<port>] [<parameter>...]
func parseServer(p *parser, s syntax.Statement) {
	if server, ok := p.server(s, p.proxy.Name, p.proxy.DefaultServer); ok {
		p.proxy.Servers = append(p.proxy.Servers, server)
	}
}

// server-template <prefix> <number>|<first>-<last> <address>[:<port>] [<parameter>...]
func parseServerTemplate(p *parser, s syntax.Statement) {
	if len(s.Words) < 4 {
		p.failf(s, "'server-template' expects <prefix> <nb | range> <addr>[:<port>] as arguments.")
		return
	}
	first, last, ok := templateRange(s.Argument(1))
	if !ok {
		p.failf(s, "Wrong server-template number or range arg '%s'.", s.Argument(1))
		return
	}
	line := s
	line.Words = append(append([]syntax.Word{}, s.Words[:2]...), s.Words[3:]...)
	server, ok := p.server(line, p.proxy.Name, p.proxy.DefaultServer)
	if !ok {
		return
	}
	for n := first; n <= last; n++ {
		one := server
		one.Name += strconv.Itoa(n)
		one.FixedID = server.FixedID && n == first
		p.proxy.Servers = append(p.proxy.Servers, one)
	}
}

// maxTemplate is how many servers one line may make.
const maxTemplate = 65535

// templateRange reads "<number>" or "<first>-<last>".
func templateRange(text string) (first, last int, ok bool) {
	low, high, isRange := strings.Cut(text, "-")
	if !isRange {
		low, high = "1", text
	}
	first, lowOK := decimal(low)
	last, highOK := decimal(high)
	return first, last, lowOK && highOK && first >= 1 && last >= first && last-first < maxTemplate
}

// server reads the server line of a section with that name.
func (p *parser) server(s syntax.Statement, section string, defaults ServerParameters) (Server, bool) {
	if len(s.Words) < 3 {
		p.failf(s, "'server' expects <name> and <addr>[:<port>] as arguments.")
		return Server{}, false
	}
	name := s.Argument(0)
	if c := invalidNameByte(name); c != 0 {
		p.failf(s, "character '%c' is not permitted in server name '%s'.", c, name)
		return Server{}, false
	}
	server := Server{ServerParameters: defaults, Name: name, At: s.At()}
	where := "'server " + section + "/" + name + "'"
	text, offset := portOffset(s.Argument(1))
	addresses, err := parseAddress(text, portPolicy{})
	switch {
	case err != nil:
		p.failf(s, "%s : %s", where, err)
		return Server{}, false
	case addresses[0].Network == "fd":
		p.failf(s, "%s : a server cannot be an inherited socket: '%s'", where, s.Argument(1))
		return Server{}, false
	}
	server.Address = addresses[0]
	if offset != nil {
		server.Address.Port, server.PortOffset = *offset, true
	}
	return server, p.serverParameters(s, 2, where, &server)
}

// portOffset cuts a port with a sign off an address.
func portOffset(text string) (rest string, offset *int) {
	host, port, found := cutPort(text)
	if !found || port == "" || port[0] != '+' && port[0] != '-' {
		return text, nil
	}
	n, err := strconv.Atoi(port)
	if err != nil || n < -65535 || n > 65535 {
		return text, nil
	}
	return host, &n
}

// default-server <parameter>...
func parseDefaultServer(p *parser, s syntax.Statement) {
	if len(s.Words) < 2 {
		p.failf(s, "'default-server' expects at least one argument.")
		return
	}
	server := Server{ServerParameters: p.proxy.DefaultServer}
	if p.serverParameters(s, 0, "'default-server'", &server) {
		p.proxy.DefaultServer = server.ServerParameters
	}
}

// numberServers gives those servers a number that have none: that of their place in the section, or the next one that is
// free. Numbers that were given must be unique.
func (p *parser) numberServers(proxy *Proxy) {
	taken := map[int]*Server{}
	for i := range proxy.Servers {
		s := &proxy.Servers[i]
		if !s.FixedID {
			continue
		}
		if first := taken[s.ID]; first != nil {
			p.diags.Alertf(s.At, "'server %s/%s' : 'id' : custom id %d already used at %s ('server %s').",
				proxy.Name, s.Name, s.ID, first.At, first.Name)
		}
		taken[s.ID] = s
	}
	next := 1
	for i := range proxy.Servers {
		if s := &proxy.Servers[i]; !s.FixedID {
			for taken[next] != nil {
				next++
			}
			s.ID = next
		}
		next++
	}
}

// checkTracking looks up the servers that others track. A server can be tracked if somebody checks it, in the end.
func (p *parser) checkTracking(proxy *Proxy) {
	for i := range proxy.Servers {
		s := &proxy.Servers[i]
		if s.Track == "" {
			continue
		}
		if reason := p.trackingError(proxy, s); reason != "" {
			p.diags.Alertf(s.At, "'server %s/%s' : %s", proxy.Name, s.Name, reason)
		}
	}
}

func (p *parser) trackingError(proxy *Proxy, s *Server) string {
	if s.Check {
		return "unable to enable checks and tracking at the same time!"
	}
	at := s
	from := proxy
	for range 1000 { // longer chains are loops
		backend, name, found := strings.Cut(at.Track, "/")
		if !found {
			backend, name = from.Name, at.Track
		}
		tracked := p.Proxy(backend, Kind.HasBackend)
		if tracked == nil {
			return fmt.Sprintf("unable to find required proxy '%s' for tracking.", backend)
		}
		next := tracked.Server(name)
		switch {
		case next == nil:
			return fmt.Sprintf("unable to find required server '%s' for tracking.", name)
		case next.Check, next.AgentCheck:
			return ""
		case next.Track == "":
			return fmt.Sprintf("unable to use %s/%s for tracking as it does not have any check nor agent enabled.", backend, name)
		}
		at, from = next, tracked
	}
	return "unable to track a server that belongs to a tracking chain looping over itself."
}

// Server returns the server of a name, or nil.
func (proxy *Proxy) Server(name string) *Server {
	for i := range proxy.Servers {
		if proxy.Servers[i].Name == name {
			return &proxy.Servers[i]
		}
	}
	return nil
}

// defaultServerParameters are what a server has when nothing is said.
func defaultServerParameters() ServerParameters {
	return ServerParameters{
		Weight: 1, Rise: 2, Fall: 3, Inter: 2 * time.Second, AgentInter: 2 * time.Second, ErrorLimit: 10,
		PoolMaxConn: -1, PoolPurgeDelay: 5 * time.Second, MaxReuse: -1,
	}
}
