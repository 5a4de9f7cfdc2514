// Package otlptest receives OTLP in tests and benchmarks: over gRPC and over HTTP, as a Collector does, but it keeps what comes
// in memory, and it can be made to misbehave.
package otlptest

import (
	"context"
	"io"
	"net"
	"net/http"
	"sync"

	collectorlogs "go.opentelemetry.io/proto/otlp/collector/logs/v1"
	collectormetrics "go.opentelemetry.io/proto/otlp/collector/metrics/v1"
	collectortrace "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	logs "go.opentelemetry.io/proto/otlp/logs/v1"
	metrics "go.opentelemetry.io/proto/otlp/metrics/v1"
	trace "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
)

// Receiver keeps what it is sent. It is safe for concurrent use.
type Receiver struct {
	// URL is where it listens.
	URL string

	mu      sync.Mutex
	spans   []*trace.Span
	metrics []*metrics.Metric
	logs    []*logs.LogRecord
	fault   func(ctx context.Context) error
	stop    func()
}

// StartHTTP starts a receiver of OTLP over HTTP on an address, such as 127.0.0.1:0.
func StartHTTP(address string) (*Receiver, error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, err
	}
	r := &Receiver{URL: "http://" + listener.Addr().String()}
	mux := http.NewServeMux()
	mux.HandleFunc("/v1/traces", post(traces{r: r}.Export))
	mux.HandleFunc("/v1/metrics", post(measurements{r: r}.Export))
	mux.HandleFunc("/v1/logs", post(records{r: r}.Export))
	server := &http.Server{Handler: mux}
	server.SetKeepAlivesEnabled(false) // an exporter leaves its idle connections behind
	r.stop = sync.OnceFunc(func() { server.Close() })
	go server.Serve(listener)
	return r, nil
}

// StartGRPC starts a receiver of OTLP over gRPC.
func StartGRPC(address string) (*Receiver, error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, err
	}
	r := &Receiver{URL: "http://" + listener.Addr().String()}
	server := grpc.NewServer()
	collectortrace.RegisterTraceServiceServer(server, traces{r: r})
	collectormetrics.RegisterMetricsServiceServer(server, measurements{r: r})
	collectorlogs.RegisterLogsServiceServer(server, records{r: r})
	r.stop = sync.OnceFunc(server.Stop)
	go server.Serve(listener)
	return r, nil
}

// Close stops it. What it has received stays.
func (r *Receiver) Close() { r.stop() }

// Fail has every request answered with what f returns: an error refuses it, nil takes it after all. A nil f ends that.
func (r *Receiver) Fail(f func(ctx context.Context) error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.fault = f
}

// Spans returns the spans that have come so far.
func (r *Receiver) Spans() []*trace.Span {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]*trace.Span(nil), r.spans...)
}

// Metrics returns the metrics that have come so far, each as often as it came.
func (r *Receiver) Metrics() []*metrics.Metric {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]*metrics.Metric(nil), r.metrics...)
}

// Logs returns the log records that have come so far.
func (r *Receiver) Logs() []*logs.LogRecord {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]*logs.LogRecord(nil), r.logs...)
}

// receive keeps something, unless the receiver misbehaves.
func (r *Receiver) receive(ctx context.Context, keep func()) error {
	r.mu.Lock()
	fault := r.fault
	r.mu.Unlock()
	if fault != nil {
		if err := fault(ctx); err != nil {
			return status.Error(codes.ResourceExhausted, err.Error())
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	keep()
	return nil
}

// post answers requests of HTTP by a method of a service.
func post[Request, Response any, PRequest interface {
	*Request
	proto.Message
}, PResponse interface {
	*Response
	proto.Message
}](export func(context.Context, PRequest) (PResponse, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		request := PRequest(new(Request))
		if err != nil || proto.Unmarshal(body, request) != nil {
			http.Error(w, "malformed", http.StatusBadRequest)
			return
		}
		response, err := export(r.Context(), request)
		if err != nil {
			http.Error(w, err.Error(), http.StatusForbidden) // which is not tried again
			return
		}
		encoded, _ := proto.Marshal(response)
		w.Header().Set("Content-Type", "application/x-protobuf")
		w.Write(encoded)
	}
}

type traces struct {
	collectortrace.UnimplementedTraceServiceServer
	r *Receiver
}

// Export implements the service of traces.
func (t traces) Export(ctx context.Context, request *collectortrace.ExportTraceServiceRequest) (*collectortrace.ExportTraceServiceResponse, error) {
	return new(collectortrace.ExportTraceServiceResponse), t.r.receive(ctx, func() {
		for _, resource := range request.ResourceSpans {
			for _, scope := range resource.ScopeSpans {
				t.r.spans = append(t.r.spans, scope.Spans...)
			}
		}
	})
}

type measurements struct {
	collectormetrics.UnimplementedMetricsServiceServer
	r *Receiver
}

// Export implements the service of metrics.
func (m measurements) Export(ctx context.Context, request *collectormetrics.ExportMetricsServiceRequest) (*collectormetrics.ExportMetricsServiceResponse, error) {
	return new(collectormetrics.ExportMetricsServiceResponse), m.r.receive(ctx, func() {
		for _, resource := range request.ResourceMetrics {
			for _, scope := range resource.ScopeMetrics {
				m.r.metrics = append(m.r.metrics, scope.Metrics...)
			}
		}
	})
}

type records struct {
	collectorlogs.UnimplementedLogsServiceServer
	r *Receiver
}

// Export implements the service of logs.
func (l records) Export(ctx context.Context, request *collectorlogs.ExportLogsServiceRequest) (*collectorlogs.ExportLogsServiceResponse, error) {
	return new(collectorlogs.ExportLogsServiceResponse), l.r.receive(ctx, func() {
		for _, resource := range request.ResourceLogs {
			for _, scope := range resource.ScopeLogs {
				l.r.logs = append(l.r.logs, scope.LogRecords...)
			}
		}
	})
}
