package luabridge

import (
	"fmt"
	"slices"
	"time"

	"tidelock/abi"
	"tidelock/host"
	"tidelock/proxy/pause"
	"tidelock/proxy/sample"
	"tidelock/proxy/stream"
	"tidelock/proxy/value"
)

// Kinds of registrations beyond those that host knows.
const (
	kindFetch     = "fetch"
	kindConverter = "converter"
	kindAction    = "action"
	kindService   = "service"
	kindFilter    = "filter"
	kindCommand   = "cli"
)

// encode encodes the arguments that stand in a configuration, once.
func encode(arguments []string) []byte {
	var w abi.Writer
	for _, a := range arguments {
		w.String(a)
	}
	return w.Bytes()
}

// BindFetch implements stream.Scripts.
func (b *Bridge) BindFetch(name string, arguments []string) (func(*stream.Stream) value.Value, error) {
	found, err := b.lookup(wanted{kind: kindFetch, name: name})
	switch {
	case err != nil:
		return nil, err
	case found.registration == nil:
		return nil, fmt.Errorf("unknown fetch method 'lua.%s'", name)
	}
	encoded := encode(arguments)
	if found.bundle == nil {
		return func(s *stream.Stream) value.Value { return found.image.fetch(found.registration, s, name, encoded) }, nil
	}
	bound, err := found.slot()
	return func(s *stream.Stream) value.Value {
		t := bound.enter()
		defer t.leave()
		return t.fetch(t.registration, s, name, encoded)
	}, err
}

// fetch runs a fetch.
func (m *image) fetch(r *host.Registration, s *stream.Stream, name string, arguments []byte) value.Value {
	t := acquire(s, 0)
	defer t.release()
	x := r.Begin(contextOf(s), t)
	defer x.End()
	if err := m.run(x, t, arguments); err != nil {
		m.failed(s, fmt.Sprintf("Lua sample-fetch '%s'", name), err)
		return value.Value{}
	}
	return t.sample(x)
}

// BindConverter implements stream.Scripts.
func (b *Bridge) BindConverter(name string, arguments []string) (func(*stream.Stream, value.Value) value.Value, error) {
	found, err := b.lookup(wanted{kind: kindConverter, name: name})
	switch {
	case err != nil:
		return nil, err
	case found.registration == nil:
		return nil, fmt.Errorf("unknown converter 'lua.%s'", name)
	}
	encoded := encode(arguments)
	if found.bundle == nil {
		return func(s *stream.Stream, v value.Value) value.Value {
			return found.image.convert(found.registration, s, v, name, encoded)
		}, nil
	}
	bound, err := found.slot()
	return func(s *stream.Stream, v value.Value) value.Value {
		t := bound.enter()
		defer t.leave()
		return t.convert(t.registration, s, v, name, encoded)
	}, err
}

// convert runs a converter.
func (m *image) convert(r *host.Registration, s *stream.Stream, v value.Value, name string, arguments []byte) value.Value {
	t := acquire(s, 0)
	defer t.release()
	x := r.Begin(contextOf(s), t)
	defer x.End()
	putText(&x.Arguments, v)
	x.Arguments.Raw(arguments)
	if err := t.outcome(x.Run()); err != nil {
		m.failed(s, fmt.Sprintf("Lua converter '%s'", name), err)
		return value.Value{}
	}
	return t.sample(x)
}

// environments are the names by which register_action knows the rule sets.
var environments = map[stream.RuleSet]string{
	stream.HTTPRequest: "http-req", stream.HTTPResponse: "http-res", stream.HTTPAfterResponse: "http-res",
	stream.TCPRequest: "tcp-req", stream.TCPResponse: "tcp-res",
}

