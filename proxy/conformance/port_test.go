package conformance

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// reservedPort is a TCP port of 127.0.0.1 that nobody on this machine gets by chance while it is held. A socket bound to
// it, which does not listen, keeps it from being chosen; SO_REUSEADDR on both sides lets whoever names it listen on it.
type reservedPort struct {
	number int
	socket int
}

func reservePort() (reservedPort, error) {
	socket, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return reservedPort{}, err
	}
	p := reservedPort{socket: socket}
	// The option is set after binding: with it, the kernel might choose a port that another runner holds.
	if err = unix.Bind(socket, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err == nil {
		err = unix.SetsockoptInt(socket, unix.SOL_SOCKET, unix.SO_REUSEADDR, 1)
	}
	var name unix.Sockaddr
	if err == nil {
		name, err = unix.Getsockname(socket)
	}
	if err != nil {
		unix.Close(socket)
		return reservedPort{}, err
	}
	p.number = name.(*unix.SockaddrInet4).Port
	return p, nil
}

func (p reservedPort) release() { unix.Close(p.socket) }

func (p reservedPort) address() string { return fmt.Sprintf("127.0.0.1:%d", p.number) }

// listening reports which TCP ports somebody listens on. Asking the kernel leaves no trace in the proxy, unlike a connection.
func listening() (map[int]bool, error) {
	const listen = "0A" // the state, as the kernel prints it
	ports := map[int]bool{}
	for _, name := range []string{"/proc/self/net/tcp", "/proc/self/net/tcp6"} {
		table, err := os.Open(name)
		if os.IsNotExist(err) {
			continue // a kernel without IPv6
		}
		if err != nil {
			return nil, err
		}
		lines := bufio.NewScanner(table)
		for lines.Scan() {
			fields := strings.Fields(lines.Text()) // sl local_address rem_address st ...
			if len(fields) < 4 || fields[3] != listen {
				continue
			}
			_, port, _ := strings.Cut(fields[1], ":")
			if n, err := strconv.ParseUint(port, 16, 16); err == nil {
				ports[int(n)] = true
			}
		}
		table.Close()
	}
	return ports, nil
}
