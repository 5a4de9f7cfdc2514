package luabridge

import (
	"fmt"
	"sync"

	"tidelock/abi"
	"tidelock/host"
	"tidelock/proxy/stream"
)

// service is a script's function that answers in the place of a server.
type service struct {
	registration *host.Registration
	image        *image
	label        string // that its failures are logged under
}

// bundledService is one that another generation of its bundle may replace.
type bundledService struct {
	slot  *slot
	label string
}

// BindService implements stream.Scripts.
func (b *Bridge) BindService(mode stream.Mode, name string) (stream.Service, error) {
	mine := "tcp"
	if mode == stream.ModeHTTP {
		mine = "http"
	}
	accept := func(r *host.Registration) error {
		options := abi.NewReader(r.Options)
		if registered := string(options.Next().Bytes); registered != mine {
			return fmt.Errorf("service 'lua.%s' is registered for mode '%s', not for '%s'", name, registered, mine)
		}
		return nil
	}
	found, err := b.lookup(wanted{kind: kindService, name: name, accept: accept})
	label := fmt.Sprintf("Lua applet %s '<lua.%s>'", mine, name)
	switch {
	case err != nil:
		return nil, err
	case found.registration == nil:
		return nil, fmt.Errorf("unknown service 'lua.%s'", name)
	case found.bundle == nil:
		return &service{found.registration, found.image, label}, accept(found.registration)
	}
	bound, err := found.slot()
	return &bundledService{bound, label}, err
}

// Serve implements stream.Service.
func (v *bundledService) Serve(client stream.Applet) error {
	t := v.slot.enter()
	defer t.leave()
	return t.serve(t.registration, client, v.label)
}

// Serve implements stream.Service.
func (v *service) Serve(client stream.Applet) error {
	return v.image.serve(v.registration, client, v.label)
}

var applets = sync.Pool{New: func() any { return &applet{exchange: new(transaction)} }}

// serve runs a service.
func (m *image) serve(r *host.Registration, client stream.Applet, label string) error {
	a := applets.Get().(*applet)
	defer a.release()
	a.client = client
	s := client.Stream()
	a.exchange.begin(s, 0)
	x := r.Begin(contextOf(s), a)
	defer x.End()
	handle, err := x.Hold(a)
	if err != nil {
		return err
	}
	x.Arguments.Handle(handle)
	err = a.exchange.outcome(x.Run())
	if err != nil && a.gone == nil {
		m.failed(s, label, err)
	}
	return err
}

func (a *applet) release() {
	a.exchange.reset()
	*a = applet{exchange: a.exchange, received: a.received[:0], sending: a.sending[:0]}
	if cap(a.received)+cap(a.sending) > maxKept {
		a.received, a.sending = nil, nil
	}
	applets.Put(a)
}

// maxKept bounds the bytes that an applet keeps for the next exchange.
const maxKept = 64 << 10
