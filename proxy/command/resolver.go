package command

import (
	"tidelock/proxy/resolver"
	"tidelock/proxy/runtime"
)

// Nameserver is a line of a resolvers section.
type Nameserver struct {
	Name     string
	Counters *resolver.Counters
}

// Resolvers is a resolvers section.
type Resolvers struct {
	Name        string
	Nameservers []Nameserver
}

// ShowResolvers returns the command about resolvers. The sections are asked for when it runs.
func ShowResolvers(sections func() []Resolvers) []runtime.Command {
	return []runtime.Command{{
		Words: "show resolvers", Usage: "show resolvers [id]",
		Help: "dumps counters from all resolvers section and associated name servers",
		Run:  func(c *runtime.Call) { showResolvers(c, sections()) },
	}}
}

// show resolvers [<section>]
func showResolvers(c *runtime.Call, sections []Resolvers) {
	found := c.Arg(0) == ""
	for _, section := range sections {
		if c.Arg(0) != "" && c.Arg(0) != section.Name {
			continue
		}
		found = true
		c.Printf("Resolvers section %s\n", section.Name)
		for _, n := range section.Nameservers {
			showNameserver(c, n)
		}
	}
	if !found {
		c.Fail("Can't find that resolvers section")
	}
}

func showNameserver(c *runtime.Call, n Nameserver) {
	k := n.Counters
	c.Printf(" nameserver %s:\n", n.Name)
	for _, line := range []struct {
		name  string
		count uint64
	}{
		{"sent", k.Sent.Load()}, {"snd_error", k.SendErrors.Load()}, {"valid", k.Valid.Load()}, {"nx", k.Missing.Load()},
		{"timeout", k.Timeouts.Load()}, {"refused", k.Refused.Load()}, {"other", k.Other.Load()}, {"invalid", k.Invalid.Load()},
		{"too_big", k.TooBig.Load()}, {"truncated", k.Truncated.Load()},
	} {
		c.Printf("  %-12s %d\n", line.name+":", line.count)
	}
}
