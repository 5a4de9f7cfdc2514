package config

import (
	"strconv"

	"tidelock/proxy/config/syntax"
	"tidelock/proxy/variable"
)

// variableLimit makes the parser of a limit of the memory of variables, in bytes; 0 is none. As in HAProxy nothing is 0, and
// further words say nothing.
func variableLimit(field func(*variable.Limits) *int) parseFunc {
	return func(p *parser, s syntax.Statement) {
		n, err := strconv.Atoi(s.Argument(0))
		if err != nil && s.Argument(0) != "" {
			p.failf(s, "%s: '%s' is an invalid size", s.Keyword(), s.Argument(0))
			return
		}
		*field(&p.Global.VariableLimits) = n
	}
}
