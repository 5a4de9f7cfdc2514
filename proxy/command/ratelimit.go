package command

import "tidelock/proxy/runtime"

// rateLimits are the words of the bounds that can be changed, and what they bound.
var rateLimits = [][2]string{
	{"connections", "the per-process maximum connection rate"},
	{"sessions", "the per-process maximum session rate"},
	{"ssl-sessions", "the per-process maximum SSL session rate"},
	{"http-compression", "the per-process maximum compression speed in kB/s"},
}

// RateLimits returns the commands that bound how fast things happen. Set changes the bound of a word; 0 is none.
func RateLimits(set map[string]func(limit int)) []runtime.Command {
	usage := "'set rate-limit' only supports :\n"
	for _, limit := range rateLimits {
		usage += "   - '" + limit[0] + " global' to set " + limit[1] + "\n"
	}
	return []runtime.Command{{
		Words: "set rate-limit", Usage: "set rate-limit <setting> <value>", Help: "change a rate limiting value", Level: runtime.Admin,
		Run: func(c *runtime.Call) {
			change := set[c.Arg(0)]
			n := leadingNumber(c.Arg(2))
			switch {
			case change == nil || c.Arg(1) != "global":
				c.Report("%s", usage)
			case c.Arg(2) == "":
				c.Report("Expects an integer value.")
			case n < 0:
				c.Report("Value out of range.")
			default:
				change(n)
			}
		},
	}}
}
