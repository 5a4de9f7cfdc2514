package proxy

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"tidelock/proxy/check"
	"tidelock/proxy/command"
	"tidelock/proxy/config"
	"tidelock/proxy/config/syntax"
	"tidelock/proxy/server"
)

// savedStates are the states of a file by the names of backend and server.
type savedStates map[[2]string]server.Saved

// savedState returns what was saved of a server of a section.
func (b *builder) savedState(section *config.Proxy, name string) (server.Saved, bool) {
	var file, prefix, which, end string // the last three are HAProxy's words
	g := &b.config.Global
	switch section.LoadState {
	case "global":
		file, prefix, which = g.StateFile, "config: ", "global server state file"
	case "local":
		file, prefix, which, end = cmp.Or(section.StateFile, section.Name), "Proxy '"+section.Name+"': ", "server state file", "."
	}
	if file == "" {
		return server.Saved{}, false
	}
	if !filepath.IsAbs(file) && g.StateBase != "" {
		file = filepath.Join(g.StateBase, file)
	}
	states, loaded := b.states[file]
	if !loaded {
		content, err := os.ReadFile(file)
		if err != nil {
			b.diags.Warnf(syntax.Position{}, "%sCan't open %s '%s': %s%s", prefix, which, file, check.SystemError(err), end)
		} else if states, err = readStates(content); err == errStateVersion {
			b.diags.Warnf(syntax.Position{}, "%sCan't get version of the %s '%s'.", prefix, which, file)
		} else if err != nil {
			b.diags.Warnf(syntax.Position{}, "%scorrupted %s '%s' at %s.", prefix, which, file, err)
		}
		b.states[file] = states
	}
	saved, found := states[[2]string{section.Name, name}]
	return saved, found
}

var errStateVersion = errors.New("not of version 1")

// readStates reads what "show servers state" printed. A file with a mistake in it counts for nothing.
func readStates(content []byte) (savedStates, error) {
	version, lines, _ := bytes.Cut(content, []byte("\n"))
	if strings.TrimSpace(string(version)) != "1" {
		return nil, errStateVersion
	}
	states, number := savedStates{}, 0
	for line := range strings.Lines(string(lines)) {
		number++
		words := strings.Fields(line)
		if len(words) == 0 || strings.HasPrefix(words[0], "#") {
			continue
		}
		saved, ok := parseState(words)
		if !ok {
			return nil, fmt.Errorf("line %d", number)
		}
		states[[2]string{words[1], words[3]}] = saved
	}
	return states, nil
}

// parseState reads the fields of a line (management manual, section 9.3, "show servers state").
func parseState(words []string) (s server.Saved, ok bool) {
	const least, most = 18, 25 // what version 1 has had over time
	if len(words) < least || len(words) > most {
		return s, false
	}
	var numbers [most]int
	for _, i := range []int{0, 2, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14} {
		n, err := strconv.ParseInt(words[i], 10, 32)
		if err != nil || n < 0 {
			return s, false
		}
		numbers[i] = int(n)
	}
	if numbers[5] > int(server.Stopping) || numbers[7] > 256 || numbers[8] > 256 {
		return s, false
	}
	s = server.Saved{
		Operation: server.Operation(numbers[5]), Admin: command.AdminOf(numbers[6]), Weight: numbers[7], InitialWeight: numbers[8],
		Age: time.Duration(numbers[9]) * time.Second, Status: command.CheckStatusOf(numbers[10]), Health: numbers[12],
		Checked: numbers[13]&command.CheckConfigured != 0,
	}
	if words[4] != "-" {
		s.Host = words[4]
	}
	if words[17] != "-" {
		s.Name = words[17]
	}
	if len(words) > 18 {
		port, err := strconv.ParseUint(words[18], 10, 16)
		if err != nil {
			return s, false
		}
		s.Port = int(port)
	}
	return s, true
}

// restoreStates has the servers take up what was saved of them.
func (b *builder) restoreStates() {
	for _, section := range b.config.Proxies {
		for _, s := range section.Servers {
			made := b.servers[[2]string{section.Name, s.Name}]
			if made == nil {
				continue
			}
			if saved, found := b.savedState(section, s.Name); found {
				made.Restore(saved)
			}
		}
	}
}
