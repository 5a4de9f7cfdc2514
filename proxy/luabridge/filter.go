package luabridge

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"tidelock/abi"
	"tidelock/host"
	"tidelock/proxy/filter"
	"tidelock/proxy/sample"
	"tidelock/proxy/stream"
)

// filterFunctions are the functions of the class filter, and what its loop stands on.
var filterFunctions = host.Functions{
	"filter.next":      filterNext,
	"filter.follow":    filterFollow,
	"filter.wake_time": filterWakeTime,
}

// flagHTX is filter.FLT_CFG_FL_HTX.
const flagHTX = 1

// Filters implements proxy.ScriptFilters.
func (b *Bridge) Filters() (names []string) {
	filters := func(m *image, prefix string) {
		for _, r := range m.Registrations() {
			if r.Kind == kindFilter {
				names = append(names, prefix+r.Name)
			}
		}
	}
	for _, m := range b.images {
		filters(m, "")
	}
	for _, u := range b.bundles {
		filters(u.current.image, "")
		filters(u.current.image, u.line.Name+".")
	}
	return names
}

// BindFilter implements proxy.ScriptFilters: the script makes a class of what stands in the line.
func (b *Bridge) BindFilter(name string, arguments []string) (filter.Filter, error) {
	label := fmt.Sprintf("Lua filter '%s'", name)
	w := wanted{kind: kindFilter, name: name}
	w.filter = func(r *host.Registration, m *image) (*scriptFilter, error) { return m.newFilter(r, label, arguments) }
	found, err := b.lookup(w)
	switch {
	case err != nil:
		return nil, err
	case found.registration == nil:
		return nil, fmt.Errorf("unknown filter 'lua.%s'", name)
	case found.bundle == nil:
		return w.filter(found.registration, found.image)
	}
	bound, err := found.slot()
	return bundledFilter{bound}, err
}

// newFilter has the script make a filter of a line.
func (m *image) newFilter(r *host.Registration, label string, arguments []string) (*scriptFilter, error) {
	f := &scriptFilter{registration: r, image: m, label: label}
	x := r.Begin(context.Background(), nil)
	defer x.End()
	x.Arguments.Int(0)
	for _, a := range arguments {
		x.Arguments.String(a)
	}
	if err := x.Run(); err != nil {
		return nil, fmt.Errorf("%s : %s", f.label, m.failure(err))
	}
	results := x.Results()
	f.number = results.Next().Int
	flags, _ := host.ToInt(results.Next())
	f.http = flags&flagHTX != 0
	return f, nil
}

// bundledFilter is one that another generation of its bundle may replace. An exchange ends with the one that it began with.
type bundledFilter struct{ slot *slot }

// Attach implements filter.Filter.
func (f bundledFilter) Attach(s *stream.Stream) filter.Instance {
	t := f.slot.enter()
	attached := t.filter.Attach(s)
	if attached == nil {
		t.leave()
		return nil
	}
	i := attached.(*filtering)
	i.leave = t.leave
	return i
}

// scriptFilter is a filter line that names a script's filter.
type scriptFilter struct {
	registration *host.Registration
	image        *image
	label        string // that its failures are logged under
	number       int64  // by which the script knows the line; 0 for one that is ignored
	http         bool   // takes part in exchanges of HTTP
}

// Attach implements filter.Filter.
func (f *scriptFilter) Attach(s *stream.Stream) filter.Instance {
	if f.number == 0 || s.Request != nil && !f.http {
		return nil
	}
	return &filtering{filter: f}
}

// callback is a method of a script's filter.
type callback struct {
	name string
	bit  int64
}

// The callbacks, in the order of guest/prelude/filter.lua.
var (
	startAnalyze = callback{"start_analyze", 1 << 1}
	endAnalyze   = callback{"end_analyze", 1 << 2}
	httpHeaders  = callback{"http_headers", 1 << 3}
	httpPayload  = callback{"http_payload", 1 << 4}
	httpEnd      = callback{"http_end", 1 << 5}
	tcpPayload   = callback{"tcp_payload", 1 << 6}
)

// filtering is a script's filter of one exchange: one execution, which is suspended between the callbacks.
type filtering struct {
	filter    *scriptFilter
	exchange  *transaction
	execution *host.Execution // nil before the first callback, and once it is over
	over      bool
	leave     func() // the generation of a bundle, after the execution; nil for the scripts of lua-load

	defined int64           // bits of the callbacks that the object has
	running callback        // valid during a callback
	current *filter.Channel // of the callback that runs, nil between two
	follow  [2]*bool        // by direction: what the script wants of Channel.Filter, not done yet
	result  abi.Value       // of the last callback
	failure *host.ExecutionError
}

var _ filter.Instance = (*filtering)(nil)

func (i *filtering) transaction() *transaction { return i.exchange }

// Start implements filter.Instance.
func (i *filtering) Start(c *filter.Channel) error { return i.decide(c, startAnalyze) }

// Headers implements filter.Instance.
func (i *filtering) Headers(c *filter.Channel) error { return i.decide(c, httpHeaders) }

// End implements filter.Instance.
func (i *filtering) End(c *filter.Channel) error { return i.decide(c, httpEnd) }

// decide makes a callback whose result says what becomes of the exchange.
func (i *filtering) decide(c *filter.Channel, b callback) error {
	if err := i.call(c, b); err != nil {
		return err
	}
	switch n, number := host.ToInt(i.result); {
	case !number:
		return nil
	case n < 0:
		return filter.ErrRefused
	case n == 0 && b == httpHeaders:
		return filter.ErrWait
	}
	return nil
}

