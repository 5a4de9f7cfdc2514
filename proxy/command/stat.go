package command

import (
	"strconv"
	"time"

	"tidelock/proxy/counter"
	"tidelock/proxy/report"
	"tidelock/proxy/runtime"
)

// Statistics is what is counted.
type Statistics struct {
	Rows    func() []*counter.Row // in the order of "show stat"
	Process *counter.Process
}

// Commands returns the commands that show and clear counters.
func (s *Statistics) Commands() []runtime.Command {
	return []runtime.Command{
		{Words: "clear counters", Usage: "clear counters [all]", Help: "clear max statistics counters (or all counters)",
			Level: runtime.Operator, Run: s.clear},
		{Words: "clear counters all", Level: runtime.Admin, Run: s.clearAll},
		{Words: "show info", Usage: "show info [json|typed|float]*", Help: "report information about the running process", Run: s.showInfo},
		{Words: "show schema json", Usage: "show schema json", Help: "report schema used for stats", Run: func(c *runtime.Call) { c.Printf("%s", report.Schema()) }},
		{Words: "show stat", Usage: "show stat [json|no-maint|typed|up]*", Help: "report counters for each proxy and server", Run: s.showStat},
	}
}

// clear counters
func (s *Statistics) clear(*runtime.Call) {
	for _, row := range s.Rows() {
		row.ClearMaxima()
	}
	s.Process.ClearMaxima()
}

// clear counters all
func (s *Statistics) clearAll(*runtime.Call) {
	for _, row := range s.Rows() {
		row.Clear()
	}
	s.Process.ClearMaxima()
}

// show stat [domain proxy] [<iid>|<proxy> <type> <sid>] [typed|json] [up|no-maint]
func (s *Statistics) showStat(c *runtime.Call) {
	rows := s.Rows()
	if filter, format, ok := parseStat(c, rows); ok {
		report.Stat(c, rows, filter, format, time.Now()) // an error is the connection's
	}
}

func parseStat(c *runtime.Call, rows []*counter.Row) (f report.Filter, format report.Format, ok bool) {
	f = report.Everything
	arguments := c.Args
	if len(arguments) > 0 && arguments[0] == "domain" {
		if c.Arg(1) != "proxy" {
			c.Fail("Invalid statistics domain.")
			return f, format, false
		}
		arguments = arguments[2:]
	}
	if len(arguments) >= 3 {
		if f.ProxyID, ok = proxyNumber(arguments[0], rows); !ok {
			c.Fail("No such proxy.")
			return f, format, false
		}
		f.Kinds, _ = strconv.Atoi(arguments[1])
		f.ID, _ = strconv.Atoi(arguments[2])
		arguments = arguments[3:]
	}
	for _, argument := range arguments {
		switch argument {
		case "typed":
			format = report.Typed
		case "json":
			format = report.JSON
		case "up":
			f.Up = true
		case "no-maint":
			f.NoMaint = true
		}
	}
	return f, format, true
}

// proxyNumber returns the number of a proxy by itself or by its name.
func proxyNumber(text string, rows []*counter.Row) (int, bool) {
	for _, row := range rows {
		if row.Proxy == text {
			return row.ProxyID, true
		}
	}
	n, err := strconv.Atoi(text)
	return n, err == nil
}
