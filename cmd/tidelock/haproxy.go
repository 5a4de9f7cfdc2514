package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"tidelock/proxy/config/syntax"
)

func haproxyCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "haproxy [HAProxy's options]",
		Short: "Take HAProxy's own command line",
		// Its options have one dash and many letters, which the flag parser cannot read.
		DisableFlagParsing: true,
		RunE: func(cmd *cobra.Command, args []string) error {
			if status := haproxyMain(args, cmd.OutOrStdout(), cmd.ErrOrStderr()); status != exitOK {
				return exitStatus(status)
			}
			return nil
		},
	}
}

// haproxyOptions is HAProxy's command line (management manual, section 3).
type haproxyOptions struct {
	files     []string
	check     bool // -c
	condition *string
	version   bool   // -v, -vv
	quiet     bool   // -q
	directory string // -C
	overrides
}

// haproxyMain runs the program as HAProxy would run with the arguments, and returns its exit status.
func haproxyMain(args []string, stdout, stderr io.Writer) int {
	o, err := parseHAProxy(args)
	if err != nil {
		fmt.Fprintf(stderr, "%s\n%s", err, haproxyUsage)
		return exitError
	}
	if o.version {
		fmt.Fprintf(stdout, "HAProxy version %s - Tidelock, which runs HAProxy configurations\n", haproxyVersion())
		return exitOK
	}
	if o.condition != nil {
		return evaluateCondition(*o.condition, stderr)
	}
	if len(o.files) == 0 {
		fmt.Fprint(stderr, haproxyUsage)
		return exitError
	}
	if o.directory != "" {
		if err := os.Chdir(o.directory); err != nil {
			syntax.Printf(stderr, syntax.Alert, "Could not change to directory %s : %s", o.directory, err)
			return exitError
		}
	}
	settings := Settings{CacheFolder: defaultCacheFolder(), LogFormat: "text", Grace: 30 * time.Second}
	p := newProgram(o.files, settings, stdout, stderr)
	p.asHAProxy, p.overrides = true, o.overrides
	if o.quiet {
		p.least = syntax.Alert
	}
	serve := p.run
	if o.check {
		serve = p.check
	}
	return statusOf(serve(context.Background()), func(err error) { syntax.Printf(stderr, syntax.Alert, "%s", err) })
}

// evaluateCondition is -cc: its status is 0 when the condition holds, 1 when not, 2 when it cannot be read.
func evaluateCondition(text string, stderr io.Writer) int {
	truth, err := condition(nil, "").Evaluate(text)
	switch {
	case err != nil:
		syntax.Printf(stderr, syntax.Alert, "config : %s", err)
		return 2
	case truth:
		return 0
	}
	return 1
}

// harmless are options that steer what this program does not have, or that say what it does anyway: -db and -W keep it in
// the foreground as far as whoever started it can tell.
var harmless = []string{"-db", "-W", "-Ws", "-V", "-de", "-dp", "-dS", "-dG", "-dR", "-dr", "-dV", "-dL"}

// unsupported are options that would change what is served.
var unsupported = []string{"-N", "-m", "-sf", "-st", "-x", "-S", "-dD", "-dW"}

// parseHAProxy reads the arguments. It stops at the first that it does not know.
func parseHAProxy(args []string) (haproxyOptions, error) {
	var o haproxyOptions
	value := func(option string) (string, error) {
		if len(args) == 0 {
			return "", fmt.Errorf("option '%s' needs an argument", option)
		}
		v := args[0]
		args = args[1:]
		return v, nil
	}
	for len(args) > 0 {
		option := args[0]
		args = args[1:]
		var err error
		switch {
		case option == "--":
			o.files = append(o.files, args...)
			args = nil
		case option == "-f":
			var file string
			file, err = value(option)
			o.files = append(o.files, file)
		case option == "-C":
			o.directory, err = value(option)
		case option == "-c":
			o.check = true
		case option == "-cc":
			var text string
			text, err = value(option)
			o.condition = &text
		case option == "-v" || option == "-vv":
			o.version = true
		case option == "-q":
			o.quiet = true
		case option == "-p":
			o.pidfile, err = value(option)
		case option == "-L":
			o.localPeer, err = value(option)
		case option == "-n":
			var number string
			if number, err = value(option); err == nil {
				if o.maxconn, err = strconv.Atoi(number); err != nil || o.maxconn < 0 {
					err = fmt.Errorf("option '-n' expects a number of connections, but got '%s'", number)
				}
			}
		case slices.Contains(unsupported, option):
			err = fmt.Errorf("option '%s' is not supported yet by this version", option)
		case option == "-D":
			err = errors.New("option '-D' is not supported: this program stays in the foreground, for a service manager to watch")
		case strings.HasPrefix(option, "-dM") || slices.Contains(harmless, option):
		default:
			err = fmt.Errorf("unknown option '%s'", option)
		}
		if err != nil {
			return o, err
		}
	}
	return o, nil
}

const haproxyUsage = `Usage : haproxy [-f <cfgfile|cfgdir>]* [ -vqVW ] [ -n <maxconn> ] [ -p <pidfile> ] [ -C <dir> ] [-- <cfgfile>*]
        -v displays version
        -c check mode : only check config files and exit
        -cc check condition : evaluate a condition and exit
        -q quiet mode : don't display messages
        -n sets the maximum number of connections
        -p writes the process number to this file
        -L sets the name of this process among peers
        -db, -W, -Ws, -V and the -d options for pollers and memory are accepted and have no effect.
`
