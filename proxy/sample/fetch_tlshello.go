package sample

import (
	"encoding/hex"
	"fmt"

	"tidelock/proxy/stream"
	"tidelock/proxy/tlsname"
	"tidelock/proxy/value"
)

// capturedHelloFetches are about the hello of a client whose connection is secured here. They have values where
// tune.ssl.capture-buffer-size has it kept.
var capturedHelloFetches = []Fetch{
	{Name: "ssl_fc_cipherlist_bin", Parameters: optional(Integer), Output: value.String, Source: clientConnection, Get: helloList(ciphersOf, binaryList)},
	{Name: "ssl_fc_cipherlist_hex", Parameters: optional(Integer), Output: value.Binary, Source: clientConnection, Get: helloList(ciphersOf, hexList)},
	{Name: "ssl_fc_cipherlist_str", Parameters: optional(Integer), Output: value.String, Source: clientConnection, Get: helloList(ciphersOf, namedList)},
	{Name: "ssl_fc_cipherlist_xxh", Output: value.Integer, Source: clientConnection, Get: ofCapturedHello(helloHash)},
	{Name: "ssl_fc_ecformats_bin", Output: value.String, Source: clientConnection, Get: ofCapturedHello(helloPointFormats)},
	{Name: "ssl_fc_eclist_bin", Parameters: optional(Integer), Output: value.String, Source: clientConnection, Get: helloList(curvesOf, binaryList)},
	{Name: "ssl_fc_extlist_bin", Parameters: optional(Integer), Output: value.String, Source: clientConnection, Get: helloList(extensionsOf, binaryList)},
	{Name: "ssl_fc_protocol_hello_id", Output: value.Integer, Source: clientConnection, Get: ofCapturedHello(capturedVersion)},
}

func ciphersOf(h *stream.ClientHello) []byte    { return h.Ciphers }
func curvesOf(h *stream.ClientHello) []byte     { return h.Curves }
func extensionsOf(h *stream.ClientHello) []byte { return h.Extensions }

func ofCapturedHello(get func(*stream.ClientHello) value.Value) fetchFunc {
	return func(c *Context, _ []Argument) value.Value {
		if t := c.Stream.Session.TLS; t != nil && t.Hello != nil {
			return get(t.Hello)
		}
		return value.Value{}
	}
}

func helloHash(h *stream.ClientHello) value.Value { return value.Int(int64(h.Hash)) }

func helloPointFormats(h *stream.ClientHello) value.Value { return value.Bytes(h.PointFormats) }

func capturedVersion(h *stream.ClientHello) value.Value { return value.Int(int64(h.Version)) }

// helloList makes a fetch of a list of numbers of 16 bits, with the argument 1 without those that only test whether servers
// ignore what they do not know (GREASE, RFC 8701).
func helloList(of func(*stream.ClientHello) []byte, show func(*Context, []byte) value.Value) fetchFunc {
	return func(c *Context, a []Argument) value.Value {
		t := c.Stream.Session.TLS
		if t == nil || t.Hello == nil {
			return value.Value{}
		}
		list := of(t.Hello)
		if len(a) > 0 && a[0].Int == 1 {
			list = withoutGREASE(list)
		}
		return show(c, list)
	}
}

func withoutGREASE(list []byte) []byte {
	kept := make([]byte, 0, len(list))
	for ; len(list) >= 2; list = list[2:] {
		if list[0] != list[1] || list[0]&0xf != 0xa {
			kept = append(kept, list[0], list[1])
		}
	}
	return kept
}

func binaryList(_ *Context, list []byte) value.Value { return value.Bytes(list) }

func hexList(_ *Context, list []byte) value.Value {
	text := make([]byte, 0, 2*len(list))
	return value.Text(upperHex(text, list))
}

func upperHex(to, list []byte) []byte {
	from := len(to)
	to = hex.AppendEncode(to, list)
	for i := from; i < len(to); i++ {
		if to[i] >= 'a' {
			to[i] -= 'a' - 'A'
		}
	}
	return to
}

func namedList(_ *Context, list []byte) value.Value {
	var text []byte
	for ; len(list) >= 2; list = list[2:] {
		if len(text) > 0 {
			text = append(text, ',')
		}
		id := uint16(list[0])<<8 | uint16(list[1])
		if name := tlsname.Offered(id); name != "" {
			text = append(text, name...)
		} else {
			text = fmt.Appendf(text, "UNKNOWN(%04x)", id)
		}
	}
	return value.Text(text)
}

// keyLogFetches are what a file in the NSS key log format wants. They have values where tune.ssl.keylog has it kept.
func keyLogFetches() []Fetch {
	rows := []Fetch{
		{Name: "ssl_fc_client_random", Output: value.Binary, Source: clientConnection, Get: clientRandom},
		{Name: "ssl_fc_session_key", Output: value.Binary, Source: clientConnection, Get: sessionKey},
	}
	for name, label := range map[string]string{
		"client_early_traffic_secret":     "CLIENT_EARLY_TRAFFIC_SECRET",
		"client_handshake_traffic_secret": "CLIENT_HANDSHAKE_TRAFFIC_SECRET",
		"client_traffic_secret_0":         "CLIENT_TRAFFIC_SECRET_0",
		"early_exporter_secret":           "EARLY_EXPORTER_SECRET",
		"exporter_secret":                 "EXPORTER_SECRET",
		"server_handshake_traffic_secret": "SERVER_HANDSHAKE_TRAFFIC_SECRET",
		"server_traffic_secret_0":         "SERVER_TRAFFIC_SECRET_0",
	} {
		rows = append(rows, Fetch{Name: "ssl_fc_" + name, Output: value.String, Source: clientConnection, Get: loggedSecret(label)})
	}
	return rows
}

func loggedSecret(label string) fetchFunc {
	return func(c *Context, _ []Argument) value.Value {
		if t := c.Stream.Session.TLS; t != nil && t.KeyLog != nil && t.KeyLog.Secrets[label] != nil {
			return value.Text(t.KeyLog.Secrets[label])
		}
		return value.Value{}
	}
}

func clientRandom(c *Context, _ []Argument) value.Value {
	if t := c.Stream.Session.TLS; t != nil && t.KeyLog != nil && t.KeyLog.ClientRandom != nil {
		return value.Bytes(t.KeyLog.ClientRandom)
	}
	return value.Value{}
}

// sessionKey is the master secret, which TLS 1.3 does not have: there crypto/tls tells nothing that could stand for it.
func sessionKey(c *Context, _ []Argument) value.Value {
	t := c.Stream.Session.TLS
	if t == nil || t.KeyLog == nil || t.KeyLog.Secrets["CLIENT_RANDOM"] == nil {
		return value.Value{}
	}
	key, err := hex.AppendDecode(nil, t.KeyLog.Secrets["CLIENT_RANDOM"])
	if err != nil {
		return value.Value{}
	}
	return value.Bytes(key)
}
