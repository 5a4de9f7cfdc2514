package rule

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"tidelock/proxy/sample"
	"tidelock/proxy/stream"
	"tidelock/proxy/value"
)

// Resolver asks for addresses of names. It reports false when there is none, or ctx ended before.
type Resolver func(ctx context.Context, name string, ipv4 bool) (netip.Addr, bool)

func init() { register(entry{"do-resolve(", slices.Concat(inContent, inRequest), doResolve}) }

// do-resolve(<var>,<resolvers>[,ipv4|ipv6]) <expr>
//
// A name without an address leaves the variable as it is.
func doResolve(p *parser) (action, error) {
	usage := fmt.Errorf("Can't parse '%s'. Expects 'do-resolve(<varname>,<resolvers>[,<options>]) <expr>'. Available options are 'ipv4' and 'ipv6'", p.words[0])
	arguments := strings.Split(p.argument, ",")
	if len(arguments) < 2 || len(arguments) > 3 || !p.more() {
		return nil, usage
	}
	ipv4 := false
	if len(arguments) == 3 {
		switch arguments[2] {
		case "ipv4":
			ipv4 = true
		case "ipv6":
		default:
			return nil, usage
		}
	}
	v, err := sample.Intern(arguments[0])
	if err != nil {
		return nil, err
	}
	var resolve Resolver
	if p.Resolver != nil {
		resolve = p.Resolver(arguments[1])
	}
	if resolve == nil {
		return nil, fmt.Errorf("Can't find resolvers section '%s' for do-resolve action", arguments[1])
	}
	e, err := p.expression()
	if err != nil {
		return nil, err
	}
	return func(c *sample.Context) stream.Verdict {
		name := e.EvalString(c)
		if !name.Valid() {
			return stream.Continue
		}
		if address, ok := resolve(c.Stream.Context, string(name.Data), ipv4); ok {
			v.Set(c.Stream, value.Addr(address))
		}
		return stream.Continue
	}, nil
}
