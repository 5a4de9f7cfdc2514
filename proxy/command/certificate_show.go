package command

import (
	"fmt"
	"strconv"
	"strings"

	"tidelock/proxy/runtime"
	"tidelock/proxy/tlsconfig"
)

// show ssl { cert | ca-file | crl-file } [ [*]<file>[:<index>] ]
func (t *transactions) showFiles(c *runtime.Call) {
	if path := c.Arg(0); path != "" {
		t.show(t, c, path)
		return
	}
	count := func(content []byte) string {
		if t.kind != tlsconfig.Authorities {
			return ""
		}
		return fmt.Sprintf(" - %d certificate(s)", len(tlsconfig.ParseCertificates(content)))
	}
	if t.path != "" {
		c.Printf("# transaction\n*%s%s\n", t.path, count(t.content))
	}
	names := t.files.Names(t.kind)
	if len(names) > 0 || t.kind != tlsconfig.Certificates {
		c.Printf("# filename\n")
	}
	for _, name := range names {
		content, _ := t.files.ReadFile(name)
		c.Printf("%s%s\n", name, count(content))
	}
}

// content returns the content of a file, or of the transaction about it when a star stands before its name.
func (t *transactions) contentOf(path string) (content []byte, status string, there bool) {
	if name, open := strings.CutPrefix(path, "*"); open {
		return t.content, "Unused", t.path == name && name != ""
	}
	used, there := t.files.Used(t.kind, path)
	content, _ = t.files.ReadFile(path)
	switch {
	case used:
		status = "Used"
	case len(content) == 0:
		status = "Empty"
	default:
		status = "Unused"
	}
	return content, status, there
}

func (t *transactions) showCertificate(c *runtime.Call, path string) {
	content, status, there := t.contentOf(path)
	if !there {
		c.Fail("Can't display the certificate: Not found or the certificate is a bundle!")
		return
	}
	c.Printf("Filename: %s\nStatus: %s\n", path, status)
	for i, certificate := range tlsconfig.ParseCertificates(content) {
		if i == 0 {
			c.Printf("%s", tlsconfig.Describe(certificate))
			continue
		}
		c.Printf("Chain Subject: %s\nChain Issuer: %s\n", tlsconfig.DistinguishedName(certificate.RawSubject),
			tlsconfig.DistinguishedName(certificate.RawIssuer))
	}
	c.Printf("OCSP Response Key: \n")
}

// numbered splits an index off the name of a file; 0 is none.
func numbered(path string) (string, int) {
	if name, digits, found := strings.Cut(path, ":"); found {
		if n, err := strconv.Atoi(digits); err == nil && n > 0 {
			return name, n
		}
	}
	return path, 0
}

func (t *transactions) showAuthorities(c *runtime.Call, path string) {
	path, index := numbered(path)
	content, status, there := t.contentOf(path)
	if !there {
		c.Fail("Can't display the CA file : Not found!")
		return
	}
	certificates := tlsconfig.ParseCertificates(content)
	if len(certificates) == 0 || index > len(certificates) {
		return
	}
	c.Printf("Filename: %s\nStatus: %s\n", path, status)
	for i, certificate := range certificates {
		if index == 0 || index == i+1 {
			c.Printf(" \nCertificate #%d:\n%s", i+1, tlsconfig.Describe(certificate))
		}
	}
}

func (t *transactions) showRevocations(c *runtime.Call, path string) {
	path, index := numbered(path)
	content, status, there := t.contentOf(path)
	if !there {
		c.Fail("Can't display the CRL file : Not found!")
		return
	}
	c.Printf("Filename: %s\nStatus: %s\n", path, status)
	for i, list := range tlsconfig.ParseRevocations(content) {
		if index == 0 || index == i+1 {
			c.Printf(" \nCertificate Revocation List #%d:\n%s", i+1, tlsconfig.DescribeRevocations(list))
		}
	}
}
