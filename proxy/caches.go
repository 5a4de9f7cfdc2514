package proxy

import "tidelock/proxy/cache"

// buildCaches makes the caches. They are empty at first, after a reload too.
func (b *builder) buildCaches() {
	for _, section := range b.config.Caches {
		b.caches[section.Name] = cache.New(cache.Config{
			Name: section.Name, TotalSize: section.TotalMaxSize, MaxObjectSize: section.MaxObjectSize, MaxAge: section.MaxAge,
			ProcessVary: section.ProcessVary, MaxVariants: section.MaxSecondaryEntries,
		})
	}
}
