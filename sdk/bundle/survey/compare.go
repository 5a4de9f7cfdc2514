package survey

import (
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"

	"tidelock/sdk/bundle"
)

// Compare says what a manifest does not list and the scripts need, and the other way round, for registrations. A computed
// value is fine as soon as the manifest lists anything of its field: somebody has thought of it.
func (s *Survey) Compare(m bundle.Manifest) []string {
	var warnings []string
	warn := func(format string, arguments ...any) {
		if text := fmt.Sprintf(format, arguments...); !slices.Contains(warnings, text) {
			warnings = append(warnings, text)
		}
	}
	for _, n := range s.Missing() {
		warn("%s: requires the module '%s', which is not in the bundle", n.Place, n.Value)
	}
	for _, n := range s.Needs {
		switch {
		case n.Field == "require":
			if n.Value == "" {
				warn("%s: requires a module whose name only a run can tell", n.Place)
			}
		case n.Field == "registrations":
			if r := (bundle.Registration{Kind: n.Kind, Name: n.Value}); n.Value == "" && n.Kind != "task" {
				if !slices.ContainsFunc(m.Registrations, func(r bundle.Registration) bool { return r.Kind == n.Kind }) {
					warn("%s: registers something whose name only a run can tell: list the %s in registrations", n.Place, n.Kind)
				}
			} else if !slices.Contains(m.Registrations, r) {
				warn("%s: registers the %s '%s', which registrations do not list", n.Place, n.Kind, n.Value)
			}
		case n.Value == "":
			if len(m.Capabilities.Values(n.Field)) == 0 {
				warn("%s: %s with a value that only a run can tell: list it in capabilities.%s", n.Place, n.Call, n.Field)
			}
		case !covered(m.Capabilities, n):
			warn("%s: %s needs '%s' in capabilities.%s", n.Place, n.Call, n.Value, n.Field)
		}
	}
	found := s.Registrations()
	for _, r := range m.Registrations {
		if !slices.Contains(found, r) && !s.computes(r.Kind) {
			warn("registrations list the %s '%s', which no script registers", r.Kind, r.Name)
		}
	}
	return warnings
}

// computes reports whether a script registers something of a kind under a computed name.
func (s *Survey) computes(kind string) bool {
	return slices.ContainsFunc(s.Needs, func(n Need) bool { return n.Kind == kind && n.Value == "" })
}

// covered reports whether a manifest lists what is needed.
func covered(c bundle.Capabilities, n Need) bool {
	if n.Field == "network" {
		return reaches(c, n.Value)
	}
	return c.Allows(n.Field)(n.Value)
}

func reaches(c bundle.Capabilities, destination string) bool {
	host, service, err := net.SplitHostPort(destination)
	if err != nil {
		return false
	}
	port, err := strconv.ParseUint(service, 10, 16)
	if err != nil {
		return false
	}
	if address, err := netip.ParseAddr(host); err == nil {
		return c.AllowsAddress(netip.AddrPortFrom(address, uint16(port)))
	}
	return c.AllowsName(host, uint16(port))
}
