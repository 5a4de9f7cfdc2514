package luabridge

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	"tidelock/abi"
	"tidelock/host"
	"tidelock/proxy/log"
	"tidelock/proxy/pattern"
	"tidelock/proxy/server"
)

// kindEvent is a function that is told of events.
const kindEvent = "event"

// pendingEvents bounds the events that wait for a script to be told of them.
const pendingEvents = 1024

// events are the subscriptions of an image's scripts. Those that share one in the script, on several instances, have one
// number.
type events struct {
	mu     sync.Mutex
	last   int64
	active []*subscription // guarded by mu
	done   sync.WaitGroup  // of those who tell scripts
}

// subscription is a function of one instance that waits for events.
type subscription struct {
	image        *image
	registration *host.Registration
	number       int64
	instance     int
	types        []string
	end          context.CancelFunc
	queue        chan event
}

// event is something that happened, as scripts are told of it.
type event struct {
	kind   string
	when   time.Time
	change *server.Change // nil for patterns
}

func (m *image) eventFunctions() host.Functions {
	return host.Functions{"event.new": m.events.create, "event.unsub": m.events.unsubscribe}
}

// create is event.new() -> the number of a subscription.
func (e *events) create(c *host.Call) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.last++
	return putInt(c, e.last)
}

// unsubscribe is event.unsub(number, instance).
func (e *events) unsubscribe(c *host.Call) error {
	number, err := c.Int()
	if err != nil {
		return err
	}
	instance, err := c.Int()
	if err != nil {
		return err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, s := range e.active {
		if s.number == number && (s.instance == int(instance) || s.instance < 0) {
			s.end()
		}
	}
	return nil
}

// subscribeAll begins what scripts subscribed to while they were loaded.
func (m *image) subscribeAll() {
	for _, r := range m.Registrations() {
		if r.Kind != kindEvent {
			continue
		}
		for own := range r.PerInstance() {
			if err := m.subscribe(own); err != nil {
				m.bridge.config.Log(m.life, log.Error, "event_sub: "+err.Error())
			}
		}
	}
}

// registeredLate begins what a script subscribes to while it runs.
func (m *image) registeredLate(r *host.Registration) error {
	if r.Kind != kindEvent {
		return fmt.Errorf("a %s can be registered only while the script is loaded", r.Kind)
	}
	return m.subscribe(r)
}

var (
	errTooManySubscriptions = errors.New("too many subscriptions")
	errNoSource             = errors.New("there is no such server or set of patterns")
)

// maxSubscriptions bounds the subscriptions of an image.
const maxSubscriptions = 4096

// subscribe begins to tell a function of events. Its options are the number, the source and the types.
func (m *image) subscribe(r *host.Registration) error {
	options := abi.NewReader(r.Options)
	ctx, end := context.WithCancel(m.life)
	s := &subscription{image: m, registration: r, number: options.Next().Int, instance: r.InstanceNumber(), end: end, queue: make(chan event, pendingEvents)}
	source := options.Next()
	s.types = texts(options.Next())
	m.events.mu.Lock()
	defer m.events.mu.Unlock()
	if len(m.events.active) == maxSubscriptions {
		end()
		return errTooManySubscriptions
	}
	stop, err := s.listen(source)
	if err != nil {
		end()
		return err
	}
	m.events.active = append(m.events.active, s)
	m.events.done.Go(func() {
		s.tellAll(ctx)
		stop()
		m.events.mu.Lock()
		defer m.events.mu.Unlock()
		m.events.active = slices.DeleteFunc(m.events.active, func(other *subscription) bool { return other == s })
	})
	return nil
}

// listen has events of the source come into the queue: a set of patterns by its name, a server by its number, or all servers.
func (s *subscription) listen(source abi.Value) (stop func(), err error) {
	if source.Type == abi.String {
		set := s.image.patterns(string(source.Bytes))
		if set == nil {
			return nil, errNoSource
		}
		return set.Changes().Subscribe(func(c pattern.Change) { s.came("PAT_REF_"+c.String(), nil) }), nil
	}
	changes := s.image.bridge.config.Plane.ServerChanges
	if changes == nil {
		return nil, errNoSource
	}
	var only *server.Server
	if source.Type == abi.Integer {
		all := s.image.bridge.inventory()
		if all == nil || source.Int < 1 || source.Int > int64(len(all.servers)) {
			return nil, errNoSource
		}
		only = all.servers[source.Int-1].Server
	}
	return changes.Subscribe(func(c *server.Change) {
		if only == nil || c.Server == only {
			s.changed(c)
		}
	}), nil
}

// changed tells what a change of a server comes to.
func (s *subscription) changed(c *server.Change) {
	if c.Check != nil {
		s.came("SERVER_CHECK", c)
	}
	if c.Before.Admin != c.After.Admin {
		s.came("SERVER_ADMIN", c)
	}
	before, after := c.Before.Effective(), c.After.Effective()
	if before == after {
		return
	}
	s.came("SERVER_STATE", c)
	switch {
	case after == server.Stopped:
		s.came("SERVER_DOWN", c)
	case before == server.Stopped:
		s.came("SERVER_UP", c)
	}
}

// came queues an event that the script wants. What comes while it has not been told of a thousand others is lost, with a
// word in the log: who causes events must not wait for a script.
func (s *subscription) came(kind string, c *server.Change) {
	if !slices.Contains(s.types, kind) {
		return
	}
	select {
	case s.queue <- event{kind, time.Now(), c}:
	default:
		s.image.bridge.config.Log(s.image.life, log.Warning, "Lua event: too many events are pending, one of "+kind+" is lost.")
	}
}

// tellAll calls the function for each event until ctx ends, or its instance is gone.
func (s *subscription) tellAll(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case e := <-s.queue:
			if ctx.Err() != nil {
				return
			}
			// What runs is not cut when the subscription ends: it may be its own function that ends it.
			err := s.tell(s.image.life, e)
			if errors.Is(err, host.ErrReset) || errors.Is(err, host.ErrClosed) {
				return
			}
			if err != nil {
				s.image.failed(nil, "Lua event", err)
			}
		}
	}
}

