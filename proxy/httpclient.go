package proxy

import (
	"context"
	"net"
	"net/netip"

	"tidelock/proxy/config"
	"tidelock/proxy/config/syntax"
	"tidelock/proxy/httpclient"
	"tidelock/proxy/log"
	"tidelock/proxy/tlsconfig"
)

// newHTTPClient returns what sends the scripts' own requests. As in HAProxy these are logged where the process logs.
func (b *builder) newHTTPClient(logger *log.Logger) *httpclient.Client {
	settings := httpclient.Config{Secure: b.clientTLS()}
	if logger.Enabled(log.Info) {
		settings.Log = func(line []byte) { logger.Log(log.Info, line) }
	}
	c := &b.config.Global.HTTPClient
	if c.ResolversAt != (syntax.Position{}) {
		lookup := b.resolverOf(c.Resolvers)
		if lookup == nil {
			b.diags.Alertf(syntax.Position{}, "Proxy '<HTTPCLIENT>': Can't find resolvers section '%s' for do-resolve action.", c.Resolvers)
		} else {
			settings.Lookup = func(ctx context.Context, name string) (netip.Addr, bool) { return lookup(ctx, name, c.PreferIPv4) }
		}
	}
	return httpclient.New(settings)
}

// clientTLS returns what secures the connections of scripts' requests, nil where no authority is known and none was asked
// for.
func (b *builder) clientTLS() func(context.Context, net.Conn, string) (net.Conn, error) {
	c := &b.config.Global.HTTPClient
	asked := c.CAFileAt != syntax.Position{}
	line := config.TLS{Verify: c.Verify, CAFile: c.CAFile}
	if !asked {
		line.CAFile = "@system-ca"
	}
	client, err := tlsconfig.NewClient(nil, line, config.TLS{Verify: config.VerifyRequired}, func(string) {})
	if err != nil {
		if asked {
			b.diags.Alertf(syntax.Position{}, "%s", err)
			b.diags.Alertf(syntax.Position{}, "httpclient: cannot initialize: cannot initialize SSL verify with 'ca-file \"%s\"'.", c.CAFile)
		}
		return nil
	}
	return func(ctx context.Context, nc net.Conn, name string) (net.Conn, error) {
		return client.Handshake(ctx, nc, tlsconfig.Settings{Name: name})
	}
}
