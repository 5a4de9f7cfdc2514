package cache

import (
	"strconv"
	"time"

	"tidelock/proxy/message"
)

// entry is a response that is kept. It does not change once it is in a cache, but for its place there.
type entry struct {
	key      string
	variant  variant
	head     *message.Message
	body     []byte
	age      time.Duration // that it had when it was received
	created  time.Time
	expires  time.Time
	etag     string
	modified time.Time // Last-Modified, or when it was received

	blocks       int
	older, newer *entry
}

// variant is what a response depends on besides its request's key. A response without Vary has the zero variant.
type variant struct {
	encoding  string // of the body, "identity" for none; empty when it does not depend on Accept-Encoding
	byReferer bool
	referer   string
}

// suits reports whether the response may answer the request.
func (e *entry) suits(l *lookup) bool {
	v := &e.variant
	if v.byReferer && v.referer != l.referer {
		return false
	}
	return v.encoding == "" || accepts(l.acceptEncoding, v.encoding)
}

// size is the memory that the entry takes: what it holds, and a little for holding it.
func (e *entry) size() int { return len(e.body) + e.head.Size() + len(e.key) + overhead }

const overhead = 128

// ageAt appends the value of Age.
func (e *entry) ageAt(b []byte, now time.Time) []byte {
	return strconv.AppendInt(b, int64((e.age+now.Sub(e.created))/time.Second), 10)
}
