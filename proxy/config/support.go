package config

import "tidelock/proxy/config/syntax"

// Support says how much of a keyword works.
type Support uint8

const (
	Supported Support = iota
	NoEffect          // accepted: it tunes or describes, and the traffic is the same without it
	Ignored           // left out with a warning
	Refused           // an error, since the traffic would not be what the configuration asks for
)

// tell reports what does not work of what, which is a quoted keyword.
func (p *parser) tell(s syntax.Statement, support Support, what string) {
	switch support {
	case Ignored:
		p.warnf(s, "%s is not supported yet by this version and has no effect.", what)
	case Refused:
		p.failf(s, "%s is not supported yet by this version.", what)
	}
}
