package config

import (
	"os"
	"slices"
	"strings"
	"time"

	"tidelock/proxy/config/syntax"
)

// Resolvers is one resolvers section: the name servers to ask while serving (manual, section 5.3.2).
type Resolvers struct {
	Name        string
	Nameservers []Nameserver
	Hold        Hold
	Retries     int           // queries until a name counts as not resolved
	Resolve     time.Duration // between two resolutions of a name
	Retry       time.Duration // between two queries without a valid answer
	PayloadSize int           // largest answer in bytes
	At          syntax.Position
}

// Nameserver is one server to ask for names.
type Nameserver struct {
	Name    string
	Address Address // Network is "udp..." or "tcp..."
	At      syntax.Position
}

// Hold says for how long a valid answer counts after another kind of answer came.
type Hold struct {
	NX, Refused, Timeout, Other time.Duration
	Valid                       time.Duration // until the next query, for do-resolve
	Obsolete                    time.Duration // until a record that is no longer answered goes
}

// Resolver returns the resolvers section of that name, or nil.
func (c *Configuration) Resolver(name string) *Resolvers {
	if i := named(c.Resolvers, name, func(r *Resolvers) string { return r.Name }); i >= 0 {
		return &c.Resolvers[i]
	}
	return nil
}

var resolversKeywords = []keyword{
	{"accepted_payload_size", inResolvers, parsePayloadSize, Supported},
	{"hold", inResolvers, parseHold, Supported},
	{"nameserver", inResolvers, parseNameserver, Supported},
	{"parse-resolv-conf", inResolvers, parseResolvConf, Supported},
	{"resolve_retries", inResolvers, parseResolveRetries, Supported},
	{"timeout", inResolvers, parseResolversTimeout, Supported},
}

// resolvers <name>
func openResolvers(p *parser, header syntax.Statement) bool {
	name := header.Argument(0)
	if name == "" {
		p.failf(header, "missing name for resolvers section.")
		return false
	}
	if !p.validName(header) {
		return false
	}
	if same := p.Resolver(name); same != nil {
		p.failf(header, "resolvers '%s' has same name as another resolvers (declared at %s).", name, same.At)
		return false
	}
	p.Configuration.Resolvers = append(p.Configuration.Resolvers, Resolvers{
		Name: name, Retries: 3, Resolve: time.Second, Retry: time.Second, PayloadSize: 512, At: header.At(),
		Hold: Hold{NX: 30 * time.Second, Refused: 30 * time.Second, Timeout: 30 * time.Second, Other: 30 * time.Second, Valid: 10 * time.Second},
	})
	return true
}

// nameserver <name> <address>:<port> [<parameter>...]
func parseNameserver(p *parser, s syntax.Statement) {
	if len(s.Words) < 3 {
		p.failf(s, "'nameserver' expects <name> and <addr>[:<port>] as arguments.")
		return
	}
	name := s.Argument(0)
	address, err := parseNameserverAddress(s.Argument(1))
	if err != nil {
		p.failf(s, "'nameserver %s' : %s", name, err)
		return
	}
	p.addNameserver(s, Nameserver{Name: name, Address: address, At: s.At()})
}

// parseNameserverAddress reads an address, which is one of UDP unless it says that it is one of TCP.
func parseNameserverAddress(text string) (Address, error) {
	stream := strings.HasPrefix(text, "tcp")
	addresses, err := parseAddress(strings.TrimPrefix(strings.Replace(text, "udp4@", "ipv4@", 1), "udp@"), portPolicy{mandatory: true, numeric: true})
	if err != nil {
		return Address{}, err
	}
	address := addresses[0]
	if !stream {
		address.Network = strings.Replace(address.Network, "tcp", "udp", 1)
	}
	return address, nil
}

