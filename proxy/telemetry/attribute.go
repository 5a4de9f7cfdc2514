package telemetry

import (
	"net/netip"
	"strconv"
	"strings"

	"go.opentelemetry.io/otel/attribute"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"

	"tidelock/proxy/stream"
)

// Attributes that no convention has a name for.
const (
	keyFrontend    = attribute.Key("tidelock.frontend")
	keyBackend     = attribute.Key("tidelock.backend")
	keyServer      = attribute.Key("tidelock.server")
	keyTermination = attribute.Key("tidelock.termination") // as HAProxy's logs have it
	keyRetries     = attribute.Key("tidelock.retries")
	keyReused      = attribute.Key("tidelock.connection.reused")
	keyRedispatch  = attribute.Key("tidelock.redispatched")
)

// text makes a string of what came from outside. Exporters refuse a whole batch for one byte that is no UTF-8.
func text(b []byte) string { return strings.ToValidUTF8(string(b), "\uFFFD") }

func errorType(failure string) attribute.KeyValue { return semconv.ErrorTypeKey.String(failure) }

// appendExchangeAttributes appends what describes an exchange that is over.
func appendExchangeAttributes(attributes []attribute.KeyValue, s *stream.Stream) []attribute.KeyValue {
	attributes = append(attributes, keyFrontend.String(s.Frontend.Name), keyTermination.String(s.Record.Termination.String()))
	if s.Backend != nil {
		attributes = append(attributes, keyBackend.String(s.Backend.Name))
	}
	if s.Server != nil {
		attributes = append(attributes, keyServer.String(s.Server.Name))
	}
	if s.Record.Retries > 0 {
		attributes = append(attributes, keyRetries.Int(s.Record.Retries))
	}
	if client := s.Client.Source; client.IsValid() {
		attributes = append(attributes, semconv.ClientAddress(client.Addr().Unmap().String()), semconv.ClientPort(int(client.Port())))
	}
	if peer := s.Session.Client.Source; peer.IsValid() {
		attributes = append(attributes, semconv.NetworkPeerAddress(peer.Addr().Unmap().String()), semconv.NetworkPeerPort(int(peer.Port())))
	}
	if s.Request == nil {
		return appendAddress(append(attributes, semconv.NetworkTransportTCP), s.Client.Destination, s.Client.Path)
	}
	attributes = append(attributes, semconv.URLScheme(scheme(s.Session.TLS)), semconv.NetworkProtocolName("http"), version(s.Request.Version()))
	attributes = AppendMethod(attributes, s.ReceivedMethod)
	path, query, _ := strings.Cut(target(s.ReceivedURI), "?")
	attributes = append(attributes, semconv.URLPath(path))
	if query != "" {
		attributes = append(attributes, semconv.URLQuery(Redacted(query)))
	}
	if i := s.Request.Find("host", -1); i >= 0 {
		host, port := splitHost(text(s.Request.Value(i)))
		attributes = append(attributes, semconv.ServerAddress(host))
		if port > 0 {
			attributes = append(attributes, semconv.ServerPort(port))
		}
	}
	if i := s.Request.Find("user-agent", -1); i >= 0 {
		attributes = append(attributes, semconv.UserAgentOriginal(text(s.Request.Value(i))))
	}
	if s.Record.Status > 0 {
		attributes = append(attributes, semconv.HTTPResponseStatusCode(s.Record.Status))
	}
	return attributes
}

// appendAttemptAttributes appends what describes an attempt to reach a server that is over.
func appendAttemptAttributes(attributes []attribute.KeyValue, s *stream.Stream) []attribute.KeyValue {
	attributes = append(attributes, keyReused.Bool(s.Record.Reused))
	if s.Backend != nil {
		attributes = append(attributes, keyBackend.String(s.Backend.Name))
	}
	if s.Server != nil {
		attributes = append(attributes, keyServer.String(s.Server.Name))
	}
	if s.Record.Redispatched {
		attributes = append(attributes, keyRedispatch.Bool(true))
	}
	to := s.ServerConnection.Destination
	attributes = appendAddress(attributes, to, serverName(s))
	if to.IsValid() {
		attributes = append(attributes, semconv.NetworkPeerAddress(to.Addr().Unmap().String()), semconv.NetworkPeerPort(int(to.Port())))
	}
	if s.Request == nil {
		return append(attributes, semconv.NetworkTransportTCP)
	}
	attributes = AppendMethod(attributes, s.ReceivedMethod)
	authority := serverName(s)
	if to.IsValid() {
		authority = to.String()
	}
	path, query, _ := strings.Cut(target(s.Request.URI()), "?")
	if query != "" {
		path += "?" + Redacted(query)
	}
	attributes = append(attributes, semconv.NetworkProtocolName("http"), semconv.URLFull(scheme(s.ServerTLS)+"://"+authority+path))
	if s.Record.Retries > 0 {
		attributes = append(attributes, semconv.HTTPRequestResendCount(s.Record.Retries))
	}
	if status := answered(s); status > 0 {
		attributes = append(attributes, semconv.HTTPResponseStatusCode(status), version(s.Response.Version()))
	}
	return attributes
}

