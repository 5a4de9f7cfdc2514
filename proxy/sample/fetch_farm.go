package sample

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"tidelock/proxy/counter"
	"tidelock/proxy/stream"
	"tidelock/proxy/value"
)

// farmFetches tell the state of proxies and servers that are named (manual, section 7.3.2).
var farmFetches = []Fetch{
	{Name: "avg_queue", Parameters: required(BackendName), Output: value.Integer, Source: internalState, Get: averageQueue},
	{Name: "be_conn", Parameters: required(BackendName), Output: value.Integer, Source: internalState, Get: ofNamedBackend((*counter.Row).Current)},
	{Name: "be_conn_free", Parameters: required(BackendName), Output: value.Integer, Source: internalState, Get: freeConnections},
	{Name: "be_sess_rate", Parameters: required(BackendName), Output: value.Integer, Source: internalState, Get: ofNamedBackend(sessionRate)},
	{Name: "connslots", Parameters: required(BackendName), Output: value.Integer, Source: internalState, Get: connectionSlots},
	{Name: "fe_conn", Parameters: required(FrontendName), Output: value.Integer, Source: internalState, Get: ofNamedFrontend((*counter.Row).Current)},
	{Name: "fe_req_rate", Parameters: required(FrontendName), Output: value.Integer, Source: internalState, Get: ofNamedFrontend(requestRate)},
	{Name: "fe_sess_rate", Parameters: required(FrontendName), Output: value.Integer, Source: internalState, Get: ofNamedFrontend(sessionRate)},
	{Name: "nbsrv", Parameters: required(BackendName), Output: value.Integer, Source: internalState, Get: usableServers},
	{Name: "queue", Parameters: required(BackendName), Output: value.Integer, Source: internalState, Get: ofNamedBackend(queued)},
	{Name: "srv_conn", Parameters: required(ServerPath), Output: value.Integer, Source: internalState, Get: ofServer(serverConnections)},
	{Name: "srv_conn_free", Parameters: required(ServerPath), Output: value.Integer, Source: internalState, Get: ofServer(serverSlots)},
	{Name: "srv_is_up", Parameters: required(ServerPath), Output: value.Boolean, Source: internalState, Get: ofServer(serverIsUp)},
	{Name: "srv_iweight", Parameters: required(ServerPath), Output: value.Integer, Source: internalState, Get: ofServer(initialWeight)},
	{Name: "srv_queue", Parameters: required(ServerPath), Output: value.Integer, Source: internalState, Get: ofServer(serverQueue)},
	{Name: "srv_sess_rate", Parameters: required(ServerPath), Output: value.Integer, Source: internalState, Get: ofServer(serverRate)},
	{Name: "srv_uweight", Parameters: required(ServerPath), Output: value.Integer, Source: internalState, Get: ofServer(setWeight)},
	{Name: "srv_weight", Parameters: required(ServerPath), Output: value.Integer, Source: internalState, Get: ofServer(weightNow)},
}

// findProxies finds the proxies and servers that arguments name. A backend's servers may not be there yet: they are looked
// up once, when they are first asked for.
func (p Parameters) findProxies(arguments []Argument, section *stream.Proxy) error {
	for i, t := range p.Types {
		a := &arguments[i]
		if t != BackendName && t != FrontendName && t != ServerPath {
			continue
		}
		if section == nil || section.Directory == nil {
			return fmt.Errorf("there are no proxies here")
		}
		name, server := a.Text, ""
		if t == ServerPath {
			var found bool
			if name, server, found = strings.Cut(a.Text, "/"); !found {
				name, server = section.Name, a.Text
			}
		}
		find, kind := section.Directory.BackendNamed, "backend"
		if t == FrontendName {
			find, kind = section.Directory.FrontendNamed, "frontend"
		}
		if name == "" {
			name = section.Name
		}
		proxy := find(name)
		switch {
		case proxy == nil:
			return fmt.Errorf("unable to find %s '%s' referenced in arg %d", kind, name, i+1)
		case t == ServerPath && !section.Directory.ReferToServer(name, server):
			return fmt.Errorf("unable to find server '%s' in proxy '%s' referenced in arg %d", server, name, i+1)
		}
		a.Extra = proxy
		if t == ServerPath {
			a.Extra = sync.OnceValue(func() stream.Member { return proxy.Farm.Member(server) })
		}
	}
	return nil
}

func ofNamedBackend(get func(*counter.Row) int64) getter {
	return func(_ *Context, a []Argument) value.Value {
		return value.Int(get(a[0].Extra.(*stream.Proxy).BackendCounters))
	}
}

func ofNamedFrontend(get func(*counter.Row) int64) getter {
	return func(_ *Context, a []Argument) value.Value {
		return value.Int(get(a[0].Extra.(*stream.Proxy).FrontendCounters))
	}
}

// farmOf returns the servers of the backend that is named, nil when the section is disabled.
func farmOf(a []Argument) stream.Farm { return a[0].Extra.(*stream.Proxy).Farm }

func usableServers(_ *Context, a []Argument) value.Value {
	farm := farmOf(a)
	if farm == nil {
		return value.Int(0)
	}
	return value.Int(int64(farm.Usable()))
}

func queued(r *counter.Row) int64 { return r.Queue.Now() }

// averageQueue is the length of the queue for each usable server, rounded up.
func averageQueue(c *Context, a []Argument) value.Value {
	waiting := queued(a[0].Extra.(*stream.Proxy).BackendCounters)
	usable := usableServers(c, a).Int
	if usable == 0 {
		return value.Int(waiting * 10)
	}
	return value.Int((waiting + usable - 1) / usable)
}

func freeConnections(_ *Context, a []Argument) value.Value {
	farm := farmOf(a)
	if farm == nil {
		return value.Int(0)
	}
	connections, _ := farm.Slots()
	return value.Int(connections)
}

func connectionSlots(_ *Context, a []Argument) value.Value {
	farm := farmOf(a)
	if farm == nil {
		return value.Int(0)
	}
	_, slots := farm.Slots()
	return value.Int(slots)
}

func ofServer(get func(stream.Member) value.Value) getter {
	return func(_ *Context, a []Argument) value.Value {
		member := a[0].Extra.(func() stream.Member)()
		if member == nil {
			return value.Value{}
		}
		return get(member)
	}
}

func serverConnections(m stream.Member) value.Value {
	active, _ := m.Load()
	return value.Int(active)
}

func serverSlots(m stream.Member) value.Value {
	limit := m.MaxConnNow()
	if limit == 0 {
		return value.Int(-1)
	}
	active, _ := m.Load()
	return value.Int(max(limit-active, 0))
}

func serverQueue(m stream.Member) value.Value {
	_, waiting := m.Load()
	return value.Int(waiting)
}

func serverIsUp(m stream.Member) value.Value { return value.Bool(m.Reachable()) }

func serverRate(m stream.Member) value.Value { return value.Int(sessionRate(m.Identity().Counters)) }

func weightNow(m stream.Member) value.Value {
	now, _, _ := m.Weights()
	return value.Int(int64(now))
}

func setWeight(m stream.Member) value.Value {
	_, set, _ := m.Weights()
	return value.Int(int64(set))
}

func initialWeight(m stream.Member) value.Value {
	_, _, initial := m.Weights()
	return value.Int(int64(initial))
}

func sessionRate(r *counter.Row) int64 { return int64(r.SessionRate.Now(time.Now())) }

func requestRate(r *counter.Row) int64 { return int64(r.RequestRate.Now(time.Now())) }
