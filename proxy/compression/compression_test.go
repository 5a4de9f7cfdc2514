package compression

import (
	"testing"

	"tidelock/proxy/message"
)

func request(headers ...string) *message.Message {
	m := new(message.Message)
	m.SetLimit(16384)
	m.SetRequest([]byte("GET"), []byte("/"))
	for i := 0; i < len(headers); i += 2 {
		m.Add(headers[i], []byte(headers[i+1]))
	}
	return m
}

func configOf(names ...string) *Config {
	c := &Config{}
	for _, n := range names {
		c.Algorithms = append(c.Algorithms, AlgorithmNamed(n))
	}
	return c
}

func TestConfig_choose(t *testing.T) {
	tests := []struct {
		name    string
		config  *Config
		request *message.Message
		want    string
	}{
		{"nothing accepted", configOf("gzip"), request(), ""},
		{"weights", configOf("gzip", "deflate"), request("accept-encoding", "gzip;q=0.4, deflate;q=0.41"), "deflate"},
		{"first of equals", configOf("gzip", "deflate"), request("accept-encoding", "gzip", "accept-encoding", "deflate"), "gzip"},
		{"weight of nothing", configOf("gzip"), request("accept-encoding", "gzip; q=0.0"), ""},
		{"weight that is none", configOf("gzip"), request("accept-encoding", "gzip;q=much"), ""},
		{"identity instead", configOf("identity", "gzip"), request("accept-encoding", "br"), "identity"},
		{"old browser", configOf("gzip"), request("accept-encoding", "gzip", "user-agent", "Mozilla/4.08"), ""},
		{"not so old browser", configOf("gzip"), request("accept-encoding", "gzip", "user-agent", "Mozilla/4.0 (compatible; MSIE 10.0)"), "gzip"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := ""
			if a := tt.config.choose(tt.request); a != nil {
				got = a.Name
			}
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}
