package telemetry

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// undisturbed takes the variables away that whoever runs the tests may have set.
func undisturbed(t *testing.T) {
	for _, name := range []string{
		"OTEL_SDK_DISABLED", "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_PROTOCOL", "OTEL_TRACES_EXPORTER", "OTEL_METRICS_EXPORTER",
		"OTEL_LOGS_EXPORTER", "OTEL_TRACES_SAMPLER", "OTEL_TRACES_SAMPLER_ARG", "OTEL_PROPAGATORS",
		"OTEL_METRICS_EXEMPLAR_FILTER",
	} {
		t.Setenv(name, "")
	}
}

func TestConfig_wanted(t *testing.T) {
	for _, test := range []struct {
		name        string
		environment map[string]string
		config      Config
		want        signals
	}{
		{"nothing", nil, Config{}, signals{}},
		{"a setting", nil, Config{Endpoint: "http://a"}, signals{true, true, true}},
		{"a variable", map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "http://a"}, Config{}, signals{true, true, true}},
		{"one signal's endpoint", map[string]string{"OTEL_EXPORTER_OTLP_METRICS_ENDPOINT": "http://a"}, Config{}, signals{metrics: true}},
		{"one signal's exporter", map[string]string{"OTEL_METRICS_EXPORTER": "prometheus"}, Config{}, signals{metrics: true}},
		{"all but one", map[string]string{"OTEL_LOGS_EXPORTER": "none"}, Config{Endpoint: "http://a"}, signals{true, true, false}},
		{"disabled", map[string]string{"OTEL_SDK_DISABLED": "True"}, Config{Endpoint: "http://a"}, signals{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			undisturbed(t)
			for name, value := range test.environment {
				t.Setenv(name, value)
			}
			if got := test.config.wanted(); got != test.want {
				t.Errorf("wanted() = %+v, want %+v", got, test.want)
			}
		})
	}
}

func TestStart_off(t *testing.T) {
	undisturbed(t)
	p, err := Start(t.Context(), Config{})
	if p != nil || err != nil {
		t.Fatalf("Start() = %v, %v without anything to do", p, err)
	}
	if p.Follower() != nil || p.Meters() != nil || p.Handler(slog.LevelInfo) != nil || p.Propagator() != nil || p.Shutdown(t.Context()) != nil {
		t.Error("no providers follow something")
	}
}

func TestStart_Errors(t *testing.T) {
	for _, test := range []struct {
		name, variable, value string
		config                Config
		want                  string
	}{
		{"protocol", "", "", Config{Endpoint: "http://127.0.0.1:1", Protocol: "smoke"}, "telemetry: protocol: expected grpc or http/protobuf, found 'smoke'"},
		{"ratio", "", "", Config{Endpoint: "http://127.0.0.1:1", SampleRatio: 2}, "telemetry: sample ratio: expected a number above 0 and at most 1, found 2"},
		{"sampler", "OTEL_TRACES_SAMPLER", "whim", Config{Endpoint: "http://127.0.0.1:1"}, "telemetry: OTEL_TRACES_SAMPLER: unknown sampler 'whim'"},
		{"sampler's argument", "OTEL_TRACES_SAMPLER_ARG", "1.1", Config{Endpoint: "http://127.0.0.1:1"}, "telemetry: OTEL_TRACES_SAMPLER_ARG: expected a number from 0 to 1, found '1.1'"},
		{"two exporters", "OTEL_TRACES_EXPORTER", "otlp,console", Config{}, "telemetry: OTEL_TRACES_EXPORTER: expected otlp, console or none, found 'otlp,console'; a signal has one exporter"},
		{"exporter", "OTEL_METRICS_EXPORTER", "smoke", Config{}, "telemetry: OTEL_METRICS_EXPORTER: expected otlp, prometheus, console or none, found 'smoke'; a signal has one exporter"},
		{"exemplars", "OTEL_METRICS_EXEMPLAR_FILTER", "always_on", Config{Endpoint: "http://127.0.0.1:1"}, "telemetry: OTEL_METRICS_EXEMPLAR_FILTER: expected trace_based or always_off, found 'always_on'; exemplars lead to recorded traces"},
		{"propagator", "OTEL_PROPAGATORS", "pigeon", Config{Endpoint: "http://127.0.0.1:1"}, "telemetry: unknown propagator: pigeon"},
	} {
		t.Run(test.name, func(t *testing.T) {
			undisturbed(t)
			if test.variable != "" {
				t.Setenv(test.variable, test.value)
			}
			test.config.Timeout = 100 * time.Millisecond
			p, err := Start(context.Background(), test.config)
			if p != nil || err == nil || err.Error() != test.want {
				t.Errorf("Start() = %v, %v, want %q", p, err, test.want)
			}
		})
	}
}
