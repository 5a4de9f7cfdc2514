// Package trust opens bundles: it finds them, verifies them by a policy, and only then reads what they say.
package trust

import (
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"tidelock/sdk/bundle"
	"tidelock/sdk/bundle/registry"
	"tidelock/sdk/bundle/signature"
)

// Policy says which bundles are opened. The zero Policy opens none.
type Policy struct {
	Keys          []Key
	AllowUnsigned bool           // opens what has no signature, too; one that does not count is still an error
	Version       bundle.Version // of the program; zero: min-version is not compared
	Registry      registry.Options
}

// Key is a key that may sign bundles.
type Key struct {
	Label   string // for messages, such as the file that it was read from
	Public  *signature.PublicKey
	Names   []string  // patterns of the bundles' names (acme/*, in the language of path.Match); none: every name
	Expires time.Time // zero: never
}

// Opened is a bundle that a policy let pass.
type Opened struct {
	*bundle.Bundle
	Artifact *bundle.Artifact
	SignedBy string // the label of the key; "" for a bundle that is allowed to be unsigned
}

var (
	// ErrDigest is in the error of a bundle that is not the pinned one.
	ErrDigest = errors.New("another digest than the pinned one")
	// ErrName is in the error of a bundle whose name its key may not sign.
	ErrName = errors.New("the key may not sign this name")
	// ErrExpired is in the error of a bundle whose key has expired.
	ErrExpired = errors.New("the key has expired")
	// ErrTooOld is in the error of a bundle that needs a newer program.
	ErrTooOld = errors.New("the bundle needs a newer Tidelock")
)

// Open finds, verifies and reads the bundle of a reference (see ParseReference).
func Open(ctx context.Context, reference string, p Policy) (*Opened, error) {
	r, err := ParseReference(reference)
	if err != nil {
		return nil, err
	}
	a, err := r.Load(ctx, p.Registry)
	if err != nil {
		return nil, err
	}
	opened, err := p.Check(a, r.Digest)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", reference, err)
	}
	return opened, nil
}

// Check verifies an artifact by the policy and reads it. A pin that is not empty is the digest that it must have.
func (p *Policy) Check(a *bundle.Artifact, pin string) (*Opened, error) {
	if pin != "" && pin != a.Digest() {
		return nil, fmt.Errorf("%w: expected %s, found %s", ErrDigest, pin, a.Digest())
	}
	keys, rejected, err := p.signers(a)
	if err != nil {
		return nil, err
	}
	b, err := a.Unpack() // its name is believed only now that somebody who is trusted has signed it
	if err != nil {
		return nil, err
	}
	opened := &Opened{Bundle: b, Artifact: a}
	if len(keys) > 0 {
		i := slices.IndexFunc(keys, func(key *Key) bool { return key.maySign(b.Manifest.Name) })
		if i < 0 {
			return nil, errors.Join(rejected, notTheirs(keys, b.Manifest.Name))
		}
		opened.SignedBy = keys[i].Label
	}
	if least := b.Manifest.MinVersion; !p.Version.IsZero() && p.Version.Compare(least) < 0 {
		return nil, fmt.Errorf("%w: expected at least %s, this is %s", ErrTooOld, least, p.Version)
	}
	return opened, nil
}

// signers returns the keys that signed an artifact and have not expired, none where none has to; rejected says why others do
// not count.
func (p *Policy) signers(a *bundle.Artifact) (keys []*Key, rejected, err error) {
	var reasons []error
	unsigned := signature.ErrUnsigned
	for i := range p.Keys {
		key := &p.Keys[i]
		err := signature.Verify(a, key.Public)
		if err == nil && !key.Expires.IsZero() && time.Now().After(key.Expires) {
			err = fmt.Errorf("%w: %s, on %s", ErrExpired, key.Label, key.Expires.Format(time.RFC3339))
		}
		if err == nil {
			keys = append(keys, key)
			continue
		}
		if errors.Is(err, signature.ErrUnsigned) {
			unsigned = err // which says what was wrong with signatures that could not be read
			break          // for all keys
		}
		reasons = append(reasons, err)
	}
	rejected = errors.Join(reasons...)
	switch {
	case len(keys) > 0:
		return keys, rejected, nil
	case rejected != nil: // signed, but not as the policy wants: no unsigned bundle
		return nil, nil, rejected
	case p.AllowUnsigned:
		return nil, nil, nil
	case len(p.Keys) == 0:
		return nil, nil, errors.New("no key is trusted, and unsigned bundles are not allowed")
	}
	return nil, nil, unsigned
}

// notTheirs is the error of a bundle that only such keys signed as may not sign its name.
func notTheirs(keys []*Key, name string) error {
	var errs []error
	for _, key := range keys {
		errs = append(errs, fmt.Errorf("%w: %s signs %s, found '%s'", ErrName, key.Label, strings.Join(key.Names, ", "), name))
	}
	return errors.Join(errs...)
}

func (k *Key) maySign(name string) bool {
	for _, pattern := range k.Names {
		if matched, err := path.Match(pattern, name); err == nil && matched {
			return true
		}
	}
	return len(k.Names) == 0
}
