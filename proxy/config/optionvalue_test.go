package config

import "testing"

func Test_parsePrefix(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"address", "10.0.0.1", "10.0.0.1/32"},
		{"length", "10.0.0.1/8", "10.0.0.0/8"},
		{"mask", "10.0.0.1/255.255.0.0", "10.0.0.0/16"},
		{"mask of nothing", "10.0.0.1/0.0.0.0", "0.0.0.0/0"},
		{"whole mask", "10.0.0.1/255.255.255.255", "10.0.0.1/32"},
		{"IPv6", "2001:db8::1/32", "2001:db8::/32"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			if got, err := parsePrefix(tc.text); err != nil || got.String() != tc.want {
				t.Errorf("got %v, %v, want %s", got, err, tc.want)
			}
		})
	}
}

func Test_parsePrefix_Errors(t *testing.T) {
	for _, text := range []string{"", "localhost", "10.0.0.1/", "10.0.0.1/33", "10.0.0.1/x", "10.0.0.1/255.0.255.0", "::1/255.0.0.0", "::1/129"} {
		t.Run(text, func(t *testing.T) {
			if got, err := parsePrefix(text); err == nil {
				t.Errorf("got %v", got)
			}
		})
	}
}
