package config

import "tidelock/proxy/config/syntax"

// Filter is one filter line. Package proxy makes filters of them.
type Filter struct {
	Words []syntax.Word // the filter's name and its arguments
	At    syntax.Position
}

// filter <name> [<argument>...]
func parseFilter(p *parser, s syntax.Statement) {
	switch {
	case p.kind == inDefaults:
		p.failTwice(s, "filter is not allowed in a 'default' section.")
	case s.Argument(0) == "":
		p.failTwice(s, "missing argument for 'filter' in proxy '%s'.", p.proxy.Name)
	default:
		p.proxy.Filters = append(p.proxy.Filters, Filter{Words: s.Arguments(), At: s.At()})
	}
}
