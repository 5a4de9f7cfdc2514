package config

import (
	"encoding/binary"
	"fmt"
	"math/bits"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"tidelock/proxy/config/syntax"
)

// ForwardFor is option forwardfor.
type ForwardFor struct {
	Enabled bool
	Header  string
	Except  netip.Prefix // sources for which no header is added
	IfNone  bool         // do not add to a header that is there
}

// OriginalTo is option originalto.
type OriginalTo struct {
	Enabled bool
	Header  string
	Except  netip.Prefix // destinations for which no header is added
}

// HeaderNames says what becomes of request headers whose names are not made of letters, digits and "-".
type HeaderNames string

const (
	PreserveNames HeaderNames = "preserve"
	RejectNames   HeaderNames = "reject"
	DeleteNames   HeaderNames = "delete"
)

// option httplog [clf]
func parseHTTPLog(p *parser, s syntax.Statement) {
	clf := s.Argument(1) == "clf"
	if s.Argument(1) != "" && !clf || len(s.Words) > 3 {
		p.failf(s, "keyword 'httplog' only supports option 'clf'.")
		return
	}
	style := LogStyleHTTP
	if clf {
		style = LogStyleCLF
	}
	p.proxy.setLogStyle(style, s.At())
}

// option tcplog
func parseTCPLog(p *parser, s syntax.Statement) {
	if p.noArguments(s) {
		p.proxy.setLogStyle(LogStyleTCP, s.At())
	}
}

// option tcpka
func parseKeepalive(p *parser, s syntax.Statement) {
	if p.noArguments(s) {
		p.proxy.ClientKeepalive, p.proxy.ServerKeepalive = true, true
	}
}

// [no] option redispatch [<interval>]
func parseRedispatch(p *parser, s syntax.Statement) {
	p.proxy.Redispatch = 0
	if s.Negation != "" {
		return
	}
	p.proxy.Redispatch = -1
	if n, err := strconv.Atoi(s.Argument(1)); err == nil {
		p.proxy.Redispatch = n // as in HAProxy, what is no number counts for nothing
	}
}

// option http-restrict-req-hdr-names preserve|reject|delete
func parseRestrictNames(p *parser, s syntax.Statement) {
	value := HeaderNames(s.Argument(1))
	const expected = "option 'http-restrict-req-hdr-names' expects 'preserve', 'reject' or 'delete' option."
	switch {
	case value == "":
		p.failf(s, "missing parameter. %s", expected)
	case !slices.Contains([]HeaderNames{PreserveNames, RejectNames, DeleteNames}, value):
		p.failf(s, "invalid parameter '%s'. %s", value, expected)
	case !p.tooMany(s, 2):
		p.proxy.HeaderNames = value
	}
}

// option forwardfor [except <network>] [header <name>] [if-none]
func parseForwardFor(p *parser, s syntax.Statement) {
	result := ForwardFor{Enabled: true, Header: "x-forwarded-for"}
	for i := 1; i < len(s.Words)-1; i++ {
		switch name := s.Argument(i); {
		case name == "if-none":
			result.IfNone = true
		case name != "except" && name != "header":
			p.failf(s, "'option forwardfor' only supports optional values: 'except', 'header' and 'if-none'.")
			return
		default:
			if i++; !p.addressHeader(s, i, &result.Header, &result.Except) {
				return
			}
		}
	}
	p.proxy.ForwardFor = result
}

// option originalto [except <network>] [header <name>]
func parseOriginalTo(p *parser, s syntax.Statement) {
	result := OriginalTo{Enabled: true, Header: "x-original-to"}
	for i := 1; i < len(s.Words)-1; i += 2 {
		if name := s.Argument(i); name != "except" && name != "header" {
			p.failf(s, "'option originalto' only supports optional values: 'except' and 'header'.")
			return
		}
		if !p.addressHeader(s, i+1, &result.Header, &result.Except) {
			return
		}
	}
	p.proxy.OriginalTo = result
}

// addressHeader reads the value of "except" or "header", which is argument i.
func (p *parser) addressHeader(s syntax.Statement, i int, header *string, except *netip.Prefix) bool {
	value := s.Argument(i)
	if s.Argument(i-1) == "header" {
		if value == "" {
			p.failf(s, "'option %s header' expects <header_name> as argument.", s.Argument(0))
		}
		*header = value
		return value != ""
	}
	prefix, err := parsePrefix(value)
	if err != nil {
		p.failf(s, "'option %s except' expects <address>[/mask] as argument.", s.Argument(0))
	}
	*except = prefix
	return err == nil
}

// parsePrefix reads a network, or one address. The mask may be a number of bits, or an address.
func parsePrefix(text string) (netip.Prefix, error) {
	host, mask, hasMask := strings.Cut(text, "/")
	address, err := netip.ParseAddr(host)
	if err != nil {
		return netip.Prefix{}, err
	}
	if !hasMask {
		return address.Prefix(address.BitLen())
	}
	if netmask, err := netip.ParseAddr(mask); err == nil && netmask.Is4() && address.Is4() {
		four := netmask.As4()
		inverse := ^binary.BigEndian.Uint32(four[:])
		if inverse&(inverse+1) != 0 {
			return netip.Prefix{}, fmt.Errorf("mask '%s' has gaps", mask)
		}
		return address.Prefix(bits.LeadingZeros32(inverse))
	}
	length, err := strconv.Atoi(mask)
	if err != nil {
		return netip.Prefix{}, err
	}
	return address.Prefix(length)
}
