package proxy

import (
	"cmp"
	"errors"
	"net"
	"net/netip"
	"strconv"
	"strings"

	"tidelock/proxy/config"
	"tidelock/proxy/counter"
	"tidelock/proxy/server"
	"tidelock/proxy/stream"
)

// buildServers makes the servers of a section and has those that track others do so.
func (b *builder) buildServers(section *config.Proxy) []*server.Server {
	var built []*server.Server
	checked := 0
	for _, s := range section.Servers {
		made := b.buildServer(section, s, checked)
		if made == nil {
			continue
		}
		if made.Check != nil || made.Agent != nil {
			checked++
		}
		built = append(built, made)
		b.servers[[2]string{section.Name, s.Name}] = made
	}
	return built
}

// track has servers follow those that they track. All backends are built.
func (b *builder) track() {
	for _, section := range b.config.Proxies {
		for _, s := range section.Servers {
			made := b.servers[[2]string{section.Name, s.Name}]
			if s.Track == "" || made == nil {
				continue
			}
			backend, name, found := strings.Cut(s.Track, "/")
			if !found {
				backend, name = section.Name, s.Track
			}
			if tracked := b.servers[[2]string{backend, name}]; tracked != nil {
				made.Tracks(tracked)
			}
		}
	}
}

func (b *builder) buildServer(section *config.Proxy, s config.Server, checked int) *server.Server {
	identity := stream.Server{Name: s.Name, ID: s.ID, Counters: newRow(b.identities[section], counter.Server, s.Name, s.ID)}
	identity.NonStick = s.NonStick
	settings := server.Settings{
		CheckPlace: server.CheckPlace{Host: s.CheckAddr.Host, Port: s.CheckPort},
		FixedID:    s.FixedID, Weight: s.Weight, Backup: s.Backup, MaxConn: s.MaxConn, MinConn: s.MinConn, MaxQueue: s.MaxQueue,
		SlowStart: s.SlowStart, Cookie: s.Cookie, Redirect: s.Redirect, Host: s.HostName(),
		ShutdownWhenDown: s.ShutdownWhenDown, ShutdownBackups: s.ShutdownBackups,
		Pool: server.PoolSettings{Max: s.PoolMaxConn, PurgeDelay: s.PoolPurgeDelay, MaxReuse: s.MaxReuse},
		Rise: s.Rise, Fall: s.Fall, Check: b.healthCheck(section, s, checked), Agent: b.agent(section, s, checked),
		Observation: observation(s),
	}
	settings.Dialer = b.buildDialer(section, s)
	address, ok := b.serverAddress(section, s)
	if !ok {
		return nil
	}
	made := server.New(identity, address, settings)
	if address.Host == "" {
		made.StartIn(server.Unresolved)
	}
	if s.Disabled {
		made.StartIn(server.Maintenance | server.ConfiguredMaintenance)
	}
	return made
}

// observation returns how traffic of a server is observed.
func observation(s config.Server) server.Observation {
	o := server.Observation{Limit: int64(s.ErrorLimit)}
	o.Layer = map[string]server.Layer{"layer4": server.ObserveLayer4, "layer7": server.ObserveLayer7}[s.Observe]
	o.Reaction = map[string]server.Reaction{
		"fail-check": server.FailCheck, "sudden-death": server.SuddenDeath, "mark-down": server.MarkDown,
	}[s.OnError]
	return o
}

// serverAddress finds out where a server is.
func (b *builder) serverAddress(section *config.Proxy, s config.Server) (server.Address, bool) {
	if s.Address.Network == "unix" {
		return server.Address{Network: "unix", Host: s.Address.Path}, true
	}
	host, err := b.initialHost(section, s)
	if err != nil {
		b.diags.Alertf(s.At, "'server %s/%s' : could not resolve address '%s'.", section.Name, s.Name, s.Address.Host)
		return server.Address{}, false
	}
	return server.Address{Network: "tcp", Host: host, Port: s.Address.Port, Offset: s.PortOffset}, true
}

// initialHost returns the address that a server starts with, as its init-addr says. The empty address is that of a server
// that starts without.
func (b *builder) initialHost(section *config.Proxy, s config.Server) (host string, err error) {
	if s.Watched() && s.Service() {
		return "", nil // found while serving
	}
	methods := s.InitAddr
	if len(methods) == 0 {
		methods = []string{"last", "libc"}
	}
	for _, method := range methods {
		switch method {
		case "last":
			saved, _ := b.savedState(section, s.Name) // by whatever name it was found
			if _, err := netip.ParseAddr(saved.Host); err == nil {
				return saved.Host, nil
			}
			err = cmp.Or(err, errNoAddress)
		case "libc":
			if host, err = b.resolve(s.Address); err == nil {
				return host, nil
			}
		case "none":
			return "", nil
		default:
			return method, nil
		}
	}
	return "", err
}

var errNoAddress = errors.New("no address is known")

// resolve returns the address that a name has now, as HAProxy does at its start: names are not asked for again.
func (b *builder) resolve(a config.Address) (string, error) {
	if a.Host == "" {
		return "127.0.0.1", nil // what connecting to 0.0.0.0 amounts to
	}
	if address, err := netip.ParseAddr(a.Host); err == nil {
		return address.String(), nil
	}
	network := map[string]string{"tcp4": "ip4", "tcp6": "ip6"}[a.Network]
	addresses, err := net.DefaultResolver.LookupNetIP(b.ctx, cmp.Or(network, "ip"), a.Host)
	if err != nil {
		return "", err
	}
	return addresses[0].Unmap().String(), nil
}

// fullConn returns the load at which servers with a minconn take their maxconn: by default a tenth of what all frontends
// can send, as in HAProxy.
func (b *builder) fullConn(section *config.Proxy) int {
	if section.FullConn > 0 {
		return section.FullConn
	}
	total := 0
	for _, p := range b.config.Proxies {
		if p.Kind.HasFrontend() && !p.Disabled {
			total += maxConnections(&b.config.Global, p)
		}
	}
	return max((total+9)/10, 1)
}

// retry returns when exchanges of a section are tried again.
func retry(section *config.Proxy) server.Retry {
	r := server.Retry{Max: section.Retries, Interval: section.Redispatch, On: server.ConnFailure}
	if section.RetryOff {
		r.On = 0
		return r
	}
	if len(section.RetryOn) > 0 {
		r.On = 0
	}
	for _, condition := range section.RetryOn {
		switch condition {
		case "conn-failure":
			r.On |= server.ConnFailure
		case "empty-response":
			r.On |= server.EmptyResponse
		case "junk-response":
			r.On |= server.JunkResponse
		case "response-timeout":
			r.On |= server.ResponseTimeout
		case "all-retryable-errors":
			r.On |= server.ConnFailure | server.EmptyResponse | server.JunkResponse | server.ResponseTimeout
			r.Statuses = append(r.Statuses, 500, 502, 503, 504)
		case "0rtt-rejected": // nothing is sent before the handshake
		default:
			status, _ := strconv.Atoi(condition)
			r.Statuses = append(r.Statuses, status)
		}
	}
	return r
}
