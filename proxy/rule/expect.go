package rule

import (
	"fmt"

	"tidelock/proxy/sample"
	"tidelock/proxy/stream"
)

// expect-proxy layer4: the connection begins with a header of the PROXY protocol.
func expectProxy(p *parser) (action, error) {
	if !p.accept("layer4") {
		layer := ""
		if p.more() {
			layer = p.words[p.at]
		}
		return nil, fmt.Errorf("'tcp-request connection expect-proxy' only supports 'layer4' in %s '%s' (got '%s')", "frontend", p.Samples.Proxy.Name, layer)
	}
	return func(c *sample.Context) stream.Verdict {
		c.Stream.Session.ExpectProxy = true
		return stream.Continue
	}, nil
}
