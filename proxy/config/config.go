// Package config turns configuration files into a typed configuration: what each keyword means, what sections inherit,
// which values are valid (manual, sections 3 to 5). Rules, conditions and formats stay words with positions here:
// package proxy compiles them once the scripts that they may name are loaded. It opens no sockets and runs nothing.
package config

import (
	"tidelock/proxy/config/syntax"
)

// Configuration is what a set of files says.
type Configuration struct {
	Global  Global
	Scripts Scripts
	Proxies []*Proxy // in the order of the text

	Userlists   []Userlist
	ErrorGroups []HTTPErrors
	Caches      []Cache
	Rings       []Ring
	LogForwards []LogForward
	Resolvers   []Resolvers
	Mailers     []Mailers
	Programs    []Program

	// Environment is the process's, as changed by setenv and its like. Scripts see it.
	Environment *syntax.Environment
}

// Proxy returns the first proxy of that name for which has is true, or nil.
func (c *Configuration) Proxy(name string, has func(Kind) bool) *Proxy {
	for _, p := range c.Proxies {
		if p.Name == name && has(p.Kind) {
			return p
		}
	}
	return nil
}

// Parse reads sources into a configuration. What is wrong goes to diags; the configuration is usable only if it holds
// no alert.
func Parse(sources []syntax.Source, condition syntax.Condition, diags *syntax.Diagnostics) *Configuration {
	reader := syntax.Reader{Condition: condition}
	p := &parser{
		Configuration: &Configuration{Global: defaultGlobal(), Scripts: DefaultScripts(), Environment: condition.Environment},
		diags:         diags,
		named:         map[string]*Proxy{},
		ambiguous:     map[string]*Proxy{},
	}
	for _, section := range reader.Read(sources, diags) {
		p.parseSection(section)
	}
	p.identify()
	p.check()
	return p.Configuration
}
