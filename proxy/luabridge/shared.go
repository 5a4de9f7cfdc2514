package luabridge

import (
	"context"
	"errors"
	"math"
	"time"

	"tidelock/abi"
	"tidelock/host"
	"tidelock/proxy/shared"
	"tidelock/proxy/telemetry"
)

// sharedFunctions are the class Shared's: core.shared. A store may have to ask another process, so that every call waits
// outside of the instance, but for those of a store in memory.
func (m *image) sharedFunctions() host.Functions {
	store := m.bridge.config.Shared
	return host.Functions{
		"shared.get": m.onShared(func(c *host.Call, key string) (func(context.Context) (shared.Value, error), error) {
			return func(ctx context.Context) (shared.Value, error) { return store.Get(ctx, key) }, nil
		}),
		"shared.set": m.onShared(func(c *host.Call, key string) (func(context.Context) (shared.Value, error), error) {
			v, err := sharedValue(c)
			expiry, failed := sharedExpiry(c)
			m.bridge.causes.changes(c.Execution.Context(), key)
			return func(ctx context.Context) (shared.Value, error) { return nil, store.Set(ctx, key, v, expiry) }, errors.Join(err, failed)
		}),
		"shared.compare_and_set": m.onShared(func(c *host.Call, key string) (func(context.Context) (shared.Value, error), error) {
			old, err := sharedValue(c)
			v, failed := sharedValue(c)
			expiry, wrong := sharedExpiry(c)
			m.bridge.causes.changes(c.Execution.Context(), key)
			return func(ctx context.Context) (shared.Value, error) {
				return store.CompareAndSet(ctx, key, old, v, expiry)
			}, errors.Join(err, failed, wrong)
		}),
		"shared.incr": m.onShared(func(c *host.Call, key string) (func(context.Context) (shared.Value, error), error) {
			by, err := sharedValue(c)
			expiry, failed := sharedExpiry(c)
			m.bridge.causes.changes(c.Execution.Context(), key)
			return func(ctx context.Context) (shared.Value, error) { return store.Increment(ctx, key, by, expiry) }, errors.Join(err, failed)
		}),
		"shared.keys": m.sharedKeys,
		"shared.wait": m.sharedWait,
	}
}

// onShared makes a function of what is done with a key: prepare takes the other arguments and returns the step.
func (m *image) onShared(prepare func(c *host.Call, key string) (func(context.Context) (shared.Value, error), error)) host.Function {
	_, atOnce := m.bridge.config.Shared.(*shared.Memory)
	return func(c *host.Call) error {
		key, err := c.String()
		if err != nil {
			return err
		}
		step, err := prepare(c, string(key))
		if err != nil {
			return err
		}
		if atOnce {
			v, err := step(context.Background())
			putShared(&c.Results, v)
			return err
		}
		return c.Park(func(ctx context.Context, results *abi.Writer) error {
			v, err := step(ctx)
			putShared(results, v)
			return err
		})
	}
}

// sharedKeys is shared.keys(prefix, limit) -> {key...}.
func (m *image) sharedKeys(c *host.Call) error {
	prefix, err := c.String()
	if err != nil {
		return err
	}
	limit, err := c.Int()
	if err != nil {
		return err
	}
	wanted := string(prefix)
	return c.Park(func(ctx context.Context, results *abi.Writer) error {
		keys, err := m.bridge.config.Shared.Keys(ctx, wanted, int(min(max(limit, 0), maxSharedKeys)))
		mark := results.BeginTable()
		for i, key := range keys {
			results.Int(int64(i + 1))
			results.String(key)
		}
		results.EndTable(mark)
		return err
	})
}

// maxSharedKeys bounds the keys of one result.
const maxSharedKeys = 100_000

// sharedWait is shared.wait(key, old, seconds) -> the value, which is old when the time is over; no time is for ever.
func (m *image) sharedWait(c *host.Call) error {
	key, err := c.String()
	if err != nil {
		return err
	}
	name := string(key)
	old, err := sharedValue(c)
	if err != nil {
		return err
	}
	timeout, err := sharedExpiry(c)
	if err != nil {
		return err
	}
	return c.Park(func(ctx context.Context, results *abi.Writer) error {
		bounded, end := ctx, context.CancelFunc(func() {})
		if timeout > 0 {
			bounded, end = context.WithTimeout(ctx, timeout)
		}
		defer end()
		leave := m.bridge.causes.await(name)
		v, err := m.bridge.config.Shared.Wait(bounded, name, old)
		telemetry.LinkToCause(ctx, leave(), telemetry.CauseShared)
		if err != nil && ctx.Err() == nil && bounded.Err() != nil {
			v, err = old, nil
		}
		putShared(results, v)
		return err
	})
}

var errSharedValue = errors.New("core.shared keeps strings, numbers and booleans")

// sharedValue takes a value that the script may change while the store works on it.
func sharedValue(c *host.Call) (shared.Value, error) {
	switch v := c.Next(); v.Type {
	case abi.Nil:
		return nil, nil
	case abi.String:
		return string(v.Bytes), nil
	case abi.Integer:
		return v.Int, nil
	case abi.Float:
		return v.Float, nil
	case abi.True, abi.False:
		return v.Type == abi.True, nil
	}
	return nil, errSharedValue
}

// sharedExpiry takes seconds, 0 or none for never.
func sharedExpiry(c *host.Call) (time.Duration, error) {
	if !c.Arguments.More() {
		return 0, nil
	}
	v := c.Next()
	if v.Type == abi.Nil {
		return 0, nil
	}
	seconds, ok := host.ToFloat(v)
	if !ok || seconds < 0 || math.IsNaN(seconds) {
		return 0, errors.New("seconds must be a number that is not negative")
	}
	return time.Duration(min(seconds*float64(time.Second), math.MaxInt64/2)), nil
}

func putShared(w *abi.Writer, v shared.Value) {
	switch v := v.(type) {
	case string:
		w.String(v)
	case int64:
		w.Int(v)
	case float64:
		w.Float(v)
	case bool:
		w.Bool(v)
	default:
		w.Nil()
	}
}
