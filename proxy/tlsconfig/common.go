package tlsconfig

import (
	"crypto/sha256"
	"crypto/tls"
	"encoding/base64"
	"fmt"
	"strings"

	"tidelock/proxy/config"
)

// common fills what both sides have: versions, ciphers, curves, tickets. kind names the line's keyword.
func common(into *tls.Config, t *config.TLS, kind string, warn func(string)) error {
	low, high, ok := t.Versions.Range()
	if !ok {
		return LineError("all SSL/TLS versions are disabled for")
	}
	into.MinVersion, into.MaxVersion = uint16(low), uint16(high)
	if t.Ciphers != "" {
		if into.CipherSuites, ok = parseCiphers(t.Ciphers); !ok {
			return LineError(fmt.Sprintf("unable to set SSL cipher list to '%s' for", t.Ciphers))
		}
	}
	if t.CipherSuites != "" {
		valid, all := checkSuites13(t.CipherSuites)
		if !valid {
			return LineError(fmt.Sprintf("unable to set TLS 1.3 cipher suites to '%s' for", t.CipherSuites))
		}
		if !all {
			warn("'ciphersuites' cannot choose among the three suites of TLS 1.3 in this version: all are offered.")
		}
	}
	if t.Curves != "" {
		chosen, err := parseCurves(t.Curves)
		if err != nil {
			return LineError(err.Error() + " for")
		}
		into.CurvePreferences = chosen
	}
	into.SessionTicketsDisabled = t.NoTickets
	return nil
}

// loadTicketKeys reads a file of keys, one line of base64 each, of 48 or 80 bytes. As in HAProxy the last but one encrypts,
// so that a key is known everywhere before it is used.
func (f *Files) loadTicketKeys(path string) ([][32]byte, error) {
	f.use(TicketKeys, path)
	content, err := f.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("'%s' : unable to load ssl tickets keys file", path)
	}
	var keys [][32]byte
	for i, line := range strings.Split(strings.TrimSpace(string(content)), "\n") {
		key, err := base64.StdEncoding.DecodeString(strings.TrimSpace(line))
		if err != nil {
			return nil, fmt.Errorf("'%s' : unable to decode base64 key on line %d", path, i+1)
		}
		if len(key) != 48 && len(key) != 80 {
			return nil, fmt.Errorf("'%s' : wrong key size on line %d", path, i+1)
		}
		keys = append(keys, sha256.Sum256(key)) // crypto/tls derives all that it needs from 32 bytes
	}
	if len(keys) < 3 {
		return nil, fmt.Errorf("'%s' : please supply at least 3 keys in the tls-tickets-file", path)
	}
	encrypting := len(keys) - 2
	keys[0], keys[encrypting] = keys[encrypting], keys[0]
	return keys, nil
}