func (p *parser) addNameserver(s syntax.Statement, n Nameserver) {
	section := last(p.Configuration.Resolvers)
	if i := named(section.Nameservers, n.Name, func(n *Nameserver) string { return n.Name }); i >= 0 {
		p.failf(s, "nameserver '%s' has same name as another nameserver (declared at %s).", n.Name, section.Nameservers[i].At)
		return
	}
	section.Nameservers = append(section.Nameservers, n)
}

// resolvConf is where the system keeps its name servers.
const resolvConf = "/etc/resolv.conf"

// parse-resolv-conf
func parseResolvConf(p *parser, s syntax.Statement) {
	content, err := os.ReadFile(resolvConf)
	if err != nil {
		p.failf(s, "failed to open %s.", resolvConf)
		return
	}
	section := last(p.Configuration.Resolvers)
	for line := range strings.Lines(string(content)) {
		words := strings.Fields(line)
		if len(words) < 2 || words[0] != "nameserver" {
			continue
		}
		same := func(n Nameserver) bool { return n.Name == words[1] }
		address := Address{Network: "udp", Host: words[1], Port: 53}
		if !slices.ContainsFunc(section.Nameservers, same) && numericHost(address.Host) {
			section.Nameservers = append(section.Nameservers, Nameserver{Name: words[1], Address: address, At: s.At()})
		}
	}
}

// hold nx|refused|timeout|other|valid|obsolete <time>
func parseHold(p *parser, s syntax.Statement) {
	hold := &last(p.Configuration.Resolvers).Hold
	field := map[string]*time.Duration{
		"nx": &hold.NX, "refused": &hold.Refused, "timeout": &hold.Timeout, "other": &hold.Other, "valid": &hold.Valid, "obsolete": &hold.Obsolete,
	}[s.Argument(0)]
	if s.Argument(1) == "" {
		p.failf(s, "'hold' expects an <event> and a <time> as arguments.\n<event> can be either 'valid', 'nx', 'refused', 'timeout', or 'other'")
		return
	}
	d, ok := p.argumentTime(s, s.Argument(1), "hold")
	switch {
	case !ok:
	case field == nil:
		p.failf(s, "'hold' unknown <event>: '%s', expects either 'nx', 'timeout', 'valid', 'obsolete' or 'other'.", s.Argument(0))
	default:
		*field = d
	}
}

// timeout resolve|retry <time>
func parseResolversTimeout(p *parser, s syntax.Statement) {
	section, name := last(p.Configuration.Resolvers), s.Argument(0)
	field := map[string]*time.Duration{"resolve": &section.Resolve, "retry": &section.Retry}[name]
	switch {
	case name == "":
		p.failf(s, "'timeout' expects 'retry' or 'resolve' and <time> as arguments.")
	case field == nil:
		p.failf(s, "'timeout' expects 'retry' or 'resolve' and <time> as arguments got '%s'.", name)
	case s.Argument(1) == "":
		p.failf(s, "'timeout %s' expects <time> as argument.", name)
	default:
		if d, ok := p.argumentTime(s, s.Argument(1), "timeout "+name); ok {
			*field = d
		}
	}
}

// resolve_retries <number>
func parseResolveRetries(p *parser, s syntax.Statement) {
	if s.Argument(0) == "" {
		p.failf(s, "'resolve_retries' expects <nb> as argument.")
		return
	}
	last(p.Configuration.Resolvers).Retries, _ = decimal(s.Argument(0))
}

// accepted_payload_size <bytes>
func parsePayloadSize(p *parser, s syntax.Statement) {
	const least, most = 12, 65535 // a header of DNS, and what a message can have
	n, ok := decimal(s.Argument(0))
	switch {
	case s.Argument(0) == "":
		p.failf(s, "'accepted_payload_size' expects <nb> as argument.")
	case !ok || n < least || n > most:
		p.failf(s, "'accepted_payload_size' must be between %d and %d inclusive (was %s).", least, most, s.Argument(0))
	default:
		last(p.Configuration.Resolvers).PayloadSize = n
	}
}
