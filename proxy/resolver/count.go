package resolver

import (
	"net"
	"sync/atomic"

	"github.com/miekg/dns"
)

// Counters are what happened to the queries to one name server.
type Counters struct {
	Sent, SendErrors, Valid, Missing, Timeouts, Refused, Other, Invalid, TooBig, Truncated atomic.Uint64
}

// count counts what came of a query: an answer of which the question is the one asked, unless invalid, or an error.
func (c *Counters) count(got *dns.Msg, err error, invalid bool) {
	switch timeout, isNet := err.(net.Error); {
	case isNet && timeout.Timeout():
		c.Timeouts.Add(1)
	case err == dns.ErrBuf:
		c.TooBig.Add(1)
	case err != nil && isNet:
		c.SendErrors.Add(1)
	case err != nil, invalid:
		c.Invalid.Add(1)
	case got.Truncated:
		c.Truncated.Add(1)
	case got.Rcode == dns.RcodeSuccess:
		c.Valid.Add(1)
	case got.Rcode == dns.RcodeNameError:
		c.Missing.Add(1)
	case got.Rcode == dns.RcodeRefused:
		c.Refused.Add(1)
	default:
		c.Other.Add(1)
	}
}
