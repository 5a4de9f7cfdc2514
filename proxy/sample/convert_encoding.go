package sample

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"net/netip"

	"tidelock/proxy/value"
)

// encodingConverters change the representation of values.
var encodingConverters = []Converter{
	{Name: "b64dec", Input: value.String, Output: value.Binary, Convert: decode(base64.StdEncoding.Strict())},
	{Name: "base64", Input: value.Binary, Output: value.String, Convert: encode(base64.StdEncoding)},
	{Name: "hex", Input: value.Binary, Output: value.String, Convert: toHex},
	{Name: "hex2i", Input: value.String, Output: value.Integer, Convert: fromHex},
	{Name: "htonl", Input: value.Integer, Output: value.Binary, Convert: networkOrder},
	{Name: "ipmask", Parameters: required(Mask4).and(Mask6), Input: value.Address, Output: value.Address, Convert: maskAddress},
	{Name: "ub64dec", Input: value.String, Output: value.Binary, Convert: decode(base64.RawURLEncoding)},
	{Name: "ub64enc", Input: value.Binary, Output: value.String, Convert: encode(base64.RawURLEncoding)},
	{Name: "url_dec", Parameters: optional(Integer), Input: value.String, Output: value.String, Convert: decodeURL},
	{Name: "url_enc", Parameters: required(String), Input: value.String, Output: value.String, Prepare: prepareURLEncoding, Convert: encodeURL},
}

func encode(encoding *base64.Encoding) conversion {
	return func(c *Context, _ []Argument, v value.Value) value.Value {
		return c.text(encoding.AppendEncode(c.Scratch.Buffer(), v.Data))
	}
}

func decode(encoding *base64.Encoding) conversion {
	return func(c *Context, _ []Argument, v value.Value) value.Value {
		b, err := encoding.AppendDecode(c.Scratch.Buffer(), v.Data)
		if err != nil {
			return value.Value{}
		}
		return c.bytes(b)
	}
}

const hexDigits = "0123456789ABCDEF"

func toHex(c *Context, _ []Argument, v value.Value) value.Value {
	return c.text(appendHex(c.Scratch.Buffer(), v.Data))
}

func appendHex(b, data []byte) []byte {
	for _, x := range data {
		b = append(b, hexDigits[x>>4], hexDigits[x&15])
	}
	return b
}

// fromHex keeps the last 16 digits of a longer number.
func fromHex(_ *Context, _ []Argument, v value.Value) value.Value {
	n := uint64(0)
	for _, x := range v.Data {
		d := hexDigit(x)
		if d < 0 {
			return value.Value{}
		}
		n = n<<4 | uint64(d)
	}
	return value.Int(int64(n))
}

func networkOrder(c *Context, _ []Argument, v value.Value) value.Value {
	return c.bytes(binary.BigEndian.AppendUint32(c.Scratch.Buffer(), uint32(v.Int)))
}

// maskAddress yields none for an IPv6 address without a mask of its own, unless an IPv4 address is mapped into it.
func maskAddress(_ *Context, a []Argument, v value.Value) value.Value {
	switch {
	case v.Addr.Is4() || v.Addr.Is4In6():
		x, mask := v.Addr.As4(), a[0].Addr.As4()
		for i := range x {
			x[i] &= mask[i]
		}
		return value.Addr(netip.AddrFrom4(x))
	case a[1].Given:
		x, mask := v.Addr.As16(), a[1].Addr.As16()
		for i := range x {
			x[i] &= mask[i]
		}
		return value.Addr(netip.AddrFrom16(x))
	}
	return value.Value{}
}

// decodeURL replaces %XX everywhere, and plus signs after a question mark, or everywhere in a form.
func decodeURL(c *Context, a []Argument, v value.Value) value.Value {
	inForm := a[0].Int != 0
	b := c.Scratch.Buffer()
	for i := 0; i < len(v.Data); i++ {
		switch x := v.Data[i]; {
		case x == '%':
			if i+2 >= len(v.Data) || hexDigit(v.Data[i+1]) < 0 || hexDigit(v.Data[i+2]) < 0 {
				return value.Value{}
			}
			b = append(b, byte(hexDigit(v.Data[i+1])<<4|hexDigit(v.Data[i+2])))
			i += 2
		case x == '+' && inForm:
			b = append(b, ' ')
		default:
			inForm = inForm || x == '?'
			b = append(b, x)
		}
	}
	return c.text(b)
}

func prepareURLEncoding(_ *Compiler, a []Argument) error {
	if a[0].Text != "" && a[0].Text != "query" {
		return errors.New("Unexpected encode type. Allowed value is 'query'")
	}
	return nil
}

// encodeURL leaves alone what RFC 3986, section 2.3, calls unreserved.
func encodeURL(c *Context, _ []Argument, v value.Value) value.Value {
	b := c.Scratch.Buffer()
	for _, x := range v.Data {
		switch {
		case 'a' <= x && x <= 'z', 'A' <= x && x <= 'Z', '0' <= x && x <= '9', x == '-', x == '.', x == '_', x == '~':
			b = append(b, x)
		default:
			b = append(b, '%', hexDigits[x>>4], hexDigits[x&15])
		}
	}
	return c.text(b)
}

// decodeKey reads the base64 text of a key.
func decodeKey(text []byte) ([]byte, error) {
	return base64.StdEncoding.Strict().AppendDecode(nil, text)
}

// hexDigit returns the value of a hexadecimal digit, or -1.
func hexDigit(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c && c <= 'f':
		return int(c-'a') + 10
	case 'A' <= c && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}
