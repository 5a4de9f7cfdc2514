// Package jwt verifies the signatures of JSON Web Tokens in compact form (RFC 7515, RFC 7519). It does not look at what
// they claim.
package jwt

import (
	"bytes"
	"encoding/base64"
)

// Token is a token in its parts, as they are written.
type Token struct {
	Header, Payload, Signature []byte
	signed                     []byte // the header and the payload with the dot between them
}

// Parse cuts a token at its dots, and reports whether there are one or two. The signature may be missing.
func Parse(b []byte) (Token, bool) {
	var t Token
	header, rest, ok := bytes.Cut(b, []byte("."))
	if !ok {
		return t, false
	}
	t.Header, t.signed = header, b
	t.Payload = rest
	if payload, signature, ok := bytes.Cut(rest, []byte(".")); ok {
		t.Payload, t.Signature = payload, signature
		t.signed = b[:len(header)+1+len(payload)]
	}
	return t, bytes.IndexByte(t.Signature, '.') < 0
}

// AppendDecoded appends what a part of a token stands for, and reports whether it is base64url text.
func AppendDecoded(b, part []byte) ([]byte, bool) {
	b, err := base64.RawURLEncoding.AppendDecode(b, part)
	return b, err == nil
}
