package frontend

import "runtime"

// gather is called before a message is sent: it lets the sessions go first that have input to read. What all of them have to
// send then leaves in one go, and a peer that sleeps is woken once for several messages instead of once for each. A process
// with one connection has nobody to wait for, and does not wake an idle processor to look.
func (s *session) gather() {
	if s.Session.Frontend.Process.Current() > 1 {
		runtime.Gosched()
	}
}
