package stream

import (
	"errors"
	"syscall"
)

// ConnectError is what went wrong with a connection, in HAProxy's numbers (manual, section 7.3.3, fc_err_str).
type ConnectError uint8

// The errors that connections of clients and to servers end with here.
const (
	Success              ConnectError = 0
	MaxConn              ConnectError = 1
	ProcessDescriptors   ConnectError = 2
	SystemDescriptors    ConnectError = 3
	SystemBuffers        ConnectError = 4
	UnsupportedFamily    ConnectError = 5
	SocketError          ConnectError = 6
	PortRangeExhausted   ConnectError = 7
	BindError            ConnectError = 8
	NoSourcePort         ConnectError = 9
	SourceInUse          ConnectError = 10
	ProxyHeaderClosed    ConnectError = 11
	ProxyHeaderError     ConnectError = 12
	ProxyHeaderTimeout   ConnectError = 13
	ProxyHeaderTruncated ConnectError = 14
	NotProxyHeader       ConnectError = 15
	ProxyHeaderInvalid   ConnectError = 16
	ProxyHeaderUnhandled ConnectError = 17
	HandshakeClosed      ConnectError = 24
	HandshakeError       ConnectError = 25
	HandshakeTimeout     ConnectError = 26
	ChainUnverified      ConnectError = 30
	CertificateUntrusted ConnectError = 31
	HandshakeFailure     ConnectError = 34
)

var connectErrors = map[ConnectError]string{
	Success:              "Success",
	MaxConn:              "Reached configured maxconn value",
	ProcessDescriptors:   "Too many sockets on the process",
	SystemDescriptors:    "Too many sockets on the system",
	SystemBuffers:        "Out of system buffers",
	UnsupportedFamily:    "Protocol or address family not supported",
	SocketError:          "General socket error",
	PortRangeExhausted:   "Source port range exhausted",
	BindError:            "Can't bind to source address",
	NoSourcePort:         "Out of local source ports on the system",
	SourceInUse:          "Local source address already in use",
	ProxyHeaderClosed:    "Connection closed while waiting for PROXY protocol header",
	ProxyHeaderError:     "Connection error while waiting for PROXY protocol header",
	ProxyHeaderTimeout:   "Timeout while waiting for PROXY protocol header",
	ProxyHeaderTruncated: "Truncated PROXY protocol header received",
	NotProxyHeader:       "Received something which does not look like a PROXY protocol header",
	ProxyHeaderInvalid:   "Received an invalid PROXY protocol header",
	ProxyHeaderUnhandled: "Received an unhandled protocol in the PROXY protocol header",
	HandshakeClosed:      "Connection closed during SSL handshake",
	HandshakeError:       "Connection error during SSL handshake",
	HandshakeTimeout:     "Timeout during SSL handshake",
	ChainUnverified:      "SSL client CA chain cannot be verified",
	CertificateUntrusted: "SSL client certificate not trusted",
	HandshakeFailure:     "SSL handshake failure",
}

// String returns the text that HAProxy has for e.
func (e ConnectError) String() string { return connectErrors[e] }

// ConnectErrorOf sorts an error of opening a connection.
func ConnectErrorOf(err error) ConnectError {
	var number syscall.Errno
	if err == nil {
		return Success
	}
	if !errors.As(err, &number) {
		return SocketError
	}
	switch number {
	case syscall.EMFILE:
		return ProcessDescriptors
	case syscall.ENFILE:
		return SystemDescriptors
	case syscall.ENOBUFS, syscall.ENOMEM:
		return SystemBuffers
	case syscall.EAFNOSUPPORT, syscall.EPROTONOSUPPORT:
		return UnsupportedFamily
	case syscall.EACCES, syscall.EPERM:
		return BindError
	case syscall.EADDRNOTAVAIL:
		return NoSourcePort
	case syscall.EADDRINUSE:
		return SourceInUse
	}
	return SocketError
}
