// Package signature signs bundles and verifies their signatures, as cosign 3 does with a key pair and without its
// transparency log: what one signs, the other verifies.
//
// A signature is a sigstore bundle (version 0.3): a DSSE envelope around an in-toto statement that names the digest of the
// image manifest. It is attached to the bundle as an OCI referrer, so that it travels with it between layouts and
// registries, and names no place.
package signature

import (
	"crypto"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	protobundle "github.com/sigstore/sigstore-go/pkg/bundle"
	"github.com/sigstore/sigstore-go/pkg/root"
	"github.com/sigstore/sigstore-go/pkg/sign"
	"github.com/sigstore/sigstore-go/pkg/verify"
	"github.com/sigstore/sigstore/pkg/signature"
	"google.golang.org/protobuf/encoding/protojson"

	"tidelock/sdk/bundle"
)

const (
	payloadType   = "application/vnd.in-toto+json"
	statementType = "https://in-toto.io/Statement/v1"
	predicateType = "https://sigstore.dev/cosign/sign/v1" // what cosign's sign and verify mean, and not its attest
)

// Annotations by which cosign knows its referrers.
const (
	annotationContent   = "dev.sigstore.bundle.content"
	annotationPredicate = "dev.sigstore.bundle.predicateType"
)

var (
	// ErrUnsigned is the error of a bundle without any signature.
	ErrUnsigned = errors.New("not signed")
	// ErrUntrusted is in the error of a bundle whose signatures are not by the expected key, or not of this bundle.
	ErrUntrusted = errors.New("no valid signature")
)

type statement struct {
	Type          string    `json:"_type"`
	Subject       []subject `json:"subject"`
	PredicateType string    `json:"predicateType"`
	Predicate     struct{}  `json:"predicate"`
}

type subject struct {
	Digest map[string]string `json:"digest"`
}

// Sign attaches a signature to an artifact.
func Sign(a *bundle.Artifact, key *PrivateKey) error {
	payload, err := json.Marshal(statement{
		Type: statementType, PredicateType: predicateType,
		Subject: []subject{{Digest: map[string]string{"sha256": a.Root().Digest.Encoded()}}},
	})
	if err != nil {
		return err
	}
	document, err := envelope(payload, payloadType, key)
	if err != nil {
		return fmt.Errorf("sign: %w", err)
	}
	return a.AttachSignature(document, map[string]string{
		annotationContent: "dsse-envelope", annotationPredicate: predicateType,
	})
}

// envelope returns a sigstore bundle in JSON: a signed payload.
func envelope(payload []byte, payloadType string, key *PrivateKey) ([]byte, error) {
	public, err := key.Public()
	if err != nil {
		return nil, err
	}
	signed, err := sign.Bundle(&sign.DSSEData{Data: payload, PayloadType: payloadType}, keypair{key, public}, sign.BundleOptions{})
	if err != nil {
		return nil, err
	}
	return protojson.Marshal(signed)
}

// signatures returns the sigstore bundles that refer to an artifact.
func signatures(a *bundle.Artifact) ([]ocispec.Descriptor, error) {
	var found []ocispec.Descriptor
	for _, referrer := range a.Referrers() {
		m, err := a.ImageManifest(referrer)
		if err != nil {
			return nil, err
		}
		found = append(found, m.Layers...)
	}
	return found, nil
}

// Verify reports whether one of an artifact's signatures is by a key. The error says of each signature why it does not count.
func Verify(a *bundle.Artifact, key *PublicKey) error {
	found, err := signatures(a)
	if err != nil {
		return err
	}
	var reasons []string
	for _, err := range a.Skipped() {
		reasons = append(reasons, err.Error())
	}
	if len(found) == 0 {
		if len(reasons) > 0 {
			return fmt.Errorf("%w: %s", ErrUnsigned, strings.Join(reasons, "; "))
		}
		return ErrUnsigned
	}
	for _, layer := range found {
		document, err := a.Blob(layer)
		if err == nil {
			err = verifyOne(document, a.Root().Digest.Encoded(), key)
		}
		if err == nil {
			return nil
		}
		reasons = append(reasons, err.Error())
	}
	return fmt.Errorf("%w by the key %s: %s", ErrUntrusted, key.id, strings.Join(reasons, "; "))
}

// verifyOne checks one sigstore bundle: by the key, of the digest, and saying what "cosign sign" says.
func verifyOne(document []byte, digest string, key *PublicKey) error {
	var signed protobundle.Bundle
	if err := signed.UnmarshalJSON(document); err != nil {
		return fmt.Errorf("not a sigstore bundle: %w", err)
	}
	if hint := signed.GetVerificationMaterial().GetPublicKey().GetHint(); hint != key.id {
		return fmt.Errorf("signed by the key %.64q", hint)
	}
	verifier, err := signature.LoadVerifier(key.key, crypto.SHA256)
	if err != nil {
		return err
	}
	material := root.NewTrustedPublicKeyMaterialFromMapping(map[string]*root.ExpiringKey{
		key.id: root.NewExpiringKey(verifier, time.Time{}, time.Time{}),
	})
	// Neither a log nor a time stamp: the key decides, and the operator when it ends.
	v, err := verify.NewVerifier(material, verify.WithNoObserverTimestamps())
	if err != nil {
		return err
	}
	sum, err := hex.DecodeString(digest)
	if err != nil {
		return err
	}
	if err := checkSubject(&signed, digest); err != nil {
		return err
	}
	result, err := v.Verify(&signed, verify.NewPolicy(verify.WithArtifactDigest("sha256", sum), verify.WithKey()))
	if err != nil {
		return err
	}
	if result.Statement == nil {
		return errors.New("signed something else than a statement")
	}
	if found := result.Statement.GetPredicateType(); found != predicateType {
		return fmt.Errorf("the signed statement is a %.128q, expected %s", found, predicateType)
	}
	return nil
}

// checkSubject tells a signature of another bundle from one that was tampered with: only messages depend on it, since the
// verifier compares digests as well.
func checkSubject(signed *protobundle.Bundle, digest string) error {
	var s statement
	if err := json.Unmarshal(signed.GetDsseEnvelope().GetPayload(), &s); err != nil {
		return nil
	}
	for _, subject := range s.Subject {
		if found := subject.Digest["sha256"]; found != digest {
			return fmt.Errorf("a signature of another bundle, with the SHA-256 %.64q", found)
		}
	}
	return nil
}
