package command

import (
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	api "tidelock/proxy/runtime"
)

// show fd [<number>]
//
// What the system knows of each descriptor: what it is, and of sockets the family, the ports and whether they listen.
func showDescriptors(c *api.Call) {
	only, err := strconv.Atoi(c.Arg(0))
	if err != nil {
		only = -1
	}
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		c.Fail("The system does not tell: %s.", err)
		return
	}
	var numbers []int
	for _, entry := range entries {
		if fd, err := strconv.Atoi(entry.Name()); err == nil && (only < 0 || fd == only) {
			numbers = append(numbers, fd)
		}
	}
	slices.Sort(numbers)
	for _, fd := range numbers {
		if what := describeDescriptor(fd); what != "" {
			c.Printf("%7d : %s\n", fd, what)
		}
	}
}

// describeDescriptor returns "" for one that is closed meanwhile.
func describeDescriptor(fd int) string {
	target, err := os.Readlink("/proc/self/fd/" + strconv.Itoa(fd))
	if err != nil {
		return ""
	}
	if !strings.HasPrefix(target, "socket:") {
		return "file=" + target
	}
	var what []string
	if listening, _ := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_ACCEPTCONN); listening != 0 {
		what = append(what, "l.st=RDY")
	}
	local, _ := unix.Getsockname(fd)
	family, port := familyAndPort(local)
	what = append(what, "fam="+family)
	if port != 0 {
		what = append(what, "lport="+strconv.Itoa(port))
	}
	if remote, err := unix.Getpeername(fd); err == nil {
		if _, port := familyAndPort(remote); port != 0 {
			what = append(what, "rport="+strconv.Itoa(port))
		}
	}
	return strings.Join(what, " ")
}

func familyAndPort(a unix.Sockaddr) (family string, port int) {
	switch a := a.(type) {
	case *unix.SockaddrInet4:
		return "ipv4", a.Port
	case *unix.SockaddrInet6:
		if netip.AddrFrom16(a.Addr).Is4In6() {
			return "ipv4", a.Port
		}
		return "ipv6", a.Port
	case *unix.SockaddrUnix:
		return "unix", 0
	}
	return "other", 0
}

// mappings returns the files in the memory of the process, none where the system does not tell.
func mappings() (all []mapping) {
	b, _ := os.ReadFile("/proc/self/maps")
	for line := range strings.Lines(string(b)) {
		all = join(all, line)
	}
	return all
}

// contextSwitches returns how often a thread of the process gave way to another.
func contextSwitches() int64 {
	var usage unix.Rusage
	if unix.Getrusage(unix.RUSAGE_SELF, &usage) != nil {
		return 0
	}
	return usage.Nvcsw + usage.Nivcsw
}
