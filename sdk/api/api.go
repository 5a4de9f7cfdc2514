// Package api is the Lua API as one table: every class that scripts find, with what is in it. The table is the source of
// the annotations for editors (sdk/lua), of the documentation page (docs/lua-api.md), and of the tests that hold the
// sandbox to it: each row exists there, and each was called by some test.
//
// The package imports nothing of ours.
package api

import "strings"

// Kind says what a member of a class is.
type Kind uint8

const (
	Attribute Kind = iota // class.name
	Function              // class.name(...)
	Method                // object:name(...)
)

// Context is a set of places that a script runs in.
type Context uint16

const (
	Body      Context = 1 << iota // a file's main chunk
	Init                          // a function of core.register_init
	Task                          // of core.register_task
	Action                        // of core.register_action
	Fetch                         // of core.register_fetches
	Converter                     // of core.register_converters
	Service                       // of core.register_service
	CLI                           // of core.register_cli
	Filter                        // a callback of core.register_filter
)

// Sets of contexts that many members have.
const (
	Exchange   = Action | Fetch | Filter                     // there is a TXN
	Running    = Task | Exchange | Converter | Service | CLI // the proxy serves
	Configured = Init | Running                              // the configuration has been read
	Anywhere   = Body | Configured
)

var contextNames = []string{"body", "init", "task", "action", "fetch", "converter", "service", "cli", "filter"}

// String returns the names of the contexts, separated by commas.
func (c Context) String() string {
	if c == Anywhere {
		return "anywhere"
	}
	var names []string
	for i, name := range contextNames {
		if c&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	return strings.Join(names, ", ")
}

// Where a member comes from: HAProxy's version that has it, or this program.
const (
	Reference = "HAProxy 2.6" // the version that everything is compared with
	Own       = "Tidelock"
)

// Class is a class of the API. Its objects are made by the functions that return it; a global one is a table that every
// script finds under the class's name.
type Class struct {
	Name    string
	Global  bool
	Since   string // Reference when empty
	Summary string // Markdown, one paragraph
	Members []Member
}

// Member is one row of the table.
type Member struct {
	// Signature is, in the types of the Lua language server:
	//
	//	.name: type                          an attribute
	//	.name(argument: type) -> type, type  a function
	//	:name(argument?: type, ...: type)    a method
	Signature string
	In        Context
	Since     string // the class's when empty
	Summary   string // Markdown, one paragraph
}

// Classes returns the whole table, in the order of the documentation.
func Classes() []Class {
	return []Class{
		core, proxy, server, listener, concat, queue, shared, eventSub, serverEvent, tracer, span, meter, counter, gauge, histogram,
		fetches, converters, txn, reply, http, httpMessage, channel, filter, act,
		appletHTTP, appletTCP, socket, httpClient, regex, mapClass, patref, stickTable, certCache,
	}
}

// since returns the version of a member.
func (c *Class) since(m *Member) string {
	switch {
	case m.Since != "":
		return m.Since
	case c.Since != "":
		return c.Since
	}
	return Reference
}
