package rule

import (
	"fmt"

	"tidelock/proxy/sample"
	"tidelock/proxy/stream"
)

// expect-proxy layer4: the connection begins with a header of the PROXY protocol.
func expectProxy(p *parser) (action, error) {
	if err := layer4(p, "expect-proxy", "frontend"); err != nil {
		return nil, err
	}
	return func(c *sample.Context) stream.Verdict {
		c.Stream.Session.ExpectProxy = true
		return stream.Continue
	}, nil
}

// expect-netscaler-cip layer4: the connection begins with the Client IP header of a NetScaler.
func expectClientIP(p *parser) (action, error) {
	if err := layer4(p, "expect-netscaler-cip", "proxy"); err != nil {
		return nil, err
	}
	return func(c *sample.Context) stream.Verdict {
		c.Stream.Session.ExpectClientIP = true
		return stream.Continue
	}, nil
}

// layer4 takes the word that says where a header is expected.
func layer4(p *parser, name, section string) error {
	if p.accept("layer4") {
		return nil
	}
	layer := ""
	if p.more() {
		layer = p.words[p.at]
	}
	return fmt.Errorf("'tcp-request connection %s' only supports 'layer4' in %s '%s' (got '%s')", name, section, p.Samples.Proxy.Name, layer)
}
