package command

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"tidelock/proxy/runtime"
	"tidelock/proxy/server"
)

// byCommand is why states change that operators set.
const byCommand = "changed from CLI"

// maxWeight is the greatest weight of a server.
const maxWeight = 256

// setAdmin makes the command that adds and removes what an operator wants of a server.
func setAdmin(add, remove server.Admin) func(*runtime.Call, Server) {
	return func(_ *runtime.Call, t Server) { t.SetAdmin(add, remove) }
}

// enableChecks makes: enable health <backend>/<server>, disable health <backend>/<server>
func enableChecks(on bool) func(*runtime.Call, Server) {
	return func(c *runtime.Call, t Server) {
		switch {
		case t.Check != nil:
			t.EnableChecks(on)
		case on:
			c.Fail("Health check was not configured on this server, cannot enable.")
		}
	}
}

// set server <backend>/<server> { addr | agent... | check-addr | check-port | fqdn | health | ssl | state | weight } <value>
func setServer(c *runtime.Call, t Server) {
	switch c.Arg(1) {
	case "weight":
		setWeight(c, t, c.Arg(2))
	case "state":
		setState(c, t)
	case "health":
		setHealth(c, t)
	case "addr":
		setAddress(c, t)
	case "agent", "agent-send", "agent-addr", "agent-port":
		setAgent(c, t)
	case "check-addr", "check-port":
		setCheckPlace(c, t)
	case "fqdn":
		setHostName(c, t)
	case "ssl":
		setSecured(c, t)
	default:
		c.Fail("usage: set server <backend>/<server> addr | agent | agent-addr | agent-port | agent-send | check-addr | check-port | fqdn | health | ssl | state | weight")
	}
}

func setState(c *runtime.Call, t Server) {
	switch c.Arg(2) {
	case "ready":
		t.SetAdmin(0, server.Maintenance|server.Drain)
	case "drain":
		t.SetAdmin(server.Drain, server.Maintenance)
	case "maint":
		t.SetAdmin(server.Maintenance, server.Drain)
	default:
		c.Fail("'set server <srv> state' expects 'ready', 'drain' and 'maint'.")
	}
}

func setHealth(c *runtime.Call, t Server) {
	if t.Tracking() {
		c.Fail("cannot change health on a tracking server.")
		return
	}
	switch c.Arg(2) {
	case "up":
		t.SetHealth(server.Running, byCommand)
	case "stopping":
		t.SetHealth(server.Stopping, byCommand)
	case "down":
		t.SetHealth(server.Stopped, byCommand)
	default:
		c.Fail("'set server <srv> health' expects 'up', 'stopping', or 'down'.")
	}
}

// setWeight gives a server a weight, or that many percent of its configured one.
func setWeight(c *runtime.Call, t Server, text string) {
	if err := t.ChangeWeight(text); err != nil {
		c.Fail("%s", err)
	}
}

// ChangeWeight sets the weight that a text tells: a number, or a percentage of the configured one.
func (t Server) ChangeWeight(text string) error {
	weight, err := parseWeight(text, t.Weight)
	switch {
	case err != nil:
		return err
	case !t.Backend().Dynamic() && weight != 0 && weight != t.Weight:
		return errors.New("Backend is using a static LB algorithm and only accepts weights '0%' and '100%'.") //nolint:staticcheck // HAProxy's words
	}
	t.SetWeight(weight)
	return nil
}

func parseWeight(text string, initial int) (int, error) {
	if text == "" {
		return 0, fmt.Errorf("Require <weight> or <weight%%>.")
	}
	digits, relative := strings.CutSuffix(text, "%")
	n, err := strconv.Atoi(digits)
	switch {
	case err != nil && len(digits) > 0 && (digits[0] < '0' || digits[0] > '9'), digits == "":
		return 0, fmt.Errorf("Empty weight string empty or preceded by garbage")
	case err != nil:
		return 0, fmt.Errorf("Trailing garbage in weight string")
	case relative && n < 0:
		return 0, fmt.Errorf("Relative weight must be positive.")
	case relative:
		return min(initial*min(n, 100*maxWeight)/100, maxWeight), nil
	case n < 0 || n > maxWeight:
		return 0, fmt.Errorf("Absolute weight can only be between 0 and 256 inclusive.")
	}
	return n, nil
}

// get weight <backend>/<server>
func getWeight(c *runtime.Call, t Server) {
	c.Printf("%d (initial %d)\n", t.State().Weight, t.Weight)
}

// set maxconn server <backend>/<server> <connections>
func setServerMaxConn(c *runtime.Call, t Server) {
	if err := t.ChangeMaxConn(c.Arg(1)); err != nil {
		c.Fail("%s", err)
	}
}

// ChangeMaxConn sets how many connections the server may have.
func (t Server) ChangeMaxConn(text string) error {
	n, err := strconv.ParseUint(text, 10, 31)
	switch {
	case text == "":
		return errors.New("Require <maxconn>.") //nolint:staticcheck // HAProxy's words
	case err != nil && (text[0] < '0' || text[0] > '9'):
		return errors.New("maxconn string empty or preceded by garbage")
	case err != nil:
		return errors.New("Trailing garbage in maxconn string") //nolint:staticcheck // HAProxy's words
	}
	t.SetMaxConn(int(n))
	return nil
}

// setAddress carries out: set server <backend>/<server> addr <address> [port <port>]
func setAddress(c *runtime.Call, t Server) {
	if c.Arg(2) == "" {
		c.Fail("set server <b>/<s> addr requires an address and optionally a port.")
		return
	}
	port := ""
	if c.Arg(3) == "port" {
		port = c.Arg(4)
	}
	c.Warn("%s", t.ChangeAddress(c.Arg(2), port, c.Arg(3) == "port", "stats socket command"))
}
