package frontend

import (
	"sync"

	"tidelock/proxy/filter"
	"tidelock/proxy/http1"
	"tidelock/proxy/message"
	"tidelock/proxy/stream"
)

// workspace is what an exchange needs while it is under way. A connection that waits for a request for long has none: ten
// thousand of them must be cheap.
type workspace struct {
	stream            stream.Stream
	request, response message.Message
	asked, answered   http1.Head
	requestBody       http1.Body
	responseBody      http1.Body
	requestInput      input
	responseInput     input
	writer            http1.BodyWriter // of the response
	upload            upload
	applet            httpApplet
	attempt           attempt
	filters           *filter.Exchange // nil without any
	waiting           *exchange        // the stream's Context
}

var workspaces = sync.Pool{New: func() any { return new(workspace) }}

// equip makes sure of a workspace.
func (s *session) equip() {
	if s.workspace != nil {
		return
	}
	s.workspace = workspaces.Get().(*workspace)
	if s.waiting != nil {
		s.waiting.session = s
	}
}

// strip gives the workspace back. Nothing of an exchange is under way.
func (s *session) strip() {
	w := s.workspace
	if w == nil {
		return
	}
	s.workspace = nil
	w.stream.Session, w.stream.Control = nil, nil
	w.stream.RequestInput, w.stream.ResponseInput = nil, nil
	w.requestInput, w.responseInput = input{}, input{}
	w.requestBody, w.responseBody = http1.Body{}, http1.Body{}
	w.applet = httpApplet{}
	w.attempt = attempt{}
	if w.waiting != nil {
		w.waiting.session = nil
	}
	workspaces.Put(w)
}
