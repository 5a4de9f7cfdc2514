package telemetry

import (
	"errors"
	"sync"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"

	"tidelock/proxy/stream"
)

// durationBounds are the buckets that the conventions recommend, in seconds.
var durationBounds = metric.WithExplicitBucketBoundaries(0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10)

// httpMetrics are those that the conventions have for servers and clients of HTTP.
type httpMetrics struct {
	server, client metric.Float64Histogram
	active         metric.Int64UpDownCounter

	// Sets of attributes are made once: an exchange finds its own by a few words.
	activeSets sync.Map // *activeSet by activeKey
	durations  sync.Map // []metric.RecordOption by durationKey
}

// activeKey is what sets of attributes of active exchanges differ in.
type activeKey struct{ frontend, method, scheme string }

type activeSet []metric.AddOption

// durationKey is what sets of attributes of durations differ in.
type durationKey struct {
	proxy, server, method, scheme, failure string // proxy is a frontend, or with a server a backend
	status, major, minor                   int
}

func newHTTPMetrics(m metric.Meter) (*httpMetrics, error) {
	var h httpMetrics
	var errs [3]error
	h.server, errs[0] = m.Float64Histogram("http.server.request.duration", metric.WithUnit("s"),
		metric.WithDescription("Duration of HTTP server requests."), durationBounds)
	h.client, errs[1] = m.Float64Histogram("http.client.request.duration", metric.WithUnit("s"),
		metric.WithDescription("Duration of HTTP client requests."), durationBounds)
	h.active, errs[2] = m.Int64UpDownCounter("http.server.active_requests", metric.WithUnit("{request}"),
		metric.WithDescription("Number of active HTTP server requests."))
	return &h, errors.Join(errs[:]...)
}

// enter counts an exchange as active.
func (h *httpMetrics) enter(s *stream.Stream) *activeSet {
	key := activeKey{s.Frontend.Name, method(s.ReceivedMethod), scheme(s.Session.TLS)}
	found, ok := h.activeSets.Load(key)
	if !ok {
		found, _ = h.activeSets.LoadOrStore(key, &activeSet{metric.WithAttributeSet(attribute.NewSet(
			keyFrontend.String(key.frontend), semconv.HTTPRequestMethodKey.String(key.method), semconv.URLScheme(key.scheme)))})
	}
	set := found.(*activeSet)
	h.active.Add(s.Context, 1, *set...)
	return set
}

// leave is the end of what enter began, and measures it.
func (h *httpMetrics) leave(x *exchange, s *stream.Stream) {
	h.active.Add(x, -1, *x.active...)
	key := durationKey{proxy: s.Frontend.Name, method: method(s.ReceivedMethod), scheme: scheme(s.Session.TLS), failure: failureOf(s), status: s.Record.Status}
	key.major, key.minor = s.Request.Version()
	h.server.Record(x, s.Record.Timers.Active.Seconds(), h.options(key)...)
}

// attempted measures an attempt to reach a server.
func (h *httpMetrics) attempted(x *exchange, s *stream.Stream, failure string, took time.Duration) {
	if s.Server == nil || s.Backend == nil {
		return
	}
	key := durationKey{proxy: s.Backend.Name, server: s.Server.Name, method: method(s.ReceivedMethod), scheme: scheme(s.ServerTLS), failure: failure, status: answered(s)}
	key.major, key.minor = 1, 1
	h.client.Record(x, took.Seconds(), h.options(key)...)
}

// options returns the attributes of a duration.
func (h *httpMetrics) options(key durationKey) []metric.RecordOption {
	if found, ok := h.durations.Load(key); ok {
		return found.([]metric.RecordOption)
	}
	attributes := []attribute.KeyValue{
		semconv.HTTPRequestMethodKey.String(key.method), semconv.URLScheme(key.scheme), semconv.NetworkProtocolName("http"), version(key.major, key.minor),
	}
	if key.server != "" {
		attributes = append(attributes, keyBackend.String(key.proxy), keyServer.String(key.server), semconv.ServerAddress(key.server))
	} else {
		attributes = append(attributes, keyFrontend.String(key.proxy))
	}
	if key.status > 0 {
		attributes = append(attributes, semconv.HTTPResponseStatusCode(key.status))
	}
	if key.failure != "" {
		attributes = append(attributes, errorType(key.failure))
	}
	options := []metric.RecordOption{metric.WithAttributeSet(attribute.NewSet(attributes...))}
	h.durations.Store(key, options)
	return options
}
