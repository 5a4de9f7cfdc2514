package luabridge

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"tidelock/abi"
	"tidelock/host"
	"tidelock/proxy/http1"
	"tidelock/proxy/stream"
)

// appletFunctions are the methods that AppletHTTP and AppletTCP share. They wait for the client.
var appletFunctions = host.Functions{
	"applet.getline": getLine,
	"applet.receive": receive,
	"applet.send":    send,
}

const (
	readSize   = 16 << 10
	maxReceive = 64 << 20 // bytes of one result
)

// errReceiveTooLarge is what a script gets that would hold more of what the client sends than there is room for.
var errReceiveTooLarge = fmt.Errorf("more than %d bytes received at once", maxReceive)

// errNotStarted has HAProxy's words.
var errNotStarted = errors.New("Lua: 'send' you must call start_response() before sending data.")

// applet is what the handle of an AppletHTTP or AppletTCP object stands for. By its transaction, samples,
// variables and the private value work as those of a TXN.
type applet struct {
	exchange *transaction
	client   stream.Applet
	started  bool   // the response's headers were sent; HTTP only
	received []byte // read from the client, not yet by the script
	sending  []byte // what the script sends now
	gone     error  // why the client can be reached no more
}

func (a *applet) transaction() *transaction { return a.exchange }

// maxUnsent bounds the data whose sending is put off until the script waits or ends: then a short answer leaves in one
// piece, and its script does not have to wait for that.
const maxUnsent = 4 << 10

// AboutToWait implements host.Waiter. An error is met again by whatever is sent next.
func (a *applet) AboutToWait() { a.lost(a.client.Flush()) }

var errNoApplet = errors.New("not an applet")

// appletOf takes the object.
func appletOf(c *host.Call) (*applet, error) {
	o, err := c.Object()
	if err != nil {
		return nil, err
	}
	if a, ok := o.(*applet); ok {
		return a, nil
	}
	return nil, errNoApplet
}

// getLine is applet.getline() -> a line with its line feed; what is left without one at the end; then "".
func getLine(c *host.Call) error {
	a, err := appletOf(c)
	if err != nil {
		return err
	}
	return c.Park(func(_ context.Context, results *abi.Writer) error {
		for searched := 0; ; {
			if i := bytes.IndexByte(a.received[searched:], '\n'); i >= 0 {
				a.deliver(results, searched+i+1)
				return nil
			}
			searched = len(a.received)
			if more, err := a.fill(); err != nil || !more {
				a.deliver(results, len(a.received))
				return err
			}
		}
	})
}

// receive is applet.receive([size]) -> so many bytes, fewer at the end; without size everything until the end.
func receive(c *host.Call) error {
	a, err := appletOf(c)
	if err != nil {
		return err
	}
	size := -1
	if c.Arguments.More() {
		n, err := c.Int()
		if err != nil {
			return err
		}
		size = int(min(n, maxReceive))
	}
	return c.Park(func(_ context.Context, results *abi.Writer) error {
		for size < 0 || len(a.received) < size {
			more, err := a.fill()
			if err != nil {
				return err
			}
			if !more {
				break
			}
		}
		n := len(a.received)
		if size >= 0 {
			n = min(n, size)
		}
		a.deliver(results, n)
		return nil
	})
}

// send is applet.send(data) -> number of bytes.
func send(c *host.Call) error {
	a, err := appletOf(c)
	if err != nil {
		return err
	}
	data, err := c.String()
	if err != nil {
		return err
	}
	if a.client.Stream().Response != nil && !a.started {
		return errNotStarted
	}
	if len(data) <= maxUnsent && a.client.Ready(len(data)) {
		return a.write(data, &c.Results)
	}
	a.sending = append(a.sending[:0], data...) // the guest's memory is another execution's while this one waits
	return c.Park(func(_ context.Context, results *abi.Writer) error {
		err := a.write(a.sending, results)
		if err == nil {
			err = a.lost(a.client.Flush())
		}
		return err
	})
}

// write writes data, and how much of it that was to results. That there is too much is the script's doing: then the client
// is still there.
func (a *applet) write(data []byte, results *abi.Writer) error {
	n, err := a.client.Write(data)
	results.Int(int64(n))
	if err == http1.ErrOverlong {
		return err
	}
	return a.lost(err)
}

// fill reads more from the client and reports whether there was any.
func (a *applet) fill() (bool, error) {
	if len(a.received) > maxReceive {
		return false, errReceiveTooLarge
	}
	if cap(a.received)-len(a.received) < readSize {
		larger := make([]byte, len(a.received), 2*cap(a.received)+readSize)
		copy(larger, a.received)
		a.received = larger
	}
	n, err := a.client.Read(a.received[len(a.received):cap(a.received)])
	a.received = a.received[:len(a.received)+n]
	if err == io.EOF {
		return n > 0, nil
	}
	return n > 0, a.lost(err)
}

// deliver gives the script the first n bytes received.
func (a *applet) deliver(results *abi.Writer, n int) {
	results.StringBytes(a.received[:n])
	a.received = a.received[:copy(a.received, a.received[n:])]
}

// lost notes that the client can be reached no more: then a script that fails is no news.
func (a *applet) lost(err error) error {
	if err != nil {
		a.gone = err
	}
	return err
}
