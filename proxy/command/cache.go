package command

import (
	"maps"
	"slices"

	"tidelock/proxy/cache"
	"tidelock/proxy/runtime"
)

// Caches returns the command about caches.
func Caches(caches map[string]*cache.Cache) []runtime.Command {
	return []runtime.Command{{
		Words: "show cache", Usage: "show cache", Help: "show cache status",
		Run: func(c *runtime.Call) {
			for _, name := range slices.Sorted(maps.Keys(caches)) {
				showCache(c, caches[name])
			}
		},
	}}
}

// showCache prints a cache and what it holds. Where HAProxy prints addresses in memory, there are those of the cache.
func showCache(c *runtime.Call, kept *cache.Cache) {
	objects, free := kept.Objects()
	c.Printf("%p: %s (shctx:%p, available blocks:%d)\n", kept, kept.Name, kept, free)
	for _, o := range objects {
		c.Printf("%p hash:%d vary:0x%016x size:%d (%d blocks), refcount:0, expire:%d\n",
			kept, o.Hash, o.Variant, o.Size, o.Blocks, int64(o.Expires.Seconds()))
	}
}
