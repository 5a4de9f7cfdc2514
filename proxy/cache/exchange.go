package cache

import (
	"time"

	"tidelock/proxy/stream"
)

// delivered is the server that logs name for an answer from a cache.
var delivered = &stream.Server{Name: "<CACHE>"}

// Use looks the request up and reports whether the cache answers it: then the stream has a service. Otherwise the stream
// remembers what was looked up, for Store.
func (c *Cache) Use(s *stream.Stream) bool {
	l := newLookup(c, s.Request)
	if l == nil {
		return false
	}
	if l.deliver {
		if e := c.find(l, time.Now()); e != nil {
			s.Service, s.Server, s.CacheName = (*delivery)(e), delivered, c.Name
			return true
		}
	}
	if l.keep || l.change {
		s.Caching = l
	}
	return false
}

// Store has the response that the server has begun kept, if it may be and Use has looked its request up in this cache.
func (c *Cache) Store(s *stream.Stream) {
	l, _ := s.Caching.(*lookup)
	if l == nil || l.cache != c || s.CacheName != "" {
		return
	}
	s.Caching = nil
	if l.change {
		if s.Response.Status() < 400 {
			c.invalidate(l.key)
		}
		return
	}
	if e := newEntry(l, s.Response, time.Now()); e != nil {
		s.Response.Delete("age") // it is the cache's to tell from now on
		s.Recorder = &recorder{cache: c, entry: e}
	}
}

// recorder collects the body of a response that is to be kept.
type recorder struct {
	cache *Cache
	entry *entry // nil once it has become too large
}

// Write implements stream.Recorder.
func (r *recorder) Write(p []byte) {
	if r.entry == nil {
		return
	}
	if r.entry.size()+len(p) > r.cache.MaxObjectSize {
		r.entry = nil
		return
	}
	r.entry.body = append(r.entry.body, p...)
}

// Finish implements stream.Recorder.
func (r *recorder) Finish() {
	if r.entry != nil {
		r.cache.insert(r.entry)
	}
}

// delivery answers a request with what was kept.
type delivery entry

// Serve implements stream.Service.
func (d *delivery) Serve(a stream.Applet) error {
	e, s := (*entry)(d), a.Stream()
	unchanged := e.unchanged(s.Request)
	s.Response.CopyFrom(e.head)
	var age [20]byte
	s.Response.Add("age", e.ageAt(age[:0], time.Now()))
	if unchanged {
		s.Response.SetStatus(304, []byte("Not Modified"))
	}
	if err := a.StartResponse(); err != nil {
		return err
	}
	if unchanged || string(s.Request.Method()) == "HEAD" {
		return nil
	}
	_, err := a.Write(e.body)
	return err
}
