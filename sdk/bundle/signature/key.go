package signature

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"

	protocommon "github.com/sigstore/protobuf-specs/gen/pb-go/common/v1"
	"github.com/sigstore/sigstore/pkg/cryptoutils"
)

// PrivateKey signs bundles. It is an ECDSA key on the curve P-256, as cosign makes them.
type PrivateKey struct {
	key *ecdsa.PrivateKey
}

// PublicKey verifies what the PrivateKey of its pair signed.
type PublicKey struct {
	key *ecdsa.PublicKey
	id  string
}

// Equal reports whether both are the same key.
func (k *PublicKey) Equal(other *PublicKey) bool { return k.key.Equal(other.key) }

var errEd25519 = errors.New("an Ed25519 key: cosign cannot verify what it signs, so expected ECDSA on P-256")

// GenerateKey makes a key pair in PEM, as "cosign generate-key-pair" does: the private key encrypted with a password,
// which may be empty but not nil. A nil password leaves it in the clear.
func GenerateKey(password []byte) (private, public []byte, err error) {
	return cryptoutils.GeneratePEMEncodedECDSAKeyPair(elliptic.P256(), cryptoutils.StaticPasswordFunc(password))
}

// ParsePrivateKey reads a private key in PEM: cosign's encrypted form, PKCS #8 or SEC 1.
func ParsePrivateKey(document, password []byte) (*PrivateKey, error) {
	key, err := cryptoutils.UnmarshalPEMToPrivateKey(document, cryptoutils.StaticPasswordFunc(password))
	if err != nil {
		return nil, fmt.Errorf("private key: %w", err)
	}
	switch key := key.(type) {
	case *ecdsa.PrivateKey:
		if key.Curve == elliptic.P256() {
			return &PrivateKey{key}, nil
		}
		return nil, fmt.Errorf("private key: on the curve %s, expected P-256", key.Curve.Params().Name)
	case ed25519.PrivateKey:
		return nil, fmt.Errorf("private key: %w", errEd25519)
	}
	return nil, fmt.Errorf("private key: %T, expected ECDSA on P-256", key)
}

// ParsePublicKey reads a public key in PEM.
func ParsePublicKey(document []byte) (*PublicKey, error) {
	key, err := cryptoutils.UnmarshalPEMToPublicKey(document)
	if err != nil {
		return nil, fmt.Errorf("public key: %w", err)
	}
	switch key := key.(type) {
	case *ecdsa.PublicKey:
		if key.Curve == elliptic.P256() {
			return newPublicKey(key)
		}
		return nil, fmt.Errorf("public key: on the curve %s, expected P-256", key.Curve.Params().Name)
	case ed25519.PublicKey:
		return nil, fmt.Errorf("public key: %w", errEd25519)
	}
	return nil, fmt.Errorf("public key: %T, expected ECDSA on P-256", key)
}

func newPublicKey(key *ecdsa.PublicKey) (*PublicKey, error) {
	der, err := x509.MarshalPKIXPublicKey(key)
	sum := sha256.Sum256(der)
	return &PublicKey{key: key, id: base64.StdEncoding.EncodeToString(sum[:])}, err
}

// ID returns the key's fingerprint: the SHA-256 of its DER form in base64, which signatures name it by.
func (k *PublicKey) ID() string { return k.id }

// Public returns the public key of the pair.
func (k *PrivateKey) Public() (*PublicKey, error) { return newPublicKey(&k.key.PublicKey) }

// keypair is a PrivateKey as sigstore's signer wants it.
type keypair struct {
	private *PrivateKey
	public  *PublicKey
}

func (keypair) GetHashAlgorithm() protocommon.HashAlgorithm {
	return protocommon.HashAlgorithm_SHA2_256
}

func (keypair) GetSigningAlgorithm() protocommon.PublicKeyDetails {
	return protocommon.PublicKeyDetails_PKIX_ECDSA_P256_SHA_256
}

func (k keypair) GetHint() []byte                { return []byte(k.public.id) }
func (keypair) GetKeyAlgorithm() string          { return "ECDSA" }
func (k keypair) GetPublicKey() crypto.PublicKey { return k.public.key }

func (k keypair) GetPublicKeyPem() (string, error) {
	document, err := cryptoutils.MarshalPublicKeyToPEM(k.public.key)
	return string(document), err
}

func (k keypair) SignData(_ context.Context, data []byte) (signed, hash []byte, err error) {
	sum := sha256.Sum256(data)
	signed, err = k.private.key.Sign(rand.Reader, sum[:], crypto.SHA256)
	return signed, sum[:], err
}
