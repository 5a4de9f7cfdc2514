// Package cache keeps responses in memory and answers requests with them (manual, section 6): what may be kept and for
// how long, who may be given it, and how much memory all of it takes. A rule looks a request up (cache-use), another one
// has the response to it kept (cache-store).
package cache

import (
	"cmp"
	"hash/fnv"
	"slices"
	"sync"
	"time"
)

// Config is what a cache section says.
type Config struct {
	Name          string
	TotalSize     int           // bytes
	MaxObjectSize int           // bytes of one response with its headers; 0 for a 256th of TotalSize
	MaxAge        time.Duration // a response is kept no longer, whatever its server says
	ProcessVary   bool          // keep responses that depend on Accept-Encoding or Referer, by these
	MaxVariants   int           // of such responses to one request
}

// blockSize is the unit in which memory is counted.
const blockSize = 1024

// Cache is a cache. Its methods are safe for concurrent use.
type Cache struct {
	Config

	mu             sync.Mutex
	entries        map[string][]*entry // the variants by the request's key
	oldest, newest *entry              // in the order of their last use
	blocks         int                 // in use
}

// New returns an empty cache.
func New(c Config) *Cache {
	c.MaxObjectSize = cmp.Or(c.MaxObjectSize, c.TotalSize/256)
	return &Cache{Config: c, entries: map[string][]*entry{}}
}

// find returns the fresh response to a request, or nil.
func (c *Cache) find(l *lookup, now time.Time) *entry {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, e := range c.entries[l.key] {
		if now.Before(e.expires) && e.suits(l) {
			c.unlink(e)
			c.link(e)
			return e
		}
	}
	return nil
}

// insert keeps a response in the place of the one that it renews, if there is room.
func (c *Cache) insert(e *entry) {
	e.blocks = (e.size() + blockSize - 1) / blockSize
	if e.blocks*blockSize > c.TotalSize {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	now := e.created
	for _, other := range slices.Clone(c.entries[e.key]) {
		if !now.Before(other.expires) || other.variant == e.variant {
			c.drop(other)
		}
	}
	if len(c.entries[e.key]) > 0 && len(c.entries[e.key]) >= c.MaxVariants {
		return
	}
	for (c.blocks+e.blocks)*blockSize > c.TotalSize {
		c.drop(c.oldest)
	}
	c.entries[e.key] = append(c.entries[e.key], e)
	c.blocks += e.blocks
	c.link(e)
}

// invalidate drops all responses to a request, which has changed what they are about.
func (c *Cache) invalidate(key string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, e := range slices.Clone(c.entries[key]) {
		c.drop(e)
	}
}

// link makes e the newest entry.
func (c *Cache) link(e *entry) {
	e.older = c.newest
	if c.newest != nil {
		c.newest.newer = e
	} else {
		c.oldest = e
	}
	c.newest = e
}

func (c *Cache) unlink(e *entry) {
	if e.older != nil {
		e.older.newer = e.newer
	} else {
		c.oldest = e.newer
	}
	if e.newer != nil {
		e.newer.older = e.older
	} else {
		c.newest = e.older
	}
	e.older, e.newer = nil, nil
}

func (c *Cache) drop(e *entry) {
	c.unlink(e)
	c.blocks -= e.blocks
	rest := slices.DeleteFunc(c.entries[e.key], func(other *entry) bool { return other == e })
	if len(rest) == 0 {
		delete(c.entries, e.key)
		return
	}
	c.entries[e.key] = rest
}

// Object tells of one response that is kept.
type Object struct {
	Hash    uint32
	Variant uint64 // of what the response depends on, 0 for nothing
	Size    int    // bytes
	Blocks  int
	Expires time.Duration // from now
}

// Objects returns what is kept, in the order of the hashes, and the number of blocks that are free.
func (c *Cache) Objects() (objects []Object, free int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := time.Now()
	for e := c.oldest; e != nil; e = e.newer {
		hash := fnv.New32a()
		hash.Write([]byte(e.key))
		o := Object{Hash: hash.Sum32(), Size: e.size(), Blocks: e.blocks, Expires: e.expires.Sub(now)}
		if e.variant != (variant{}) {
			hash := fnv.New64a()
			hash.Write([]byte(e.variant.encoding + "\x00" + e.variant.referer))
			o.Variant = hash.Sum64()
		}
		objects = append(objects, o)
	}
	slices.SortFunc(objects, func(a, b Object) int { return cmp.Compare(a.Hash, b.Hash) })
	return objects, c.TotalSize/blockSize - c.blocks
}
