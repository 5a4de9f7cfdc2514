package config

import (
	"tidelock/proxy/config/syntax"
	"tidelock/proxy/variable"
)

// variableLimit makes the parser of a limit of the memory of variables, in bytes; 0 is none.
func variableLimit(field func(*variable.Limits) *int) parseFunc {
	return func(p *parser, s syntax.Statement) {
		n, ok := decimal(s.Argument(0))
		switch {
		case p.tooMany(s, 1):
		case !ok:
			p.failf(s, "'%s' expects a size in bytes, but got '%s'.", s.Keyword(), s.Argument(0))
		default:
			*field(&p.Global.VariableLimits) = n
		}
	}
}