// tell calls the function with the event's type, its data, and the time in seconds since 1970.
func (s *subscription) tell(ctx context.Context, e event) error {
	if e.change != nil && e.change.Check != nil {
		ctx = causedBy(ctx, e.change.Check.Result.Span)
	}
	x := s.registration.Begin(ctx, nil)
	defer x.End()
	x.Arguments.String(e.kind)
	if e.change == nil {
		x.Arguments.Nil()
	} else {
		s.image.putServerEvent(&x.Arguments, e.kind, e.change)
	}
	x.Arguments.Int(e.when.Unix())
	return x.Run()
}

// putServerEvent writes the data of a server's event (HAProxy 2.8's Lua reference, class ServerEvent).
func (m *image) putServerEvent(w *abi.Writer, kind string, c *server.Change) {
	proxy := c.Server.Backend().Proxy
	mark := w.BeginTable()
	putField(w, "name", func() { w.String(c.Server.Name) })
	putField(w, "puid", func() { w.String(strconv.Itoa(c.Server.ID)) })
	putField(w, "rid", func() { w.Int(0) }) // counts servers that came in the place of others: none does
	putField(w, "proxy_name", func() { w.String(proxy.Name) })
	putField(w, "proxy_uuid", func() { w.String(strconv.Itoa(proxy.ID)) })
	if number := m.serverNumber(c.Server); number > 0 {
		putField(w, "number", func() { w.Int(number) })
	}
	switch kind {
	case "SERVER_CHECK":
		putField(w, "check", func() { putCheck(w, c) })
	case "SERVER_ADMIN":
		putField(w, "admin", func() { putAdministration(w, c) })
	case "SERVER_STATE":
		putField(w, "state", func() { putOperation(w, c) })
	}
	w.EndTable(mark)
}

func putOperation(w *abi.Writer, c *server.Change) {
	mark := w.BeginTable()
	administrative := c.Before.Admin != c.After.Admin
	putField(w, "admin", func() { w.Bool(administrative) })
	putField(w, "cause", func() { w.String(c.Why) })
	putField(w, "old_state", func() { w.String(c.Before.Effective().String()) })
	putField(w, "new_state", func() { w.String(c.After.Effective().String()) })
	putField(w, "requeued", func() { w.Int(int64(c.Requeued)) })
	if c.Check != nil && !administrative {
		putField(w, "check", func() { putCheck(w, c) })
	}
	w.EndTable(mark)
}

// adminNames are what an administrator may want of a server, in the words of events.
var adminNames = []struct {
	admin server.Admin
	name  string
}{
	{server.Maintenance | server.InheritedMaintenance | server.Unresolved, "MAINT"},
	{server.Maintenance, "FMAINT"}, {server.InheritedMaintenance, "IMAINT"}, {server.ConfiguredMaintenance, "CMAINT"},
	{server.Unresolved, "RMAINT"}, {server.Drain | server.InheritedDrain, "DRAIN"}, {server.Drain, "FDRAIN"},
	{server.InheritedDrain, "IDRAIN"},
}

func putAdministration(w *abi.Writer, c *server.Change) {
	mark := w.BeginTable()
	putField(w, "cause", func() { w.String(c.Why) })
	putField(w, "old_admin", func() { putAdmin(w, c.Before.Admin) })
	putField(w, "new_admin", func() { putAdmin(w, c.After.Admin) })
	putField(w, "requeued", func() { w.Int(int64(c.Requeued)) })
	w.EndTable(mark)
}

func putAdmin(w *abi.Writer, admin server.Admin) {
	mark := w.BeginTable()
	number := int64(0)
	for _, a := range adminNames {
		if admin&a.admin != 0 {
			number++
			w.Int(number)
			w.String(a.name)
		}
	}
	w.EndTable(mark)
}

func putCheck(w *abi.Writer, c *server.Change) {
	result := "FAILED"
	switch status := c.Check.Result.Status; {
	case status == server.Layer7Conditional:
		result = "CONDPASS"
	case status == server.Checked:
		result = "NEUTRAL"
	case status.Passed():
		result = "PASSED"
	}
	rise, fall := c.Server.Rise, c.Server.Fall
	if c.Check.Agent {
		rise, fall = 1, 1
	}
	mark := w.BeginTable()
	putField(w, "agent", func() { w.Bool(c.Check.Agent) })
	putField(w, "result", func() { w.String(result) })
	putField(w, "duration", func() { w.Int(c.Check.Result.Duration.Milliseconds()) })
	putField(w, "reason", func() {
		reason := w.BeginTable()
		putField(w, "short", func() { w.String(c.Check.Result.Status.String()) })
		putField(w, "desc", func() { w.String(c.Check.Result.Status.Text()) })
		if c.Check.Result.Code != 0 {
			putField(w, "code", func() { w.Int(int64(c.Check.Result.Code)) })
		}
		w.EndTable(reason)
	})
	putField(w, "health", func() {
		health := w.BeginTable()
		putField(w, "cur", func() { w.Int(int64(c.Check.Health)) })
		putField(w, "rise", func() { w.Int(int64(rise)) })
		putField(w, "fall", func() { w.Int(int64(fall)) })
		w.EndTable(health)
	})
	w.EndTable(mark)
}
