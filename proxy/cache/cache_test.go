package cache

import (
	"fmt"
	"testing"
	"time"

	"tidelock/proxy/message"
)

func TestAccepts(t *testing.T) {
	for _, tt := range []struct {
		header, codings string
		want            bool
	}{
		{"", "identity", true},
		{"", "gzip", false},
		{"gzip", "gzip", true},
		{"br, GZIP;q=0.5", "gzip", true},
		{"gzip;q=0", "gzip", false},
		{"*", "br", true},
		{"*;q=0", "identity", false},
		{"*;q=0, identity", "identity", true},
		{"identity;q=0, *", "identity", false},
		{"gzip", "gzip,br", false},
		{"gzip, br", "gzip,br", true},
		{"x-gzip", "gzip", true},
	} {
		t.Run(fmt.Sprintf("%q takes %s", tt.header, tt.codings), func(t *testing.T) {
			if got := accepts(tt.header, tt.codings); got != tt.want {
				t.Errorf("%v, want %v", got, tt.want)
			}
		})
	}
}

// newTestEntry returns an entry whose body has so many bytes.
func newTestEntry(key string, body int, v variant) *entry {
	now := time.Now()
	return &entry{
		key: key, variant: v, head: &message.Message{}, body: make([]byte, body), created: now, expires: now.Add(time.Minute),
	}
}

func TestCache_TotalSize(t *testing.T) {
	c := New(Config{TotalSize: 4 * blockSize})
	for i := range 6 {
		c.insert(newTestEntry(fmt.Sprint("k", i), 700, variant{}))
		if i == 3 {
			c.find(&lookup{key: "k0"}, time.Now()) // used again, and so not the oldest any more
		}
	}
	objects, free := c.Objects()
	if len(objects) != 4 || free != 0 {
		t.Errorf("%d objects and %d free blocks, want 4 and 0", len(objects), free)
	}
	for key, want := range map[string]bool{"k0": true, "k1": false, "k2": false, "k3": true, "k4": true, "k5": true} {
		if got := c.find(&lookup{key: key}, time.Now()) != nil; got != want {
			t.Errorf("%s is kept: %v, want %v", key, got, want)
		}
	}
	c.insert(newTestEntry("large", 5*blockSize, variant{}))
	if objects, _ := c.Objects(); len(objects) != 4 {
		t.Errorf("%d objects are left after one that is too large for all of the cache, want 4", len(objects))
	}
}

func TestCache_Variants(t *testing.T) {
	c := New(Config{TotalSize: 64 * blockSize, MaxVariants: 2})
	for _, encoding := range []string{"gzip", "br", "zstd"} {
		c.insert(newTestEntry("k", 1, variant{encoding: encoding}))
	}
	for encoding, want := range map[string]bool{"gzip": true, "br": true, "zstd": false} {
		if got := c.find(&lookup{key: "k", acceptEncoding: encoding}, time.Now()) != nil; got != want {
			t.Errorf("%s is kept: %v, want %v", encoding, got, want)
		}
	}
	c.invalidate("k")
	if _, free := c.Objects(); free != 64 {
		t.Errorf("%d blocks are free after all was dropped, want 64", free)
	}
}

// An expired response is not given out, and makes place for a new one.
func TestCache_Expiry(t *testing.T) {
	c := New(Config{TotalSize: 64 * blockSize, MaxVariants: 1})
	e := newTestEntry("k", 1, variant{encoding: "br"})
	c.insert(e)
	if c.find(&lookup{key: "k", acceptEncoding: "br"}, e.expires) != nil {
		t.Error("an expired response is given out")
	}
	later := newTestEntry("k", 1, variant{encoding: "gzip"})
	later.created = e.expires
	later.expires = later.created.Add(time.Minute)
	c.insert(later)
	if c.find(&lookup{key: "k", acceptEncoding: "gzip"}, later.created) == nil {
		t.Error("a variant that has expired counts as one")
	}
}
