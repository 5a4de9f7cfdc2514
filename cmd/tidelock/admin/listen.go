package admin

import (
	"context"
	"fmt"
	"net"
	"os"
)

// listen opens the address so that the process which follows can open it too, while this one still listens.
func listen(ctx context.Context, network, address string) (net.Listener, error) {
	if network != "unix" {
		l, err := (&net.ListenConfig{Control: sharePort}).Listen(ctx, network, address)
		if err != nil {
			return nil, fmt.Errorf("admin address: %w", err)
		}
		return l, nil
	}
	l, err := listenUnix(ctx, address)
	if err != nil {
		return nil, fmt.Errorf("admin address: %s: %w", address, err)
	}
	return l, nil
}

// listenUnix makes a socket that only its owner can use, and then gives it the name that another one may still have. Who
// listened there goes on with the clients that it has.
func listenUnix(ctx context.Context, path string) (net.Listener, error) {
	if info, err := os.Lstat(path); err == nil && info.Mode()&os.ModeSocket == 0 {
		return nil, errNoSocket
	}
	fresh := fmt.Sprintf("%s.%d", path, os.Getpid())
	os.Remove(fresh) // of a process that had this number and was killed
	l, err := new(net.ListenConfig).Listen(ctx, "unix", fresh)
	if err != nil {
		return nil, err
	}
	l.(*net.UnixListener).SetUnlinkOnClose(false)
	err = os.Chmod(fresh, 0o600)
	if err == nil {
		err = os.Rename(fresh, path)
	}
	if err != nil {
		l.Close()
		os.Remove(fresh)
		return nil, err
	}
	info, err := os.Lstat(path)
	if err != nil {
		l.Close()
		return nil, err
	}
	return &unixListener{l, path, info}, nil
}

// unixListener removes its socket when it is closed, if that is still its own.
type unixListener struct {
	net.Listener
	path string
	made os.FileInfo
}

func (l *unixListener) Close() error {
	if now, err := os.Lstat(l.path); err == nil && os.SameFile(now, l.made) {
		os.Remove(l.path)
	}
	return l.Listener.Close()
}
