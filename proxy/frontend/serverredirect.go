package frontend

import "tidelock/proxy/stream"

// redirectToServer sends the client to where the server is, if the server is one that serves such requests itself and not
// through the proxy, and reports whether that was so.
func (s *session) redirectToServer() bool {
	prefix := s.attempt.target.Redirect
	if prefix == "" {
		return false
	}
	if method := string(s.request.Method()); method != "GET" && method != "HEAD" {
		return false
	}
	location, ok := s.request.PathQuery()
	if !ok {
		return false
	}
	s.stream.Record.End(stream.Local, stream.InConnect)
	r := &s.response
	r.Reset()
	to := append(append(make([]byte, 0, len(prefix)+len(location)), prefix...), location...)
	if !r.SetResponse(302, []byte("Found")) || !r.Add("cache-control", []byte("no-cache")) ||
		!r.Add("content-length", []byte("0")) || !r.Add("location", to) || !r.Add("connection", []byte("close")) {
		s.replyError(500)
		return true
	}
	r.EndHeaders()
	s.sendReply()
	return true
}

// nameServer tells the server its own name, if it wants to know, and reports whether there was room for that. Whoever gets
// the request after a failure gets its name instead.
func (s *session) nameServer() bool {
	header := s.backend.ServerNameHeader
	return header == "" || s.stream.Server == nil || s.request.Set(header, []byte(s.stream.Server.Name))
}
