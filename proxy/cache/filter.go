package cache

import (
	"tidelock/proxy/filter"
	"tidelock/proxy/stream"
)

// Filter is where a response is kept as it is at that place of the filters (manual, section 9.4). Without such a line the
// cache keeps what the server sends.
type Filter struct{ Cache *Cache }

// Attach implements filter.Filter.
func (f Filter) Attach(s *stream.Stream) filter.Instance {
	if s.Request == nil {
		return nil
	}
	return &keeper{cache: f.Cache}
}

// keeper records one response.
type keeper struct {
	filter.Bystander
	cache    *Cache
	recorder stream.Recorder // nil for a response that is not kept
}

// Headers implements filter.Instance.
func (k *keeper) Headers(c *filter.Channel) error {
	if r, ok := c.Stream.Recorder.(*recorder); ok && c.Response && r.cache == k.cache {
		k.recorder, c.Stream.Recorder = r, nil
		c.Filter(true)
	}
	return nil
}

// Payload implements filter.Instance.
func (k *keeper) Payload(c *filter.Channel) error {
	k.recorder.Write(c.Data())
	return k.Bystander.Payload(c)
}

// End implements filter.Instance.
func (k *keeper) End(c *filter.Channel) error {
	if k.recorder != nil && c.Response {
		k.recorder.Finish()
	}
	return nil
}
