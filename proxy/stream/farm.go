package stream

// Directory finds the proxies of a configuration by their names. Nil is what there is not.
type Directory interface {
	FrontendNamed(name string) *Proxy
	BackendNamed(name string) *Proxy
	// ReferToServer reports whether the configuration gives a backend a server of that name, which then stays.
	ReferToServer(backend, name string) bool
}

// Farm is what samples ask of the servers of a backend. It is safe for concurrent use.
type Farm interface {
	// Usable counts the servers that new traffic could go to.
	Usable() int
	// Slots counts the exchanges that these could take besides, in all and with those that wait; below 0 where one of
	// them takes any number.
	Slots() (connections, withQueue int64)
	// Member returns the server of a name, or nil.
	Member(name string) Member
}

// Member is what samples ask of a server.
type Member interface {
	Reachable() bool
	Load() (active, queued int64)
	MaxConnNow() int64
	// Weights returns the weight that counts now, the one that was set last, and the one of the configuration.
	Weights() (now, set, initial int)
	Identity() *Server
}
