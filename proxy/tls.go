package proxy

import (
	"context"
	"errors"
	"net"

	"tidelock/proxy/config"
	"tidelock/proxy/config/syntax"
	"tidelock/proxy/stream"
	"tidelock/proxy/tlsconfig"
)

// secureFunc does the TLS handshake of a connection that was accepted.
type secureFunc func(context.Context, net.Conn) (net.Conn, *stream.TLS, error)

// buildTLS prepares the TLS of a bind line, or returns nil when there is none or it is wrong, which is reported.
func (b *builder) buildTLS(section *config.Proxy, bind config.Bind, made map[*config.BindSettings]secureFunc) secureFunc {
	if secure, done := made[bind.BindSettings]; done || !bind.TLS.Enabled {
		return secure
	}
	where := "'bind " + bind.Text + "' in section '" + section.Kind.String() + "' : "
	line := "bind '" + bind.Text + "' at [" + bind.At.String() + "]"
	made[bind.BindSettings] = nil
	if bind.TLS.Versions.Over(b.config.Global.Bind.Versions).Conflict() {
		b.diags.Warnf(syntax.Position{}, "Proxy '%s': no-sslv3/no-tlsv1x are ignored for %s. Use only 'ssl-min-ver' and 'ssl-max-ver' to fix.", section.Name, line)
	}
	listener, err := tlsconfig.NewListener(b.tlsFiles, bind.TLS, b.config.Global.Bind, func(reason string) { b.diags.Warnf(bind.At, "%s%s", where, reason) })
	if err == nil {
		listener.CaptureSize, listener.KeyLog = b.config.Global.CaptureSize, b.config.Global.KeyLog
	}
	if low, ambiguous := bind.TLS.Versions.Over(b.config.Global.Bind.Versions).Ambiguous(); ambiguous {
		b.diags.Warnf(syntax.Position{}, "Proxy '%s': Ambiguous configuration for %s: the ssl-min-ver value is not configured and the ssl-max-ver value "+
			"is lower than the default ssl-min-ver value (TLSv1.2). Setting the ssl-min-ver to %s. Use 'ssl-min-ver' to fix this.", section.Name, line, low)
	}
	var wrongLine tlsconfig.LineError
	var wrongFile *tlsconfig.FileError
	switch {
	case err == nil:
		made[bind.BindSettings] = listener.Handshake
		return listener.Handshake
	case errors.As(err, &wrongLine):
		b.diags.Alertf(syntax.Position{}, "Proxy '%s': %s %s%s", section.Name, wrongLine, line, wrongLine.End())
	case errors.As(err, &wrongFile):
		b.diags.Alertf(syntax.Position{}, "%s", wrongFile)
		b.diags.Alertf(bind.At, "%s'ca-file' : unable to load %s", where, wrongFile.Path)
	default:
		b.diags.Alertf(bind.At, "%s%s", where, err)
	}
	return nil
}
