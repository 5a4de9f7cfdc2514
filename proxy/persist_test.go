package proxy

import "testing"

func TestRDPAddress(t *testing.T) {
	tests := []struct{ name, cookie, want string }{
		{"address and port", "3640205228.15629.0000", "172.31.249.216:3389"},
		{"of this machine", "16777343.20480.0000", "127.0.0.1:80"},
		{"nothing reserved", "16777343.20480", "invalid AddrPort"},
		{"no number", "a.20480.0000", "invalid AddrPort"},
		{"too large an address", "4294967296.20480.0000", "invalid AddrPort"},
		{"too large a port", "16777343.65536.0000", "invalid AddrPort"},
		{"empty", "", "invalid AddrPort"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got, ok := rdpAddress(tt.cookie); got.String() != tt.want || ok != got.IsValid() {
				t.Errorf("%v, %v; want %s", got, ok, tt.want)
			}
		})
	}
}
