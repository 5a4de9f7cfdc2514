package rule

import (
	"tidelock/proxy/sample"
	"tidelock/proxy/stream"
)

// set-mark <mark>
func setMark(p *parser) (action, error) { return p.socketOption(markSocket) }

// set-tos <tos>
func setTOS(p *parser) (action, error) { return p.socketOption(setSocketTOS) }

// socketOption compiles an action that sets an option of the client's socket. As in HAProxy a system that refuses does
// not concern the exchange.
func (p *parser) socketOption(set func(fd uintptr, n int)) (action, error) {
	n, err := p.unsigned()
	if err != nil {
		return nil, err
	}
	return func(c *sample.Context) stream.Verdict {
		onSocket(c.Stream, func(fd uintptr) { set(fd, n) })
		return stream.Continue
	}, nil
}

// SetMark marks the packets to the client of s.
func SetMark(s *stream.Stream, mark int) { onSocket(s, func(fd uintptr) { markSocket(fd, mark) }) }

// SetTOS sets the type of service of the packets to the client of s.
func SetTOS(s *stream.Stream, tos int) { onSocket(s, func(fd uintptr) { setSocketTOS(fd, tos) }) }

// silent-drop
//
// The client is to go on waiting for a connection that is gone: its end must not be announced.
func silentDrop(*parser) (action, error) {
	return func(c *sample.Context) stream.Verdict {
		onSocket(c.Stream, muteSocket)
		return stream.Abort
	}, nil
}

// onSocket calls do with the descriptor of the client's socket, if there is one.
func onSocket(s *stream.Stream, do func(fd uintptr)) {
	if s.Control == nil {
		return
	}
	socket := s.Control.Socket()
	if socket == nil {
		return
	}
	if raw, err := socket.SyscallConn(); err == nil {
		raw.Control(do)
	}
}