// BindAction implements stream.Scripts.
func (b *Bridge) BindAction(set stream.RuleSet, name string, arguments []string) (func(*stream.Stream) stream.Verdict, error) {
	action := wanted{kind: kindAction, name: name}
	action.suits = func(r *host.Registration) bool {
		_, in := actionOptions(r)
		return slices.Contains(in, environments[set])
	}
	action.accept = func(r *host.Registration) error {
		if count, _ := actionOptions(r); len(arguments) != count {
			return fmt.Errorf("action 'lua.%s' expects %d arguments, but got %d", name, count, len(arguments))
		}
		return nil
	}
	found, err := b.lookup(action)
	switch {
	case err != nil:
		return nil, err
	case found.registration == nil:
		if elsewhere, _ := b.lookup(wanted{kind: kindAction, name: name}); elsewhere.registration != nil {
			return nil, fmt.Errorf("action 'lua.%s' is not registered for '%s' rules ('%s')", name, set, environments[set])
		}
		return nil, fmt.Errorf("unknown action 'lua.%s'", name)
	}
	encoded, phase := encode(arguments), sample.PhaseOf(set)
	if found.bundle == nil {
		return func(s *stream.Stream) stream.Verdict {
				return found.image.perform(found.registration, s, name, phase, encoded)
			},
			action.accept(found.registration)
	}
	bound, err := found.slot()
	return func(s *stream.Stream) stream.Verdict {
		t := bound.enter()
		defer t.leave()
		return t.perform(t.registration, s, name, phase, encoded)
	}, err
}

// perform runs an action until it does not want to run again.
func (m *image) perform(r *host.Registration, s *stream.Stream, name string, phase sample.Phase, arguments []byte) stream.Verdict {
	for {
		verdict, wake := m.act(r, s, name, phase, arguments)
		if wake <= 0 || !pause.For(contextOf(s), wake) {
			return verdict
		}
	}
}

// act runs an action once. A wake time above 0 says that it wants to run again after so long.
func (m *image) act(r *host.Registration, s *stream.Stream, name string, phase sample.Phase, arguments []byte) (stream.Verdict, time.Duration) {
	t := acquire(s, phase)
	defer t.release()
	t.answers = true
	x := r.Begin(contextOf(s), t)
	defer x.End()
	if err := m.run(x, t, arguments); err != nil {
		m.failed(s, fmt.Sprintf("Lua function '%s'", name), err)
		return stream.Continue, 0
	}
	if t.finished {
		return t.verdict, 0
	}
	results := x.Results()
	result := results.Next()
	if result.Type == abi.Integer && result.Int == actYield {
		return stream.Continue, t.wake
	}
	return verdict(result, t), 0
}

// actionOptions returns what register_action was told: how many arguments the action takes, and in which environments.
func actionOptions(r *host.Registration) (arguments int, in []string) {
	options := abi.NewReader(r.Options)
	arguments = int(options.Next().Int)
	return arguments, texts(options.Next())
}

func shareEnvironment(a, b *host.Registration) bool {
	_, first := actionOptions(a)
	_, second := actionOptions(b)
	return slices.ContainsFunc(first, func(name string) bool { return slices.Contains(second, name) })
}

// texts returns the strings of a table.
func texts(table abi.Value) []string {
	var list []string
	for entries := table.Entries(); entries.More(); {
		entries.Next()
		list = append(list, string(entries.Next().Bytes))
	}
	return list
}

// run gives the function the handle of its object and the configuration's arguments.
func (m *image) run(x *host.Execution, t *transaction, arguments []byte) error {
	handle, err := x.Hold(t)
	if err != nil {
		return err
	}
	if s := t.samples.Stream; s == nil || s.Request == nil {
		x.Arguments.Nil()
	}
	x.Arguments.Handle(handle)
	x.Arguments.Raw(arguments)
	return t.outcome(x.Run())
}

// outcome is nil when the script failed because it asked to end.
func (t *transaction) outcome(err error) error {
	if t.finished {
		return nil
	}
	return err
}

// sample returns what the function returned, in memory of its own. No result is no sample.
func (t *transaction) sample(x *host.Execution) value.Value {
	if t.finished {
		return t.result
	}
	results := x.Results()
	if !results.More() {
		return value.Value{}
	}
	return toSample(results.Next()).Clone()
}
