package tlsconfig

import (
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
)

// Part is a part of a certificate that can be replaced on its own, by the ending of the file that it may stand in.
type Part string

// Parts of a certificate.
const (
	Chain  Part = "crt" // certificates in PEM, and the key if it stands there too
	Key    Part = "key"
	OCSP   Part = "ocsp" // a response in base64
	Issuer Part = "issuer"
	SCTL   Part = "sctl"
)

// partUpdate says what becomes of the text that is given for a part.
type partUpdate struct {
	part  Part
	apply func(u *update, text []byte) error
}

// partUpdates are carried out in this order: a chain may bring a key along, and a key of its own counts more.
var partUpdates = []partUpdate{
	{Chain, (*update).setChain},
	{Key, (*update).setKey},
	{OCSP, (*update).setOCSP},
	{Issuer, (*update).setIssuer},
	{SCTL, (*update).setSCTL},
}

// update is a certificate while parts of it are replaced.
type update struct {
	path       string
	chain, key []byte
	contents   map[string][]byte // of files
}

// ErrUnknownCertificate is the error of an update of what no listener and no server was made from.
var ErrUnknownCertificate = errors.New("Can't replace a certificate which is not referenced by the configuration!")

// Update replaces parts of a certificate by its file, all of them or none, for the handshakes that follow: what "set ssl
// cert" and "commit ssl cert" do together. Errors have HAProxy's words.
func (f *Files) Update(path string, parts map[Part][]byte) error {
	if _, there := f.Used(Certificates, path); !there {
		return ErrUnknownCertificate
	}
	u := update{path: path, contents: map[string][]byte{}}
	content, _ := f.ReadFile(path)
	if u.chain, u.key = pemParts(content); u.key == nil {
		content, _ = f.ReadFile(path + ".key")
		_, u.key = pemParts(content)
	}
	for _, row := range partUpdates {
		text, given := parts[row.part]
		if !given {
			continue
		}
		if err := row.apply(&u, text); err != nil {
			return fmt.Errorf("%wCan't load the payload for '%s'", err, row.part)
		}
	}
	if errors.Is(Match(u.chain, u.key), ErrMismatch) {
		return fmt.Errorf("unable to load SSL private key into SSL Context '%s'.\n", path)
	}
	u.contents[path] = slices.Concat(u.chain, u.key)
	_, err := f.Replace(u.contents)
	return err
}

func (u *update) setChain(text []byte) error {
	chain, key := pemParts(text)
	if len(ParseCertificates(chain)) == 0 {
		return fmt.Errorf("unable to load certificate from file '%s'.\n", u.path)
	}
	u.chain = chain
	if key != nil {
		u.key = key
	}
	return nil
}

func (u *update) setKey(text []byte) error {
	_, key := pemParts(text)
	if key == nil {
		return fmt.Errorf("unable to load private key from file '%s'.\n", u.path)
	}
	u.key = key
	return nil
}

func (u *update) setOCSP(text []byte) error {
	response, err := base64.StdEncoding.DecodeString(string(text))
	if err != nil {
		return errors.New("Error reading OCSP response in base64 format")
	}
	u.contents[u.path+".ocsp"] = response
	return nil
}

func (u *update) setIssuer(text []byte) error {
	if len(ParseCertificates(text)) == 0 {
		return fmt.Errorf("'%s' cannot be read or parsed'.\n", u.path)
	}
	u.contents[u.path+".issuer"] = text
	return nil
}

func (u *update) setSCTL(text []byte) error {
	if _, err := timestamps(text); err != nil {
		return errors.New("")
	}
	u.contents[u.path+".sctl"] = text
	return nil
}
