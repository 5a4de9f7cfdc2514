package main

import (
	"cmp"
	"fmt"
	"io"

	"tidelock/proxy"
	"tidelock/proxy/config"
)

// describeJoin says why two registrations share memory, or what is cut.
func describeJoin(j config.Join) string {
	first, second := describeRegistration(j.First), describeRegistration(j.Second)
	switch cut := j.First.Isolation == config.IsolationRegistration; {
	case !j.Variable && cut:
		return fmt.Sprintf("%s sees nothing of what %s may do: %s (%s:%d)", second, first, j.What, j.File, j.Line)
	case !j.Variable:
		return fmt.Sprintf("%s and %s share memory: the first may do anything: %s (%s:%d)", first, second, j.What, j.File, j.Line)
	case cut:
		return fmt.Sprintf("%s does not see how %s changes '%s' (%s:%d)", second, first, j.What, j.File, j.Line)
	}
	return fmt.Sprintf("%s and %s share memory: the first changes '%s' (%s:%d), the second reads it", first, second, j.What, j.File, j.Line)
}

func describeRegistration(r config.Registration) string {
	return fmt.Sprintf("%s '%s'", r.Kind, cmp.Or(r.Name, fmt.Sprintf("%s:%d", r.File, r.Line)))
}

func printJoins(w io.Writer, joins []config.Join) error {
	for _, j := range joins {
		if _, err := fmt.Fprintln(w, describeJoin(j)); err != nil {
			return err
		}
	}
	return nil
}

// logJoins tells at the start which registrations share memory. What an isolation cuts in two that the operator asked for
// is a warning: the script was written for another.
func (p *program) logJoins(built *proxy.Proxy) {
	for _, j := range built.Joins() {
		if j.First.Isolation == config.IsolationRegistration {
			p.log.Warn(describeJoin(j))
		} else if !p.asHAProxy {
			p.log.Info(describeJoin(j))
		}
	}
}
