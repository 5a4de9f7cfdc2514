package sample

import "tidelock/proxy/value"

// filterFetches tell what caches, compression and FastCGI have done to an exchange. Configurations that use the last
// one are refused, so that it never has done anything.
var filterFetches = []Fetch{
	{Name: "fcgi.docroot", Output: value.String, Source: requestHeaders, Get: nothing},
	{Name: "fcgi.index", Output: value.String, Source: requestHeaders, Get: nothing},
	{Name: "res.cache_hit", Output: value.Boolean, Source: cache, Get: cacheHit},
	{Name: "res.cache_name", Output: value.String, Source: cache, Get: cacheName},
	{Name: "res.comp", Output: value.Boolean, Source: responseMessage, Get: compressed},
	{Name: "res.comp_algo", Output: value.String, Source: responseMessage, Get: compressedWith},
}

func nothing(*Context, []Argument) value.Value { return value.Value{} }

func cacheHit(c *Context, _ []Argument) value.Value { return value.Bool(c.Stream.CacheName != "") }

func cacheName(c *Context, _ []Argument) value.Value { return c.name(c.Stream.CacheName) }

func compressed(c *Context, _ []Argument) value.Value {
	return value.Bool(c.Stream.CompressedWith != "")
}

func compressedWith(c *Context, _ []Argument) value.Value { return c.name(c.Stream.CompressedWith) }
