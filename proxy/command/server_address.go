package command

import (
	"fmt"
	"net/netip"
	"strconv"

	"tidelock/proxy/server"
)

// ChangeAddress moves the server to an address, and to a port when one is given, and says what came of it. Of a port that
// cannot be used the address does not depend.
func (t Server) ChangeAddress(host, port string, hasPort bool, by string) string {
	by = " by '" + by + "'"
	now := t.Address()
	address, err := netip.ParseAddr(host)
	switch {
	case err != nil || address.Zone() != "":
		return "Invalid addr '" + host + "'" + by
	case now.Network == "unix" || now.Host == "":
		return "Update for the current server address family is only supported through configuration file" + by
	}
	wanted := now
	text := "no need to change the addr"
	if wanted.Host = address.String(); wanted.Host != now.Host {
		text = fmt.Sprintf("IP changed from '%s' to '%s'", now.Host, wanted.Host)
	}
	if hasPort {
		text += ", " + t.changePort(&wanted, port)
	}
	if wanted != now {
		t.SetAddress(wanted)
	}
	return text + by
}

// changePort puts a port into an address, which may be one relative to the client's, and says what came of it.
func (t Server) changePort(a *server.Address, text string) string {
	const greatest = 65535
	n, err := strconv.Atoi(text)
	relative := err == nil && (text[0] == '+' || text[0] == '-')
	switch {
	case err != nil, n > greatest, n < -greatest, n == 0 && !relative:
		return fmt.Sprintf("problem converting port '%s' to an int", text)
	case relative && !a.Offset && t.State().Checks.Place.Port == 0: // where checks connect must not depend on clients
		return "can't change <port> to port map because it is incompatible with current health check port configuration " +
			"(use 'port' statement from the 'server' directive."
	case n == a.Port && relative == a.Offset:
		return "no need to change the port"
	}
	before := portText(*a)
	a.Port, a.Offset = n, relative
	return fmt.Sprintf("port changed from '%s' to '%s'", before, portText(*a))
}

// portText writes a server's port, with a sign when it is relative to the client's.
func portText(a server.Address) string {
	if a.Offset {
		return fmt.Sprintf("%+d", a.Port)
	}
	return strconv.Itoa(a.Port)
}
