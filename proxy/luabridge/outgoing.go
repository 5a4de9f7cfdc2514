package luabridge

import (
	"cmp"
	"context"
	"net"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"tidelock/proxy/httpclient"
	"tidelock/proxy/telemetry"
)

// Spans for what scripts do over the network: a client span for each request of HTTPClient, which carries the trace on in its
// headers, and one for each connection of a socket. There are some where the execution has a span that is recorded.

// startClient begins a client span below the execution's, or returns nil.
func startClient(ctx context.Context, name string) (context.Context, trace.Span) {
	parent := trace.SpanFromContext(ctx)
	if !parent.IsRecording() {
		return ctx, nil
	}
	return parent.TracerProvider().Tracer(scope).Start(ctx, name, trace.WithSpanKind(trace.SpanKindClient))
}

// do sends a request of a script, as part of the trace.
func (o *outgoing) do(ctx context.Context, r httpclient.Request) (httpclient.Response, error) {
	traced, span := startClient(ctx, telemetry.SpanName([]byte(r.Method)))
	o.inject(traced, &r)
	response, err := o.client.Do(ctx, r)
	if span == nil {
		return response, err
	}
	defer span.End()
	span.SetAttributes(telemetry.AppendMethod(nil, []byte(r.Method))...)
	if target, failed := url.Parse(r.URL); failed == nil {
		target.User = nil // a secret
		target.RawQuery = telemetry.Redacted(target.RawQuery)
		span.SetAttributes(semconv.URLFull(traceText([]byte(target.String()))), semconv.ServerAddress(target.Hostname()), semconv.URLScheme(target.Scheme))
		if port, failed := strconv.Atoi(cmp.Or(target.Port(), defaultPorts[target.Scheme])); failed == nil {
			span.SetAttributes(semconv.ServerPort(port))
		}
	}
	switch {
	case err != nil:
		span.SetAttributes(semconv.ErrorTypeKey.String("request_failed"))
		span.SetStatus(codes.Error, traceText([]byte(err.Error())))
	default:
		span.SetAttributes(semconv.HTTPResponseStatusCode(response.Status))
		if response.Status >= 400 {
			span.SetAttributes(semconv.ErrorTypeKey.String(strconv.Itoa(response.Status)))
			span.SetStatus(codes.Error, "")
		}
	}
	return response, err
}

// defaultPorts are those of URLs that name none: conventions want the port in any case.
var defaultPorts = map[string]string{"http": "80", "https": "443"}

// outgoing sends the requests of scripts.
type outgoing struct {
	client     *httpclient.Client
	propagator propagation.TextMapPropagator
}

// inject adds the trace's headers, but for those that the script has set itself.
func (o *outgoing) inject(ctx context.Context, r *httpclient.Request) {
	headers := propagation.MapCarrier{}
	o.propagator.Inject(ctx, headers)
	for _, field := range r.Headers {
		delete(headers, strings.ToLower(field.Name))
	}
	for _, name := range o.propagator.Fields() {
		if value := headers[name]; value != "" {
			r.Headers = append(r.Headers, httpclient.Field{Name: name, Value: value})
		}
	}
}

// traceDial returns a function that opens connections as dial does, with a span for each that lasts until it is closed.
func traceDial(dial func(context.Context, string, string) (net.Conn, error)) func(context.Context, string, string) (net.Conn, error) {
	if dial == nil {
		dial = new(net.Dialer).DialContext
	}
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		_, span := startClient(ctx, "socket")
		c, err := dial(ctx, network, address)
		if span == nil {
			return c, err
		}
		span.SetAttributes(semconv.ServerAddress(address), semconv.NetworkTransportKey.String(network))
		if host, text, failed := net.SplitHostPort(address); failed == nil {
			port, _ := strconv.Atoi(text)
			span.SetAttributes(semconv.ServerAddress(host), semconv.ServerPort(port))
		}
		if err != nil {
			span.SetAttributes(semconv.ErrorTypeKey.String("connect_error"))
			span.SetStatus(codes.Error, traceText([]byte(err.Error())))
			span.End()
			return nil, err
		}
		return &tracedConn{Conn: c, span: span}, nil
	}
}

// tracedConn is a script's connection with a span.
type tracedConn struct {
	net.Conn
	span           trace.Span
	received, sent atomic.Int64
}

// Read implements net.Conn.
func (c *tracedConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.received.Add(int64(n))
	return n, err
}

// Write implements net.Conn.
func (c *tracedConn) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	c.sent.Add(int64(n))
	return n, err
}

// Close implements net.Conn. The span is complete with the first call.
func (c *tracedConn) Close() error {
	if c.span.IsRecording() {
		if peer, ok := c.RemoteAddr().(*net.TCPAddr); ok {
			c.span.SetAttributes(semconv.NetworkPeerAddress(peer.IP.String()), semconv.NetworkPeerPort(peer.Port))
		}
		c.span.SetAttributes(bytesReceivedKey.Int64(c.received.Load()), bytesSentKey.Int64(c.sent.Load()))
		c.span.End()
	}
	return c.Conn.Close()
}

// Attributes of connections that no convention has.
const (
	bytesReceivedKey = attribute.Key("tidelock.bytes_received")
	bytesSentKey     = attribute.Key("tidelock.bytes_sent")
)