// Payload implements filter.Instance. As in HAProxy a result of 0 and above is how many bytes go on beside those that the
// script has forwarded itself; anything else lets all of them go.
func (i *filtering) Payload(c *filter.Channel) error {
	b := httpPayload
	if c.Message == nil {
		b = tcpPayload
	}
	if err := i.call(c, b); err != nil {
		return err
	}
	if n, number := host.ToInt(i.result); number && n >= 0 {
		c.Pass(int(min(n, math.MaxInt32)))
	} else {
		c.Pass(len(c.Data()))
	}
	return nil
}

// Stop implements filter.Instance.
func (i *filtering) Stop(c *filter.Channel) {
	i.call(c, endAnalyze) //nolint:errcheck // the exchange is over
}

// Close implements filter.Instance.
func (i *filtering) Close() {
	if i.execution != nil {
		i.execution.End()
		i.execution = nil
	}
	if i.exchange != nil {
		i.exchange.release()
		i.exchange = nil
	}
	if i.leave != nil {
		i.leave()
		i.leave = nil
	}
	i.over = true
}

// call makes a callback, if the script's object has it.
func (i *filtering) call(c *filter.Channel, b callback) error {
	i.result = abi.Value{}
	if i.exchange == nil && !i.over {
		if err := i.begin(c); err != nil {
			return err
		}
	}
	i.settle(c)
	switch {
	case i.over && b == endAnalyze:
		return nil
	case i.over:
		return filter.ErrRefused
	case i.defined&b.bit == 0:
		return nil
	}
	t := i.exchange
	t.samples.Phase, t.available = sample.HTTPRequest, sample.HTTPRequest|sample.TCPRequest
	if c.Response {
		t.samples.Phase, t.available = sample.HTTPResponse, sample.HTTPResponse|sample.TCPResponse
	}
	t.headSent = b != httpHeaders
	i.execution.Arguments.Truncate(0)
	i.execution.Arguments.String(b.name)
	i.execution.Arguments.Bool(c.Response)
	i.running, i.current = b, c
	err := i.took(i.execution.Resume(c.Context()))
	i.current = nil
	i.settle(c)
	return err
}

// begin starts the execution, which makes the script's object.
func (i *filtering) begin(c *filter.Channel) error {
	s := c.Stream
	i.exchange = acquire(s, 0)
	x := i.filter.registration.Begin(c.Context(), i)
	i.execution = x
	var handles [3]uint32
	for n, object := range []any{i.exchange, &conduit{i, false}, &conduit{i, true}} {
		var err error
		if handles[n], err = x.Hold(object); err != nil {
			return err
		}
	}
	x.Arguments.Int(i.filter.number)
	x.Arguments.Bool(s.Request != nil)
	for _, h := range handles {
		x.Arguments.Handle(h)
	}
	return i.took(x.Run())
}

// took takes note of how the script came back from a callback.
func (i *filtering) took(err error) error {
	if errors.Is(err, host.ErrSuspended) {
		failed := i.failure
		if i.failure = nil; failed == nil || i.exchange.finished {
			i.exchange.finished = false // core.done ended the callback and no more
			return nil
		}
		err = failed
	} else {
		i.over = true
	}
	if err != nil {
		i.filter.image.failed(i.exchange.samples.Stream, i.filter.label, err)
	}
	return filter.ErrRefused
}

// settle does what the script asked for while a callback of the other direction ran.
func (i *filtering) settle(c *filter.Channel) {
	n := 0
	if c.Response {
		n = 1
	}
	if want := i.follow[n]; want != nil {
		c.Filter(*want)
		i.follow[n] = nil
	}
}

var errNoFilter = errors.New("this function works in callbacks of filters only")

// callbackOf returns the filter that the running execution is, during a callback.
func callbackOf(c *host.Call) (*filtering, error) {
	if i, ok := c.Execution.Subject.(*filtering); ok && i.current != nil {
		return i, nil
	}
	return nil, errNoFilter
}

// filterNext is filter.next(defined, done, [result] | message, traceback) -> callback, is_response: it tells how the last
// callback ended and waits for the next one.
func filterNext(c *host.Call) error {
	i, ok := c.Execution.Subject.(*filtering)
	if !ok {
		return errNoFilter
	}
	i.defined, _ = host.ToInt(c.Next())
	if c.Next().Type == abi.True {
		i.result = abi.Value{}
		if v := c.Next(); v.Type == abi.Integer || v.Type == abi.Float {
			i.result = v // which holds no memory of the guest's
		}
	} else {
		message, trace := c.Next(), c.Next()
		i.failure = &host.ExecutionError{
			Kind: kindOf(message), Registration: c.Execution.Registration(), Message: string(message.Bytes), Traceback: string(trace.Bytes),
			Context: c.Execution.Context(),
		}
	}
	return c.Suspend()
}

// kindOf tells the kind of a failure that the guest caught from Lua's own message.
func kindOf(message abi.Value) error {
	if string(message.Bytes) == "not enough memory" {
		return host.ErrOutOfMemory
	}
	return host.ErrScript
}

// filterFollow is filter.follow(is_response, on).
func filterFollow(c *host.Call) error {
	i, err := callbackOf(c)
	if err != nil {
		return err
	}
	n := 0
	if c.Next().Type == abi.True {
		n = 1
	}
	on := c.Next().Type == abi.True
	i.follow[n] = &on
	return nil
}

// maxPause bounds what a script may wait for: a day.
const maxPause = 24 * time.Hour

// filterWakeTime is filter.wake_time(milliseconds). Outside of callbacks it does nothing, as in HAProxy.
func filterWakeTime(c *host.Call) error {
	n, err := c.Int()
	if err != nil {
		return err
	}
	if i, err := callbackOf(c); err == nil {
		i.current.WakeAfter(min(time.Duration(min(max(n, 0), int64(maxPause/time.Millisecond)))*time.Millisecond, maxPause))
	}
	return nil
}
