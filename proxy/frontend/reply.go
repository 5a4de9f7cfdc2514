package frontend

import (
	"io"
	"strconv"
	"time"

	"tidelock/proxy/errorpage"
	"tidelock/proxy/http1"
	"tidelock/proxy/stream"
)

// Bounds of what is read of a request's body only to get rid of it. A client that still sends when its connection is
// closed is reset and may never see the response.
const (
	drainBytes = 256 << 10
	drainTime  = time.Second
)

// replyError answers with a status of the proxy's own.
func (s *session) replyError(status int) {
	s.response.Reset()
	s.stream.Record.Status = status // of whatever status a page is that is sent for it
	if s.frontend.ErrorReply != nil && s.frontend.ErrorReply(&s.stream, status) {
		if s.response.Empty() {
			s.keep = false
			return
		}
	} else {
		errorpage.Fill(&s.response, status)
	}
	s.sendReply()
}

// replyRaw answers what could not be parsed. As in HAProxy that is below what rules see, and the default answers have
// another spelling there.
func (s *session) replyRaw(status int) {
	if f := s.frontend; s.started || f.ErrorReply != nil && f.ErrorReply(&s.stream, status) {
		s.replyError(status)
		return
	}
	p := errorpage.DefaultOf(status)
	s.claimClient()
	s.stream.RequestInput = nil
	s.requestBody.Skip()
	s.keep, s.started = false, true
	s.stream.Record.Status = status
	connection := ""
	if p.Closes {
		connection = "Connection: close\r\n"
	}
	for _, text := range []string{
		"HTTP/1.1 ", strconv.Itoa(status), " ", p.Reason, "\r\nContent-length: ", strconv.Itoa(len(p.Body)),
		"\r\nCache-Control: no-cache\r\n", connection, "Content-Type: text/html\r\n\r\n", p.Body,
	} {
		s.client.WriteString(text)
	}
}

// replyGenerated answers with the response that a rule made, or with the given status where it made none.
func (s *session) replyGenerated(status int) {
	if s.response.Empty() {
		s.replyError(status)
		return
	}
	s.sendReply()
}

// sendReply sends the generated response with its body. It is the end of the exchange.
func (s *session) sendReply() {
	if s.started {
		// The head is out: all that is left to say is that the response is not whole.
		s.keep = false
		return
	}
	s.claimClient()
	s.stream.RequestInput = nil
	if s.asked.Expect && !s.applet.continued && !s.requestBody.Done() || !s.requestBody.Skip() {
		s.keep = false
	}
	if !s.applyAfterResponseRules() {
		s.response.Reset()
		errorpage.Fill(&s.response, 500) // which no rule changes: it would fail again
	}
	s.heedConnection()
	body := s.response.Body()
	stream.AddHead(&s.stream.Record.BytesOut, &s.response)
	s.stream.Record.BytesOut += int64(len(body))
	if s.server != nil {
		s.responseBody.Skip() // what has come of the response that is replaced counts too
	}
	framing := http1.Framing{Kind: http1.Length, Length: int64(len(body))}
	switch {
	case bodiless(s.response.Status()):
		framing, body = http1.Framing{}, nil
	case s.response.Find("content-length", -1) < 0:
		framing = http1.Framing{Kind: http1.UntilClose} // an error page that does not say
	}
	s.writeResponseHead(framing, false)
	if string(s.request.Method()) != "HEAD" {
		s.client.Write(body)
	}
}

// claimClient makes the session's own goroutine the only one that reads the client.
func (s *session) claimClient() {
	s.upload.stop(s)
	if s.waiting != nil {
		s.waiting.suspend()
	}
}

// bodiless reports whether responses of a status have no body (RFC 9112, section 6.3).
func bodiless(status int) bool { return status/100 == 1 || status == 204 || status == 304 }

// heedConnection gives in to a Connection: close that a rule or an error page put into the response.
func (s *session) heedConnection() {
	if http1.SaysClose(&s.response) {
		s.keep = false
	}
}

// writeResponseHead writes the head of the response to the client's buffer, with what the client's version needs to be
// told of the connection.
func (s *session) writeResponseHead(framing http1.Framing, upgrade bool) error {
	s.started = true
	if s.stream.Record.Status < 0 {
		s.stream.Record.Status = s.response.Status()
	}
	if framing.Kind == http1.UntilClose || s.frontend.stopping.Load() {
		s.keep = false
	}
	option := http1.Unsaid
	old := older(s.response.Version())
	switch {
	case upgrade:
		option = http1.PassUpgrade
	case !s.keep && !old:
		option = http1.SayClose
	case s.keep && (old || older(s.request.Version())):
		option = http1.SayKeepAlive
	}
	informative := upgrade || s.response.Status() == 304 || string(s.request.Method()) == "HEAD"
	return s.client.WriteHead(&s.response, framing, informative, option)
}

// older reports whether a version is before 1.1, the first with persistent connections and chunked bodies.
func older(major, minor int) bool { return major < 1 || major == 1 && minor < 1 }

// drain reads what remains of a request's body, within bounds, so that the connection can carry another request. It
// reports whether it got to the end.
func (s *session) drain() bool {
	if s.asked.Expect && !s.applet.continued {
		return false // the client waits for a word that will not come
	}
	s.client.SetReadTimeout(drainTime, time.Now().Add(drainTime))
	for n := 0; n < drainBytes; {
		piece, err := s.requestBody.Next()
		if err == io.EOF {
			return true
		}
		if err != nil {
			s.stream.Record.End(clientCause(err), stream.InData)
			return false
		}
		n += len(piece)
	}
	return false
}

// linger sees the response off on a connection that is about to close: it tells the client that nothing more comes, and
// reads away what it still sends, for a closed socket with unread input resets the connection and takes the response
// with it.
func (s *session) linger() {
	if s.client.Flush() != nil || s.client.Sent() == s.outBefore {
		return
	}
	if s.requestBody.Done() && len(s.client.Buffered()) == 0 {
		return
	}
	s.client.CloseWrite()
	s.client.SetReadTimeout(drainTime, time.Now().Add(drainTime))
	for n := 0; n < drainBytes; {
		s.client.Discard(len(s.client.Buffered()))
		if s.client.Fill() != nil {
			return
		}
		n += len(s.client.Buffered())
	}
}
