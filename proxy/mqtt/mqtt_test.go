package mqtt

import "testing"

// The converters mqtt_is_valid and mqtt_field_value are compared with HAProxy's in proxy/sample.
func TestPacket_Parse(t *testing.T) {
	tests := []struct {
		name, packet string
		want         Verdict
	}{
		{"connect", "\x10\x0f\x00\x04MQTT\x04\x02\x00\x3c\x00\x03cid", Valid},
		{"the beginning of it", "\x10\x0f\x00\x04MQTT\x04", Incomplete},
		{"more behind it", "\x10\x0f\x00\x04MQTT\x04\x02\x00\x3c\x00\x03cidx", Invalid},
		{"a string beyond its end", "\x10\x0f\x00\x04MQTT\x04\x02\x00\x3c\x00\x04cid", Invalid},
		{"version 5", "\x10\x15\x00\x04MQTT\x05\x02\x00\x3c\x05\x11\x00\x00\x00\x07\x00\x03cid", Valid},
		{"a property twice", "\x10\x16\x00\x04MQTT\x05\x02\x00\x3c\x06\x22\x00\x07\x22\x00\x07\x00\x03cid", Invalid},
		{"publish", "\x30\x04\x00\x01ax", Invalid},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var p Packet
			if got := p.Parse([]byte(test.packet)); got != test.want {
				t.Errorf("Parse = %d, want %d", got, test.want)
			}
		})
	}
}

func FuzzPacket_Parse(f *testing.F) {
	f.Add([]byte("\x10\x15\x00\x04MQTT\x05\x02\x00\x3c\x05\x11\x00\x00\x00\x07\x00\x03cid"))
	f.Add([]byte("\x20\x05\x00\x00\x02\x24\x01"))
	f.Fuzz(func(t *testing.T, b []byte) {
		var p Packet
		if p.Parse(b) != Valid {
			return
		}
		for name := range fields[p.Type] {
			if field, ok := FieldNamed(p.Type, name); ok {
				field(nil, &p)
			}
		}
		if len(p.ClientID)+len(p.User)+len(p.Password) > len(b) {
			t.Error("the fields are longer than the packet")
		}
	})
}
