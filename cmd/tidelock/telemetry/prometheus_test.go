package telemetry

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"go.opentelemetry.io/otel/trace"

	"tidelock/cmd/tidelock/telemetry/otlptest"
	"tidelock/proxy/telemetry"
)

// TestPrometheus asks for metrics in both formats; in OpenMetrics they lead to a trace.
func TestPrometheus(t *testing.T) {
	receiver, err := otlptest.StartHTTP("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer receiver.Close()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	free.Close()
	host, port, _ := net.SplitHostPort(free.Addr().String())
	undisturbed(t)
	t.Setenv("OTEL_METRICS_EXPORTER", "prometheus")
	t.Setenv("OTEL_EXPORTER_PROMETHEUS_HOST", host)
	t.Setenv("OTEL_EXPORTER_PROMETHEUS_PORT", port)
	p, err := Start(t.Context(), Config{Endpoint: receiver.URL})
	if err != nil {
		t.Fatal(err)
	}
	ctx, x := p.Follower().Execute(t.Context(), &telemetry.Registration{Kind: "action", Name: "work"})
	traced := trace.SpanContextFromContext(ctx)
	x.End(telemetry.Usage{Fuel: 7}, telemetry.Failure{})
	const series = `tidelock_execution_fuel_bucket{otel_scope_name="tidelock",otel_scope_schema_url="",otel_scope_version="",` +
		`tidelock_outcome="ok",tidelock_registration_kind="action",tidelock_registration_name="work",le="100`
	for _, test := range []struct{ name, accept, want string }{
		{"Prometheus", "text/plain", series + `"} 1` + "\n"},
		{"OpenMetrics", "application/openmetrics-text; version=1.0.0", series + `.0"} 1 # {`},
		{"exemplar's trace", "application/openmetrics-text; version=1.0.0", fmt.Sprintf(`trace_id="%s"`, traced.TraceID())},
		{"exemplar's span", "application/openmetrics-text; version=1.0.0", fmt.Sprintf(`span_id="%s"`, traced.SpanID())},
	} {
		t.Run(test.name, func(t *testing.T) {
			request, _ := http.NewRequest("GET", "http://"+free.Addr().String()+"/metrics", nil)
			request.Header.Set("Accept", test.accept)
			client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
			response, err := client.Do(request)
			if err != nil {
				t.Fatal(err)
			}
			defer response.Body.Close()
			body, _ := io.ReadAll(response.Body)
			if !strings.Contains(string(body), test.want) {
				t.Errorf("no %s in\n%s", test.want, body)
			}
		})
	}
	if err := p.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestPrometheus_Errors has the address taken.
func TestPrometheus_Errors(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	host, port, _ := net.SplitHostPort(taken.Addr().String())
	undisturbed(t)
	t.Setenv("OTEL_METRICS_EXPORTER", "prometheus")
	t.Setenv("OTEL_EXPORTER_PROMETHEUS_HOST", host)
	t.Setenv("OTEL_EXPORTER_PROMETHEUS_PORT", port)
	p, err := Start(t.Context(), Config{})
	if p != nil || err == nil || !strings.Contains(err.Error(), "telemetry: metrics for Prometheus: listen tcp "+taken.Addr().String()) {
		t.Errorf("Start() = %v, %v", p, err)
	}
}
