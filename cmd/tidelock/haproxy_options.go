package main

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"tidelock/proxy/config/syntax"
)

// haproxyOptions is HAProxy's command line (management manual, section 3).
type haproxyOptions struct {
	files          []string
	check          bool // -c
	condition      *string
	version        int             // 1 for -v, 2 for -vv
	least          syntax.Severity // -q, -V, -dD
	zeroWarning    bool            // -dW
	foreground     bool            // -d, -db
	daemon         bool            // -D
	notify         bool            // -Ws
	masterCLI      []string        // -S
	directory      string          // -C
	old            []int           // -sf, -st
	oldSignal      syscall.Signal  // what they get
	takeOver       string          // -x
	memory         int             // -m, MiB
	dumpsLibraries bool            // -dL
	overrides
}

// errUsage says that there is nothing to say but how the program is used.
var errUsage = errors.New("usage")

// optionsWithoutEffect steer what this program does not have, or does anyway.
var optionsWithoutEffect = []string{"-de", "-dk", "-dp", "-dS", "-dG", "-dR", "-dr", "-dV"}

// valueOptions are the options with one argument.
var valueOptions = map[string]func(o *haproxyOptions, value string) error{
	"-f":  func(o *haproxyOptions, value string) error { o.files = append(o.files, value); return nil },
	"-C":  func(o *haproxyOptions, value string) error { o.directory = value; return nil },
	"-cc": func(o *haproxyOptions, value string) error { o.condition = &value; return nil },
	"-p":  func(o *haproxyOptions, value string) error { o.pidfile = value; return nil },
	"-L":  func(o *haproxyOptions, value string) error { o.localPeer = value; return nil },
	"-S":  func(o *haproxyOptions, value string) error { o.masterCLI = append(o.masterCLI, value); return nil },
	"-x":  func(o *haproxyOptions, value string) error { o.takeOver = value; return nil },
	"-n":  func(o *haproxyOptions, value string) error { return number("-n", value, &o.maxconn) },
	"-N":  func(o *haproxyOptions, value string) error { return number("-N", value, &o.proxyMaxconn) },
	"-m":  func(o *haproxyOptions, value string) error { return number("-m", value, &o.memory) },
}

// flagOptions are the options without.
var flagOptions = map[string]func(o *haproxyOptions){
	"-c":  func(o *haproxyOptions) { o.check = true },
	"-v":  func(o *haproxyOptions) { o.version = max(o.version, 1) },
	"-vv": func(o *haproxyOptions) { o.version = 2 },
	"-q":  func(o *haproxyOptions) { o.least = syntax.Alert },
	"-V":  func(o *haproxyOptions) { o.least = syntax.Notice },
	"-d":  func(o *haproxyOptions) { o.foreground = true },
	"-db": func(o *haproxyOptions) { o.foreground = true },
	"-D":  func(o *haproxyOptions) { o.daemon = true },
	"-W":  func(o *haproxyOptions) { o.master = true },
	"-Ws": func(o *haproxyOptions) { o.master, o.notify = true, true },
	"-dD": func(o *haproxyOptions) { o.least = syntax.Diag },
	"-dL": func(o *haproxyOptions) { o.dumpsLibraries = true },
	"-dW": func(o *haproxyOptions) { o.zeroWarning = true },
}

func number(option, value string, into *int) error {
	n, err := strconv.Atoi(value)
	if err != nil || n < 0 {
		return fmt.Errorf("option '%s' expects a number, but got '%s'", option, value)
	}
	*into = n
	return nil
}

// parseHAProxy reads the arguments. It stops at the first that it does not know.
func parseHAProxy(args []string) (haproxyOptions, error) {
	o := haproxyOptions{least: syntax.Notice}
	for len(args) > 0 {
		option := args[0]
		args = args[1:]
		if flag, known := flagOptions[option]; known {
			flag(&o)
			continue
		}
		set, hasValue := valueOptions[option]
		switch {
		case hasValue && len(args) == 0:
			return o, errUsage
		case hasValue:
			if err := set(&o, args[0]); err != nil {
				return o, err
			}
			args = args[1:]
		case option == "--":
			o.files = append(o.files, args...)
			return o, nil
		case option == "-sf" || option == "-st":
			var err error
			if args, err = o.parseOld(option, args); err != nil {
				return o, err
			}
		case strings.HasPrefix(option, "-dM") || slices.Contains(optionsWithoutEffect, option):
		case strings.HasPrefix(option, "-dK"):
			return o, fmt.Errorf("option '%s' is not supported: the keywords are listed in docs/compatibility.md", option)
		default:
			return o, errUsage
		}
	}
	return o, nil
}

// parseOld reads the process numbers behind -sf or -st, up to the next option.
func (o *haproxyOptions) parseOld(option string, args []string) ([]string, error) {
	o.oldSignal = syscall.SIGUSR1
	if option == "-st" {
		o.oldSignal = syscall.SIGTERM
	}
	for ; len(args) > 0 && !strings.HasPrefix(args[0], "-"); args = args[1:] {
		pid, err := strconv.Atoi(args[0])
		if err != nil || pid <= 0 {
			return nil, fmt.Errorf("option '%s' expects process numbers, but got '%s'", option, args[0])
		}
		o.old = append(o.old, pid)
	}
	return args, nil
}

const haproxyUsage = `Usage : haproxy [-f <cfgfile|cfgdir>]* [ -vdVDW ] [ -n <maxconn> ] [ -N <maxpconn> ]
        [ -p <pidfile> ] [ -m <max megs> ] [ -C <dir> ] [-- <cfgfile>*]
        -v displays version ; -vv shows features too.
        -c checks the configuration and exits ; -cc evaluates a condition and exits.
        -d and -db keep the process in the foreground.
        -D runs as a daemon ; -C changes to <dir> before loading files.
        -W runs a master and its worker ; -Ws also tells systemd.
        -S <bind>[,<bind options>...] opens the master's runtime API.
        -q hides messages ; -V shows them.
        -n sets the maximum number of connections, -N that of each proxy.
        -m limits the memory (in MB).
        -L names this process among peers.
        -p writes the process number to this file.
        -sf/-st [pid ]* finishes/terminates old processes once this one listens.
        -x <unix_socket> takes over the listening sockets of an old process.
        -dW refuses to start with warnings ; -dD shows hints on the configuration.
        -dL lists the files that the program is made of.
        -de, -dk, -dp, -dS, -dG, -dR, -dr, -dV and -dM are accepted and have no effect.
`
