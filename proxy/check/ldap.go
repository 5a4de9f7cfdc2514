package check

import "tidelock/proxy/server"

// ldapBind is an anonymous bind request of version 3 (RFC 4511, section 4.2).
const ldapBind = "0\x0c\x02\x01\x01`\x07\x02\x01\x03\x04\x00\x80\x00"

// ldapResults is where HAProxy sends those who want to know what a result code means.
const ldapResults = "See RFC: http://tools.ietf.org/html/rfc4511#section-4.1.9"

// LDAP binds anonymously (option ldap-check).
func LDAP() []Step {
	return []Step{send(ldapBind), &Judge{
		What: "custom function", Outcome: Outcome{Error: server.Layer7Response, Timeout: server.Layer7Timeout},
		Read: ldapResponse,
	}}
}

// ldapResponse reads a bind response: SEQUENCE { messageID 1, [APPLICATION 1] { resultCode ENUMERATED, ... } }.
func ldapResponse(b []byte, whole bool) (server.Result, bool) {
	const least = 14 // the shortest response
	if len(b) < least {
		return server.Result{Status: server.Layer7Response}, !whole
	}
	foreign := server.Result{Status: server.Layer7Response, Info: "Not LDAPv3 protocol"}
	rest, ok := berEnter(b, 0x30)
	if !ok || len(rest) < 3 || rest[0] != 2 || rest[1] != 1 || rest[2] != 1 {
		return foreign, false
	}
	rest, ok = berEnter(rest[3:], 0x61)
	if !ok || len(rest) < 3 || rest[0] != 0x0a || rest[1] != 1 {
		return foreign, false
	}
	if code := rest[2]; code != 0 {
		return server.Result{Status: server.Layer7Status, Code: int(code), Info: ldapResults}, false
	}
	return server.Result{Status: server.Layer7OK, Info: "Success"}, false
}

// berEnter returns what is inside an element of a tag, and after it: lengths are not looked at, but for how long they are.
func berEnter(b []byte, tag byte) ([]byte, bool) {
	if len(b) < 2 || b[0] != tag {
		return nil, false
	}
	size := 0
	if b[1]&0x80 != 0 {
		size = int(b[1] & 0x7f)
	}
	if len(b) < 2+size {
		return nil, false
	}
	return b[2+size:], true
}
