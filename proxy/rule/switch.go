package rule

import (
	"fmt"
	"slices"

	"tidelock/proxy/stream"
)

// switch-mode http [proto <name>]
func switchMode(p *parser) (action, error) {
	switch {
	case !p.more():
		return nil, fmt.Errorf("'tcp-request switch-mode' expects a mode as argument")
	case p.words[p.at] != "http":
		return nil, fmt.Errorf("'tcp-request switch-mode' expects a valid mode (got '%s')", p.words[p.at])
	}
	p.at++
	if p.accept("proto") {
		if !p.more() {
			return nil, fmt.Errorf("'tcp-request switch-mode': 'proto' expects a protocol as argument")
		}
		if proto := p.take(); !slices.Contains([]string{"h1", "h2"}, proto) {
			p.at--
			return nil, fmt.Errorf("'tcp-request switch-mode': 'proto' expects a valid MUX protocol, if specified (got '%s')", proto)
		} else if proto == "h2" {
			p.at--
			return nil, fmt.Errorf("'tcp-request switch-mode': protocol 'h2' is not supported yet by this version")
		}
	}
	return always(stream.SwitchHTTP), nil
}
