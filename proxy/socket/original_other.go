//go:build !linux

package socket

import (
	"net"
	"net/netip"
)

// OriginalDestination knows of no redirected connections on this system.
func OriginalDestination(net.Conn) (netip.AddrPort, bool) { return netip.AddrPort{}, false }
