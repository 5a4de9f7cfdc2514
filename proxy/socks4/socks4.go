// Package socks4 asks a SOCKS server, version 4, for a connection to somebody else.
package socks4

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/netip"
)

// user is who asks, as HAProxy says it.
const user = "HAProxy"

const (
	version = 4
	connect = 1
	granted = 0x5a
)

// ErrAddress is what the protocol has no room for: it knows addresses of IPv4 only.
var ErrAddress = errors.New("socks4: no IPv4 address")

// Connect has the server at the other end of c connect to an address. From then on c carries the bytes of that
// connection. The caller bounds the time by c's deadline. Of the answer only the verdict counts, as in HAProxy.
func Connect(c io.ReadWriter, to netip.AddrPort) error {
	if to = netip.AddrPortFrom(to.Addr().Unmap(), to.Port()); !to.Addr().Is4() {
		return fmt.Errorf("%w: %s", ErrAddress, to)
	}
	request := binary.BigEndian.AppendUint16([]byte{version, connect}, to.Port())
	request = append(request, to.Addr().AsSlice()...)
	request = append(append(request, user...), 0)
	if _, err := c.Write(request); err != nil {
		return err
	}
	var answer [8]byte // zero, verdict, and an address that means nothing here
	if _, err := io.ReadFull(c, answer[:]); err != nil {
		return fmt.Errorf("socks4: no answer: %w", err)
	}
	if answer[1] != granted {
		return fmt.Errorf("socks4: refused with code %#x", answer[1])
	}
	return nil
}
