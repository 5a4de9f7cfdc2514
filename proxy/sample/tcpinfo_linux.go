package sample

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// tcpInfo asks the kernel with the socket option TCP_INFO, tcp(7).
func tcpInfo(socket syscall.Conn, m tcpMetric) (n int64, ok bool) {
	raw, err := socket.SyscallConn()
	if err != nil {
		return 0, false
	}
	var info *unix.TCPInfo
	if raw.Control(func(fd uintptr) { info, err = unix.GetsockoptTCPInfo(int(fd), unix.IPPROTO_TCP, unix.TCP_INFO) }) != nil || err != nil {
		return 0, false
	}
	fields := [...]uint32{
		fackets: info.Fackets, lost: info.Lost, reordering: info.Reordering, retransmits: uint32(info.Retransmits),
		roundTrip: info.Rtt, roundTripVariance: info.Rttvar, sacked: info.Sacked, unacked: info.Unacked,
	}
	return int64(fields[m]), true
}
