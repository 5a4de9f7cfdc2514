package proxy

import (
	"context"
	"errors"
	"net"
	"strings"
	"time"

	"tidelock/proxy/config"
	"tidelock/proxy/config/syntax"
	"tidelock/proxy/log"
	"tidelock/proxy/logforward"
	"tidelock/proxy/socket"
)

// relay is a log-forward section with what it listens on.
type relay struct {
	logforward.Forwarder
	name      string
	streams   []*binding
	datagrams []*binding // their socket options name networks of datagrams
	secure    map[*binding]func(net.Conn) (net.Conn, error)

	packets []net.PacketConn // one for each of datagrams once they are open
}

// handshakeTime bounds the handshake of those who send log messages over TLS without a timeout being set.
const handshakeTime = 10 * time.Second

func (b *builder) buildRelays() {
	for i := range b.config.LogForwards {
		b.relayWithoutSource(&b.config.LogForwards[i])
		b.relays = append(b.relays, b.buildRelay(&b.config.LogForwards[i]))
	}
}

func (b *builder) buildRelay(section *config.LogForward) *relay {
	r := &relay{name: section.Name, secure: map[*binding]func(net.Conn) (net.Conn, error){}}
	r.MaxConn, r.Timeout = section.MaxConn, section.Timeout
	frontend := &config.Proxy{Name: section.Name, Kind: config.Frontend}
	secured := map[*config.BindSettings]secureFunc{}
	for _, bind := range section.Binds {
		prepared := b.buildBinding(bind, socket.Connection{})
		if prepared == nil {
			continue
		}
		if prepared.socket.Backlog == 0 {
			prepared.socket.Backlog = section.Backlog
		}
		r.streams = append(r.streams, prepared)
		if secure := b.buildTLS(frontend, bind, secured); secure != nil {
			r.secure[prepared] = func(c net.Conn) (net.Conn, error) {
				ctx, cancel := context.WithTimeout(context.Background(), handshakeTime)
				defer cancel()
				encrypted, _, err := secure(ctx, c)
				return encrypted, err
			}
		}
	}
	for i := range section.Datagrams {
		d := &section.Datagrams[i]
		prepared := b.buildBinding(config.Bind{Address: d.Address, Text: d.Text, At: d.At, BindSettings: &d.BindSettings}, socket.Connection{})
		if prepared == nil {
			continue
		}
		prepared.socket.Network = strings.Replace(prepared.socket.Network, "tcp", "udp", 1)
		r.datagrams = append(r.datagrams, prepared)
	}
	targets := section.Logs
	if section.LogGlobal {
		targets = append(targets[:len(targets):len(targets)], b.config.Global.Logs...)
	}
	where := "log server declared in log-forward section '" + section.Name + "'"
	for _, target := range targets {
		for _, opened := range b.logs.logger([]config.Log{target}, "", where).Targets {
			format := log.Format(target.Format)
			if target.Output == config.LogRing {
				format = b.logs.sinks.Find(target.Ring).Format
			}
			r.Outputs = append(r.Outputs, logforward.Output{Target: opened, Format: format})
		}
	}
	return r
}

// openRelays opens what log-forward sections listen on.
func (p *Proxy) openRelays(ctx context.Context) error {
	var failed []error
	for _, r := range p.relays {
		for _, bound := range r.streams {
			l, err := p.options.Listen(ctx, bound.socket)
			if err != nil {
				failed = append(failed, bindError(bound, r.name, err))
				continue
			}
			bound.listener.Listener = l
		}
		for _, bound := range r.datagrams {
			c, err := socket.ListenPacket(ctx, bound.socket)
			if err != nil {
				failed = append(failed, bindError(bound, r.name, err))
				continue
			}
			r.packets = append(r.packets, c)
		}
	}
	return errors.Join(failed...)
}

// serveRelays receives on the open sockets.
func (p *Proxy) serveRelays() {
	report := func(r *relay, err error) {
		if err != nil {
			p.options.Errors.Error("log forwarding failed", "section", r.name, "error", err)
		}
	}
	for _, r := range p.relays {
		for _, bound := range r.streams {
			l := bound.listener.Listener
			bound.listener.Listener = nil // it is the forwarder's now
			p.serving.Go(func() { report(r, r.Serve(l, r.secure[bound])) })
		}
		for _, c := range r.packets {
			p.serving.Go(func() { report(r, r.ServePackets(c)) })
		}
		r.packets = nil
	}
}

// closeRelays closes what was opened and is not served.
func (p *Proxy) closeRelays() {
	for _, r := range p.relays {
		for _, bound := range r.streams {
			if bound.listener.Listener != nil {
				bound.listener.Close()
				bound.listener.Listener = nil
			}
		}
		for _, c := range r.packets {
			c.Close()
		}
		r.packets = nil
	}
}

// relayWithoutSource warns of sections that receive nothing.
func (b *builder) relayWithoutSource(section *config.LogForward) {
	if len(section.Binds)+len(section.Datagrams) == 0 && !b.diags.Has(syntax.Alert) {
		b.diags.Warnf(syntax.Position{}, "frontend '%s' has no 'bind' directive. Please declare it as a backend if this was intended.", section.Name)
	}
}
