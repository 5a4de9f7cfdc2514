package sample

import (
	"fmt"

	"tidelock/proxy/value"
)

// tcpInfoFetches are what the kernel measures of the client's connection (manual, section 7.3.3). Where the system does
// not tell, they find nothing.
var tcpInfoFetches = []Fetch{
	{Name: "fc_fackets", Parameters: optional(String), Output: value.Integer, Source: clientAddress, Prepare: prepareUnit, Get: measured(fackets)},
	{Name: "fc_lost", Parameters: optional(String), Output: value.Integer, Source: clientAddress, Prepare: prepareUnit, Get: measured(lost)},
	{Name: "fc_reordering", Parameters: optional(String), Output: value.Integer, Source: clientAddress, Prepare: prepareUnit, Get: measured(reordering)},
	{Name: "fc_retrans", Parameters: optional(String), Output: value.Integer, Source: clientAddress, Prepare: prepareUnit, Get: measured(retransmits)},
	{Name: "fc_rtt", Parameters: optional(String), Output: value.Integer, Source: clientAddress, Prepare: prepareUnit, Get: measuredTime(roundTrip)},
	{Name: "fc_rttvar", Parameters: optional(String), Output: value.Integer, Source: clientAddress, Prepare: prepareUnit, Get: measuredTime(roundTripVariance)},
	{Name: "fc_sacked", Parameters: optional(String), Output: value.Integer, Source: clientAddress, Prepare: prepareUnit, Get: measured(sacked)},
	{Name: "fc_unacked", Parameters: optional(String), Output: value.Integer, Source: clientAddress, Prepare: prepareUnit, Get: measured(unacked)},
}

// tcpMetric is one of the numbers that the kernel keeps of a connection. Times are in microseconds.
type tcpMetric uint8

const (
	fackets tcpMetric = iota
	lost
	reordering
	retransmits
	roundTrip
	roundTripVariance
	sacked
	unacked
)

// prepareUnit makes the unit a divisor of microseconds.
func prepareUnit(_ *Compiler, a []Argument) error {
	switch a[0].Text {
	case "", "ms":
		a[0].Int = 1000
	case "us":
		a[0].Int = 1
	default:
		return fmt.Errorf("expects 'us' or 'ms', got '%s'", a[0].Text)
	}
	return nil
}

func measured(m tcpMetric) getter {
	return func(c *Context, _ []Argument) value.Value {
		n, ok := c.measure(m)
		if !ok {
			return value.Value{}
		}
		return value.Int(n)
	}
}

func measuredTime(m tcpMetric) getter {
	return func(c *Context, a []Argument) value.Value {
		n, ok := c.measure(m)
		if !ok {
			return value.Value{}
		}
		return value.Int(n / a[0].Int)
	}
}

func (c *Context) measure(m tcpMetric) (int64, bool) {
	if c.Stream.Control == nil {
		return 0, false
	}
	socket := c.Stream.Control.Socket()
	if socket == nil {
		return 0, false
	}
	return tcpInfo(socket, m)
}
