package config

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"tidelock/proxy/config/syntax"
)

// Certificate is a certificate that a listener shows.
type Certificate struct {
	Path    string   // of a file or a folder
	Names   []string // that it is for, "!name" not; empty for those in the certificate
	TLS     *TLS     // of connections that get this certificate, where it differs from the line's; nil for the same
	InAList bool     // a crt-list names it, and not the bind line
}

// addCertificate is crt <path>.
func addCertificate(t *tlsReader, value string) error {
	t.Certificates = append(t.Certificates, Certificate{Path: t.certificate(value)})
	return nil
}

// addCertificates is crt-list <file>, whose lines are: <path> [\[<parameter>...\]] [[!]<name>...]
func addCertificates(t *tlsReader, value string) error {
	path := t.certificate(value)
	content, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf(": cannot open file '%s' : %s", value, syntax.SystemReason(err))
	}
	number := 0
	for line := range strings.Lines(string(content)) {
		number++
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		c, err := t.listed(line)
		if err != nil {
			return fmt.Errorf(": parsing [%s:%d]: %w", value, number, err)
		}
		t.Certificates = append(t.Certificates, c)
	}
	return nil
}

// listed reads one line of a certificate list.
func (t *tlsReader) listed(line string) (Certificate, error) {
	c := Certificate{InAList: true}
	rest := line
	if before, after, found := strings.Cut(line, "["); found {
		parameters, names, closed := strings.Cut(after, "]")
		if !closed {
			return c, errors.New("expected ']' at the end of the parameters")
		}
		c.TLS = new(TLS)
		words := strings.Fields(parameters)
		of := *t
		of.TLS = c.TLS
		switch read, err := of.parameters(words, tlsInList); {
		case errors.Is(err, errUnknownParameter):
			return c, fmt.Errorf("unknown ssl keyword %s", words[read])
		case err != nil:
			return c, err
		}
		rest = before + " " + names
	}
	words := strings.Fields(rest)
	if len(words) == 0 {
		return c, errors.New("expected the name of a certificate")
	}
	c.Path, c.Names = t.certificate(words[0]), words[1:]
	return c, nil
}
