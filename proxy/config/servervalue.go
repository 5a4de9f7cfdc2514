package config

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"tidelock/proxy/config/syntax"
)

// leading reads the number at the start of a text, as HAProxy does: what is none counts as 0.
func leading(text string) int {
	end := 0
	for end < len(text) && ('0' <= text[end] && text[end] <= '9' || end == 0 && text[0] == '-') {
		end++
	}
	n, _ := strconv.ParseInt(text[:end], 10, 32)
	return int(n)
}

// given refuses the empty value, with a message.
func given(message string, parse func(*serverReader, string) error) func(*serverReader, string) error {
	return func(r *serverReader, value string) error {
		if value == "" {
			return errors.New(message)
		}
		return parse(r, value)
	}
}

func countOf(field func(*ServerParameters) *int) func(*serverReader, string) error {
	return func(r *serverReader, value string) error {
		*field(&r.server.ServerParameters) = max(leading(value), 0)
		return nil
	}
}

// limitOf reads a number of which those below 0 mean no limit.
func limitOf(field func(*ServerParameters) *int) func(*serverReader, string) error {
	return func(r *serverReader, value string) error {
		*field(&r.server.ServerParameters) = max(leading(value), -1)
		return nil
	}
}

func positive(field func(*ServerParameters) *int, message string) func(*serverReader, string) error {
	return func(r *serverReader, value string) error {
		n := leading(value)
		if n <= 0 {
			return fmt.Errorf("%s", message)
		}
		*field(&r.server.ServerParameters) = n
		return nil
	}
}

func delay(field func(*ServerParameters) *time.Duration, name string) func(*serverReader, string) error {
	return func(r *serverReader, value string) error {
		if value == "" {
			return fmt.Errorf("'%s' expects a delay as argument.", name)
		}
		d, err := syntax.ParseTime(value, time.Millisecond)
		if err != nil {
			return fmt.Errorf("%w in '%s' argument of server %s.", err, name, r.server.Name)
		}
		*field(&r.server.ServerParameters) = d
		return nil
	}
}

func positiveDelay(field func(*ServerParameters) *time.Duration, name string) func(*serverReader, string) error {
	read := delay(field, name)
	return func(r *serverReader, value string) error {
		if err := read(r, value); err != nil {
			return err
		}
		if *field(&r.server.ServerParameters) <= 0 {
			return fmt.Errorf("invalid value %s for argument '%s' of server %s.", value, name, r.server.Name)
		}
		return nil
	}
}

func parseWeight(r *serverReader, value string) error {
	n := leading(value)
	if n < 0 || n > 256 {
		return fmt.Errorf("weight of server %s is not within 0 and 256 (%d).", r.server.Name, n)
	}
	r.server.Weight = n
	return nil
}

func parseServerID(r *serverReader, value string) error {
	if r.isDefault {
		return fmt.Errorf("'id' option is not accepted in default-server sections")
	}
	if r.server.ID = leading(value); r.server.ID <= 0 {
		return fmt.Errorf("'id' : custom id has to be > 0.")
	}
	r.server.FixedID = true
	return nil
}

func parseServerCookie(r *serverReader, value string) error {
	if value == "" {
		return fmt.Errorf("'cookie' expects <value> as argument.")
	}
	r.server.Cookie = value
	return nil
}

func parseTrack(r *serverReader, value string) error {
	if value == "" {
		return fmt.Errorf("'track' expects [<proxy>/]<server> as argument.")
	}
	r.server.Track = value
	return nil
}

func parseErrorLimit(r *serverReader, value string) error {
	if value == "" {
		return fmt.Errorf("'error-limit' expects an integer argument.")
	}
	if r.server.ErrorLimit = leading(value); r.server.ErrorLimit <= 0 {
		return fmt.Errorf("error-limit has to be > 0.")
	}
	return nil
}

func parseObserve(r *serverReader, value string) error {
	switch value {
	case "none":
		r.server.Observe = ""
	case "layer4", "layer7":
		r.server.Observe = value
	default:
		return fmt.Errorf("'observe' expects one of 'none', 'layer4', 'layer7' but got '%s'.", value)
	}
	return nil
}

func parseOnError(r *serverReader, value string) error {
	switch value {
	case "fastinter", "fail-check", "sudden-death", "mark-down":
		r.server.OnError = value
		return nil
	}
	return fmt.Errorf("'on-error' expects one of 'fastinter', 'fail-check', 'sudden-death' or 'mark-down' but got '%s'.", value)
}

func parseOnMarkedDown(r *serverReader, value string) error {
	if value != "shutdown-sessions" {
		return fmt.Errorf("'on-marked-down' expects 'shutdown-sessions' but got '%s'.", value)
	}
	r.server.ShutdownWhenDown = true
	return nil
}

func parseOnMarkedUp(r *serverReader, value string) error {
	if value != "shutdown-backup-sessions" {
		return fmt.Errorf("'on-marked-up' expects 'shutdown-backup-sessions' but got '%s'.", value)
	}
	r.server.ShutdownBackups = true
	return nil
}

func parseInitAddr(r *serverReader, value string) error {
	r.server.InitAddr = nil
	for method := range strings.SplitSeq(value, ",") {
		switch method {
		case "last", "libc", "none":
		default:
			if a, err := parseAddress(method, portPolicy{}); err != nil || !isLiteral(a[0].Host) {
				return fmt.Errorf("'init-addr' : unknown init-addr method '%s', supported methods are 'libc', 'last', 'none'.", method)
			}
		}
		r.server.InitAddr = append(r.server.InitAddr, method)
	}
	return nil
}

func parseCheckAddr(r *serverReader, value string) error {
	addresses, err := parseAddress(value, portPolicy{})
	switch {
	case err != nil:
		return fmt.Errorf("'addr' : %w.", err)
	case addresses[0].Network != "unix" && !isLiteral(addresses[0].Host):
		return fmt.Errorf("'addr' : invalid address: '%s' in '%s'.", addresses[0].Host, value)
	}
	r.server.CheckAddr = addresses[0]
	return nil
}

// redir <prefix>
func parseRedir(r *serverReader, value string) error {
	if value == "" {
		return errors.New("'redir' expects <prefix> as argument.")
	}
	r.server.Redirect = value
	return nil
}

// serverProtocol makes the parser of the protocol that a server or its checks are spoken to in. There is one for each mode
// until there is HTTP/2.
func serverProtocol(name string) func(*serverReader, string) error {
	return func(_ *serverReader, value string) error {
		switch value {
		case "h1", "none":
			return nil
		case "":
			return fmt.Errorf("'%s' : missing value.", name)
		case "h2", "fcgi":
			return fmt.Errorf("'%s' : the protocol '%s' is not supported yet by this version.", name, value)
		}
		return fmt.Errorf("'%s' :  unknown MUX protocol '%s'.", name, value)
	}
}

// ws auto|h1|h2
func parseWebSocket(_ *serverReader, value string) error {
	switch value {
	case "auto", "h1": // one is the other until there is HTTP/2
		return nil
	case "h2":
		return errors.New("'ws' : the protocol 'h2' is not supported yet by this version.")
	}
	return errors.New("'ws' has to be 'auto', 'h1' or 'h2'.")
}