// serverName stands for the address of a server that is reached by other means than TCP.
func serverName(s *stream.Stream) string {
	if s.Server == nil {
		return ""
	}
	return s.Server.Name
}

// AppendMethod appends what describes the method of a request: those that nobody has defined, which clients could make as many
// of as they like, have one name in common.
func AppendMethod(attributes []attribute.KeyValue, sent []byte) []attribute.KeyValue {
	known := method(sent)
	attributes = append(attributes, semconv.HTTPRequestMethodKey.String(known))
	if known == otherMethod {
		attributes = append(attributes, semconv.HTTPRequestMethodOriginal(text(sent)))
	}
	return attributes
}

// SpanName returns the name of a request's span: as conventions want it the method, since there is no route of low
// cardinality.
func SpanName(sent []byte) string {
	if known := method(sent); known != otherMethod {
		return known
	}
	return "HTTP"
}

// otherMethod stands for methods that nobody has defined.
const otherMethod = "_OTHER"

// method returns a method's name without an allocation.
func method(b []byte) string {
	switch string(b) {
	case "GET":
		return "GET"
	case "HEAD":
		return "HEAD"
	case "POST":
		return "POST"
	case "PUT":
		return "PUT"
	case "DELETE":
		return "DELETE"
	case "CONNECT":
		return "CONNECT"
	case "OPTIONS":
		return "OPTIONS"
	case "TRACE":
		return "TRACE"
	case "PATCH":
		return "PATCH"
	case "QUERY":
		return "QUERY"
	}
	return otherMethod
}

func scheme(tls *stream.TLS) string {
	if tls != nil {
		return "https"
	}
	return "http"
}

// version is that of the protocol that a client spoke.
func version(major, minor int) attribute.KeyValue {
	switch {
	case major != 1:
		return semconv.NetworkProtocolVersion(strconv.Itoa(major))
	case minor == 0:
		return semconv.NetworkProtocolVersion("1.0")
	}
	return semconv.NetworkProtocolVersion("1.1")
}

// target returns the path and query of a request's URI, which may have scheme and authority.
func target(uri []byte) string {
	t := text(uri)
	if _, rest, ok := strings.Cut(t, "://"); ok && !strings.HasPrefix(t, "/") {
		if i := strings.IndexAny(rest, "/?"); i >= 0 {
			return rest[i:]
		}
		return "/"
	}
	return t
}

// secrets are the parameters of a query that conventions want hidden: signatures that let their bearer in.
var secrets = map[string]bool{"AWSAccessKeyId": true, "Signature": true, "sig": true, "X-Goog-Signature": true}

// Redacted hides what is secret in a query.
func Redacted(query string) string {
	parameters := strings.Split(query, "&")
	for i, p := range parameters {
		if name, _, _ := strings.Cut(p, "="); secrets[name] {
			parameters[i] = name + "=REDACTED"
		}
	}
	return strings.Join(parameters, "&")
}

// splitHost takes a host header apart. Without a port that is 0.
func splitHost(header string) (host string, port int) {
	i := strings.LastIndexByte(header, ':')
	if i < 0 || strings.HasSuffix(header, "]") {
		return header, 0
	}
	port, err := strconv.Atoi(header[i+1:])
	if err != nil {
		return header, 0
	}
	return header[:i], port
}

// appendAddress appends where a server, or this one, is: an address, or else the name of what has none.
func appendAddress(attributes []attribute.KeyValue, at netip.AddrPort, name string) []attribute.KeyValue {
	if at.IsValid() {
		return append(attributes, semconv.ServerAddress(at.Addr().Unmap().String()), semconv.ServerPort(int(at.Port())))
	}
	return append(attributes, semconv.ServerAddress(name))
}
