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

// ReferToServer implements stream.Directory. What refers to a server once all is
// built, as scripts may, does not keep it.
func (d directory) ReferToServer(backend, name string) bool {
	section := d.b.config.Proxy(backend, config.Kind.HasBackend)
	if section == nil || section.Server(name) == nil {
		return false
	}
	if !d.b.built {
		d.b.referred = append(d.b.referred, [2]string{backend, name})
	}
	return true
}

// pinServers keeps the servers that samples refer to. All backends are built.
func (b *builder) pinServers() {
	for _, one := range b.referred {
		if s := b.servers[one]; s != nil {
			s.Pin()
		}
	}
}
