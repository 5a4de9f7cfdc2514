package sample

import "tidelock/proxy/value"

// filterFetches tell what caches, compression and FastCGI have done to an exchange. Configurations that use the latter
// two are refused, so that they never have done anything.
var filterFetches = []Fetch{
	{Name: "fcgi.docroot", Output: value.String, Source: requestHeaders, Get: nothing},
	{Name: "fcgi.index", Output: value.String, Source: requestHeaders, Get: nothing},
	{Name: "res.cache_hit", Output: value.Boolean, Source: cache, Get: cacheHit},
	{Name: "res.cache_name", Output: value.String, Source: cache, Get: cacheName},
	{Name: "res.comp", Output: value.Boolean, Source: responseMessage, Get: alwaysFalse},
	{Name: "res.comp_algo", Output: value.String, Source: responseMessage, Get: nothing},
}

func nothing(*Context, []Argument) value.Value { return value.Value{} }

func cacheHit(c *Context, _ []Argument) value.Value { return value.Bool(c.Stream.CacheName != "") }

func cacheName(c *Context, _ []Argument) value.Value { return c.name(c.Stream.CacheName) }
