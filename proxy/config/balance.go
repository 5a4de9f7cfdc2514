package config

import (
	"slices"
	"strings"

	"tidelock/proxy/config/syntax"
)

// Balance is how a backend chooses a server.
type Balance struct {
	Algorithm  string        // as the configuration names it, without arguments; "" for none
	Name       string        // of the header, parameter or cookie
	DomainOnly bool          // hdr: only the main part of a domain name
	CheckPost  bool          // url_param: in the body of a POST request, too
	Whole      bool          // uri: with the query string
	PathOnly   bool          // uri: from the path's first slash on
	Length     int           // uri: so many bytes of it; 0 for all
	Depth      int           // uri: so many levels of it; 0 for all
	Draws      int           // random
	Expression []syntax.Word // hash
	At         syntax.Position
}

// HashType is how keys are mapped to servers.
type HashType struct {
	Consistent bool
	Function   string // "" for the default
	Avalanche  bool
	Factor     int // hash-balance-factor: a server's share of the load at most, in percent; 0 for any
}

// balanceList is what HAProxy says that balance supports.
const balanceList = "balance only supports 'roundrobin', 'static-rr', 'leastconn', 'source', 'uri', 'url_param', 'hdr(name)' and 'rdp-cookie(name)' options."

// balance <algorithm> [<argument>...]
func parseBalance(p *parser, s syntax.Statement) {
	name, argument, hasArgument := strings.Cut(s.Argument(0), "(")
	argument = strings.TrimSuffix(argument, ")")
	b := Balance{Algorithm: name, At: s.At()}
	ok := true
	switch name {
	case "":
		b.Algorithm = "roundrobin"
	case "roundrobin", "static-rr", "leastconn", "first", "source":
		ok = !p.tooMany(s, 1)
	case "random":
		b.Draws = 2
		if hasArgument {
			n, isNumber := decimal(argument)
			if !isNumber || n < 1 {
				p.failf(s, "balance random : number of draws must be at least 1.")
				return
			}
			b.Draws = n
		}
	case "uri":
		ok = p.balanceURI(s, &b)
	case "url_param":
		if b.Name = s.Argument(1); b.Name == "" {
			p.failf(s, "balance url_param requires an URL parameter name.")
			return
		}
		if b.CheckPost = s.Argument(2) == "check_post"; !b.CheckPost && s.Argument(2) != "" {
			p.failf(s, "balance url_param only accepts 'check_post' modifier (got '%s').", s.Argument(2))
			return
		}
	case "hash":
		if b.Expression = s.Words[min(2, len(s.Words)):]; len(b.Expression) == 0 {
			p.failf(s, "balance hash requires a sample expression.")
			return
		}
	case "hdr":
		if b.Name = argument; !hasArgument || argument == "" {
			p.failf(s, balanceList)
			return
		}
		if b.DomainOnly = s.Argument(1) == "use_domain_only"; s.Argument(1) != "" && !b.DomainOnly {
			p.failf(s, "balance hdr(name) only supports 'use_domain_only' (got '%s').", s.Argument(1))
			return
		}
	case "rdp-cookie":
		b.Name = "mstshash"
		if argument != "" {
			b.Name = argument
		}
	default:
		p.failf(s, balanceList)
		return
	}
	if ok {
		p.proxy.Balance = b
	}
}

// balanceURI reads the parameters of balance uri.
func (p *parser) balanceURI(s syntax.Statement, b *Balance) bool {
	for i := 1; s.Argument(i) != ""; i++ {
		switch name := s.Argument(i); name {
		case "whole":
			b.Whole = true
		case "path-only":
			b.PathOnly = true
		case "len", "depth":
			i++
			n, ok := decimal(s.Argument(i))
			if !ok || n <= 0 {
				p.failf(s, "balance uri : '%s' expects a positive integer (got '%s').", name, s.Argument(i))
				return false
			}
			if name == "len" {
				b.Length = n
			} else {
				b.Depth = n
			}
		default:
			p.failf(s, "balance uri only accepts parameters 'len', 'depth', 'path-only', and 'whole' (got '%s').", name)
			return false
		}
	}
	return true
}

// hash-type map-based|consistent [<function>] [avalanche]
func parseHashType(p *parser, s syntax.Statement) {
	var h HashType
	switch method := s.Argument(0); method {
	case "consistent":
		h.Consistent = true
	case "map-based":
	case "avalanche":
		p.failf(s, "experimental feature '%s %s' is not supported anymore, please use '%s map-based sdbm avalanche' instead.",
			s.Keyword(), method, s.Keyword())
		return
	default:
		p.failf(s, "'hash-type' only supports 'consistent' and 'map-based'.")
		return
	}
	h.Function = s.Argument(1)
	switch h.Function {
	case "":
		h.Avalanche = h.Consistent // the default of consistent hashing
	case "sdbm", "djb2", "crc32":
	case "wt6":
		p.failf(s, "'hash-type' with 'wt6' is not supported by this version: it is specified nowhere.")
		return
	default:
		p.failf(s, "'hash-type' only supports 'sdbm', 'djb2', 'crc32', or 'wt6' hash functions.")
		return
	}
	switch s.Argument(2) {
	case "":
	case "avalanche":
		h.Avalanche = true
	default:
		p.failf(s, "'hash-type' only supports 'avalanche' as a modifier for hash functions.")
		return
	}
	h.Factor = p.proxy.HashType.Factor
	p.proxy.HashType = h
}

// hash-balance-factor <percent>
func parseHashBalanceFactor(p *parser, s syntax.Statement) {
	switch factor := leading(s.Argument(0)); {
	case s.Argument(0) == "":
		p.failf(s, "'hash-balance-factor' expects an integer argument.")
	case factor != 0 && factor <= 100:
		p.failf(s, "'hash-balance-factor' must be 0 or greater than 100.")
	default:
		p.proxy.HashType.Factor = factor
	}
}

// retryConditions are the keywords of retry-on, besides none.
var retryConditions = []string{
	"conn-failure", "empty-response", "response-timeout", "junk-response", "0rtt-rejected", "all-retryable-errors",
	"401", "403", "404", "408", "425", "500", "501", "502", "503", "504",
}

// retry-on <condition>...
func parseRetryOn(p *parser, s syntax.Statement) {
	conditions := syntax.Texts(s.Arguments())
	if len(conditions) == 0 {
		p.failf(s, "'retry-on' needs at least one keyword to specify when to retry")
		return
	}
	if slices.Contains(conditions, "none") {
		if len(conditions) > 1 {
			p.failf(s, "'retry-on' 'none' keyworld only usable alone")
			return
		}
		p.proxy.RetryOff, p.proxy.RetryOn = true, nil
		return
	}
	for _, c := range conditions {
		if !slices.Contains(retryConditions, c) {
			p.failf(s, "'retry-on': unknown keyword '%s'", c)
			return
		}
	}
	p.proxy.RetryOff, p.proxy.RetryOn = false, conditions
}

// fullconn <connections>
func parseFullConn(p *parser, s syntax.Statement) {
	if s.Argument(0) == "" {
		p.failf(s, "'fullconn' expects an integer argument.")
		return
	}
	if !p.tooMany(s, 1) {
		p.proxy.FullConn = max(leading(s.Argument(0)), 0)
	}
}
