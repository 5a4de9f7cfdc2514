package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os/user"
	"slices"
	"strconv"
	"strings"
	"time"

	"tidelock/proxy/config/syntax"
)

// bindRow is a row of the registry of bind's parameters.
type bindRow struct {
	name    string
	missing string // what HAProxy says when the value is missing; "" for a parameter without one
	set     func(b *bindReader, value string) error
	support Support
	refusal string // why a refused one is
}

// bindReader is what parameters are set with. Errors continue the sentence that the parameter's name begins.
type bindReader struct {
	parser    *parser
	statement syntax.Statement
	*BindSettings
}

// bindRows is the registry of bind's parameters (manual, section 5.1), those of TLS being in tlskeywords.go.
var bindRows = slices.Concat([]bindRow{
	{name: "accept-netscaler-cip", missing: "missing value", set: setClientIPMagic},
	{name: "accept-proxy", set: setFlag(func(b *BindSettings) *bool { return &b.AcceptProxy })},
	{name: "backlog", missing: "missing value", set: setNumber(func(b *BindSettings) *int { return &b.Backlog }, "must be > 0")},
	{name: "defer-accept", set: setFlag(func(b *BindSettings) *bool { return &b.DeferAccept })},
	{name: "expose-fd", missing: "missing fd type", set: setExpose},
	{name: "gid", missing: "missing value", set: setOwner(func(b *BindSettings) **int { return &b.GID })},
	{name: "group", missing: "missing group name", set: setGroup},
	{name: "id", missing: "expects an integer argument", set: setBindID},
	{name: "interface", missing: "missing interface name", set: setText(func(b *BindSettings) *string { return &b.Interface })},
	{name: "level", missing: "missing level", set: setOneOf(func(b *BindSettings) *string { return &b.Level }, "user", "operator", "admin")},
	{name: "maxconn", missing: "missing value", set: setNumber(func(b *BindSettings) *int { return &b.Maxconn }, "must be >= 0")},
	{name: "mode", missing: "missing or invalid mode '' (octal integer expected)", set: setMode},
	{name: "mss", missing: "missing MSS value", set: setMSS},
	{name: "name", missing: "missing name", set: setText(func(b *BindSettings) *string { return &b.Name })},
	{name: "nice", missing: "missing value", set: setNice, support: NoEffect},
	{name: "process", missing: "'' is not a valid number/range. It supports numbers from 1 to 1.", set: setProcess, support: NoEffect},
	{name: "proto", missing: "missing value", set: setProto},
	{name: "severity-output", missing: "missing severity format", set: setOneOf(func(b *BindSettings) *string { return &b.Severity }, "none", "number", "string")},
	{name: "shards", missing: "missing value", set: setShards, support: NoEffect},
	{name: "tcp-ut", missing: "missing TCP User Timeout value", set: setUserTimeout},
	{name: "tfo", set: setFlag(func(b *BindSettings) *bool { return &b.FastOpen })},
	{name: "thread", missing: "'' is not a valid number/range. It supports numbers from 1 to 64.", set: setThread, support: NoEffect},
	{name: "transparent", set: setFlag(func(b *BindSettings) *bool { return &b.Transparent })},
	{name: "uid", missing: "missing value", set: setOwner(func(b *BindSettings) **int { return &b.UID })},
	{name: "user", missing: "missing user name", set: setUser},
	{name: "v4v6", set: func(b *bindReader, _ string) error { b.V6Only = false; return nil }},
	{name: "v6only", set: setFlag(func(b *BindSettings) *bool { return &b.V6Only })},

	{name: "namespace", support: Refused, refusal: "is not supported: network namespaces belong to the process; start one in each"},
}, tlsBindRows)

func setFlag(field func(*BindSettings) *bool) func(*bindReader, string) error {
	return func(b *bindReader, _ string) error {
		*field(b.BindSettings) = true
		return nil
	}
}

func setText(field func(*BindSettings) *string) func(*bindReader, string) error {
	return func(b *bindReader, value string) error {
		*field(b.BindSettings) = value
		return nil
	}
}

// setNumber takes what is no number for 0, as HAProxy does.
func setNumber(field func(*BindSettings) *int, rule string) func(*bindReader, string) error {
	return func(b *bindReader, value string) error {
		n, _ := strconv.Atoi(value)
		if n < 0 {
			return fmt.Errorf(": invalid value %d, %s", n, rule)
		}
		*field(b.BindSettings) = n
		return nil
	}
}

// accept-netscaler-cip <magic number>: like setNumber, of 32 bits that are not all 0.
func setClientIPMagic(b *bindReader, value string) error {
	n, _ := strconv.ParseInt(leadingNumber(value), 10, 64)
	if b.ClientIPMagic = uint32(n); b.ClientIPMagic == 0 {
		return errors.New(": invalid value 0, must be >= 0")
	}
	return nil
}

// leadingNumber returns the number that text begins with.
func leadingNumber(text string) string {
	digits := strings.TrimLeft(text, "+-")
	end := strings.IndexFunc(digits, func(r rune) bool { return r < '0' || r > '9' })
	if end < 0 {
		return text
	}
	return text[:len(text)-len(digits)+end]
}

