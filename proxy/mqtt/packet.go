// Package mqtt reads the first packets of MQTT connections, CONNECT and CONNACK of the versions 3.1, 3.1.1 and 5.0
// (https://docs.oasis-open.org/mqtt/mqtt/v5.0/mqtt-v5.0.html). It is a leaf and allocates nothing.
package mqtt

import "bytes"

// Type is that of a packet.
type Type byte

// The types of packets that this package reads.
const (
	Connect    Type = 1
	ConnectAck Type = 2
)

// The bits of CONNECT's flags.
const (
	reserved    = 1 << 0
	hasWill     = 1 << 2
	hasPassword = 1 << 6
	hasUser     = 1 << 7
)

// Verdict is what can be said of the bytes of a packet.
type Verdict uint8

const (
	Incomplete Verdict = iota // more bytes may make it valid
	Invalid
	Valid
)

// Packet is what a packet says. Its slices alias the bytes that it was read from.
type Packet struct {
	Type         Type
	Flags        byte
	ReasonCode   byte // CONNACK
	Version      byte // 3, 4 for 3.1.1, or 5
	KeepAlive    uint16
	ProtocolName []byte
	ClientID     []byte
	WillTopic    []byte
	WillPayload  []byte
	User         []byte
	Password     []byte

	properties, willProperties properties
}

// Parse reads the packet that b consists of.
func (p *Packet) Parse(b []byte) Verdict {
	*p = Packet{}
	r, verdict := p.header(b)
	if verdict != Valid {
		return verdict
	}
	ok := false
	if p.Type == Connect {
		ok = p.connect(&r)
	} else {
		ok = p.connectAck(&r)
	}
	if !ok || len(r) > 0 {
		return Invalid
	}
	return Valid
}

// header reads the fixed header and returns what follows it.
func (p *Packet) header(b []byte) (reader, Verdict) {
	if len(b) < 2 {
		return nil, Incomplete
	}
	p.Type = Type(b[0] >> 4)
	if p.Type != Connect && p.Type != ConnectAck || b[0]&0x0f != 0 {
		return nil, Invalid
	}
	r := reader(b[1:])
	length, ok := r.length()
	switch {
	case !ok && len(b) > 4:
		return nil, Invalid
	case !ok, length > len(r):
		return nil, Incomplete
	case length < len(r), length < 2:
		return nil, Invalid
	}
	return r, Valid
}

func (p *Packet) connect(r *reader) bool {
	var ok bool
	if p.ProtocolName, ok = r.bytes(); !ok {
		return false
	}
	if !bytes.EqualFold(p.ProtocolName, []byte("MQTT")) && !bytes.EqualFold(p.ProtocolName, []byte("MQIsdp")) {
		return false
	}
	if p.Version, ok = r.byte(); !ok || p.Version < 3 || p.Version > 5 {
		return false
	}
	if p.Flags, ok = r.byte(); !ok || p.Flags&reserved != 0 {
		return false
	}
	if p.KeepAlive, ok = r.uint16(); !ok {
		return false
	}
	if p.Version == 5 && !p.properties.read(r, connectProperties) {
		return false
	}
	if p.ClientID, ok = r.bytes(); !ok {
		return false
	}
	return p.will(r) && r.bytesIf(p.Flags&hasUser != 0, &p.User) && r.bytesIf(p.Flags&hasPassword != 0, &p.Password)
}

// will reads what the server is to send when the client is gone.
func (p *Packet) will(r *reader) bool {
	if p.Flags&hasWill == 0 {
		return true
	}
	if p.Version == 5 && !p.willProperties.read(r, willProperties) {
		return false
	}
	return r.bytesIf(true, &p.WillTopic) && r.bytesIf(true, &p.WillPayload)
}

// connectAck takes a packet with properties for one of version 5; the others look alike.
func (p *Packet) connectAck(r *reader) bool {
	var ok bool
	if p.Flags, ok = r.byte(); !ok || p.Flags > 1 {
		return false
	}
	if p.ReasonCode, ok = r.byte(); !ok {
		return false
	}
	p.Version = 4
	if len(*r) == 0 {
		return true
	}
	p.Version = 5
	return p.properties.read(r, ackProperties)
}
