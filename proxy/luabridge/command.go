package luabridge

import (
	"context"
	"io"
	"strings"

	"tidelock/abi"
	"tidelock/host"
	"tidelock/proxy/log"
	"tidelock/proxy/runtime"
	"tidelock/proxy/stream"
)

// addCommands adds what scripts registered by core.register_cli to the runtime API.
func (m *image) addCommands() {
	for _, r := range m.Registrations() {
		if r.Kind != kindCommand {
			continue
		}
		m.bridge.addCommand(r, func(c *runtime.Call) { m.runCommand(r, c) })
	}
}

// addCommands adds those of the bundle. What a later generation registers beside them, only the next start has.
func (u *bundle) addCommands() {
	for _, r := range u.current.Registrations() {
		if r.Kind != kindCommand {
			continue
		}
		bound, err := place{bundle: u, wanted: wanted{kind: kindCommand, name: r.Name}}.slot()
		if err != nil {
			continue // r itself is what it leads to
		}
		u.bridge.addCommand(r, func(c *runtime.Call) {
			t := bound.enter()
			defer t.leave()
			t.runCommand(t.registration, c)
		})
	}
}

func (b *Bridge) addCommand(r *host.Registration, run func(*runtime.Call)) {
	options := abi.NewReader(r.Options)
	if err := b.config.Plane.Commands.Add(runtime.Command{Words: r.Name, Usage: string(options.Next().Bytes), Run: run}); err != nil {
		b.config.Log(b.life, log.Warning, "core.register_cli: "+err.Error())
	}
}

// runCommand runs a command's function with all words of the line.
func (m *image) runCommand(r *host.Registration, c *runtime.Call) {
	ctx, end := context.WithCancel(context.Background())
	defer end()
	defer c.AfterClose(end)()
	a := applets.Get().(*applet)
	defer a.release()
	a.client = &console{call: c, input: strings.NewReader(c.Payload), stream: newCommandStream(ctx)}
	a.exchange.begin(a.client.Stream(), 0)
	x := r.Begin(ctx, a)
	defer x.End()
	handle, err := x.Hold(a)
	if err == nil {
		x.Arguments.Handle(handle)
		for _, word := range append(strings.Fields(r.Name), c.Args...) {
			x.Arguments.String(word)
		}
		err = a.exchange.outcome(x.Run())
	}
	if err != nil && a.gone == nil {
		m.failed(nil, "Lua cli '<lua.cli."+strings.ReplaceAll(r.Name, " ", ".")+">'", err)
	}
}

// console is the client of the runtime API as an applet sees it: it reads the payload and writes the answer.
type console struct {
	call   *runtime.Call
	input  io.Reader
	stream *stream.Stream
}

var _ stream.Applet = (*console)(nil)

// Read implements stream.Applet.
func (c *console) Read(b []byte) (int, error) { return c.input.Read(b) }

// Write implements stream.Applet.
func (c *console) Write(b []byte) (int, error) { return c.call.Write(b) }

// Flush implements stream.Applet. The session sends what was written when the command ends, or when it is much.
func (c *console) Flush() error { return nil }

// Ready implements stream.Applet: a much longer answer is sent while it is written.
func (c *console) Ready(int) bool { return false }

// StartResponse implements stream.Applet; a command is not one of HTTP.
func (c *console) StartResponse() error { return nil }

// Stream implements stream.Applet.
func (c *console) Stream() *stream.Stream { return c.stream }

// newCommandStream returns an exchange for a command to keep its variables in.
func newCommandStream(ctx context.Context) *stream.Stream {
	section := &stream.Proxy{Name: "GLOBAL"}
	return &stream.Stream{
		Session: &stream.Session{Frontend: section, Listener: &stream.Listener{}}, Frontend: section, Context: ctx,
		Record: stream.NewRecord(),
	}
}
