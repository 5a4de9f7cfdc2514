package telemetry

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	exporter "go.opentelemetry.io/otel/exporters/prometheus"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
)

// prometheusReader answers those who come for metrics, in Prometheus's format or in OpenMetrics, which has exemplars: the
// reader that OTEL_METRICS_EXPORTER=prometheus would set up otherwise leaves these out.
type prometheusReader struct {
	*exporter.Exporter
	server *http.Server
}

var _ sdkmetric.Reader = (*prometheusReader)(nil)

// newPrometheusReader listens where the variables for it say.
func newPrometheusReader(ctx context.Context, p *Providers, h *health) (*prometheusReader, error) {
	registry := prometheus.NewRegistry()
	reader, err := exporter.New(exporter.WithRegisterer(registry), exporter.WithProducer(newDistributions(p, metricdata.CumulativeTemporality)))
	if err != nil {
		return nil, err
	}
	address := net.JoinHostPort(cmp.Or(os.Getenv("OTEL_EXPORTER_PROMETHEUS_HOST"), "localhost"), cmp.Or(os.Getenv("OTEL_EXPORTER_PROMETHEUS_PORT"), "9464"))
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("metrics for Prometheus: %w", err)
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{EnableOpenMetrics: true}))
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	go func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			h.Handle(err)
		}
	}()
	return &prometheusReader{reader, server}, nil
}

// Shutdown implements sdkmetric.Reader.
func (r *prometheusReader) Shutdown(ctx context.Context) error {
	return errors.Join(r.server.Shutdown(ctx), r.Exporter.Shutdown(ctx))
}
