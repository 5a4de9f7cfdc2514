package host

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"os"

	"tidelock/abi"
)

// tlsOptions are what a script asks of a TLS connection: HAProxy 2.6 has none of them. Files are named as for io.open, and
// hold PEM.
//
//	sni      the name to ask the server for, and to verify its certificate for; the address's host where it is missing
//	verify   whether its certificate must be valid for that name
//	ca_file  the authorities that may have signed it, instead of those that the system trusts; includes verify
//	crt      a certificate with its key, for servers that ask for one
type tlsOptions struct {
	name               string
	verify             bool
	authorities, proof string
}

// tlsOptions takes a table of options, a name alone, or nothing.
func (c *Call) tlsOptions() (o tlsOptions, err error) {
	v := c.Next()
	switch v.Type {
	case abi.Nil:
		return o, nil
	case abi.String:
		o.name = string(v.Bytes)
		return o, nil
	case abi.Table:
	default:
		return o, c.mistyped("table", v)
	}
	for entries := v.Entries(); entries.More(); {
		key, value := entries.Next(), entries.Next()
		var text *string
		switch string(key.Bytes) {
		case "sni":
			text = &o.name
		case "ca_file":
			text, o.verify = &o.authorities, true
		case "crt":
			text = &o.proof
		case "verify":
			o.verify = value.Truth()
			continue
		default:
			return o, fmt.Errorf("connect_ssl: unknown option '%s': expected sni, verify, ca_file or crt", key.Bytes)
		}
		if value.Type != abi.String {
			return o, fmt.Errorf("connect_ssl: option '%s' must be a string, not a %s", key.Bytes, value.Type)
		}
		*text = string(value.Bytes)
	}
	return o, nil
}

// handshake makes a connection a TLS one, and closes it on failure. Unless told otherwise it takes any certificate, as
// HAProxy's sockets do.
func (s *socketFunctions) handshake(ctx context.Context, conn net.Conn, host string, o tlsOptions) (net.Conn, error) {
	config := &tls.Config{ServerName: o.name, InsecureSkipVerify: !o.verify}
	if o.verify && o.name == "" {
		config.ServerName = host
	}
	err := s.load(config, o)
	if err == nil {
		secured := tls.Client(conn, config)
		if err = secured.HandshakeContext(ctx); err == nil {
			return secured, nil
		}
	}
	conn.Close()
	return nil, err
}

// load reads the files that the options name.
func (s *socketFunctions) load(config *tls.Config, o tlsOptions) error {
	if o.authorities != "" {
		pem, err := s.pem(o.authorities)
		if err != nil {
			return err
		}
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(pem) {
			return &optionError{"ca_file", o.authorities, errors.New("no certificate in it")}
		}
	}
	if o.proof != "" {
		pem, err := s.pem(o.proof)
		if err != nil {
			return err
		}
		certificate, err := tls.X509KeyPair(pem, pem)
		if err != nil {
			return &optionError{"crt", o.proof, err}
		}
		config.Certificates = []tls.Certificate{certificate}
	}
	return nil
}

func (s *socketFunctions) pem(name string) ([]byte, error) {
	f, err := s.files.open(name, os.O_RDONLY)
	if err != nil {
		return nil, &optionError{"file", name, err}
	}
	defer f.Close()
	pem, err := io.ReadAll(io.LimitReader(f, maxPEM))
	if err != nil {
		return nil, &optionError{"file", name, err}
	}
	return pem, nil
}

// maxPEM is more than all authorities of a system take.
const maxPEM = 4 << 20

// optionError is an option that cannot be used: the script's mistake, and not the server's.
type optionError struct {
	option, value string
	err           error
}

func (e *optionError) Error() string {
	return fmt.Sprintf("connect_ssl: %s '%s': %v", e.option, e.value, e.err)
}

func (e *optionError) Unwrap() error { return e.err }
