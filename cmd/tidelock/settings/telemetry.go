package settings

import (
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Telemetry says where traces, metrics and logs go by OTLP. What it leaves open the OTEL_* variables say.
type Telemetry struct {
	Endpoint      string        `setting:"telemetry-endpoint" doc:"URL of what receives traces, metrics and logs by OTLP, such as http://collector:4318; empty for what the OTEL_* variables say, or nothing"`
	Protocol      string        `setting:"telemetry-protocol" values:"grpc|http/protobuf" doc:"what the endpoint speaks"`
	Headers       Secret        `setting:"telemetry-headers" doc:"what goes with all that is sent to the endpoint: name=value, between commas"`
	SampleRatio   Ratio         `setting:"telemetry-sample-ratio" doc:"share of the traces that begin here to be sampled; 0 for what OTEL_TRACES_SAMPLER says, which is all unless it is set. Errors and slow scripts are traced in any case"`
	SlowExecution time.Duration `setting:"telemetry-slow-execution" doc:"time after which a script is slow, and traced whatever the ratio; 0 for never"`
	Resource      []string      `setting:"telemetry-resource" doc:"attributes of this process, name=value each"`
	Timeout       time.Duration `setting:"telemetry-timeout" positive:"yes" doc:"time for each attempt to send, and for what is left when the process ends"`
}

// Ratio is a share of something.
type Ratio float64

func parseRatio(text string) (any, error) {
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || !(n >= 0 && n <= 1) {
		return nil, fmt.Errorf("expected a number from 0 to 1, found '%s'", text)
	}
	return Ratio(n), nil
}

// pairs takes words of the form name=value apart.
func pairs(words []string) (map[string]string, error) {
	all := make(map[string]string, len(words))
	for i, word := range words {
		name, value, ok := strings.Cut(word, "=")
		if name = strings.TrimSpace(name); !ok || name == "" {
			return nil, fmt.Errorf("expected name=value, which number %d is not", i+1) // it may be a secret
		}
		all[name] = strings.TrimSpace(value)
	}
	return all, nil
}

// HeaderFields returns the headers by their names.
func (t *Telemetry) HeaderFields() map[string]string {
	fields, _ := pairs(t.headers()) // checked by validate
	return fields
}

func (t *Telemetry) headers() []string {
	if t.Headers == "" {
		return nil
	}
	return strings.Split(string(t.Headers), ",")
}

// Attributes returns the attributes of the process by their names.
func (t *Telemetry) Attributes() map[string]string {
	attributes, _ := pairs(t.Resource) // checked by validate
	return attributes
}

// validate checks the endpoint and the lists of pairs.
func (t *Telemetry) validate(s *Settings) error {
	var errs []error
	failed := func(name string, err error) {
		if err != nil {
			errs = append(errs, fmt.Errorf("settings: %s: %w", s.Origin(name).of(name), err))
		}
	}
	if u, err := url.Parse(t.Endpoint); t.Endpoint != "" && (err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https") {
		failed("telemetry-endpoint", fmt.Errorf("expected a URL such as http://collector:4318, found '%s'", t.Endpoint))
	}
	_, err := pairs(t.headers())
	failed("telemetry-headers", err)
	_, err = pairs(t.Resource)
	failed("telemetry-resource", err)
	return errors.Join(errs...)
}
