package telemetry

import (
	"context"
	"net/netip"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"tidelock/proxy/stream"
)

// durationBounds are the buckets that the conventions recommend, in nanoseconds.
var durationBounds = []int64{5e6, 10e6, 25e6, 50e6, 75e6, 100e6, 250e6, 500e6, 750e6, 1e9, 2.5e9, 5e9, 7.5e9, 10e9}

// httpMetrics are those that the conventions have for servers and clients of HTTP.
type httpMetrics struct {
	server, client distribution
	frontends      byName[*frontendMetrics]
	servers        byName[*durations]
}

// maxSeries bounds the sets of attributes of one frontend or server, which peers could make many of.
const maxSeries = 256

// frontendMetrics are those of a frontend.
type frontendMetrics struct {
	durations durations
	active    few[activeKey, *activeCount]
}

// activeKey is what counts of active exchanges of a frontend differ in.
type activeKey struct{ method, scheme string }

// activeCount counts exchanges under way.
type activeCount struct {
	frontend   *frontendMetrics
	now        atomic.Int64
	attributes metric.MeasurementOption
}

// durations are the cells of a frontend or server.
type durations struct {
	few[durationKey, *cell]
	overflow *cell // takes what is beyond maxSeries, as the SDK does
}

// durationKey is what durations of a frontend, or of a server, differ in.
type durationKey struct {
	method, scheme       string
	status, major, minor int
	failure              failure
	to                   netip.AddrPort // the server's address; not valid for one without, and of frontends
}

func newHTTPMetrics(m metric.Meter) (*httpMetrics, error) {
	h := &httpMetrics{
		server: distribution{name: "http.server.request.duration", unit: "s", description: "Duration of HTTP server requests.", bounds: durationBounds, scale: 1e-9},
		client: distribution{name: "http.client.request.duration", unit: "s", description: "Duration of HTTP client requests.", bounds: durationBounds, scale: 1e-9},
	}
	_, err := m.Int64ObservableUpDownCounter("http.server.active_requests", metric.WithUnit("{request}"),
		metric.WithDescription("Number of active HTTP server requests."), metric.WithInt64Callback(h.observeActive))
	return h, err
}

// observeActive tells how many exchanges are under way.
func (h *httpMetrics) observeActive(_ context.Context, o metric.Int64Observer) error {
	for _, f := range h.frontends.all() {
		if known := f.active.known.Load(); known != nil {
			for _, p := range *known {
				o.Observe(p.value.now.Load(), p.value.attributes)
			}
		}
	}
	return nil
}

// frontend returns the metrics of an exchange's frontend.
func (h *httpMetrics) frontend(s *stream.Stream) *frontendMetrics {
	return h.frontends.get(name{proxy: s.Frontend.Name}, func() *frontendMetrics { return new(frontendMetrics) })
}

// enter counts an exchange as active.
func (h *httpMetrics) enter(s *stream.Stream) *activeCount {
	f := h.frontend(s)
	key := activeKey{method(s.ReceivedMethod), scheme(s.Session.TLS)}
	count, ok := f.active.find(key)
	if !ok {
		count, _ = f.active.add(key, maxSeries, func() *activeCount {
			return &activeCount{frontend: f, attributes: metric.WithAttributeSet(attribute.NewSet(
				keyFrontend.String(s.Frontend.Name), semconv.HTTPRequestMethodKey.String(key.method), semconv.URLScheme(key.scheme)))}
		})
	}
	count.now.Add(1)
	return count
}

// leave is the end of what enter began, and measures it, in its span.
func (h *httpMetrics) leave(active *activeCount, s *stream.Stream, failed failure, span trace.SpanContext) {
	active.now.Add(-1)
	key := durationKey{method: method(s.ReceivedMethod), scheme: scheme(s.Session.TLS), failure: failed, status: s.Record.Status}
	key.major, key.minor = s.Request.Version()
	d := &active.frontend.durations
	c, ok := d.find(key)
	if !ok {
		c = d.make(&h.server, key, keyFrontend.String(s.Frontend.Name))
	}
	c.record(int64(s.Record.Timers.Active), span)
}

// attempted measures an attempt to reach a server, made in a span.
func (h *httpMetrics) attempted(s *stream.Stream, failed failure, took time.Duration, span trace.SpanContext) {
	if s.Server == nil || s.Backend == nil {
		return
	}
	d := h.servers.get(name{s.Backend.Name, s.Server.Name}, func() *durations { return new(durations) })
	key := durationKey{method: method(s.ReceivedMethod), scheme: scheme(s.ServerTLS), failure: failed, status: answered(s), major: 1, minor: 1, to: s.ServerConnection.Destination}
	c, ok := d.find(key)
	if !ok {
		owner := []attribute.KeyValue{keyBackend.String(s.Backend.Name), keyServer.String(s.Server.Name)}
		c = d.make(&h.client, key, appendAddress(owner, key.to, s.Server.Name)...)
	}
	c.record(int64(took), span)
}

// make returns the cell of a key that was not found, with the attributes of its frontend or server.
func (d *durations) make(of *distribution, key durationKey, owner ...attribute.KeyValue) *cell {
	c, ok := d.add(key, maxSeries, func() *cell {
		attributes := append(owner, semconv.HTTPRequestMethodKey.String(key.method), semconv.URLScheme(key.scheme),
			semconv.NetworkProtocolName("http"), version(key.major, key.minor))
		if key.status > 0 {
			attributes = append(attributes, semconv.HTTPResponseStatusCode(key.status))
		}
		if key.failure != none {
			attributes = append(attributes, errorType(key.failure.text(key.status)))
		}
		return of.cell(attributes...)
	})
	if ok {
		return c
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.overflow == nil {
		d.overflow = of.cell(append(owner, attribute.Bool("otel.metric.overflow", true))...)
	}
	return d.overflow
}
