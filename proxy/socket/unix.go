package socket

import (
	"context"
	"net"
	"os"
	"strconv"
)

// listenUnix binds another name first and renames it: nobody meets the socket before it has its owner and mode, and one
// that a process left behind, or still listens on, is replaced in one step. The path stays when the listener is closed:
// by then it may be a successor's.
func listenUnix(ctx context.Context, o Options) (net.Listener, error) {
	path := o.Address
	temporary := path + "." + strconv.Itoa(os.Getpid()) + ".tmp"
	if err := os.Remove(temporary); err != nil && !os.IsNotExist(err) {
		return nil, err
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "unix", temporary)
	if err != nil {
		return nil, err
	}
	l.(*net.UnixListener).SetUnlinkOnClose(false)
	err = o.own(temporary)
	if err == nil {
		err = o.tune(l)
	}
	if err == nil {
		err = os.Rename(temporary, path)
	}
	if err != nil {
		l.Close()
		os.Remove(temporary)
		return nil, err
	}
	return named{l, net.UnixAddr{Name: path, Net: "unix"}}, nil
}

// own gives the socket at a path its owner and mode.
func (o *Options) own(path string) error {
	if o.UID != nil || o.GID != nil {
		uid, gid := -1, -1
		if o.UID != nil {
			uid = *o.UID
		}
		if o.GID != nil {
			gid = *o.GID
		}
		if err := os.Chown(path, uid, gid); err != nil {
			return err
		}
	}
	if o.Permission != 0 {
		return os.Chmod(path, o.Permission)
	}
	return nil
}

// named is a listener that knows the name that its socket has now.
type named struct {
	net.Listener
	address net.UnixAddr
}

// File returns a duplicate of the socket, as net.UnixListener's does.
func (n named) File() (*os.File, error) { return n.Listener.(*net.UnixListener).File() }

// Addr implements net.Listener.
func (n named) Addr() net.Addr { return &n.address }
