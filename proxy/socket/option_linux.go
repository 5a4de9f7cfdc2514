package socket

import (
	"net"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// option is a number to set on a socket.
type option struct{ level, name, value int }

// control sets what must be there before the socket is bound. SO_REUSEPORT lets a successor bind while this process still
// serves.
func (o *Options) control(network, _ string, raw syscall.RawConn) error {
	if !strings.HasPrefix(network, "tcp") && !strings.HasPrefix(network, "udp") {
		return nil
	}
	var options []option
	if !o.Exclusive {
		options = append(options, option{unix.SOL_SOCKET, unix.SO_REUSEPORT, 1})
	}
	err := apply(raw, options, o.Interface)
	if err != nil || !o.Transparent {
		return err
	}
	transparent := option{unix.SOL_IP, unix.IP_TRANSPARENT, 1}
	if strings.HasSuffix(network, "6") {
		transparent = option{unix.SOL_IPV6, unix.IPV6_TRANSPARENT, 1}
	}
	if err := apply(raw, []option{transparent}, ""); err == nil {
		return nil
	}
	// Without the right, or a kernel that can take other machines' traffic, at least the address can be bound.
	return apply(raw, []option{{unix.SOL_IP, unix.IP_FREEBIND, 1}}, "")
}

// tune sets what can be set on a socket that listens.
func (o *Options) tune(l net.Listener) error {
	conn, ok := l.(syscall.Conn)
	if !ok {
		return nil
	}
	raw, err := conn.SyscallConn()
	if err != nil {
		return err
	}
	if o.Backlog > 0 {
		if err := listenAgain(raw, o.Backlog); err != nil {
			return err
		}
	}
	if _, tcp := l.(*net.TCPListener); !tcp {
		return nil
	}
	return apply(raw, append(o.tcp(raw), o.Connection.options()...), "")
}

// tcp returns the options of TCP. What each means for one connection is inherited from the listener.
func (o *Options) tcp(raw syscall.RawConn) []option {
	var options []option
	if o.MSS != 0 {
		size := o.MSS
		if size < 0 {
			raw.Control(func(fd uintptr) {
				now, _ := unix.GetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_MAXSEG)
				size += now
			})
		}
		options = append(options, option{unix.IPPROTO_TCP, unix.TCP_MAXSEG, size})
	}
	if o.UserTimeout > 0 {
		options = append(options, option{unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT, int(o.UserTimeout / time.Millisecond)})
	}
	if o.FastOpen {
		const waiting = 1024 // connections that are not established yet
		options = append(options, option{unix.IPPROTO_TCP, unix.TCP_FASTOPEN, waiting})
	}
	if o.DeferAccept {
		options = append(options, option{unix.IPPROTO_TCP, unix.TCP_DEFER_ACCEPT, 1})
	}
	return options
}

func apply(raw syscall.RawConn, options []option, device string) error {
	var failed error
	err := raw.Control(func(fd uintptr) {
		for _, o := range options {
			if failed = unix.SetsockoptInt(int(fd), o.level, o.name, o.value); failed != nil {
				return
			}
		}
		if device != "" {
			failed = unix.BindToDevice(int(fd), device)
		}
	})
	if err != nil {
		return err
	}
	return failed
}

func listenAgain(raw syscall.RawConn, backlog int) error {
	var failed error
	err := raw.Control(func(fd uintptr) { failed = unix.Listen(int(fd), backlog) })
	if err != nil {
		return err
	}
	return failed
}
