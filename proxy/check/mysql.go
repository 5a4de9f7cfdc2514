package check

import (
	"encoding/binary"

	"tidelock/proxy/server"
)

// MySQL reads the greeting of a MySQL server and, when there is a user, logs in without a password (option mysql-check).
// Old speaks the protocol before version 4.1.
func MySQL(user string, old bool) []Step {
	outcome := Outcome{Error: server.Layer7Response, Timeout: server.Layer7Timeout}
	greeting := &Judge{What: "custom function", Outcome: outcome, Read: func(b []byte, whole bool) (server.Result, bool) {
		_, result, more := mysqlPacket(b, whole)
		return result, more
	}}
	if user == "" {
		return []Step{&ConnectStep{Linger: true}, greeting}
	}
	answer := &Judge{What: "custom function", Outcome: outcome, Read: func(b []byte, whole bool) (server.Result, bool) {
		length, result, more := mysqlPacket(b, whole)
		if more || !result.Status.Passed() {
			return result, more
		}
		version := result.Info
		if _, result, more = mysqlPacket(b[length:], whole); result.Status.Passed() {
			result.Info = version
		}
		return result, more
	}}
	return []Step{&ConnectStep{Linger: true}, send(mysqlLogin(user, old)), greeting, answer}
}

// mysqlLogin makes a packet that logs in and one that quits.
func mysqlLogin(user string, old bool) string {
	var login []byte
	if old {
		// capabilities: transactions; a packet's largest size
		login = append([]byte{0, 0x80, 0, 0, 1}, user...)
		login = append(login, 0, 0)
	} else {
		// capabilities: protocol 4.1, transactions, secure connection; a packet's largest size; UTF-8; reserved
		login = append([]byte{0, 0x82, 0, 0, 0, 0x80, 0, 1, 0x21}, make([]byte, 23)...)
		login = append(append(login, user...), 0, 0)
	}
	const quit = "\x01\x00\x00\x00\x01"
	n := len(login)
	return string(append([]byte{byte(n), byte(n >> 8), byte(n >> 16), 1}, login...)) + quit
}

// mysqlPacket judges the first packet: any but one that reports an error is good. A greeting says which version it is of.
// Length is the packet's.
func mysqlPacket(b []byte, whole bool) (length int, result server.Result, more bool) {
	const header = 4
	if len(b) >= header {
		length = header + int(b[0]) + int(b[1])<<8 + int(b[2])<<16
	}
	if length <= header || len(b) < length {
		return 0, server.Result{Status: server.Layer7Response}, !whole
	}
	const errorPacket = 0xff
	if b = b[header:length]; b[0] != errorPacket {
		return length, server.Result{Status: server.Layer7OK, Info: untilNUL(b[1:])}, false
	}
	result.Status = server.Layer7Status
	if len(b) >= 3 {
		result.Code, result.Info = int(binary.LittleEndian.Uint16(b[1:])), string(b[3:])
	}
	return length, result, false
}
