package config

import (
	"slices"
	"strings"
)

// Lookup says how much of a keyword works, given as the manual writes it: "option httplog", "stats uri". The section is one
// that opens with a keyword, "proxies" for those with traffic, or "bind" or "server" for the parameters of such lines.
// Found is false for what no registry has. What follows the first word counts only where that is a registry of its own.
func Lookup(section, name string) (support Support, found bool) {
	first, rest, _ := strings.Cut(name, " ")
	switch {
	case section == "bind":
		return findRow(bindRows, name, func(r bindRow) (string, Support) { return r.name, r.support })
	case section == "server":
		return findRow(serverParameters, name, func(r serverParameter) (string, Support) { return r.name, r.support })
	case section == "proxies" && first == "option":
		return findRow(slices.Concat(switches, options), rest, keyword.entry)
	case section == "proxies" && first == "timeout":
		return findRow(timeouts, rest, func(r timeoutRow) (string, Support) { return r.name, Supported })
	case section == "proxies":
		return findRow(proxyKeywords, first, keyword.entry)
	case section == "global" && slices.Contains(environmentKeywords, name):
		return Supported, true
	}
	kind, known := sectionKinds[section]
	if !known || kind.support == Refused {
		return kind.support, known
	}
	return findRow(kind.keywords, first, keyword.entry)
}

// environmentKeywords are carried out while the text is read, by package syntax.
var environmentKeywords = []string{"presetenv", "resetenv", "setenv", "unsetenv"}

func (k keyword) entry() (string, Support) { return k.name, k.support }

func findRow[R any](table []R, name string, entry func(R) (string, Support)) (Support, bool) {
	for _, row := range table {
		if known, support := entry(row); known == name {
			return support, true
		}
	}
	return 0, false
}
