package rule

import (
	"net/netip"

	"tidelock/proxy/sample"
	"tidelock/proxy/stream"
	"tidelock/proxy/value"
)

// endpointSide is one of the two addresses of the client's connection.
type endpointSide func(e *stream.Endpoint) *netip.AddrPort

func source(e *stream.Endpoint) *netip.AddrPort      { return &e.Source }
func destination(e *stream.Endpoint) *netip.AddrPort { return &e.Destination }

// set-src|set-dst <expr>
//
// The port stays as long as the family of the address does.
func setAddress(side endpointSide) row {
	return func(p *parser) (action, error) {
		e, err := p.expression()
		if err != nil {
			return nil, err
		}
		return func(c *sample.Context) stream.Verdict {
			v := e.Eval(c).Cast(value.Address, &c.Scratch)
			if !v.Valid() {
				return stream.Continue
			}
			a := side(&c.Stream.Client)
			port := a.Port()
			if a.Addr().Unmap().Is4() != v.Addr.Unmap().Is4() {
				port = 0
			}
			*a = netip.AddrPortFrom(v.Addr, port)
			return stream.Continue
		}, nil
	}
}

// set-src-port|set-dst-port <expr>
//
// What has no address, as a client on a Unix socket, gets that of nobody with the port.
func setPort(side endpointSide) row {
	return func(p *parser) (action, error) {
		e, err := p.expression()
		if err != nil {
			return nil, err
		}
		return func(c *sample.Context) stream.Verdict {
			if n, ok := integer(c, e); ok {
				a := side(&c.Stream.Client)
				address := a.Addr()
				if !address.IsValid() {
					address = netip.IPv4Unspecified()
				}
				*a = netip.AddrPortFrom(address, uint16(n))
			}
			return stream.Continue
		}, nil
	}
}
