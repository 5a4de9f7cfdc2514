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

// BindService implements stream.Scripts.
func (b *Bridge) BindService(mode stream.Mode, name string) (stream.Service, error) {
	r, m := b.registration(kindService, name)
	if r == nil {
		return nil, fmt.Errorf("unknown service 'lua.%s'", name)
	}
	wanted := "tcp"
	if mode == stream.ModeHTTP {
		wanted = "http"
	}
	options := abi.NewReader(r.Options)
	if registered := string(options.Next().Bytes); registered != wanted {
		return nil, fmt.Errorf("service 'lua.%s' is registered for mode '%s', not for '%s'", name, registered, wanted)
	}
	return &service{r, m, fmt.Sprintf("Lua applet %s '<lua.%s>'", wanted, name)}, nil
}

var applets = sync.Pool{New: func() any { return &applet{exchange: new(transaction)} }}

// Serve implements stream.Service.
func (v *service) Serve(client stream.Applet) error {
	a := applets.Get().(*applet)
	defer a.release()
	a.client = client
	s := client.Stream()
	a.exchange.begin(s, 0)
	x := v.registration.Begin(contextOf(s), a)
	defer x.End()
	handle, err := x.Hold(a)
	if err != nil {
		return err
	}
	x.Arguments.Handle(handle)
	err = a.exchange.outcome(x.Run())
	if err != nil && a.gone == nil {
		v.image.failed(s, v.label, err)
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
