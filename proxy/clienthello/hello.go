// Package clienthello reads the first message of a TLS connection out of bytes that nobody has answered yet: what a client
// asks for decides where a connection goes that is passed on as it is. The input is hostile: nothing is trusted, copied or
// allocated.
package clienthello

import "encoding/binary"

// Hello is a ClientHello. Slices alias the input.
type Hello struct {
	Version    uint16 // of the message: legacy_version from TLS 1.3 on
	ServerName []byte // of the server_name extension, nil without one
	ALPN       []byte // the list of protocols, each after its length; nil without the extension
	Curves     bool   // the client sent supported_groups
	Ticket     Ticket
	SessionID  []byte
}

// Ticket says what a client sent of the session_ticket extension.
type Ticket uint8

const (
	NoTicket Ticket = iota
	EmptyTicket
	FullTicket
)

// Outcome is what there is at the front of the input.
type Outcome uint8

const (
	Short Outcome = iota // the beginning of what may become a hello
	None                 // no TLS, or no hello
	Found
)

// Of the record layer and of the handshake (RFC 8446, sections 5.1 and 4).
const (
	recordHandshake = 0x16
	recordHeader    = 5
	longestRecord   = 1<<14 + 2048

	typeClientHello = 1
	typeServerHello = 2
	messageHeader   = 4

	extensionServerName   = 0
	extensionGroups       = 10
	extensionALPN         = 16
	extensionTicket       = 35
	randomLength          = 32
	longestSessionID      = 32
	serverNameTypeOfHosts = 0
)

// Client reads a ClientHello. It may be cut into several records only by those who want to hide: one that is, is None.
func Client(input []byte, h *Hello) Outcome {
	*h = Hello{}
	body, outcome := message(input, typeClientHello)
	if outcome != Found {
		return outcome
	}
	if !h.parse(body) {
		*h = Hello{}
		return None
	}
	return Found
}

// Type returns the type of the hello at the front of the input, of the client's or of the server's.
func Type(input []byte) (int, Outcome) {
	for _, kind := range []byte{typeClientHello, typeServerHello} {
		if _, outcome := message(input, kind); outcome != None {
			return int(kind), outcome
		}
	}
	return 0, None
}

// message returns the body of a handshake message that fills the first record, or begins it.
func message(input []byte, kind byte) ([]byte, Outcome) {
	for i, b := range input[:min(len(input), recordHeader+1)] {
		switch {
		case i == 0 && b != recordHandshake,
			i == 1 && b != 3, // the major version of all, SSL 3.0 to TLS 1.3
			i == recordHeader && b != kind:
			return nil, None
		}
	}
	if len(input) < recordHeader+messageHeader {
		return nil, Short
	}
	record := int(binary.BigEndian.Uint16(input[3:]))
	length := int(input[6])<<16 | int(input[7])<<8 | int(input[8])
	switch {
	case record > longestRecord, length+messageHeader > record:
		return nil, None
	case len(input) < recordHeader+messageHeader+length:
		return nil, Short
	}
	return input[recordHeader+messageHeader : recordHeader+messageHeader+length], Found
}

// parse reads the body of a ClientHello:
//
//	version(2) random(32) session ID<1> cipher suites<2> compression methods<1> extensions<2>
//
// where <n> is a length of n bytes before what it counts.
func (h *Hello) parse(body []byte) bool {
	if len(body) < 2+randomLength {
		return false
	}
	h.Version = binary.BigEndian.Uint16(body)
	r := reader(body[2+randomLength:])
	var suites, compressions []byte
	if !r.vector(1, &h.SessionID) || len(h.SessionID) > longestSessionID || !r.vector(2, &suites) || len(suites) < 2 ||
		len(suites)%2 != 0 || !r.vector(1, &compressions) || len(compressions) == 0 {
		return false
	}
	if len(r) == 0 {
		return true // SSL 3.0 has no extensions
	}
	var extensions []byte
	if !r.vector(2, &extensions) || len(r) > 0 {
		return false
	}
	for rest := reader(extensions); len(rest) > 0; {
		var kind uint16
		var data []byte
		if !rest.number(&kind) || !rest.vector(2, &data) || !h.extension(kind, data) {
			return false
		}
	}
	return true
}

// extension notes what an extension says, and reports whether it is well-formed.
func (h *Hello) extension(kind uint16, data []byte) bool {
	switch kind {
	case extensionServerName:
		return h.serverName(data)
	case extensionALPN:
		r := reader(data)
		return r.vector(2, &h.ALPN) && len(r) == 0 && protocols(h.ALPN)
	case extensionGroups:
		h.Curves = true
	case extensionTicket:
		h.Ticket = EmptyTicket
		if len(data) > 0 {
			h.Ticket = FullTicket
		}
	}
	return true
}

// serverName reads a list of names (RFC 6066, section 3), of which there is only ever one host.
func (h *Hello) serverName(data []byte) bool {
	r := reader(data)
	var list []byte
	if !r.vector(2, &list) || len(r) > 0 {
		return false
	}
	for rest := reader(list); len(rest) > 0; {
		kind := rest[0]
		rest = rest[1:]
		var name []byte
		if !rest.vector(2, &name) {
			return false
		}
		if kind == serverNameTypeOfHosts && h.ServerName == nil {
			h.ServerName = name
		}
	}
	return true
}

// protocols checks a list of names, each after its length.
func protocols(list []byte) bool {
	for r := reader(list); len(r) > 0; {
		var name []byte
		if !r.vector(1, &name) || len(name) == 0 {
			return false
		}
	}
	return true
}

// FirstProtocol returns what the client prefers of h.ALPN, nil without the extension.
func (h *Hello) FirstProtocol() []byte {
	var name []byte
	r := reader(h.ALPN)
	r.vector(1, &name)
	return name
}

// reader is what is left of a message.
type reader []byte

// number reads two bytes.
func (r *reader) number(into *uint16) bool {
	if len(*r) < 2 {
		return false
	}
	*into = binary.BigEndian.Uint16(*r)
	*r = (*r)[2:]
	return true
}

// vector reads a length of one or two bytes and what it counts.
func (r *reader) vector(width int, into *[]byte) bool {
	if len(*r) < width {
		return false
	}
	length := int((*r)[0])
	if width == 2 {
		length = length<<8 | int((*r)[1])
	}
	rest := (*r)[width:]
	if len(rest) < length {
		return false
	}
	*into, *r = rest[:length:length], rest[length:]
	return true
}
