package telemetry

import (
	"fmt"
	"os"
	"slices"
	"strings"
)

// variables are those of the OTEL_* variables whose values the SDK would refuse without a name, or take without a word.
var variables = []struct {
	name  string
	known []string
	more  string // said of what else there might be
}{
	{"OTEL_TRACES_EXPORTER", []string{"otlp", "console", "none"}, "; a signal has one exporter"},
	{"OTEL_METRICS_EXPORTER", []string{"otlp", "prometheus", "console", "none"}, "; a signal has one exporter"},
	{"OTEL_LOGS_EXPORTER", []string{"otlp", "console", "none"}, "; a signal has one exporter"},
	{"OTEL_METRICS_EXEMPLAR_FILTER", []string{"trace_based", "always_off"}, "; exemplars lead to recorded traces"},
}

// checkVariables reports the first variable with a value that means nothing here.
func checkVariables() error {
	for _, v := range variables {
		if value := os.Getenv(v.name); value != "" && !slices.Contains(v.known, value) {
			last := len(v.known) - 1
			return fmt.Errorf("%s: expected %s or %s, found '%s'%s", v.name, strings.Join(v.known[:last], ", "), v.known[last], value, v.more)
		}
	}
	return nil
}

// disabled reports whether the variables want no telemetry at all.
func disabled() bool { return strings.EqualFold(os.Getenv("OTEL_SDK_DISABLED"), "true") }
