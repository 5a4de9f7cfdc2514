package jwt

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/hmac"
	"crypto/rsa"
	_ "crypto/sha256" // registers what the algorithms name
	_ "crypto/sha512"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
)

// Result is the outcome of a verification, in HAProxy's numbers (manual, section 7.3.1, jwt_verify).
type Result int

const (
	Failure            Result = 0
	Success            Result = 1
	UnknownAlgorithm   Result = -1
	UnmanagedAlgorithm Result = -2
	InvalidToken       Result = -3
	UnknownCertificate Result = -5
)

// Algorithm is one of RFC 7518, section 3.1.
type Algorithm struct {
	family family
	hash   crypto.Hash
}

type family uint8

const (
	none family = iota
	hmacFamily
	rsaFamily
	ecFamily
)

var families = map[string]family{"HS": hmacFamily, "RS": rsaFamily, "ES": ecFamily}

var hashes = map[string]crypto.Hash{"256": crypto.SHA256, "384": crypto.SHA384, "512": crypto.SHA512}

// The texts are HAProxy's.
var errUnmanaged = errors.New("RSASSA-PSS JWS signing not managed yet")

// ParseAlgorithm returns the algorithm called name.
//
// Errors: there is none, or it is one of those with PSS, which HAProxy does not know either.
func ParseAlgorithm(name string) (Algorithm, error) {
	if name == "none" {
		return Algorithm{}, nil
	}
	if len(name) == 5 {
		hash, ok := hashes[name[2:]]
		family, known := families[name[:2]]
		switch {
		case ok && known:
			return Algorithm{family, hash}, nil
		case ok && name[:2] == "PS":
			return Algorithm{}, errUnmanaged
		}
	}
	return Algorithm{}, fmt.Errorf("unknown JWT algorithm: %s", name)
}

// ResultOf returns the result that an error of ParseAlgorithm makes of a verification.
func ResultOf(err error) Result {
	if errors.Is(err, errUnmanaged) {
		return UnmanagedAlgorithm
	}
	return UnknownAlgorithm
}

// NeedsPublicKey reports whether a verifies with a public key instead of a secret.
func (a Algorithm) NeedsPublicKey() bool { return a.family >= rsaFamily }

// ParsePublicKey reads a public key in PEM.
func ParsePublicKey(text []byte) (crypto.PublicKey, error) {
	block, _ := pem.Decode(text)
	if block == nil || block.Type != "PUBLIC KEY" {
		return nil, errors.New("no public key in PEM")
	}
	return x509.ParsePKIXPublicKey(block.Bytes)
}

// Verify checks the signature of token. Of secret and key, which may be nil, it takes the one that a needs.
func Verify(token []byte, a Algorithm, secret []byte, key crypto.PublicKey) Result {
	t, ok := Parse(token)
	if !ok {
		return InvalidToken
	}
	if a.family == none {
		if len(t.Signature) > 0 {
			return Failure
		}
		return Success
	}
	if bytes.HasSuffix(t.Signature, []byte("=")) {
		return Failure
	}
	signature, ok := AppendDecoded(nil, t.Signature)
	switch {
	case !ok || len(signature) == 0:
		return InvalidToken
	case a.NeedsPublicKey() && key == nil:
		return UnknownCertificate
	case a.verify(t.signed, signature, secret, key):
		return Success
	}
	return Failure
}

func (a Algorithm) verify(signed, signature, secret []byte, key crypto.PublicKey) bool {
	if a.family == hmacFamily {
		h := hmac.New(a.hash.New, secret)
		h.Write(signed)
		return hmac.Equal(h.Sum(nil), signature)
	}
	h := a.hash.New()
	h.Write(signed)
	digest := h.Sum(nil)
	switch key := key.(type) {
	case *rsa.PublicKey:
		return a.family == rsaFamily && rsa.VerifyPKCS1v15(key, a.hash, digest, signature) == nil
	case *ecdsa.PublicKey:
		// RFC 7518, section 3.4: two numbers of the length that the curve has.
		n := (key.Curve.Params().BitSize + 7) / 8
		if a.family != ecFamily || len(signature) != 2*n {
			return false
		}
		r, s := new(big.Int).SetBytes(signature[:n]), new(big.Int).SetBytes(signature[n:])
		return ecdsa.Verify(key, digest, r, s)
	}
	return false
}
