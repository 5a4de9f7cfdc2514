package rule

import "golang.org/x/sys/unix"

func markSocket(fd uintptr, n int) { unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_MARK, n) }

func setSocketTOS(fd uintptr, n int) {
	unix.SetsockoptInt(int(fd), unix.IPPROTO_IP, unix.IP_TOS, n)
	unix.SetsockoptInt(int(fd), unix.IPPROTO_IPV6, unix.IPV6_TCLASS, n)
}

// muteSocket makes closing the socket send nothing. Without the privilege for that, what is sent dies at the first router.
func muteSocket(fd uintptr) {
	s := int(fd)
	if unix.SetsockoptInt(s, unix.IPPROTO_TCP, unix.TCP_REPAIR, 1) == nil {
		return
	}
	unix.SetsockoptLinger(s, unix.SOL_SOCKET, unix.SO_LINGER, &unix.Linger{Onoff: 1})
	unix.SetsockoptInt(s, unix.IPPROTO_IP, unix.IP_TTL, 1)
	unix.SetsockoptInt(s, unix.IPPROTO_IPV6, unix.IPV6_UNICAST_HOPS, 1)
}
