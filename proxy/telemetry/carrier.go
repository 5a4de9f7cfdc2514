package telemetry

import (
	"go.opentelemetry.io/otel/propagation"

	"tidelock/proxy/message"
)

// carrier lets propagators read and write a message's headers.
type carrier struct{ m *message.Message }

var _ interface {
	propagation.TextMapCarrier
	propagation.ValuesGetter
} = carrier{}

// Get implements propagation.TextMapCarrier.
func (c carrier) Get(key string) string {
	if i := c.m.Find(key, -1); i >= 0 {
		return string(c.m.Value(i))
	}
	return ""
}

// Values implements propagation.ValuesGetter.
func (c carrier) Values(key string) []string {
	var values []string
	for i := c.m.Find(key, -1); i >= 0; i = c.m.Find(key, i) {
		values = append(values, string(c.m.Value(i)))
	}
	return values
}

// Set implements propagation.TextMapCarrier. A message that has no room for it goes without.
func (c carrier) Set(key, value string) { c.m.Set(key, []byte(value)) }

// Keys implements propagation.TextMapCarrier.
func (c carrier) Keys() []string {
	var keys []string
	for i := c.m.First(); i >= 0; i = c.m.Next(i) {
		keys = append(keys, string(c.m.Name(i)))
	}
	return keys
}
