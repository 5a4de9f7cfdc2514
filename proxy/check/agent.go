package check

import (
	"bytes"
	"context"

	"tidelock/proxy/server"
)

// Agent returns what asks the agent of a server: it sends the text for it, if there is one, and reads a line.
func Agent(dial Dial) func(context.Context, *server.Server) (line string, failed *server.Result) {
	return func(ctx context.Context, s *server.Server) (string, *server.Result) {
		conn, err := dial(ctx, s)
		if err != nil {
			failed := connectFailure(err)
			return "", &failed
		}
		r := &run{ctx: ctx, server: s, conn: conn}
		defer r.close()
		if text := s.AgentPlace().Send; text != "" {
			if failed := send(text).do(r); failed != nil {
				return "", failed
			}
		}
		return r.line()
	}
}

// line waits for the first line that is sent.
func (r *run) line() (string, *server.Result) {
	for {
		if end := bytes.IndexAny(r.received, "\r\n"); end >= 0 {
			return string(r.received[:end]), nil
		}
		if r.receive() {
			continue
		}
		failed := &server.Result{Status: server.Layer7Response, Info: "Ignoring incomplete line from agent"}
		switch broken := r.broken(); {
		case isTimeout(r.err):
			failed = &server.Result{Status: server.Layer7Timeout}
		case broken != nil:
			failed = broken
		case len(r.received) == 0:
			failed.Info = "TCPCHK got an empty response at step 2"
		}
		return "", failed
	}
}
