package tlsconfig

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"encoding/pem"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"tidelock/proxy/config/syntax"
)

// companions are files beside a certificate that belong to it, and are none themselves.
var companions = []string{".key", ".ocsp", ".issuer", ".sctl"}

// bundled are the endings of files that together stand for one certificate with keys of several kinds.
var bundled = []string{".ecdsa", ".rsa", ".dsa"}

// loadCertificates reads a file or all files of a folder, in the order of their names. Errors have HAProxy's words.
func (f *Files) loadCertificates(path string) ([]*tls.Certificate, error) {
	names, isFile, err := f.folder(path)
	if err != nil && names == nil {
		if bundle := f.bundleOf(path); bundle != nil {
			return f.loadAll(bundle)
		}
		return nil, fmt.Errorf("unable to stat SSL certificate from file '%s' : %s.", path, syntax.SystemReason(err))
	}
	if err != nil {
		return nil, fmt.Errorf("unable to scan directory '%s' : %s.", path, syntax.SystemReason(err))
	}
	if isFile {
		return f.loadAll([]string{path})
	}
	var files []string
	for _, name := range names {
		if name[0] != '.' && !slices.Contains(companions, filepath.Ext(name)) {
			files = append(files, filepath.Join(path, name))
		}
	}
	return f.loadAll(files)
}

// bundleOf returns the files that stand for one that does not exist.
func (f *Files) bundleOf(path string) (files []string) {
	for _, ending := range bundled {
		if _, isFile, _ := f.folder(path + ending); isFile {
			files = append(files, path+ending)
		}
	}
	return files
}

func (f *Files) loadAll(files []string) ([]*tls.Certificate, error) {
	var all []*tls.Certificate
	for _, file := range files {
		c, err := f.loadCertificate(file)
		if err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return all, nil
}

// loadCertificate reads a certificate with what follows it in its chain, and its key from the same file or the one beside
// it that ends with .key.
func (f *Files) loadCertificate(path string) (*tls.Certificate, error) {
	f.use(Certificates, path)
	content, err := f.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("unable to load certificate from file '%s' : %s.", path, syntax.SystemReason(err))
	}
	chain, key := pemParts(content)
	if len(chain) == 0 {
		return nil, fmt.Errorf("unable to load certificate from file '%s'.", path)
	}
	if key == nil {
		beside := path + ".key"
		content, err := f.ReadFile(beside)
		if err == nil {
			_, key = pemParts(content)
		}
		if key == nil {
			return nil, fmt.Errorf("No Private Key found in '%s'.", beside)
		}
	}
	c, err := tls.X509KeyPair(chain, key)
	if err != nil {
		return nil, fmt.Errorf("unable to load SSL private key into SSL Context '%s': %s.", path, strings.TrimPrefix(err.Error(), "tls: "))
	}
	if f != nil && f.SkipSelfIssued {
		c.Certificate = withoutSelfIssued(c.Certificate)
	}
	if staple, err := f.ReadFile(path + ".ocsp"); err == nil {
		c.OCSPStaple = staple
	}
	if list, err := f.ReadFile(path + ".sctl"); err == nil {
		if c.SignedCertificateTimestamps, err = timestamps(list); err != nil {
			return nil, fmt.Errorf("unable to load SCTL from '%s.sctl': %s.", path, err)
		}
	}
	return &c, nil
}

// withoutSelfIssued returns a chain without the authorities behind its first certificate that issued themselves.
func withoutSelfIssued(chain [][]byte) [][]byte {
	kept := chain[:1:1]
	for _, der := range chain[1:] {
		c, err := x509.ParseCertificate(der)
		if err != nil || !bytes.Equal(c.RawSubject, c.RawIssuer) {
			kept = append(kept, der)
		}
	}
	return kept
}

// pemParts takes the certificates and the first private key out of a file, each as PEM.
func pemParts(content []byte) (certificates, key []byte) {
	for {
		var block *pem.Block
		if block, content = pem.Decode(content); block == nil {
			return certificates, key
		}
		switch {
		case block.Type == "CERTIFICATE":
			certificates = append(certificates, pem.EncodeToMemory(block)...)
		case strings.HasSuffix(block.Type, "PRIVATE KEY") && key == nil:
			key = pem.EncodeToMemory(block)
		}
	}
}

// timestamps splits a SignedCertificateTimestampList (RFC 6962, section 3.3): a length, then timestamps with theirs.
func timestamps(list []byte) (all [][]byte, err error) {
	malformed := errors.New("malformed list")
	if len(list) < 2 || int(binary.BigEndian.Uint16(list)) != len(list)-2 {
		return nil, malformed
	}
	for list = list[2:]; len(list) > 0; {
		if len(list) < 2 || int(binary.BigEndian.Uint16(list)) > len(list)-2 {
			return nil, malformed
		}
		end := 2 + int(binary.BigEndian.Uint16(list))
		all = append(all, list[2:end])
		list = list[end:]
	}
	return all, nil
}

// loadPool reads authorities, or revocation lists, from a PEM file.
func (f *Files) loadPool(path string) (*authorities, error) {
	if path == systemCA {
		pool, err := x509.SystemCertPool()
		if err != nil {
			return nil, err
		}
		return &authorities{pool: pool}, nil
	}
	content, err := f.ReadFile(path)
	if err != nil {
		return nil, &FileError{path, syntax.SystemReason(err)}
	}
	return parsePool(path, content)
}

// parsePool reads the content of such a file.
func parsePool(path string, content []byte) (*authorities, error) {
	a := &authorities{pool: x509.NewCertPool()}
	for {
		var block *pem.Block
		if block, content = pem.Decode(bytes.TrimLeft(content, " \r\n\t")); block == nil {
			break
		}
		switch block.Type {
		case "CERTIFICATE", "TRUSTED CERTIFICATE":
			c, err := x509.ParseCertificate(block.Bytes)
			if err != nil {
				return nil, &FileError{path, err.Error()}
			}
			a.certificates = append(a.certificates, c)
			a.pool.AddCert(c)
		case "X509 CRL":
			l, err := x509.ParseRevocationList(block.Bytes)
			if err != nil {
				return nil, &FileError{path, err.Error()}
			}
			a.lists = append(a.lists, l)
		}
	}
	if len(a.certificates) == 0 && len(a.lists) == 0 {
		return nil, &FileError{path, "no certificate or crl found"}
	}
	return a, nil
}

// FileError says that a file of authorities cannot be used.
type FileError struct{ Path, Reason string }

func (e *FileError) Error() string {
	return fmt.Sprintf("Couldn't open the ca-file '%s' (%s).", e.Path, e.Reason)
}

// systemCA is the name of a file that stands for the authorities that the system trusts.
const systemCA = "@system-ca"

// authorities are certificates and revocation lists of one file.
type authorities struct {
	pool         *x509.CertPool
	certificates []*x509.Certificate // nil for those of the system
	lists        []*x509.RevocationList
}