func setOneOf(field func(*BindSettings) *string, allowed ...string) func(*bindReader, string) error {
	return func(b *bindReader, value string) error {
		if !slices.Contains(allowed, value) {
			return fmt.Errorf("only supports '%s', '%s', and '%s' (got '%s')", allowed[0], allowed[1], allowed[2], value)
		}
		*field(b.BindSettings) = value
		return nil
	}
}

func setBindID(b *bindReader, value string) error {
	n, err := strconv.Atoi(value)
	switch {
	case err != nil:
		return fmt.Errorf(": expects an integer argument, found '%s'", value)
	case n <= 0:
		return errors.New(": custom id has to be > 0")
	}
	b.ID = n
	return nil
}

func setMode(b *bindReader, value string) error {
	mode, err := strconv.ParseUint(value, 8, 9)
	if err != nil {
		return fmt.Errorf(": missing or invalid mode '%s' (octal integer expected)", value)
	}
	b.Permission = fs.FileMode(mode)
	return nil
}

func setUser(b *bindReader, name string) error {
	found, err := user.Lookup(name)
	if err != nil {
		return fmt.Errorf(": unknown user name '%s'", name)
	}
	return setOwner(func(b *BindSettings) **int { return &b.UID })(b, found.Uid)
}

func setGroup(b *bindReader, name string) error {
	found, err := user.LookupGroup(name)
	if err != nil {
		return fmt.Errorf(": unknown group name '%s'", name)
	}
	return setOwner(func(b *BindSettings) **int { return &b.GID })(b, found.Gid)
}

// setOwner refuses what is no number, which HAProxy takes for 0: nobody wants root by a slip of the pen.
func setOwner(field func(*BindSettings) **int) func(*bindReader, string) error {
	return func(b *bindReader, value string) error {
		n, ok := decimal(value)
		if !ok {
			return fmt.Errorf(": invalid value '%s'", value)
		}
		*field(b.BindSettings) = &n
		return nil
	}
}

func setMSS(b *bindReader, value string) error {
	n, _ := strconv.Atoi(value)
	if n == 0 || n > 65535 || n < -65535 {
		return errors.New(": expects an MSS with and absolute value between 1 and 65535")
	}
	b.MSS = n
	return nil
}

func setNice(_ *bindReader, value string) error {
	if n, _ := strconv.Atoi(value); n < -1024 || n > 1024 {
		return fmt.Errorf(": invalid value %d, allowed range is -1024..1024", n)
	}
	return nil
}

func setUserTimeout(b *bindReader, value string) error {
	d, err := syntax.ParseTime(value, time.Millisecond)
	if err != nil {
		return errors.New(": expects a positive delay in milliseconds")
	}
	b.UserTimeout = d
	return nil
}

// setExpose is for processes that ask for the listening sockets when they take over.
func setExpose(b *bindReader, value string) error {
	if value != "listeners" {
		return fmt.Errorf("only supports 'listeners' (got '%s')", value)
	}
	b.ExposesListeners = true
	return nil
}

// setProcess is of an HAProxy that had several processes.
func setProcess(b *bindReader, value string) error {
	number, thread, hasThread := strings.Cut(value, "/")
	if number != "1" && number != "all" && number != "odd" {
		return fmt.Errorf(": '%s' is not a valid number/range. It supports numbers from 1 to 1.", value)
	}
	advice := ""
	if hasThread {
		advice = " Please use 'thread " + thread + "' instead."
	}
	b.parser.warnf(b.statement, "'bind %s' in section '%s' : 'process %s' on 'bind' lines is deprecated and will be removed in 2.7.%s",
		b.statement.Argument(0), b.parser.section.Header.Keyword(), value, advice)
	return nil
}

// setThread checks a set of threads: numbers and ranges up to 64, "all", "odd" or "even". Any processor serves any listener.
func setThread(_ *bindReader, value string) error {
	for _, part := range strings.Split(value, ",") {
		if part == "all" || part == "odd" || part == "even" {
			continue
		}
		low, high, isRange := strings.Cut(part, "-")
		if !isRange {
			high = low
		}
		for _, end := range []string{low, high} {
			n, ok := decimal(end)
			switch {
			case !ok && end != "":
				return fmt.Errorf(": '%s' is not a valid number/range.", part)
			case ok && (n < 1 || n > 64):
				return fmt.Errorf(": '%s' is not a valid number/range. It supports numbers from 1 to 64.", part)
			}
		}
	}
	return nil
}

func setShards(_ *bindReader, value string) error {
	if n, _ := strconv.Atoi(value); value != "by-thread" && (n < 1 || n > 64) {
		return fmt.Errorf(": invalid value %d, allowed range is 1..64 or 'by-thread'", n)
	}
	return nil
}

// setProto chooses the protocol of a listener. There is one for each mode until there is HTTP/2.
func setProto(_ *bindReader, value string) error {
	switch value {
	case "h1", "none":
		return nil
	case "h2", "fcgi":
		return fmt.Errorf(": the protocol '%s' is not supported yet by this version", value)
	}
	return fmt.Errorf(":  unknown MUX protocol '%s'", value)
}
