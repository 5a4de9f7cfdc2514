package socket

import (
	"encoding/binary"
	"net"
	"net/netip"

	"golang.org/x/sys/unix"
)

// originalDestination is SO_ORIGINAL_DST and IP6T_SO_ORIGINAL_DST of the system's packet filter.
const originalDestination = 80

// OriginalDestination returns where a connection that was accepted went before the packet filter redirected it here. It
// reports false for one that came by itself.
func OriginalDestination(c net.Conn) (netip.AddrPort, bool) {
	tcp, ok := c.(*net.TCPConn)
	if !ok {
		return netip.AddrPort{}, false
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return netip.AddrPort{}, false
	}
	var to netip.AddrPort
	if raw.Control(func(fd uintptr) { to = original(int(fd)) }) != nil {
		return netip.AddrPort{}, false
	}
	return to, to.IsValid()
}

// original reads the option. The structures that hold the answer are others of the size that is needed: the address of a
// socket of IPv4 has 16 bytes, that of IPv6 has 28 and is the first field of its structure.
func original(fd int) netip.AddrPort {
	if a, err := unix.GetsockoptIPv6Mreq(fd, unix.SOL_IP, originalDestination); err == nil {
		ip := netip.AddrFrom4([4]byte(a.Multiaddr[4:8]))
		return netip.AddrPortFrom(ip, binary.BigEndian.Uint16(a.Multiaddr[2:4]))
	}
	if a, err := unix.GetsockoptIPv6MTUInfo(fd, unix.SOL_IPV6, originalDestination); err == nil {
		var port [2]byte
		binary.NativeEndian.PutUint16(port[:], a.Addr.Port)
		return netip.AddrPortFrom(netip.AddrFrom16(a.Addr.Addr), binary.BigEndian.Uint16(port[:]))
	}
	return netip.AddrPort{}
}
