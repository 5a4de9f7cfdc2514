package stream

import "io"

// Applet is the client's side of an exchange as a service (use-service) sees it. All methods block the stream's own
// goroutine and end early with an error when the client goes away, a timeout passes or the proxy stops.
type Applet interface {
	// Read reads what the client sends: the request's body without its framing, or the bytes of a TCP connection.
	io.Reader
	// Write sends response body or TCP bytes. In HTTP it is an error before StartResponse.
	io.Writer
	// Flush sends what Write has buffered.
	Flush() error
	// Ready reports whether StartResponse, and Write of so many bytes, would only put aside what Flush sends: neither
	// waits for the client nor runs rules.
	Ready(n int) bool
	// StartResponse sends the start line and the headers in Stream().Response, after the http-response rules have run
	// over them. Framing follows HTTP/1.1: Content-Length when the headers have one, chunked otherwise. HTTP only, once.
	StartResponse() error
	Stream() *Stream
}

// Service answers an exchange in the place of a server.
type Service interface {
	// Serve runs the whole exchange. When it returns, the proxy ends the response; an error before StartResponse
	// answers 500, an error afterwards closes the connection.
	Serve(a Applet) error
}
