package command

import (
	"strings"

	"tidelock/proxy/log"
	"tidelock/proxy/runtime"
)

// Events returns the command about what the process and the traffic left in its sinks.
func Events(sinks *log.Sinks) []runtime.Command {
	return []runtime.Command{{
		Words: "show events", Usage: "show events [<sink>] [-w] [-n]", Help: "show event sink state", Level: runtime.Operator,
		Run: func(c *runtime.Call) { showEvents(c, sinks) },
	}}
}

func showEvents(c *runtime.Call, sinks *log.Sinks) {
	if c.Arg(0) == "" {
		c.Printf("Supported events sinks are listed below. Add -w(wait), -n(new). Any key to stop\n")
		for _, s := range sinks.All() {
			kind := "buffer"
			if s.Ring == nil {
				kind = "fd"
			}
			c.Printf("    %-10s : type=%s, %d dropped, %s\n", s.Name, kind, s.Dropped(), s.Description)
		}
		return
	}
	sink := sinks.Find(c.Arg(0))
	switch {
	case sink == nil:
		c.FailUnended("No such event sink")
		return
	case sink.Ring == nil:
		c.FailUnended("Nothing to report for this sink")
		return
	}
	wait, atEnd := false, false
	for _, option := range c.Args[1:] {
		letters, dashed := strings.CutPrefix(option, "-")
		if !dashed || letters == "" || strings.Trim(letters, "wn") != "" {
			c.FailUnended("unknown option")
			return
		}
		wait = wait || strings.Contains(letters, "w")
		atEnd = atEnd || strings.Contains(letters, "n")
	}
	reader := sink.Ring.Read(atEnd, false)
	defer reader.Close()
	var line []byte
	show := func() {
		ok := true
		for line, ok = reader.Next(line[:0]); ok; line, ok = reader.Next(line[:0]) {
			if _, err := c.Write(append(line, '\n')); err != nil {
				return
			}
		}
	}
	show()
	if wait {
		c.Watch(reader.More(), show)
	}
}
