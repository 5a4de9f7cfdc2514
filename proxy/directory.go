package proxy

import (
	"tidelock/proxy/config"
	"tidelock/proxy/stream"
)

// directory is the proxies of a configuration, for samples that name them.
type directory struct{ b *builder }

var _ stream.Directory = directory{}

// FrontendNamed implements stream.Directory.
func (d directory) FrontendNamed(name string) *stream.Proxy {
	return d.named(name, config.Kind.HasFrontend)
}

// BackendNamed implements stream.Directory.
func (d directory) BackendNamed(name string) *stream.Proxy {
	return d.named(name, config.Kind.HasBackend)
}

func (d directory) named(name string, has func(config.Kind) bool) *stream.Proxy {
	if section := d.b.config.Proxy(name, has); section != nil {
		return d.b.identities[section]
	}
	return nil
}

// HasServer implements stream.Directory.
func (d directory) HasServer(backend, name string) bool {
	section := d.b.config.Proxy(backend, config.Kind.HasBackend)
	return section != nil && section.Server(name) != nil
}
