//go:build !linux

package frontend

// poller is for systems with epoll. Elsewhere each connection that waits keeps its goroutine.
type poller struct{}

func newPoller(*lot) *poller { return nil }

func (*poller) watch(*session) bool { return false }

func (*poller) forget(int) {}

func (*poller) close() {}
