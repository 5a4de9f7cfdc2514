package mqtt

import (
	"strconv"
	"strings"
)

// Field appends one field of a packet, and reports whether that has it.
type Field func(b []byte, p *Packet) ([]byte, bool)

// typeNames are the types of packets, by their numbers.
var typeNames = [...]string{
	1: "connect", "connack", "publish", "puback", "pubrec", "pubrel", "pubcomp", "subscribe", "suback", "unsubscribe",
	"unsuback", "pingreq", "pingresp", "disconnect", "auth",
}

// TypeNamed returns the type of packets with a name, in any case, or with a number.
func TypeNamed(name string) (Type, bool) {
	for i, known := range typeNames {
		if known != "" && (strings.EqualFold(name, known) || name == strconv.Itoa(i)) {
			return Type(i), true
		}
	}
	return 0, false
}

// FieldNamed returns the field of packets of a type that has a name, in any case, or is the property with a number.
func FieldNamed(t Type, name string) (Field, bool) {
	lower := strings.ToLower(name)
	if f, ok := fields[t][lower]; ok {
		return f, true
	}
	id, err := strconv.Atoi(name)
	if err != nil || strconv.Itoa(id) != name || id < 0 || id >= numProperties {
		return nil, false
	}
	switch {
	case t == Connect && connectProperties[id] != unknown:
		return propertyField(func(p *Packet) (*properties, bool) { return &p.properties, p.Version == 5 }, id, connectProperties[id]), true
	case t == Connect && willProperties[id] != unknown:
		return propertyField(func(p *Packet) (*properties, bool) {
			return &p.willProperties, p.Version == 5 && p.Flags&hasWill != 0
		}, id, willProperties[id]), true
	case t == ConnectAck && ackProperties[id] != unknown:
		return propertyField(func(p *Packet) (*properties, bool) { return &p.properties, p.Version == 5 }, id, ackProperties[id]), true
	}
	return nil, false
}

var fields = map[Type]map[string]Field{
	Connect: {
		"flags":             numberField(func(p *Packet) uint64 { return uint64(p.Flags) }),
		"protocol_name":     textField(func(p *Packet) []byte { return p.ProtocolName }),
		"protocol_version":  numberField(func(p *Packet) uint64 { return uint64(p.Version) }),
		"client_identifier": textField(func(p *Packet) []byte { return p.ClientID }),
		"will_topic":        textField(func(p *Packet) []byte { return p.WillTopic }),
		"will_payload":      textField(func(p *Packet) []byte { return p.WillPayload }),
		"username":          textField(func(p *Packet) []byte { return p.User }),
		"password":          textField(func(p *Packet) []byte { return p.Password }),
		"keepalive":         numberField(func(p *Packet) uint64 { return uint64(p.KeepAlive) }),
	},
	ConnectAck: {
		"flags":            numberField(func(p *Packet) uint64 { return uint64(p.Flags) }),
		"protocol_version": numberField(func(p *Packet) uint64 { return uint64(p.Version) }),
		"reason_code":      numberField(func(p *Packet) uint64 { return uint64(p.ReasonCode) }),
	},
}

func numberField(of func(p *Packet) uint64) Field {
	return func(b []byte, p *Packet) ([]byte, bool) { return strconv.AppendUint(b, of(p), 10), true }
}

// textField takes an empty text for none.
func textField(of func(p *Packet) []byte) Field {
	return func(b []byte, p *Packet) ([]byte, bool) {
		text := of(p)
		return append(b, text...), len(text) > 0
	}
}

// propertyField takes a number that is not given for 0.
func propertyField(of func(p *Packet) (*properties, bool), id int, k kind) Field {
	return func(b []byte, p *Packet) ([]byte, bool) {
		list, ok := of(p)
		if !ok || k == pair {
			return b, false
		}
		if k == text {
			return append(b, list[id].text...), len(list[id].text) > 0
		}
		return strconv.AppendUint(b, uint64(list[id].number), 10), true
	}
}
