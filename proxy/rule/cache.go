package rule

import (
	"fmt"

	"tidelock/proxy/cache"
	"tidelock/proxy/sample"
	"tidelock/proxy/stream"
)

func init() {
	register(
		entry{"cache-store", inResponse, cacheStore},
		entry{"cache-use", inRequest, cacheUse},
	)
}

// cache takes the name of a cache.
func (p *parser) cache() (*cache.Cache, error) {
	if !p.more() {
		return nil, fmt.Errorf("expects a cache name")
	}
	name, _ := p.word("the name of a cache")
	if c := p.Caches[name]; c != nil {
		return c, nil
	}
	return nil, fmt.Errorf("unable to find the cache '%s'", name)
}

// cache-use <name>
func cacheUse(p *parser) (action, error) {
	c, err := p.cache()
	if err != nil {
		return nil, err
	}
	return func(x *sample.Context) stream.Verdict {
		if c.Use(x.Stream) {
			return stream.Stop
		}
		return stream.Continue
	}, nil
}

// cache-store <name>
func cacheStore(p *parser) (action, error) {
	c, err := p.cache()
	if err != nil {
		return nil, err
	}
	return func(x *sample.Context) stream.Verdict {
		c.Store(x.Stream)
		return stream.Continue
	}, nil
}
