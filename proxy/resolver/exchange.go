package resolver

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"strings"

	"github.com/miekg/dns"
)

// Outcome is how a question ended.
type Outcome uint8

const (
	Resolved Outcome = iota // there is an answer, which may be empty
	NoName                  // nobody has that name
	Refused
	TimedOut
	Failed
)

// exchange asks one server once.
func (r *Resolver) exchange(ctx context.Context, s Server, name string, kind uint16) (*dns.Msg, Outcome) {
	question := new(dns.Msg)
	question.SetQuestion(dns.Fqdn(name), kind)
	if r.settings.PayloadSize > dns.MinMsgSize {
		question.SetEdns0(r.settings.PayloadSize, false)
	}
	client := dns.Client{Net: s.Network, Timeout: r.settings.Retry, UDPSize: r.settings.PayloadSize}
	s.Counters.Sent.Add(1)
	var got *dns.Msg
	conn, err := client.DialContext(ctx, s.Address)
	if err == nil {
		stop := context.AfterFunc(ctx, func() { conn.Close() })
		got, _, err = client.ExchangeWithConnContext(ctx, question, conn)
		stop()
		conn.Close()
	}
	invalid := err == nil && (len(got.Question) != 1 || !strings.EqualFold(got.Question[0].Name, question.Question[0].Name))
	s.Counters.count(got, err, invalid)
	var timeout net.Error
	switch {
	case errors.As(err, &timeout) && timeout.Timeout():
		return nil, TimedOut
	case err != nil || invalid:
		return nil, Failed
	}
	switch got.Rcode {
	case dns.RcodeSuccess:
		return got, Resolved
	case dns.RcodeNameError:
		return nil, NoName
	case dns.RcodeRefused:
		return nil, Refused
	}
	return nil, Failed
}

// addressOf returns the address in a record of one.
func addressOf(record dns.RR) (netip.Addr, bool) {
	switch rr := record.(type) {
	case *dns.A:
		return netip.AddrFromSlice(rr.A.To4())
	case *dns.AAAA:
		return netip.AddrFromSlice(rr.AAAA.To16())
	}
	return netip.Addr{}, false
}
