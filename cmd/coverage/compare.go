package main

import (
	"context"
	"fmt"
	"strings"

	"tidelock/proxy"
	"tidelock/proxy/config"
	"tidelock/proxy/config/syntax"
	"tidelock/proxy/logformat"
	"tidelock/proxy/rule"
	"tidelock/proxy/sample"
	"tidelock/proxy/stream"
)

// state is what becomes of a keyword.
type state uint8

const (
	implemented state = iota
	withoutEffect
	refused
	missing
	states
)

var stateNames = [states]string{"implemented", "without effect", "refused", "missing"}

// section is a table of the manual, compared.
type section struct {
	title string
	names [states][]string
}

// table is a table of the manual, and the registry that answers for it.
type table struct {
	title    string
	manual   string
	chapters []string
	find     func(lines []string) []string
	state    func(name string) state
}

// compare reads the tables of the manual in folder.
func compare(folder string) ([]section, error) {
	commandsOf, err := runtimeCommands()
	if err != nil {
		return nil, err
	}
	var sections []section
	read := map[string]chapters{}
	for _, t := range tables(commandsOf) {
		if read[t.manual] == nil {
			if read[t.manual], err = readManual(folder, t.manual); err != nil {
				return nil, err
			}
		}
		s := section{title: t.title}
		for _, number := range t.chapters {
			for _, name := range t.find(read[t.manual][number]) {
				what := t.state(name)
				s.names[what] = append(s.names[what], strings.TrimSuffix(name, "("))
			}
		}
		sections = append(sections, s)
	}
	return sections, nil
}

func tables(commandsOf func(string) state) []table {
	all := []table{
		{"3. Global parameters", configuration, []string{"3"}, bullets, keywords("global")},
		{"3.4. Userlists", configuration, []string{"3.4"}, definitions, keywords("userlist")},
		{"3.5. Peers", configuration, []string{"3.5"}, definitions, keywords("peers")},
		{"3.6. Mailers", configuration, []string{"3.6"}, definitions, keywords("mailers")},
		{"3.7. Programs", configuration, []string{"3.7"}, definitions, keywords("program")},
		{"3.8. HTTP-errors", configuration, []string{"3.8"}, definitions, keywords("http-errors")},
		{"3.9. Rings", configuration, []string{"3.9"}, definitions, keywords("ring")},
		{"3.10. Log forwarding", configuration, []string{"3.10"}, definitions, keywords("log-forward")},
		{"4.1. Proxy keywords", configuration, []string{"4.1"}, matrix, keywords("proxies")},
	}
	for _, set := range []stream.RuleSet{
		stream.TCPConnection, stream.TCPSession, stream.TCPRequest, stream.TCPResponse,
		stream.HTTPRequest, stream.HTTPResponse, stream.HTTPAfterResponse,
	} {
		all = append(all, table{"4.2. Actions of " + string(set), configuration, []string{"4.2"}, actions(string(set)), actionsOf(set)})
	}
	return append(all,
		table{"5.1. Bind options", configuration, []string{"5.1"}, definitions, keywords("bind")},
		table{"5.2. Server options", configuration, []string{"5.2"}, definitions, keywords("server")},
		table{"5.3.2. Resolvers", configuration, []string{"5.3.2"}, definitions, keywords("resolvers")},
		table{"6.2.1. Cache", configuration, []string{"6.2.1"}, definitions, keywords("cache")},
		table{"7.3.1. Converters", configuration, []string{"7.3.1"}, definitions,
			known(func(name string) bool { return sample.ConverterNamed(strings.TrimSuffix(name, "_")) != nil })}, // map_<match_type>
		table{"7.3.2 to 7.3.7. Sample fetches", configuration, []string{"7.3.2", "7.3.3", "7.3.4", "7.3.5", "7.3.6", "7.3.7"}, samples,
			known(func(name string) bool { return sample.FetchNamed(name) != nil })},
		table{"8.2.6. Log variables", configuration, []string{"8.2.6"}, aliases, known(logformat.Known)},
		table{"Management 9.3. Runtime API", management, []string{"9.3"}, commands, commandsOf},
	)
}

// keywords looks names up in a registry of package config. The keyword that opens a section counts as one of its.
func keywords(section string) func(string) state {
	return func(name string) state {
		if support, found := config.Lookup(section, name); found {
			return map[config.Support]state{
				config.Supported: implemented, config.NoEffect: withoutEffect, config.Ignored: refused, config.Refused: refused,
			}[support]
		}
		if name == section || name == "no" { // "no" stands in front of keywords
			return implemented
		}
		return missing
	}
}

func actionsOf(set stream.RuleSet) func(string) state {
	return func(name string) state {
		switch {
		case !rule.Has(set, name):
			return missing
		case rule.Refused(name):
			return refused
		}
		return implemented
	}
}

// known makes a state of whether a registry has a name.
func known(has func(string) bool) func(string) state {
	return func(name string) state {
		if has(name) {
			return implemented
		}
		return missing
	}
}

// runtimeCommands asks a proxy, since commands are made with what they work on.
func runtimeCommands() (func(string) state, error) {
	const text = "global\n stats socket /nonexistent\nfrontend f\n mode http\n timeout client 1s\n bind unix@/nonexistent\n"
	var diags syntax.Diagnostics
	condition := syntax.Condition{Environment: syntax.NewEnvironment(nil)}
	cfg := config.Parse([]syntax.Source{{Name: "coverage", Text: []byte(text)}}, condition, &diags)
	built := proxy.Build(context.Background(), cfg, proxy.Options{}, &diags)
	if built == nil {
		return nil, fmt.Errorf("no proxy to ask for commands: %w", diags.Err())
	}
	defer built.Stop(context.Background())
	have := map[string]bool{}
	for _, name := range built.Commands() {
		have[name] = true
	}
	// Some commands read as arguments what the manual has in front of arguments ("set rate-limit connections global").
	return known(func(name string) bool {
		for ; name != "" && !have[name]; name = name[:max(strings.LastIndexByte(name, ' '), 0)] {
		}
		return name != ""
	}), nil
}
